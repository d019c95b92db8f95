"""Samples: how the installation stood in each minute of the last days, noted by the worker.

A series is read in steps of whole minutes, the same number of them for every span, so an answer is
bounded however long one looks back. A minute without a sample had no worker.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    cast,
    delete,
    exists,
    extract,
    func,
    select,
)
from sqlalchemy.orm import Session

from content import changes, usage, work
from content.editorial import releases
from content.models.samples import Sample
from content.webhooks import deliveries

KEPT = timedelta(days=8)
EVERY = timedelta(minutes=1)
STEPS = 60  # of a series
LONGEST_HOURS = 7 * 24
SUMS = ("sequence", "answers", "hits", "misses", "slow")  # which never become less
WAITS = ("waiting", "scheduled")


@dataclass(frozen=True)
class Step:
    """Some minutes: the most, or least, of what stands; how much of what is summed was added.

    All but ``at`` are None where nobody has noted anything.
    """

    at: datetime  # when it begins
    sequence: int | None = None  # at its end
    changes: int | None = None
    workers: int | None = None  # the least
    waiting: int | None = None  # the most
    scheduled: int | None = None  # the most
    answers: int | None = None
    hits: int | None = None
    misses: int | None = None
    slow: int | None = None


def note(session: Session, now: datetime) -> int:
    """Note how the installation stands, once a minute, and forget what is old; return how many."""
    at = now.replace(second=0, microsecond=0)
    known = select(exists().where(Sample.at == at))
    if not work.take_turn(session, work.SAMPLES) or session.scalar(known):
        return 0
    session.execute(delete(Sample).where(Sample.at < now - KEPT))
    session.add(_taken(session, at, now))
    return 1


def series(session: Session, hours: int, now: datetime) -> list[Step]:
    """Return the last hours in :data:`STEPS` steps, oldest first."""
    width = timedelta(hours=hours) / STEPS
    first = now.replace(second=0, microsecond=0) + EVERY - width * STEPS
    rows = {row.step: row for row in session.execute(_steps(session, first - width, width))}
    before, found = rows.get(0), []
    for number in range(1, STEPS + 1):
        found.append(_step(first + width * (number - 1), before, rows.get(number)))
        before = rows.get(number) or before
    return found


def _taken(session: Session, at: datetime, now: datetime) -> Sample:
    counts = {name: one.count for name, one in usage.totals(session).items()}
    answers = sum(count for name, count in counts.items() if name.startswith(usage.ANSWERS))
    waiting, _ = deliveries.backlog(session)
    return Sample(
        at=at,
        sequence=changes.head(session),
        workers=work.alive(session, now),
        waiting=waiting,
        scheduled=releases.scheduled(session),
        answers=answers,
        hits=counts.get(usage.HIT, 0),
        misses=counts.get(usage.MISS, 0),
        slow=counts.get(usage.SLOW, 0),
    )


def _steps(session: Session, first: datetime, width: timedelta) -> Any:
    """Return the query for the least and the most of each step, the first of them being 0."""
    seconds = _seconds(session) - int(first.timestamp())
    step = (seconds // int(width.total_seconds())).label("step")
    least = (func.min(getattr(Sample, name)).label(f"least_{name}") for name in (*SUMS, "workers"))
    most = (func.max(getattr(Sample, name)).label(f"most_{name}") for name in (*SUMS, *WAITS))
    return select(step, *least, *most).where(Sample.at >= first).group_by(step)


def _seconds(session: Session) -> ColumnElement[int]:
    """Return the moment of a sample in seconds since 1970."""
    if session.get_bind().dialect.name == "sqlite":
        return cast(func.strftime("%s", Sample.at), Integer)  # they are kept as text, in UTC
    return cast(extract("epoch", Sample.at), BigInteger)


def _step(at: datetime, before: Any, found: Any) -> Step:
    if found is None:
        return Step(at)
    added = {
        name: getattr(found, f"most_{name}")
        - (getattr(before, f"most_{name}") if before else getattr(found, f"least_{name}"))
        for name in SUMS
    }
    return Step(
        at,
        sequence=found.most_sequence,
        changes=added.pop("sequence"),
        workers=found.least_workers,
        waiting=found.most_waiting,
        scheduled=found.most_scheduled,
        **added,
    )
