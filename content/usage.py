"""Usage: how often partners asked which routes, by day and status, and how much they were sent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from content import upserts
from content.models.access import Partner
from content.models.usage import DaySum, Tally, Usage

KEPT = timedelta(days=400)
FAILED_OPEN = "limits_failed_open"  # tallies
LOST = "usage_lost"
TOO_MANY = 429  # from this status on nothing was answered that tells about articles
ANSWERS = "answers "  # what happens on a day: answers of a status to partners' keys,
HIT, MISS, UNANSWERED = "cache hit", "cache miss", "cache unanswered"  # reads of the cache,
REPLICA, BEHIND, AWAY = "replica read", "replica behind", "replica away"  # of the replica, and
AGAIN = "replica again"  # what the database was asked once more, as the replica could not tell,
SLOW = "slow statement"  # of SQL, in processes that answer requests
DELIVERED, FAILED = "webhooks delivered", "webhooks failed"  # events forgotten since


@dataclass(frozen=True)
class Used:
    """A partner's keys asked a route on a day (UTC), so often, and had this status."""

    partner: str
    day: str  # an ISO date
    route: str
    status: int
    count: int
    bytes: int
    cost: int


@dataclass(frozen=True)
class Summed:
    """Something happened on a day (UTC), so often; of answers also their bytes and cost."""

    day: str  # an ISO date
    name: str
    count: int
    bytes: int = 0
    cost: int = 0


def answers(status: int) -> str:
    """Return the name of answers that have a status."""
    return f"{ANSWERS}{status}"


def record(session: Session, rows: Iterable[Used]) -> None:
    """Add to what partners used."""
    upserts.add(session, Usage, [asdict(row) for row in rows])


def of_partner(session: Session, partner: str, first: date, last: date) -> Sequence[Usage]:
    """Return what a partner used from one day to another, both included, by day and route."""
    days = Usage.day.between(first.isoformat(), last.isoformat())
    query = select(Usage).where(Usage.partner == partner, days)
    return session.scalars(query.order_by(Usage.day, Usage.route, Usage.status)).all()


def last_days(session: Session, partners: Iterable[str] | None = None) -> dict[str, date]:
    """Return the last day (UTC) on which each partner, or these, was answered anything."""
    told = (Usage.partner == Partner.id, Usage.status < TOO_MANY)
    last = select(Usage.day).where(*told).order_by(Usage.day.desc()).limit(1).scalar_subquery()
    query = select(Partner.id, last)
    rows = session.execute(
        query if partners is None else query.where(Partner.id.in_(list(partners)))
    )
    return {partner: date.fromisoformat(day) for partner, day in rows if day is not None}


def forget(session: Session, now: datetime) -> int:
    """Forget what was used long ago; return how many sums that were."""
    old = delete(Usage).where(Usage.day < (now - KEPT).date().isoformat())
    return len(session.execute(old.returning(Usage.day)).all())


def add(session: Session, rows: Iterable[Summed]) -> None:
    """Add to what has happened by day; this is kept for ever, a few rows for each day."""
    upserts.add(session, DaySum, [asdict(row) for row in rows])


def summed(session: Session, first: date, last: date) -> Sequence[DaySum]:
    """Return what happened from one day to another, both included."""
    days = DaySum.day.between(first.isoformat(), last.isoformat())
    return session.scalars(select(DaySum).where(days).order_by(DaySum.day, DaySum.name)).all()


def totals(session: Session) -> dict[str, Summed]:
    """Return what has happened since the installation began, by name; the day is empty."""
    sums = (func.sum(column) for column in (DaySum.count, DaySum.bytes, DaySum.cost))
    rows = session.execute(select(DaySum.name, *sums).group_by(DaySum.name).order_by(DaySum.name))
    return {name: Summed("", name, *map(int, found)) for name, *found in rows}


def tally(session: Session, counts: Mapping[str, int]) -> None:
    """Add to how often something has happened."""
    upserts.add(session, Tally, [{"name": name, "count": n} for name, n in counts.items()])


def tallied(session: Session, name: str) -> int:
    """Return how often something has happened in any process."""
    return session.scalar(select(Tally.count).where(Tally.name == name)) or 0
