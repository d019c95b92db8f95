"""Deliveries: what becomes of webhooks' events, how long that takes, and what waits.

Of the last days, up to the thirty for which events are kept; by the day of the last attempt.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from content import articles, changes
from content.models.webhooks import DELIVERED, FAILED, WAITING, Delivery, Endpoint
from content.webhooks import endpoints

ALL = ""  # endpoints together
LAST = 20  # failures that are shown
Times = Counter[int]  # milliseconds -> how many events


def summary(session: Session, since: datetime) -> dict[str, Any]:
    """Return all endpoints together: their states, their events, and what failed last."""
    sums, times = _sums(session, since, None), _times(session, since, None)
    return {
        "webhooks": endpoints.counts(session),
        "events": _events(sums[ALL], times[ALL]),
        "last_failures": [_failure(*row) for row in session.execute(_failures(since))],
    }


def page(session: Session, after: str, limit: int) -> list[Endpoint]:
    """Return endpoints behind an id, oldest first."""
    query = select(Endpoint).where(Endpoint.id > after).order_by(Endpoint.id)
    return list(session.scalars(query.limit(limit)))


def described(session: Session, found: Sequence[Endpoint], since: datetime) -> list[dict[str, Any]]:
    """Return endpoints with what became of their events. The path may be a secret: no address."""
    ids, head = [one.id for one in found], changes.head(session)
    sums, times = _sums(session, since, ids), _times(session, since, ids)
    return [
        {
            "id": one.id,
            "partner": one.partner,
            "host": urlsplit(one.url).hostname,
            "state": one.state,
            "reason": one.reason,
            "numbers_behind": head - one.cursor,
            "failures": one.failures,
            "paused_until": one.paused_until.isoformat() if one.paused_until else None,
            "events": _events(sums[one.id], times[one.id]),
        }
        for one in found
    ]


def _sums(session: Session, since: datetime, ids: list[str] | None) -> dict[str, list[Any]]:
    """Return counts by state, of some endpoints or of all; what waits counts however long."""
    at_once = func.sum(case((Delivery.attempts == 1, 1), else_=0)).label("at_once")
    query = _by(ids, Delivery.state).add_columns(
        *(func.count().label("number"), at_once, func.sum(Delivery.attempts).label("attempts")),
        func.min(Delivery.id).label("oldest"),
    )
    found: dict[str, list[Any]] = defaultdict(list)
    recent = (Delivery.at >= since) | (Delivery.state == WAITING)
    for row in session.execute(query.where(recent)):
        found[getattr(row, "endpoint", ALL)].append(row)
    return found


def _times(session: Session, since: datetime, ids: list[str] | None) -> dict[str, Times]:
    """Return how many events took how many milliseconds, of some endpoints or of all."""
    query = _by(ids, Delivery.milliseconds).add_columns(func.count().label("number"))
    found: dict[str, Times] = defaultdict(Counter)
    for row in session.execute(query.where(Delivery.state == DELIVERED, Delivery.at >= since)):
        found[getattr(row, "endpoint", ALL)][row.milliseconds] = row.number
    return found


def _by(ids: list[str] | None, column: Any) -> Any:
    """Return a query grouped by a column: of all endpoints together, or of each of some."""
    if ids is None:
        return select(column).group_by(column)
    by = (Delivery.endpoint, column)
    return select(*by).where(Delivery.endpoint.in_(ids)).group_by(*by)


def _events(rows: Sequence[Any], times: Times) -> dict[str, Any]:
    counts, attempts = Counter[str](), 0
    for row in rows:
        counts[row.state] += row.number
        attempts += int(row.attempts)
    done = counts[DELIVERED] + counts[FAILED]
    oldest = min((row.oldest for row in rows if row.state == WAITING), default=None)
    return {
        **{state: counts[state] for state in (DELIVERED, FAILED, WAITING)},
        "at_once": sum(int(row.at_once) for row in rows if row.state == DELIVERED),
        "attempts": attempts,
        "permille_delivered": counts[DELIVERED] * 1000 // done if done else None,
        "p50_ms": percentile(times, 50),
        "p95_ms": percentile(times, 95),
        "waiting_since": articles.made_at(oldest).isoformat() if oldest else None,
    }


def percentile(times: Times, percent: int) -> int | None:
    """Return the time that so many per cent of events did not exceed (nearest rank)."""
    rank, seen = -(-sum(times.values()) * percent // 100), 0
    for milliseconds in sorted(times):
        seen += times[milliseconds]
        if seen >= rank:
            return milliseconds
    return None


def _failures(since: datetime) -> Any:
    failed = (Delivery.state != DELIVERED, Delivery.attempts > 0, Delivery.at >= since)
    query = select(Delivery, Endpoint.partner).join(Endpoint, Endpoint.id == Delivery.endpoint)
    return query.where(*failed).order_by(Delivery.at.desc(), Delivery.id).limit(LAST)


def _failure(one: Delivery, partner: str) -> dict[str, Any]:
    names = ("id", "endpoint", "type", "state", "attempts", "status", "error")
    again = one.next_at.isoformat() if one.next_at else None
    facts = {name: getattr(one, name) for name in names}
    return {**facts, "partner": partner, "at": one.at.isoformat(), "next_at": again}
