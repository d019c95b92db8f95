"""Who is who: the names behind the ids that stand in drafts, comments and tasks."""

from typing import Any

from flask import Response

from api.db import now, session
from api.editorial import Desk, answer
from content import editors
from content.editors import READ
from schemas.fields import Query
from schemas.waiting import PersonListOut

bp = Desk("People", __name__, url_prefix="/v1/editorial/people", description="Who is who.")
COLUMNS = ("id", "name", "role")


@bp.get("")
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, PersonListOut)
@bp.doc(operationId="listPeople", summary="List who is who in the newsroom")
def index(query: dict[str, Any]) -> Response:
    """Everybody by name and role, also who has no token any more. Programs are not listed."""
    found = [editor for editor, _ in editors.everybody(session(), now())]
    people = [{name: getattr(one, name) for name in COLUMNS} for one in found]
    return answer({"people": people})
