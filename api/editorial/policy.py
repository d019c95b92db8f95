"""Policy at the desk: what stands of disclaimers, rules and facts, as a release takes it."""

from typing import Any

from flask import Response

from api.db import session
from api.editorial import Desk, answer
from content import changes
from content.editorial import policy_items
from content.editors import READ
from schemas.policy import PolicyListOut, PolicyQuery

bp = Desk(
    *("Policy", __name__),
    url_prefix="/v1/editorial/policy",
    description="Disclaimers, rules and facts.",
)


@bp.get("/<slug:kind>")
@bp.needs(READ)
@bp.query(PolicyQuery)
@bp.response(200, PolicyListOut)
@bp.doc(operationId="listPolicy", summary="See what stands of one kind of policy")
def index(query: dict[str, Any], kind: str) -> Response:
    """Of `disclaimer`, `rule`, `mention`, `jurisdiction`, `site`, `source`: as releases take it."""
    found = policy_items.standing(session(), kind, **query)
    return answer({"sequence": changes.head(session()), "items": found})
