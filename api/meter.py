"""The meter: what each answer to a partner's key costs, and where that is written down.

Both who answers partners use it: Flask (:mod:`api.metering`), and the edge, which gives finished
answers without Flask (:mod:`api.edge`). Knows no Flask.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from api.ledger import Carried, Ledger
from api.limits import Limits, Taken
from content import plans
from content.credentials import ACCOUNT, SITE
from content.plans import Plan

SHOWN = (200, 206, 304)  # statuses of answers that carry editions, or say that they are the same
SAFETY = "safety"  # a pool, beside those of the kinds of keys
ENDED = (410, 451)


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose quota an answer is taken from; a site key's is not that of an account key."""

    partner: str
    plan: Plan
    is_site: bool


@dataclass(frozen=True, slots=True)
class Given:
    """What an answer is to the meter, whoever it is given to.

    ``is_safety``: it tells what was withdrawn, of which there is a quota of its own. ``refused``
    is the article, and in which locale, that the answer refuses to show.
    """

    route: str
    is_safety: bool = False
    is_dear: bool = False
    carried: tuple[Carried, ...] = ()
    refused: tuple[str, str] | None = None


@dataclass(frozen=True)
class Meter:
    """What a process meters with."""

    limits: Limits
    ledger: Ledger
    plans: dict[str, Plan]

    def take(self, payer: Payer, *, is_safety: bool) -> Taken:
        """Let a request in, or not."""
        pool = SITE if payer.is_site else SAFETY if is_safety else ACCOUNT
        return self.limits.take(payer.partner, pool, payer.plan)

    def settle(
        self, payer: Payer, taken: Taken | None, given: Given, status: int, size: int | None
    ) -> dict[str, str]:
        """Count an answer, take what it has cost, and return the headers that tell what is left.

        ``size`` is that of the body in bytes, None where it was not asked for (``HEAD``).
        """
        headers: dict[str, str] = {}
        cost = 0
        if taken:
            cost = plans.cost(status, is_head=size is None, is_dear=given.is_dear)
            self.limits.settle(taken, cost)
            headers = self.limits.headers(taken)
        carried = given.carried if status in SHOWN else ()
        self.ledger.count(payer.partner, given.route, status, size or 0, cost, time.time(), carried)
        # A site key proves nothing: it stands in each page, and whoever reads one asks with it.
        if status in ENDED and given.refused and not payer.is_site:
            self.ledger.refused(payer.partner, *given.refused, status, datetime.now(UTC))
        return headers
