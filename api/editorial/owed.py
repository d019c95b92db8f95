"""What a draft would owe, and why: for an editor who has to know before anybody reads it."""

from typing import Any

from flask import Response

from api.db import now, session
from api.editorial import Desk, as_of
from api.editorial.drafts import DRAFT
from content.editorial import drafts, owed, previews
from content.editors import READ
from content.models.editorial import Draft
from schemas.owed import OwedOut, OwedQuery

bp = Desk("Owed", __name__, url_prefix="/v1/editorial", description="What drafts would owe.")
READER = ("jurisdiction", "audience", "channel")


@bp.get(f"{DRAFT}/owed")
@bp.needs(READ)
@bp.query(OwedQuery)
@bp.response(200, OwedOut)
@bp.doc(operationId="explainDraft", summary="See what a draft would owe to a reader, and why")
def show(query: dict[str, Any], id: str, locale: str) -> Response:
    """If it were published now: each disclaimer with its rules, each rule with what met it."""
    return as_of(explained(drafts.find(session(), id, locale), query))


def explained(draft: Draft, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what a draft would owe to a reader, and why, as data."""
    reader = previews.parse(**{name: asked.get(name) for name in READER})
    return owed.explain(session(), draft, reader, now=now())
