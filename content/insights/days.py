"""Days: what happened on each, in UTC: in the log, in usage, of webhooks, recalls and requests."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session

from content import usage
from content.insights import day_of, within
from content.models.access import KeyRequest
from content.models.log import Change
from content.models.recalls import Recall, RecallPartner
from content.models.usage import DaySum
from content.models.webhooks import DELIVERED, FAILED, Delivery

MOST = 400  # days
PUBLISHED = ("article.published", "article.updated", "article.corrected")
ENDED = ("article.withdrawn", "article.suspended", "article.replaced", "article.gone")
LAPSED = ("article.lapsed", "article.expired", "jurisdiction.lapsed")
Daily = Callable[[str], dict[str, Any]]  # what happened on a day


def read(session: Session, first: date, last: date, series: Iterable[str]) -> list[dict[str, Any]]:
    """Return a row for each day from one to another, both included, with some of the series."""
    found = {name: SERIES[name](session, first, last) for name in series}
    days = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    return [{"day": day, **{name: made(day) for name, made in found.items()}} for day in days]


def _log(session: Session, first: date, last: date) -> Daily:
    """Changes by kind; those of test articles are counted, too, as they are in the log."""
    day = day_of(session, Change.at)
    query = select(day, Change.kind, func.count()).where(within(Change.at, first, last))
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for on, kind, count in session.execute(query.group_by(day, Change.kind)):
        kinds[on][kind] = count
    return lambda on: _changes(kinds[on])


def _changes(kinds: Counter[str]) -> dict[str, Any]:
    return {
        "changes": sum(kinds.values()),
        "publications": sum(kinds[kind] for kind in PUBLISHED),
        "endings": sum(kinds[kind] for kind in ENDED),
        "lapses": sum(kinds[kind] for kind in LAPSED),
        "kinds": [{"kind": kind, "count": kinds[kind]} for kind in sorted(kinds)],
    }


def _usage(session: Session, first: date, last: date) -> Daily:
    rows: dict[str, list[DaySum]] = defaultdict(list)
    for row in usage.summed(session, first, last):
        rows[row.day].append(row)
    return lambda on: _used([row for row in rows[on] if _status(row)])


def _used(rows: Sequence[DaySum]) -> dict[str, Any]:
    count, unchanged = sum(row.count for row in rows), _answered(rows, range(304, 305))
    return {
        "answers": count,
        "bytes": sum(row.bytes for row in rows),
        "cost": sum(row.cost for row in rows),
        "unchanged": unchanged,
        "permille_unchanged": unchanged * 1000 // count if count else None,
        "refused": _answered(rows, range(429, 430)),
        "failed": _answered(rows, range(500, 600)),
    }


def _answered(rows: Iterable[DaySum], statuses: range) -> int:
    return sum(row.count for row in rows if _status(row) in statuses)


def _status(row: DaySum) -> int | None:
    name, _, status = row.name.partition(" ")
    return int(status) if f"{name} " == usage.ANSWERS else None


def _cache(session: Session, first: date, last: date) -> Daily:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in usage.summed(session, first, last):
        found[row.day][row.name] = row.count
    return lambda on: reads(found[on])


def reads(found: Counter[str]) -> dict[str, Any]:
    """Return how often the cache was read, and what came of it."""
    hits, misses = found[usage.HIT], found[usage.MISS]
    share = hits * 1000 // (hits + misses) if hits + misses else None
    unanswered = found[usage.UNANSWERED]
    return {"hits": hits, "misses": misses, "unanswered": unanswered, "permille_hits": share}


def _webhooks(session: Session, first: date, last: date) -> Daily:
    """What is still kept, and sums of what is not; by the day of the last attempt."""
    day = day_of(session, Delivery.at)
    done = (within(Delivery.at, first, last), Delivery.state.in_((DELIVERED, FAILED)))
    query = select(day, Delivery.state, func.count()).where(*done).group_by(day, Delivery.state)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for on, state, count in session.execute(query):
        found[on][state] += count
    names = {usage.DELIVERED: DELIVERED, usage.FAILED: FAILED}
    for row in usage.summed(session, first, last):
        if row.name in names:
            found[row.day][names[row.name]] += row.count
    return lambda on: {state: found[on][state] for state in (DELIVERED, FAILED)}


def _recalls(session: Session, first: date, last: date) -> Daily:
    name = case((Recall.is_drill, "drills"), else_="opened")
    opened = _by_day(session, select(Recall.opened_at, name), first, last)
    real = select(RecallPartner.confirmed_at, literal("confirmed")).join(
        Recall, Recall.id == RecallPartner.recall
    )
    confirmed = _by_day(session, real.where(Recall.is_drill.is_(False)), first, last)
    return lambda on: {
        **{name: opened[on][name] for name in ("opened", "drills")},
        "confirmed": confirmed[on]["confirmed"],
    }


def _keys(session: Session, first: date, last: date) -> Daily:
    outcome = case((KeyRequest.partner.is_(None), "declined"), else_="approved")
    made = select(KeyRequest.created_at, literal("requested"))
    asked = _by_day(session, made, first, last)
    decided = _by_day(session, select(KeyRequest.decided_at, outcome), first, last)
    return lambda on: {
        "requested": asked[on]["requested"],
        **{name: decided[on][name] for name in ("approved", "declined")},
    }


def _by_day(session: Session, events: Any, first: date, last: date) -> dict[str, Counter[str]]:
    """Return how many events of which name there are on each day; they are moments and names."""
    found, (moment, name) = defaultdict[str, Counter[str]](Counter), events.selected_columns
    at = events.with_only_columns(moment.label("at"), name.label("name"))
    rows = at.where(within(moment, first, last)).subquery()
    day = day_of(session, rows.c.at)
    counted = select(day, rows.c.name, func.count()).group_by(day, rows.c.name)
    for on, of, count in session.execute(counted):
        found[on][of] = count
    return found


SERIES: dict[str, Callable[[Session, date, date], Daily]] = {
    "log": _log,
    "usage": _usage,
    "cache": _cache,
    "webhooks": _webhooks,
    "recalls": _recalls,
    "keys": _keys,
}
