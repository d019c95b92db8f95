"""Deliveries: what became of each event for an endpoint, and when it is tried again.

An event that was not taken waits, and keeps no other back. The waits grow from five seconds to a
day, over three days, with a fifth of chance in them, so that not everybody comes back at once. An
endpoint that fails again and again rests; one that does nothing else for three days is disabled.
"""

import random
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.orm import Session

from content import usage
from content.articles import new_id
from content.models.webhooks import DELIVERED, FAILED, WAITING, Delivery, Endpoint
from content.usage import Summed
from content.webhooks import endpoints
from content.webhooks.events import TEST, URGENT

WAITS = [
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 20)),
]
URGENT_WAITS = [  # an ending is tried far more often, for as long
    *[timedelta(seconds=seconds) for seconds in (2, 5, 10, 30, 60)],
    *[timedelta(minutes=5)] * 11,
    *[timedelta(hours=1)] * 71,
]
JITTER = 0.2
LONGEST_ASKED = timedelta(days=1)  # that Retry-After may ask for
BREAKS_AFTER = 5  # failures one after another
REST, LONGEST_REST = timedelta(seconds=10), timedelta(minutes=15)
GIVEN_UP = timedelta(days=3)
KEPT = timedelta(days=30)
SETTLED = timedelta(seconds=2)  # after a commit; every cache of ours knows of it by then
SUMMED = {DELIVERED: usage.DELIVERED, FAILED: usage.FAILED}  # by day, once forgotten
DUE = 50  # that are read at a time
GONE = 410
TAKEN = range(200, 300)


@dataclass(frozen=True)
class Outcome:
    """How one attempt went: the status of the answer, or why there is none."""

    event: int
    type: str
    status: int | None
    error: str | None
    milliseconds: int
    retry_after: timedelta | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the endpoint has it."""
        return self.status in TAKEN


@dataclass(frozen=True)
class Told:
    """How far an endpoint has been told, and how each attempt went."""

    cursor: int
    urgent_cursor: int
    outcomes: Sequence[Outcome]


def due(session: Session, endpoint: str, now: datetime) -> Sequence[Delivery]:
    """Return what is to be tried again, endings first."""
    mine = (Delivery.endpoint == endpoint, Delivery.state == WAITING, Delivery.next_at <= now)
    first = Delivery.type.in_(URGENT).desc()
    query = select(Delivery).where(*mine).order_by(first, Delivery.event)
    return session.scalars(query.limit(DUE)).all()


def record(session: Session, endpoint: Endpoint, told: Told, *, now: datetime) -> None:
    """Write down how far an endpoint has been told, and what became of each event."""
    endpoint.cursor, endpoint.urgent_cursor = told.cursor, told.urgent_cursor
    tried = known(session, endpoint.id, [one.event for one in told.outcomes])
    for one in told.outcomes:
        _record(session, endpoint, tried.get(one.event), one, now)
        _look_after(endpoint, one, now)


def send_test(session: Session, endpoint: Endpoint, now: datetime) -> None:
    """Have a test event sent, unless one is waiting."""
    [held] = endpoints.hold(session, Endpoint.id == endpoint.id)
    mine = (Delivery.endpoint == held.id, Delivery.type == TEST, Delivery.state == WAITING)
    if not session.scalar(select(exists().where(*mine))):
        session.add(_of_no_group(session, held, TEST, None, now))


def notify(
    session: Session, partners: Collection[str], type: str, *, about: str, now: datetime
) -> None:
    """Have an urgent event sent to all endpoints of some partners, also to those that rest.

    Not before our caches know of it: who asks at once has to see what it was told.
    """
    for endpoint in endpoints.hold(session, Endpoint.partner.in_(partners)):
        session.add(_of_no_group(session, endpoint, type, about, now + SETTLED))
        endpoint.paused_until = None


def known(session: Session, endpoint: str, numbers: Sequence[int]) -> dict[int, Delivery]:
    """Return what became of those of some events that were tried."""
    mine = (Delivery.endpoint == endpoint, Delivery.event.in_(numbers))
    return {one.event: one for one in session.scalars(select(Delivery).where(*mine))}


def message_id(endpoint: str, event: int) -> str:
    """Return the ``webhook-id`` of an event, the same each time that it is sent."""
    return f"msg_{endpoint}-{event}" if event >= 0 else f"msg_{endpoint}-n{-event}"


def drop(session: Session, endpoint: str, numbers: Sequence[int], *, now: datetime) -> None:
    """Give up events that an endpoint does not want any more."""
    mine = (Delivery.endpoint == endpoint, Delivery.event.in_(numbers))
    given_up = {"state": FAILED, "next_at": None, "at": now, "error": "no longer wanted"}
    session.execute(update(Delivery).where(*mine).values(**given_up))


def page(session: Session, endpoint: str, before: datetime | None, limit: int) -> list[Delivery]:
    """Return what became of an endpoint's events, the last attempt first."""
    query = select(Delivery).where(Delivery.endpoint == endpoint)
    older = query.where(Delivery.at < before) if before else query
    return list(session.scalars(older.order_by(Delivery.at.desc(), Delivery.id).limit(limit)))


