"""The dates that have passed are recorded by a worker, by a server that starts, and on import."""

import logging

from api.db import now
from content import lapses, work
from content.db import Database

log = logging.getLogger("caveat")


def record_lapses(database: Database) -> int:
    """Record the dates that have passed, unless another process is at it."""
    with database.write() as session:
        if not work.take_turn(session, work.LAPSES):
            return 0
        recorded = lapses.record(session, by="work", now=now())
        session.commit()
    for one in recorded:  # readers are sent elsewhere meanwhile, but a number may be wrong
        if one.what.startswith("help "):
            log.warning("%s had to be checked by %s", one.what, one.day)
    return len(recorded)
