"""Reports: what is known of a recall, for us and for the public, and what cannot be known.

The public one names no partner. Neither has a word of the article: what was withdrawn is not told
again where its disclaimers are not.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from content import exposures, usage
from content.models.access import Partner
from content.models.log import Change
from content.models.recalls import Recall, RecallPartner
from content.models.webhooks import DELIVERED, Delivery, Endpoint
from content.recalls import BY, STATES, WORK, opening

ENDED_BY_EDITOR = "an editor has ended it"
UNKNOWN = (
    "Who read it without a key: open readers, and pages that embed it openly, are not recorded. "
    "They get the notice in its place as soon as they ask again.",
    "What partners have given on, printed, or kept in caches and archives that are not ours.",
    "Whether a copy is really gone: a confirmation is the partner's word, or that its program was "
    "told so.",
)


def public(session: Session, recall: Recall) -> dict[str, Any]:
    """Return what everybody may know of a recall."""
    found = opening.asked(session, recall.id)
    return {**_told(recall), "partners": _counts(recall, found), "not_known": list(UNKNOWN)}


def internal(session: Session, recall: Recall) -> dict[str, Any]:
    """Return all that is known of a recall: each partner, what it had, how it was told."""
    found = opening.asked(session, recall.id)
    reason = session.scalars(select(Change.reason).where(Change.seq == recall.sequence)).one()
    return {
        **_facts(recall),
        "reason": reason,
        "opened_by": recall.opened_by,
        "closed_by": recall.closed_by,
        "partners": _counts(recall, found),
        "exposed": _exposed(session, recall, found),
        "not_known": list(UNKNOWN),
    }


def told(session: Session, recall: Recall) -> dict[str, Any]:
    """Return what a webhook says of a recall; nothing where it has ended."""
    if recall.closed_at is not None:
        return {}
    facts = {
        "id": recall.id,
        "drill": recall.is_drill,
        "deadline": _time(recall.deadline),
        "article": {"id": recall.article, "slug": recall.slug},
        "confirm": f"/v1/me/recalls/{recall.id}/confirm",
    }
    return {"sequence": recall.sequence, "recall": facts}


def asked(recall: Recall, one: RecallPartner) -> dict[str, Any]:
    """Return what a partner is asked, and how far it is."""
    mine = {
        "state": one.state,
        "told_at": _time(one.told_at),
        "confirmed_at": _time(one.confirmed_at),
        "confirmed_by": one.confirmed_by,
        "note": one.note,
    }
    return {**_told(recall), **mine}


def _told(recall: Recall) -> dict[str, Any]:
    """Return what others than editors are told; an editor's own words may name a partner."""
    by_editor = recall.closed_by not in (None, WORK)
    return _facts(recall) | ({"closed_because": ENDED_BY_EDITOR} if by_editor else {})


def _facts(recall: Recall) -> dict[str, Any]:
    return {
        "id": recall.id,
        "article": {"id": recall.article, "slug": recall.slug},
        "drill": recall.is_drill,
        "sequence": recall.sequence,
        "notice": recall.notice,
        "opened_at": _time(recall.opened_at),
        "deadline": _time(recall.deadline),
        "closed_at": _time(recall.closed_at),
        "closed_because": recall.closed_because,
    }


def _counts(recall: Recall, found: Sequence[RecallPartner]) -> dict[str, Any]:
    states, by = Counter(one.state for one in found), Counter(one.confirmed_by for one in found)
    last = max((one.confirmed_at for one in found if one.confirmed_at), default=None)
    took = int((last - recall.opened_at).total_seconds()) if last else None
    return {
        "asked": len(found),
        **{state: states[state] for state in STATES},
        "confirmed_by": {name: by[name] for name in BY},
        "seconds_to_last_confirmation": took,
    }


def _exposed(
    session: Session, recall: Recall, found: Sequence[RecallPartner]
) -> list[dict[str, Any]]:
    mine = select(Partner).join(RecallPartner, RecallPartner.partner == Partner.id)
    known = {one.id: one for one in session.scalars(mine.where(RecallPartner.recall == recall.id))}
    given, hooks = _given(session, recall), _webhooks(session, recall)
    asked = usage.last_days(session, known)
    return [
        {
            **_partner(known[one.partner], one, asked.get(one.partner)),
            "given": given.get(one.partner, []),
            "webhooks": hooks.get(one.partner, []),
        }
        for one in found
    ]


def _partner(partner: Partner, one: RecallPartner, asked: date | None) -> dict[str, Any]:
    return {
        "id": partner.id,
        "name": partner.name,
        "contact": partner.contact,
        "state": one.state,
        "told_at": _time(one.told_at),
        "confirmed_at": _time(one.confirmed_at),
        "confirmed_by": one.confirmed_by,
        "note": one.note,
        "last_asked_on": asked.isoformat() if asked else None,
    }


def _given(session: Session, recall: Recall) -> dict[str, list[dict[str, Any]]]:
    """Return what each partner was given."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in exposures.of_article(session, recall.article):
        facts = {"locale": row.locale, "revision": row.revision, "digest": row.digest}
        times = {"first_at": _time(row.first_at), "last_at": _time(row.last_at)}
        found.setdefault(row.partner, []).append({**facts, **times, "count": row.count})
    return found


def _webhooks(session: Session, recall: Recall) -> dict[str, list[dict[str, Any]]]:
    """Return how each partner's webhooks were told: by the event that was taken, else the last."""
    # What is about a recall is of no group: few of an endpoint's events have such a number.
    about = and_(Delivery.endpoint == Endpoint.id, Delivery.event < 0, Delivery.about == recall.id)
    mine = select(Endpoint, Delivery).outerjoin(Delivery, about)
    mine = mine.join(RecallPartner, RecallPartner.partner == Endpoint.partner)
    mine = mine.where(RecallPartner.recall == recall.id)
    best: dict[str, tuple[Endpoint, Delivery | None]] = {}
    for endpoint, one in session.execute(mine.order_by(Endpoint.id, Delivery.event.desc())):
        known = best.get(endpoint.id)
        if known is None or known[1] is None or known[1].state != DELIVERED:
            best[endpoint.id] = (endpoint, one)
    found: dict[str, list[dict[str, Any]]] = {}
    for endpoint, last in best.values():
        found.setdefault(endpoint.partner, []).append(_webhook(endpoint, last))
    return found


def _webhook(endpoint: Endpoint, one: Delivery | None) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "state": endpoint.state,
        "told": one.state if one else None,
        "attempts": one.attempts if one else 0,
        "delivered_at": _time(one.at) if one and one.state == DELIVERED else None,
        "error": one.error if one else None,
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
