"""Purges: a consumer of the log for each cache in front, with a cursor of its own.

A cursor moves only when the cache has dropped all that the changes up to it may have made untrue,
so what a cache misses while it or the worker is away, it is told later: at least once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from content import changes, surrogates
from content.models.log import Change
from content.models.purges import PurgeCursor

MANY_CHANGES = 10_000  # behind which a cache drops everything
MANY_TAGS = 1000


@dataclass(frozen=True)
class Lag:
    """How far a cache is behind: how many changes, and when the first of those was made."""

    changes: int
    since: datetime | None


def cursor(session: Session, target: str) -> int | None:
    """Return up to which number a cache was told everything; None for a new one."""
    return session.scalar(select(PurgeCursor.seq).where(PurgeCursor.target == target))


def begin(session: Session, target: str) -> None:
    """Begin to tell a cache what comes after the newest change, unless somebody has already."""
    newest = changes.lock(session)  # so that of several that begin, one does
    if cursor(session, target) is None:
        session.add(PurgeCursor(target=target, seq=newest))
        session.flush()


def move(session: Session, target: str, before: int, to: int) -> None:
    """Note that a cache was told everything up to a number, unless somebody else was faster."""
    mine = (PurgeCursor.target == target, PurgeCursor.seq == before)
    session.execute(update(PurgeCursor).where(*mine).values(seq=to))


def due(session: Session, after: int, at: int) -> frozenset[str]:
    """Return the tags that the changes in ``(after, at]`` touch; of too many, the one of all.

    A log that ends before ``after`` is another one, restored from a copy: nothing is sure then.
    """
    if not 0 <= at - after <= MANY_CHANGES:
        return frozenset([surrogates.ALL])
    tags = surrogates.touched_between(session, after, at)
    return tags if len(tags) <= MANY_TAGS else frozenset([surrogates.ALL])


def lags(session: Session, targets: Collection[str]) -> dict[str, Lag | None]:
    """Return how far some caches are behind; None for one that nobody has begun to tell."""
    known = {row.target: row.seq for row in session.scalars(select(PurgeCursor))}
    head = changes.head(session)
    return {one: _lag(session, known[one], head) if one in known else None for one in targets}


def _lag(session: Session, seq: int, head: int) -> Lag:
    first = select(Change.at).where(Change.seq > seq).order_by(Change.seq).limit(1)
    return Lag(head - seq, session.scalar(first))