def backlog(session: Session) -> tuple[int, datetime | None]:
    """Return how many events wait, and since when the oldest has been waiting for its turn."""
    waiting = select(func.count(), func.min(Delivery.next_at)).where(Delivery.state == WAITING)
    count, since = session.execute(waiting).one()
    return count, since


def forget(session: Session, now: datetime) -> int:
    """Forget what was delivered, or given up, long ago; return how much.

    How much that was by day is kept (:mod:`content.usage`).
    """
    return _forget(session, Delivery.state != WAITING, Delivery.at < now - KEPT)


def forget_endpoint(session: Session, endpoint: str) -> int:
    """Forget all of an endpoint that is deleted; return how much that was."""
    return _forget(session, Delivery.endpoint == endpoint)


def retry_all(session: Session, endpoint: str, now: datetime) -> None:
    """Try everything again that waits or was given up."""
    mine = (Delivery.endpoint == endpoint, Delivery.state != DELIVERED)
    session.execute(update(Delivery).where(*mine).values(state=WAITING, next_at=now, attempts=0))


def wait(attempts: int, *, urgent: bool, dice: random.Random) -> timedelta | None:
    """Return how long to wait after so many attempts; None: it is given up."""
    waits = URGENT_WAITS if urgent else WAITS
    if attempts > len(waits):
        return None
    return waits[attempts - 1] * dice.uniform(1 - JITTER, 1 + JITTER)


def _forget(session: Session, *which: ColumnElement[bool]) -> int:
    gone = delete(Delivery).where(*which).returning(Delivery.at, Delivery.state)
    rows = session.execute(gone).all()
    done = ((at.date().isoformat(), SUMMED[state]) for at, state in rows if state != WAITING)
    usage.add(session, [Summed(*key, count) for key, count in Counter(done).items()])
    return len(rows)


def _of_no_group(
    session: Session, endpoint: Endpoint, type: str, about: str | None, now: datetime
) -> Delivery:
    """Return an event of no group, for an endpoint that is held.

    Its number is negative, and none had it before, also of those that are forgotten: it counts
    milliseconds.
    """
    newest = select(func.min(Delivery.event)).where(Delivery.endpoint == endpoint.id)
    number = min(session.scalar(newest) or 0, -int(now.timestamp() * 1000)) - 1
    facts = {"endpoint": endpoint.id, "event": number, "type": type, "about": about}
    times = {"at": now, "next_at": now}
    return Delivery(id=new_id(now), **facts, **times, state=WAITING, attempts=0, milliseconds=0)


def _record(
    session: Session, endpoint: Endpoint, known: Delivery | None, one: Outcome, now: datetime
) -> None:
    if known is None:
        known = Delivery(id=new_id(now), endpoint=endpoint.id, event=one.event, attempts=0)
        session.add(known)
    elif known.state != WAITING:  # it is told once more
        known.attempts = 0
    known.type, known.at, known.attempts = one.type, now, known.attempts + 1
    known.status, known.error, known.milliseconds = one.status, one.error, one.milliseconds
    known.state, known.next_at = DELIVERED, None
    if not one.is_taken:
        known.next_at = _next(known.attempts, one, now)
        known.state = WAITING if known.next_at else FAILED


def _next(attempts: int, one: Outcome, now: datetime) -> datetime | None:
    dice = random.Random()  # noqa: S311 - it spreads load, and hides nothing
    waits = wait(attempts, urgent=one.type in URGENT, dice=dice)
    if waits is None:
        return None
    asked = min(one.retry_after or timedelta(0), LONGEST_ASKED)
    return now + max(waits, asked)


def _look_after(endpoint: Endpoint, one: Outcome, now: datetime) -> None:
    """Let an endpoint rest that fails again and again; disable one that does nothing else."""
    if one.is_taken:
        endpoint.failures, endpoint.failing_since, endpoint.paused_until = 0, None, None
        return
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    if one.status == GONE:
        endpoints.disable(endpoint, "it has answered 410: it wants no more")
    elif now - endpoint.failing_since >= GIVEN_UP:
        endpoints.disable(endpoint, "nothing was taken for three days")
    elif endpoint.failures >= BREAKS_AFTER:
        doubled = REST * 2 ** min(endpoint.failures - BREAKS_AFTER, 10)
        endpoint.paused_until = now + min(doubled, LONGEST_REST)
    if one.retry_after:
        asked = now + min(one.retry_after, LONGEST_ASKED)
        endpoint.paused_until = max(endpoint.paused_until or asked, asked)
