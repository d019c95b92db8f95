"""Partners: how far behind each is, what it uses of its plan, whether it still asks.

What a partner *holds* is what it was given with its keys (:mod:`content.exposures`). Of each text
it is *current* where it was given, or heard that it has, the live revision since that went live;
*behind* where not; *ended* where the text is not shown any more, and it has not been told so by a
410 of that text; else it has ``seen`` that. Whether it has acted on what it read in the log, or
heard by a webhook, nobody knows.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, case, func, select
from sqlalchemy.orm import Session

from content import articles, changes, partners, plans, usage
from content.insights import conformance, holdings
from content.models.access import Credential, Partner
from content.models.recalls import Recall, RecallPartner
from content.models.samples import Holding
from content.models.usage import Usage
from content.models.webhooks import WAITING, Delivery, Endpoint
from content.plans import Plan
from content.recalls import CONFIRMED, watching
from content.webhooks import endpoints

SPANS = {"today": 1, "days_7": 7, "days_30": 30}
SUMS = ("answers", "bytes", "cost", "unchanged", "refused", "failed")
Rows = Mapping[str, Any]  # by partner


def counts(session: Session, now: datetime, *, kept: bool = False) -> dict[str, int]:
    """Return how many partners there are, are suspended, and have fallen silent.

    ``kept``: by what they held when that was counted last (:mod:`content.insights.holdings`).
    """
    query = select(func.count(), func.count(Partner.suspended_at))
    total, suspended = session.execute(query).one()
    silent = kept_silent(session, now) if kept else watching.silent(session, now=now)
    return {"total": total, "suspended": suspended, "silent": len(silent)}


def described(
    session: Session,
    found: Sequence[Partner],
    known: Mapping[str, Plan],
    now: datetime,
    *,
    kept: bool = False,
) -> list[dict[str, Any]]:
    """Return partners with all that is counted of them; ``known`` are the plans.

    ``kept``: what they hold is as it was counted last, which takes less time.
    """
    ids, today = [one.id for one in found], now.date()
    keys, asked = _keys(session, ids, now), usage.last_days(session, ids)
    held = (holdings.kept if kept else holdings.count)(session, ids, now)
    given = {one: held[one].last_given_at for one in ids}
    recalls, hooks = _recalls(session, ids), _webhooks(session, ids)
    waiting, used = _waiting(session, ids), _used(session, ids, today)
    looked = conformance.summed(session, ids, now)
    late = now - watching.longest_offline(session)
    return [
        {
            **_facts(one, plans.of(known, one.plan)),
            "keys": keys[one.id],
            "last_asked_on": _day(asked.get(one.id)),
            "last_given_at": _time(given.get(one.id)),
            "is_silent": _is_silent(given.get(one.id), asked.get(one.id), late),
            "holds": holdings.described(held[one.id]),
            "recalls": recalls[one.id],
            "webhooks": hooks[one.id] | waiting[one.id],
            "conformance": looked.get(one.id),
            "usage": {name: _sum(used[one.id], today, days) for name, days in SPANS.items()},
            "busiest_day": _busiest(used[one.id]),
        }
        for one in found
    ]


def by_day(session: Session, partner: str, today: date) -> list[dict[str, Any]]:
    """Return what a partner used on each of the last thirty days, also where that was nothing."""
    used = {row.day: row for row in _used(session, [partner], today)[partner]}
    days = [(today - timedelta(days=ago)).isoformat() for ago in reversed(range(SPANS["days_30"]))]
    nothing = dict.fromkeys(SUMS, 0)
    return [{"day": day, **(_sums(used[day]) if day in used else nothing)} for day in days]


def _sums(row: Row[Any]) -> dict[str, int]:
    return {name: int(getattr(row, name)) for name in SUMS}


def kept_silent(session: Session, now: datetime) -> list[str]:
    """Return who has fallen silent, by what it held when that was counted last."""
    late = now - watching.longest_offline(session)
    mine = (Holding.partner.in_(watching.quiet(session, late)), Holding.last_given_at < late)
    return list(session.scalars(select(Holding.partner).where(*mine)))


def _facts(partner: Partner, plan: Plan) -> dict[str, Any]:
    names = ("id", "name", "audience", "channel", "topics")
    facts = {name: getattr(partner, name) for name in names}
    return {**facts, "state": partners.state(partner), "plan": asdict(plan)}


def _is_silent(given: datetime | None, asked: date | None, late: datetime) -> bool:
    return given is not None and watching.last_heard(given, asked) < late


def _keys(session: Session, ids: list[str], now: datetime) -> Rows:
    ended = and_(Credential.expires_at.is_not(None), Credential.expires_at <= now)
    state = case((Credential.revoked_at.is_not(None), "revoked"), (ended, "ended"), else_="good")
    query = select(Credential.partner, state.label("state"), func.count())
    query = query.where(Credential.partner.in_(ids)).group_by(Credential.partner, "state")
    rows = session.execute(query)
    return _gathered(rows, lambda: dict.fromkeys(("good", "ended", "revoked"), 0))


def _recalls(session: Session, ids: list[str]) -> Rows:
    name = case((Recall.is_drill, "drills"), else_="open").label("name")
    mine = (RecallPartner.partner.in_(ids), RecallPartner.state != CONFIRMED)
    query = select(RecallPartner.partner, name, func.count()).join(
        Recall, Recall.id == RecallPartner.recall
    )
    query = query.where(*mine, Recall.closed_at.is_(None)).group_by(RecallPartner.partner, "name")
    return _gathered(session.execute(query), lambda: {"open": 0, "drills": 0})


def _webhooks(session: Session, ids: list[str]) -> Rows:
    """Return how many webhooks are in which state, and how many numbers the last one is behind."""
    table, head = Endpoint, changes.head(session)
    query = select(table.partner, table.state, func.count(), func.min(table.cursor))
    query = query.where(table.partner.in_(ids)).group_by(table.partner, table.state)
    found = _default(lambda: dict.fromkeys((*endpoints.STATES, "numbers_behind"), 0))
    for partner, state, count, cursor in session.execute(query):
        found[partner][state] = count
        if state == endpoints.ACTIVE:
            found[partner]["numbers_behind"] = head - cursor
    return found


def _waiting(session: Session, ids: list[str]) -> Rows:
    query = select(Endpoint.partner, func.count(), func.min(Delivery.id)).join(
        Endpoint, Endpoint.id == Delivery.endpoint
    )
    mine = (Endpoint.partner.in_(ids), Delivery.state == WAITING)
    found = _default(lambda: {"events_waiting": 0, "waiting_since": None})
    for partner, count, oldest in session.execute(query.where(*mine).group_by(Endpoint.partner)):
        since = articles.made_at(oldest).isoformat()
        found[partner] = {"events_waiting": count, "waiting_since": since}
    return found


def _used(session: Session, ids: list[str], today: date) -> dict[str, list[Row[Any]]]:
    """Return what each partner used on each of the last 30 days on which it did."""
    since = (today - timedelta(days=max(SPANS.values()) - 1)).isoformat()
    sums = (
        func.sum(Usage.count).label("answers"),
        func.sum(Usage.bytes).label("bytes"),
        func.sum(Usage.cost).label("cost"),
        func.sum(case((Usage.status == 304, Usage.count), else_=0)).label("unchanged"),
        func.sum(case((Usage.status == 429, Usage.count), else_=0)).label("refused"),
        func.sum(case((Usage.status >= 500, Usage.count), else_=0)).label("failed"),
    )
    query = select(Usage.partner, Usage.day, *sums).where(Usage.partner.in_(ids))
    query = query.where(Usage.day >= since).group_by(Usage.partner, Usage.day)
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(query.order_by(Usage.partner, Usage.day)):
        found[row.partner].append(row)
    return found


def _sum(rows: list[Row[Any]], today: date, days: int) -> dict[str, int]:
    since = (today - timedelta(days=days - 1)).isoformat()
    return {name: sum(int(getattr(row, name)) for row in rows if row.day >= since) for name in SUMS}


def _busiest(rows: list[Row[Any]]) -> dict[str, Any] | None:
    found = max(rows, key=lambda row: int(row.cost), default=None)
    return {"day": found.day, "cost": int(found.cost)} if found else None


def _gathered(rows: Any, make: Callable[[], dict[str, Any]]) -> Rows:
    found = _default(make)
    for partner, name, count in rows:
        found[partner][name] = count
    return found


def _default(make: Callable[[], dict[str, Any]]) -> defaultdict[str, dict[str, Any]]:
    return defaultdict(make)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
