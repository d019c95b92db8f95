"""Sequences: since which number an edition has been what it is.

The walk goes back over the only changes that can have mattered, group by group, and compares
bodies. A group that does not touch the article, or speaks of another place, is never looked at.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    bindparam,
    func,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from content import articles, changes, policy, standings
from content.contexts import NOWHERE, WORLD
from content.db import recall, remember
from content.errors import NotFound
from content.excerpts import Part
from content.models.log import Change, JurisdictionFact
from content.standings import Standing


def since(session: Session, then: Standing, part: Part, body: dict[str, Any]) -> int:
    """Return the smallest n such that the edition is identical at every number from n on."""
    at = then.at
    while (end := _end_before_candidate(session, then, at, body)) is not None:
        if part.revision is None and _is_another(session, then, end):
            return end + 1
        if standings.past(session, then.publication.article, then.context, end, part) != body:
            return end + 1
        at = end
    raise NotFound("The article was not published yet at that number.")


def _is_another(session: Session, then: Standing, at: int) -> bool:
    """Return whether another revision was live at a number, or none: a body names its revision."""
    known = articles.publications(session, then.publication.article, at)
    before = known.get(then.context.locale)
    live = before and before.status == "live" and before.revision
    return live != then.publication.revision


def _end_before_candidate(
    session: Session, then: Standing, at: int, body: dict[str, Any]
) -> int | None:
    """Return the end of the group before the newest that may have made this body what it is.

    0 is the end before the first group. The body is known to be the same from ``at`` on. A
    disclaimer that it does not have cannot matter until a rule changes, and then that change is a
    candidate too.
    """
    context, disclaimers = then.context, [entry["id"] for entry in body["disclaimers"]]
    chain = policy.at(session, at).atlas.chain(context.jurisdiction)
    asked = {
        "article": then.publication.article,
        "at": at,
        "disclaimers": disclaimers,
        "places": [*chain, NOWHERE],
    }
    query = _candidate(anywhere=context.jurisdiction == WORLD)
    key = ("candidate", asked["article"], at, *disclaimers, context.jurisdiction)
    seq, number, moment = recall(session, key, lambda: session.execute(query, asked).one())
    if seq is None:
        return None
    remember(session, ("time", number + 1), moment)  # which is asked for, if the edition is of then
    return int(number)


@cache
def _candidate(*, anywhere: bool) -> Select[int, int, datetime]:
    """Return the query for the newest candidate, the end before its group, and the time after that.

    It is put together once, which takes longer than to ask it.
    """
    found = union_all(*map(select, _newest(anywhere=anywhere))).subquery()
    newest = select(func.max(found.columns[0]).label("seq")).cte("newest")
    earlier = (Change.seq < newest.c.seq, Change.group_end < newest.c.seq)
    before = select(Change.seq).where(*earlier).order_by(Change.seq.desc()).limit(1)
    end = func.coalesce(before.scalar_subquery(), 0).label("number")
    ends = select(newest.c.seq, end).cte("ends")
    time = select(Change.at).where(Change.seq == ends.c.number + 1).scalar_subquery()
    return select(ends.c.seq, ends.c.number, time)


def _newest(*, anywhere: bool) -> Iterator[ScalarSelect[int]]:
    """Yield for each type of change the query for the newest one that may matter."""
    subject, article = Change.subject, bindparam("article", type_=String)
    mine = changes.affects(article)
    said = bindparam("disclaimers", expanding=True, type_=String)
    of: dict[str, ColumnElement[bool]] = {
        "article": (subject == article) & (Change.kind != changes.AFFECTED),
        "disclaimer": subject.in_(said) & mine,
        "jurisdiction": (true() if anywhere else _places()) & mine,
        "rule": mine,
        "mention": mine,
        "source": mine,
        "site": true(),
    }
    for name, condition in of.items():
        query = select(Change.seq).where(Change.subject_type == name, condition)
        query = query.where(Change.seq <= bindparam("at"))
        yield query.order_by(Change.seq.desc()).limit(1).scalar_subquery()


def _places() -> ColumnElement[bool]:
    """Return which places' facts an edition may have at a number.

    Its own chain as it is *then* (what contains what can change), the generic ones, and those of
    authorities, which are quoted everywhere. Worldwide, the law of any place may matter.
    """
    authorities = select(JurisdictionFact.code).where(
        JurisdictionFact.fact.startswith("authority/")
    )
    mine = Change.subject.in_(bindparam("places", expanding=True))
    return mine | Change.subject.in_(authorities)
