"""The history of a text: its revisions, what was done with it, and what changed between any two."""

from typing import Any

from flask import Response

from api.console import Console, page
from api.db import session
from api.editorial import drafts, history
from content.editorial import drafts as texts
from content.editors import READ
from content.models.editorial import Draft
from schemas.history import ActListQuery, CompareQuery, HistoryQuery

bp = Console("console history", __name__, url_prefix="/console/articles/<slug:id>/<locale:locale>")
LAST = 10  # acts beside the revisions


@bp.get("/history")
@bp.needs(READ)
@bp.query(HistoryQuery)
def index(query: dict[str, Any], id: str, locale: str) -> Response:
    """What `…/drafts/{locale}/revisions` and the newest of `…/acts` answer."""
    draft = texts.find(session(), id, locale)
    return page(
        "history.html",
        text=_head(draft),
        is_first="before" not in query,
        listed=history.revisions(draft, query),
        done=history.acts(draft, {"limit": LAST, "saves": False}),
    )


@bp.get("/acts")
@bp.needs(READ)
@bp.query(ActListQuery)
def index_acts(query: dict[str, Any], id: str, locale: str) -> Response:
    """What `…/drafts/{locale}/acts` answers."""
    draft = texts.find(session(), id, locale)
    listed, is_first = history.acts(draft, query), "before" not in query
    return page("acts.html", text=_head(draft), listed=listed, is_first=is_first)


@bp.get("/diff")
@bp.needs(READ)
@bp.query(CompareQuery)
def compare(query: dict[str, Any], id: str, locale: str) -> Response:
    """What `…/drafts/{locale}/diff` answers."""
    draft = texts.find(session(), id, locale)
    return page("diff.html", text=_head(draft), diff=history.compared(draft, query))


def _head(draft: Draft) -> dict[str, Any]:
    [head] = drafts.heads(session(), [draft])
    return head
