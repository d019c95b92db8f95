"""Articles: all texts that there are, on their way and live; and one of them from inside."""

from typing import Any

from flask import Response

from api.console import Console, page
from api.db import session
from api.editorial import articles, comments, drafts, findings
from content.editorial import drafts as texts
from content.editors import READ
from schemas.drafts import DraftListQuery

bp = Console("console articles", __name__, url_prefix="/console/articles")
SHOWN = 50  # texts of a page


@bp.get("")
@bp.needs(READ)
@bp.query(DraftListQuery)
def index(query: dict[str, Any]) -> Response:
    """What `/v1/editorial/drafts` answers: every text has a draft, also one that is live."""
    asked = {name: query.get(name, "") for name in ("words", "state", "locale")}
    listed = articles.listed({**query, "limit": SHOWN})
    return page("articles.html", asked=asked, is_first="cursor" not in query, listed=listed)


@bp.get("/<slug:id>")
@bp.needs(READ)
def show(id: str) -> Response:
    """What `/v1/editorial/articles/{id}` answers: its texts, and how each stands."""
    return page("article.html", article=articles.described(session(), id))


@bp.get("/<slug:id>/<locale:locale>")
@bp.needs(READ)
def show_text(id: str, locale: str) -> Response:
    """A draft with what every gate says and what people have said about it."""
    draft = texts.find(session(), id, locale)
    [head] = drafts.heads(session(), [draft])
    return page(
        "text.html",
        text=head,
        document=draft.manuscript["document"],
        examined=findings.examined(draft),
        comments=comments.listed(draft)["comments"],
    )
