"""Metering: each answer to a partner's key is held against its plan, counted, and remembered.

The thin side of :mod:`api.limits` and :mod:`api.ledger` that knows Flask. What an answer carries is
noted where editions come from (:mod:`api.caching`), so that no route can forget it. Who reads
without a key is not counted, and neither is what is open to everybody.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Flask, Response, current_app, g, request

from api import auth
from api.db import now
from api.errors import problem
from api.leases import Alone, Shared
from api.ledger import Carried, Ledger
from api.limits import Limits, Taken
from api.settings import Settings
from content import plans
from content.credentials import ACCOUNT, SITE, Caller
from content.errors import Refusal
from content.models.access import Partner
from content.plans import Plan
from content.usage import FAILED_OPEN

SHOWN = (200, 206, 304)  # statuses of answers that carry editions, or say that they are the same
SAFETY = "safety"  # a pool, beside those of the kinds of keys
ENDED = (410, 451)
PAST = ("at", "as_of")  # parameters
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Metering:
    """What an application meters with."""

    limits: Limits
    ledger: Ledger
    plans: dict[str, Plan]


def init_app(app: Flask, settings: Settings) -> None:
    """Meter every request behind the guard."""
    ledger = Ledger(app.extensions["caveat"].database)
    lessor = Shared(settings.redis_url) if settings.redis_url else Alone()
    limits = Limits(lessor, lambda: ledger.tally(FAILED_OPEN))
    app.extensions["caveat-metering"] = Metering(limits, ledger, settings.known_plans)
    app.before_request(_take)
    app.after_request(_settle)


def metering() -> Metering:
    """Return what this application meters with."""
    found: Metering = current_app.extensions["caveat-metering"]
    return found


def mark(name: str) -> None:
    """Count that something has happened today, whoever asks."""
    metering().ledger.mark(name, now())


def carry(article: str, locale: str, revision: int, digest: str) -> None:
    """Note that this answer carries an edition, if it turns out to be one that shows it."""
    if _partner():
        carried: dict[tuple[str, str, int], Carried] = g.setdefault("carried", {})
        edition = Carried(article, locale, revision, digest)
        carried.setdefault(edition[:3], edition)


def carry_body(body: dict[str, Any]) -> None:
    """Note the same of an edition's body."""
    served, number = body["context"]["locale"], body["revision"]["number"]
    carry(body["article"]["id"], served, number, body["integrity"]["digest"])


@contextmanager
def noticing() -> Iterator[None]:
    """Note that an article may not be shown; it counts where that is what is answered."""
    try:
        yield
    except Refusal as refusal:
        g.refusal = refusal
        raise


def _take() -> Response | None:
    """Refuse a partner who has nothing left."""
    partner, caller = _partner(), auth.caller()
    if partner is None or caller is None:
        return None
    here, plan = metering(), plans.of(metering().plans, partner.plan)
    g.taken = taken = here.limits.take(partner.id, _pool(caller), plan)
    return _refuse(here.limits, taken) if taken.broken else None


def _pool(caller: Caller) -> str:
    """Return of which quota a request is: what tells of withdrawals has one of its own."""
    if caller.is_site:
        return SITE
    is_log = request.blueprint == "Changes" and "include" not in request.args
    return SAFETY if is_log or request.blueprint == "My recalls" else ACCOUNT


def _refuse(limits: Limits, taken: Taken) -> Response:
    wait = limits.retry_after(taken)
    named = " and ".join(taken.broken)
    return problem(
        "too-many-requests",
        f"Your plan {taken.plan.name!r} has nothing left of {named}; ask again in {wait} s.",
        headers={"Retry-After": str(wait)},
        **{"violated-policies": list(taken.broken)},
    )


def _settle(response: Response) -> Response:
    """Count an answer, take what it has cost, and tell what is left."""
    partner = _partner()
    if partner is None:
        return response
    here, taken, at = metering(), g.get("taken"), now()
    cost = _cost(response) if taken else 0
    if taken:
        here.limits.settle(taken, cost)
        response.headers.update(here.limits.headers(taken))
    here.ledger.count(partner.id, _route(), response.status_code, _size(response), cost, at)
    if response.status_code in SHOWN and (carried := g.get("carried")):
        here.ledger.saw(partner.id, carried.values(), at)
    if response.status_code in ENDED and (about := _refused()):
        here.ledger.refused(partner.id, *about, response.status_code, at)
    return response


def _refused() -> tuple[str, str] | None:
    """Return which article the partner's own program was refused.

    A site key is no proof of that: it stands in each page, and whoever reads one asks with it.
    """
    caller, refusal = auth.caller(), g.get("refusal")
    return None if caller is None or caller.is_site or refusal is None else refusal.about


def _partner() -> Partner | None:
    """Return the partner whose request is metered."""
    caller = auth.caller()
    return caller.partner if caller and not auth.is_for_everybody() else None


def _cost(response: Response) -> int:
    is_dear = request.blueprint == "Diffs" or any(name in request.args for name in PAST)
    is_head = request.method == "HEAD"
    return plans.cost(response.status_code, is_head=is_head, is_dear=is_dear)


def _size(response: Response) -> int:
    """Return how many bytes of body are sent."""
    if request.method == "HEAD" or response.status_code == 304:
        return 0
    return response.content_length or response.calculate_content_length() or 0


def _route() -> str:
    return template(request.url_rule.rule if request.url_rule else "")


@cache
def template(rule: str) -> str:
    """Return a route as the description names it: ``/v1/articles/{slug}``."""
    return PARAMETER.sub(r"{\1}", rule)
