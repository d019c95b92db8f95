"""Articles: all texts that there are, on their way and live, to be found."""

from typing import Any

from flask import Response

from api.console import Console, page
from api.editorial import articles
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
    return page("articles.html", asked=asked, is_first="cursor" not in query, **listed)
