"""Holdings: what partners hold of what there is, counted now or as it was counted last.

To count goes through all that a partner was ever given, so the worker does it for some partners at
a time, and lists take what it has kept.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from content import exposures, heads
from content.insights import tests
from content.models.access import Partner
from content.models.heads import Head, Trait
from content.models.log import Change
from content.models.samples import Holding
from content.models.usage import Exposure, Sighting
from content.recalls import watching

FRESH = timedelta(minutes=10)  # after which a partner is counted again
AT_ONCE = 2  # partners, so that other work does not wait
HELD = ("texts", "current", "behind", "ended", "seen")


def count(session: Session, ids: Sequence[str], now: datetime) -> dict[str, Holding]:
    """Return what each of some partners holds, counted now, by partner."""
    given, found = watching.last_given(session, ids), {one: _nothing(one, now) for one in ids}
    for row in session.execute(_by_partner(_given(ids))):
        one = found[row.partner]
        for name in HELD:
            setattr(one, name, int(getattr(row, name)))
        one.revisions_behind = max(row.revisions_behind or 0, 0)
        one.behind_since, one.last_given_at = row.behind_since, given.get(row.partner)
    return found


def kept(session: Session, ids: Sequence[str], now: datetime) -> dict[str, Holding]:
    """Return the same as it was counted last; who was never counted is counted now."""
    rows = session.scalars(select(Holding).where(Holding.partner.in_(ids)))
    found = {one.partner: one for one in rows}
    missing = [one for one in ids if one not in found]
    return found | (count(session, missing, now) if missing else {})


def due(session: Session, now: datetime) -> list[str]:
    """Return some partners that were never counted, or not lately: those longest ago first."""
    query = select(Partner.id).outerjoin(Holding, Holding.partner == Partner.id)
    query = query.where(or_(Holding.at.is_(None), Holding.at < now - FRESH))
    oldest = query.order_by(Holding.at.nulls_first(), Partner.id).limit(AT_ONCE)
    return list(session.scalars(oldest))


def keep(session: Session, found: Iterable[Holding]) -> None:
    """Keep what was counted."""
    for one in found:
        session.merge(one)


def described(one: Holding) -> dict[str, Any]:
    """Return what a partner holds, as data."""
    return {
        **{name: getattr(one, name) for name in (*HELD, "revisions_behind")},
        "behind_since": one.behind_since.isoformat() if one.behind_since else None,
        "counted_at": one.at.isoformat(),
    }


def _nothing(partner: str, now: datetime) -> Holding:
    numbers = dict.fromkeys((*HELD, "revisions_behind"), 0)
    return Holding(partner=partner, at=now, behind_since=None, last_given_at=None, **numbers)


def _given(ids: Sequence[str]) -> Any:
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
