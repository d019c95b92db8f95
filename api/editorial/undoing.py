"""Undoing a group of the log over HTTP."""

from typing import Any

from flask import Response

from api.db import now, writing
from api.editorial import Desk, acting
from api.editorial.preconditions import commit, once
from api.editorial.releases import described, note
from content.editorial import undoing
from content.editors import PUBLISH
from schemas.releases import ReasonIn, ReleaseOut

bp = Desk(
    *("Undoing", __name__),
    url_prefix="/v1/editorial/changes",
    description="What was changed is changed back.",
)


@bp.post("/<number:number>/undo")
@bp.needs(PUBLISH)
@once
@bp.body(ReasonIn)
@bp.response(201, ReleaseOut)
@bp.doc(operationId="undoChanges", summary="Change back what became true together")
def undo(body: dict[str, Any], number: int) -> Response:
    """The whole group of this number, in a new one: at once, or when a second person has agreed."""
    with writing() as session:
        made = undoing.undo(session, number, body["reason"], by=acting().id, now=now())
        note(session, "changes.undo", made, undone=number)
        return commit(session, described(made, 201))
