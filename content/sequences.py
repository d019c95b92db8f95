"""Sequences: since which number an edition has been what it is.

The walk goes back over the only changes that can have mattered, group by group, and compares
bodies. A group that does not touch the article, or speaks of another place, is never looked at.
"""

from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from content import changes, policy, standings
from content.contexts import NOWHERE, WORLD, Context
from content.errors import NotFound
from content.excerpts import Part
from content.models.log import Change, JurisdictionFact
from content.standings import Standing


def since(session: Session, then: Standing, part: Part, body: dict[str, Any]) -> int:
    """Return the smallest n such that the edition is identical at every number from n on."""
    end = then.at
    while seq := _last_candidate(session, then, end, body):
        end = _end_before(session, seq)
        if standings.past(session, then.publication.article, then.context, end, part) != body:
            return end + 1
    raise NotFound("The article was not published yet at that number.")


def _last_candidate(session: Session, then: Standing, at: int, body: dict[str, Any]) -> int | None:
    """Return the newest change up to a number that may have made this body what it is.

    The body is known to be the same from ``at`` on. A disclaimer that it does not have cannot
    matter until a rule changes, and then that change is a candidate too.
    """
    subject = Change.subject
    mine = changes.affects(then.publication.article)
    of: dict[str, ColumnElement[bool]] = {
        "article": (subject == then.publication.article) & (Change.kind != changes.AFFECTED),
        "disclaimer": subject.in_([entry["id"] for entry in body["disclaimers"]]) & mine,
        "jurisdiction": _places(session, then.context, at) & mine,
        "rule": mine,
        "mention": mine,
        "source": mine,
        "site": true(),
    }
    newest = [
        select(Change.seq)
        .where(Change.subject_type == name, condition, Change.seq <= at)
        .order_by(Change.seq.desc())
        .limit(1)
        .scalar_subquery()
        for name, condition in of.items()
    ]
    return max((seq for seq in session.execute(select(*newest)).one() if seq), default=None)


def _places(session: Session, context: Context, at: int) -> ColumnElement[bool]:
    """Return which places' facts an edition may have at a number.

    Its own chain as it is *then* (what contains what can change), the generic ones, and those of
    authorities, which are quoted everywhere. Worldwide, the law of any place may matter.
    """
    if context.jurisdiction == WORLD:
        return true()
    chain = policy.at(session, at).atlas.chain(context.jurisdiction)
    authorities = select(JurisdictionFact.code).where(
        JurisdictionFact.fact.startswith("authority/")
    )
    return Change.subject.in_([*chain, NOWHERE]) | Change.subject.in_(authorities)


def _end_before(session: Session, seq: int) -> int:
    """Return the end of the group before the one that ``seq`` belongs to; 0 at the start."""
    earlier = (Change.seq < seq, Change.group_end < seq)
    query = select(Change.seq).where(*earlier).order_by(Change.seq.desc()).limit(1)
    return session.scalar(query) or 0
