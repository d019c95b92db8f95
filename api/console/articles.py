"""Articles: all texts that there are, on their way and live; and one of them from inside."""

from typing import Any

from flask import Response

from api import auth
from api.console import Console, page
from api.db import session
from api.editorial import acting, articles, comments, drafts, findings
from content.corrections import TYPES as CORRECTIONS
from content.editorial import drafts as texts
from content.editorial import workflow
from content.editors import READ, WRITE
from content.models.editorial import Draft
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
    """A draft: what every gate says, what people have said about it, and what can be done now."""
    draft = texts.find(session(), id, locale)
    [head] = drafts.heads(session(), [draft])
    return page(
        "text.html",
        text=head,
        document=draft.manuscript["document"],
        examined=findings.examined(draft),
        comments=comments.listed(draft)["comments"],
        can=offered(draft, head),
        is_mine=acting().id in draft.authors,
        corrections=CORRECTIONS,
    )


def offered(draft: Draft, head: dict[str, Any]) -> list[str]:
    """Return what who is signed in can do now with a draft, as its state and readers have it."""
    caller = auth.caller()
    scopes = caller.scopes if caller else frozenset()
    can = workflow.open_to(draft, head["status"], by=acting().id, scopes=scopes)
    return [*can, "translate"] if head["status"] == "live" and WRITE in scopes else can
