"""Whether this process can deliver: what ``/readyz`` asks, and the console shows."""

from collections.abc import Iterator
from datetime import timedelta

from api.db import installation, keyring, now, session
from content import changes, lapses, purges, signing
from content.editorial import releases

GRACE = timedelta(minutes=1)  # that a release may be late


def wrong() -> Iterator[str]:
    """Yield a sentence for each thing that keeps this process from delivering as it should.

    Raise :class:`content.db.SchemaMismatch` where nothing else can be asked.
    """
    installation().database.check_schema()
    kid = signing.in_force(session(), changes.head(session()))
    if kid not in keyring(kid):
        yield "The private half of the signing key is missing."
    if due := lapses.overdue(session(), now()):
        yield f"{len(due)} dates have passed unrecorded; run: caveat work"
    if waiting := releases.due(session(), now() - GRACE):
        yield f"{len(waiting)} releases are overdue; run: caveat work"


def unpurged() -> int:
    """Return how many changes the cache in front that is furthest behind was not told of."""
    lags = purges.lags(session(), installation().settings.purged).values()
    return max((lag.changes for lag in lags if lag), default=0)
