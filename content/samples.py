"""Samples: how the installation stood in each minute of the last days, noted by the worker.

A series is read in steps of whole minutes, the same number of them for every span, so an answer is
bounded however long one looks back. A minute without a sample had no worker.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, select
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
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in _since(session, first - width):
        rows[(row.at - first) // width].append(row)
    before, found = rows[-1][-1:], []
    for number in range(STEPS):
        found.append(_step(first + width * number, before, rows[number]))
        before = rows[number][-1:] or before
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


def _since(session: Session, first: datetime) -> Iterator[Any]:
    names = (Sample.at, Sample.workers, Sample.waiting, Sample.scheduled)
    query = select(*names, *(getattr(Sample, name) for name in SUMS))
    yield from session.execute(query.where(Sample.at >= first).order_by(Sample.at))


def _step(at: datetime, before: Sequence[Any], within: Sequence[Any]) -> Step:
    if not within:
        return Step(at)
    first, last = [*before, *within][0], within[-1]
    added = {name: getattr(last, name) - getattr(first, name) for name in SUMS}
    return Step(
        at,
        sequence=last.sequence,
        changes=added.pop("sequence"),
        workers=min(row.workers for row in within),
        waiting=max(row.waiting for row in within),
        scheduled=max(row.scheduled for row in within),
        **added,
    )
