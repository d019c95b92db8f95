"""What a text owes to a reader, and why: rule by rule, before anybody reads it."""

from typing import Any

from flask import Response

from api import jurisdictions
from api.console import Console, page
from api.db import session
from api.editorial import drafts, owed
from content.contexts import AUDIENCES, CHANNELS
from content.editorial import articles
from content.editorial import drafts as texts
from content.editors import READ
from content.errors import Finding, Unfinished
from content.models.editorial import Draft
from schemas.owed import OwedQuery

bp = Console(
    "console owed", __name__, url_prefix="/console/articles/<slug:id>/<locale:locale>/owed"
)


@bp.get("")
@bp.needs(READ)
@bp.query(OwedQuery)
def show(query: dict[str, Any], id: str, locale: str) -> Response:
    """What `/v1/editorial/articles/{id}/drafts/{locale}/owed` answers."""
    draft = texts.find(session(), id, locale)
    found, lacks = _explained(draft, query)
    return page(
        "owed.html",
        text=drafts.heads(session(), [draft])[0],
        others=[one.locale for one in articles.of(session(), id) if one.locale != locale],
        asked={name: query.get(name, "") for name in owed.READER},
        choices={"audience": AUDIENCES, "channel": CHANNELS},
        places=jurisdictions.named(""),
        found=found,
        rules={rule["id"]: rule for rule in found["rules"]} if found else {},
        lacks=lacks,
    )


def _explained(draft: Draft, asked: dict[str, Any]) -> tuple[dict[str, Any] | None, list[Finding]]:
    """Return what it owes; or nothing, and what it lacks to be shown at all."""
    try:
        return owed.explained(draft, asked), []
    except Unfinished as error:
        return None, error.findings
