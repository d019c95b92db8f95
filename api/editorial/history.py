"""The history of a text: its revisions, what was done with its draft, what changed between two."""

from typing import Any

from flask import Response

from api.db import session
from api.editorial import Desk, answer
from api.editorial.drafts import DRAFT
from content.editorial import drafts, history
from content.editorial.history import Event, Past
from content.editors import READ
from content.models.audit import AuditRow
from content.models.editorial import Draft
from schemas.history import (
    ActListOut,
    ActListQuery,
    ComparedOut,
    CompareQuery,
    HistoryQuery,
    PastListOut,
)

bp = Desk("History", __name__, url_prefix="/v1/editorial", description="What a text has been.")


@bp.get(f"{DRAFT}/revisions")
@bp.needs(READ)
@bp.query(HistoryQuery)
@bp.response(200, PastListOut)
@bp.doc(operationId="listDraftRevisions", summary="See the revisions of a text")
def index(query: dict[str, Any], id: str, locale: str) -> Response:
    """Newest first, those too that nobody has published, with what became of each."""
    return answer(revisions(drafts.find(session(), id, locale), query))


@bp.get(f"{DRAFT}/acts")
@bp.needs(READ)
@bp.query(ActListQuery)
@bp.response(200, ActListOut)
@bp.doc(operationId="listDraftActs", summary="See what was done with a draft")
def index_acts(query: dict[str, Any], id: str, locale: str) -> Response:
    """By whom and when, newest first; also what was done with the article as a whole."""
    return answer(acts(drafts.find(session(), id, locale), query))


@bp.get(f"{DRAFT}/diff")
@bp.needs(READ)
@bp.query(CompareQuery)
@bp.response(200, ComparedOut)
@bp.doc(operationId="compareDraft", summary="See what changed between two texts")
def compare(query: dict[str, Any], id: str, locale: str) -> Response:
    """Two revisions, or one and the draft, with claims and sources; no notices."""
    return answer(compared(drafts.find(session(), id, locale), query))


def revisions(draft: Draft, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the revisions of a text, as data."""
    limit = query["limit"]
    found = history.revisions(session(), draft, query.get("before"), limit + 1)
    following = found[limit - 1].revision.number if len(found) > limit else None
    return {"revisions": [_past(one) for one in found[:limit]], "next": following}


def acts(draft: Draft, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of what was done with a draft, as data."""
    limit, before = query["limit"], query.get("before")
    found = history.acts(session(), draft, before, limit + 1, saves=query["saves"])
    following = found[limit - 1].number if len(found) > limit else None
    return {"acts": [_act(row) for row in found[:limit]], "next": following}


def compared(draft: Draft, query: dict[str, Any]) -> dict[str, Any]:
    """Return what changed from one text to another, as data."""
    old, new = query.get("from_"), query.get("to")
    return {"from": old, "to": new, **history.compare(session(), draft, old, new)}


def _past(one: Past) -> dict[str, Any]:
    names = ("number", "change_note", "created_by")
    return {
        **{name: getattr(one.revision, name) for name in names},
        "created_at": one.revision.created_at.isoformat(),
        "kept": one.is_kept,
        "events": [_event(event) for event in one.events],
    }


def _event(event: Event) -> dict[str, Any]:
    row = event.row
    said = {"sequence": row.seq, "status": row.status, "notice": row.notice}
    return {**said, "at": event.at.isoformat()}


def _act(row: AuditRow) -> dict[str, Any]:
    said = {"number": row.number, "act": row.act, "by": row.actor, "at": row.at.isoformat()}
    return {**said, "version": (row.detail or {}).get("version")}
