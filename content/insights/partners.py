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

from sqlalchemy import Row, and_, case, exists, func, select
from sqlalchemy.orm import Session

from content import articles, changes, exposures, heads, partners, plans, usage
from content.insights import tests
from content.models.access import Credential, Partner
from content.models.heads import Head, Trait
from content.models.log import Change
from content.models.recalls import Recall, RecallPartner
from content.models.usage import Exposure, Sighting, Usage
from content.models.webhooks import WAITING, Delivery, Endpoint
from content.plans import Plan
from content.recalls import CONFIRMED, watching
from content.webhooks import endpoints

SPANS = {"today": 1, "days_7": 7, "days_30": 30}
SUMS = ("answers", "bytes", "cost", "unchanged", "refused", "failed")
HELD = ("texts", "current", "behind", "ended", "seen")
Rows = Mapping[str, Any]  # by partner


def counts(session: Session, now: datetime) -> dict[str, int]:
    """Return how many partners there are, are suspended, and have fallen silent."""
    query = select(func.count(), func.count(Partner.suspended_at))
    total, suspended = session.execute(query).one()
    silent = len(watching.silent(session, now=now))
    return {"total": total, "suspended": suspended, "silent": silent}


def described(
    session: Session, found: Sequence[Partner], known: Mapping[str, Plan], now: datetime
) -> list[dict[str, Any]]:
    """Return partners with all that is counted of them; ``known`` are the plans."""
    ids, today = [one.id for one in found], now.date()
    keys, held = _keys(session, ids, now), _held(session, ids)
    asked, given = usage.last_days(session, ids), watching.last_given(session, ids)
    recalls, hooks = _recalls(session, ids), _webhooks(session, ids)
    waiting, used = _waiting(session, ids), _used(session, ids, today)
    late = now - watching.longest_offline(session)
    return [
        {
            **_facts(one, plans.of(known, one.plan)),
            "keys": keys[one.id],
            "last_asked_on": _day(asked.get(one.id)),
            "last_given_at": _time(given.get(one.id)),
            "is_silent": _is_silent(given.get(one.id), asked.get(one.id), late),
            "holds": held[one.id],
            "recalls": recalls[one.id],
            "webhooks": hooks[one.id] | waiting[one.id],
            "usage": {name: _sum(used[one.id], today, days) for name, days in SPANS.items()},
            "busiest_day": _busiest(used[one.id]),
        }
        for one in found
    ]


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


def _held(session: Session, ids: list[str]) -> Rows:
    nothing = dict.fromkeys((*HELD, "revisions_behind"), 0)
    found = _default(lambda: {**nothing, "behind_since": None})
    for row in session.execute(_by_partner(_given(ids))):
        found[row.partner] = {
            **{name: int(getattr(row, name)) for name in HELD},
            "revisions_behind": max(row.revisions_behind or 0, 0),
            "behind_since": _time(row.behind_since),
        }
    return found


def _given(ids: list[str]) -> Any:
    """Return the query for what each partner holds, and how that stands now."""
    one = Exposure
    # There is none where the text was deleted.
    text = exists().where(heads.CURRENT, Trait.kind == "review").correlate(Head)
    live = and_(Head.article == one.article, Head.locale == one.locale, text)
    mine = (Sighting.article == one.article) & (Sighting.locale == one.locale)
    told = and_(mine, Sighting.partner == one.partner, Sighting.status == exposures.GONE)
    is_current = and_(one.revision == Head.revision, one.last_at >= Change.at)
    columns = (
        func.max(Head.revision).label("live"),
        func.max(Change.at).label("since"),
        func.max(one.revision).label("revision"),
        func.max(one.last_at).label("last"),
        func.max(Sighting.last_at).label("told"),
        func.max(case((is_current, 1), else_=0)).label("is_current"),
    )
    query = select(one.partner, *columns).select_from(one).outerjoin(Head, live)
    query = query.outerjoin(Change, Change.seq == Head.seq).outerjoin(Sighting, told)
    query = query.where(one.partner.in_(ids), one.article.not_in(tests()))
    return query.group_by(one.partner, one.article, one.locale)


def _by_partner(given: Any) -> Any:
    held = given.subquery()
    is_behind = and_(held.c.live.is_not(None), held.c.is_current == 0)
    is_held = case((held.c.told.is_(None), 1), (held.c.told < held.c.last, 1), else_=0)
    return select(
        held.c.partner,
        func.count().label("texts"),
        func.sum(held.c.is_current).label("current"),
        func.sum(case((is_behind, 1), else_=0)).label("behind"),
        func.sum(case((held.c.live.is_(None), is_held), else_=0)).label("ended"),
        func.sum(case((held.c.live.is_(None), 1 - is_held), else_=0)).label("seen"),
        func.max(case((is_behind, held.c.live - held.c.revision))).label("revisions_behind"),
        func.min(case((is_behind, held.c.since))).label("behind_since"),
    ).group_by(held.c.partner)


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
