"""Recalls: which are open, how far partners are, how long the last confirmation took."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import Session

from content import usage
from content.models.access import Partner
from content.models.recalls import Recall, RecallPartner
from content.recalls import CONFIRMED, ESCALATED, OVERDUE, STATES, watching


def summary(session: Session, now: datetime) -> dict[str, Any]:
    """Return how many recalls are open and who is late, and when there was a drill."""
    unconfirmed, overdue = watching.counts(session)
    drilled = last_drill(session)
    return {
        "open": open_ones(session, drills=False),
        "open_drills": open_ones(session, drills=True),
        "unconfirmed": unconfirmed,
        "overdue": overdue,
        "last_drill_at": drilled.isoformat() if drilled else None,
        "days_since_drill": (now - drilled).days if drilled else None,
    }


def open_ones(session: Session, *, drills: bool) -> int:
    """Return how many recalls, or drills, are open."""
    mine = (Recall.closed_at.is_(None), Recall.is_drill.is_(drills))
    return session.scalars(select(func.count()).select_from(Recall).where(*mine)).one()


def last_drill(session: Session) -> datetime | None:
    """Return when the last drill began."""
    found: datetime | None = session.scalar(
        select(func.max(Recall.opened_at)).where(Recall.is_drill.is_(True))
    )
    return found


def described(session: Session, recalls: Sequence[Recall], now: datetime) -> list[dict[str, Any]]:
    """Return recalls with how far the partners are."""
    states: dict[str, dict[str, int]] = defaultdict(dict)
    last: dict[str, datetime] = {}
    for id, state, count, at in session.execute(_states([one.id for one in recalls])):
        states[id][state] = count
        if state == CONFIRMED:
            last[id] = at
    return [_described(one, states[one.id], last.get(one.id), now) for one in recalls]


def unconfirmed(session: Session, after: tuple[str, str], limit: int, *, drills: bool) -> list[Any]:
    """Return partners who have not confirmed an open recall, or drill, behind a place in the list.

    The oldest recall comes first; a place is a recall and a partner. Each row has the recall, how
    far the partner is, and its name.
    """
    one, place = RecallPartner, tuple_(RecallPartner.recall, RecallPartner.partner)
    query = select(Recall, one, Partner.name).join(one, one.recall == Recall.id)
    query = query.join(Partner, Partner.id == one.partner)
    mine = (Recall.closed_at.is_(None), Recall.is_drill.is_(drills), one.state != CONFIRMED)
    query = query.where(*mine, place > tuple_(*map(literal, after)))
    return list(session.execute(query.order_by(one.recall, one.partner).limit(limit)))


def waits(session: Session, rows: Sequence[Any], now: datetime) -> list[dict[str, Any]]:
    """Return such rows as data."""
    asked = usage.last_days(session, {one.partner for _, one, _ in rows})
    return [
        {
            "recall": recall.id,
            "slug": recall.slug,
            "partner": one.partner,
            "name": name,
            "state": one.state,
            "told_at": one.told_at.isoformat(),
            "deadline": recall.deadline.isoformat(),
            "is_overdue": one.state in (OVERDUE, ESCALATED) or now > recall.deadline,
            "last_asked_on": day.isoformat() if (day := asked.get(one.partner)) else None,
        }
        for recall, one, name in rows
    ]


def _states(ids: list[str]) -> Any:
    one = RecallPartner
    query = select(one.recall, one.state, func.count(), func.max(one.confirmed_at))
    return query.where(one.recall.in_(ids)).group_by(one.recall, one.state)


def _described(
    recall: Recall, states: dict[str, int], last: datetime | None, now: datetime
) -> dict[str, Any]:
    late = sum(states.get(state, 0) for state in (OVERDUE, ESCALATED))
    return {
        "id": recall.id,
        "article": recall.article,
        "slug": recall.slug,
        "drill": recall.is_drill,
        "sequence": recall.sequence,
        "opened_at": recall.opened_at.isoformat(),
        "deadline": recall.deadline.isoformat(),
        "closed_at": recall.closed_at.isoformat() if recall.closed_at else None,
        "is_overdue": recall.closed_at is None and (bool(late) or now > recall.deadline),
        "asked": sum(states.values()),
        **{state: states.get(state, 0) for state in STATES},
        "seconds_to_last_confirmation": _seconds(recall.opened_at, last),
    }


def _seconds(since: datetime, at: datetime | None) -> int | None:
    return int((at - since).total_seconds()) if at else None
