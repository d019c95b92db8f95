"""Who am I: what a key or token stands for."""

from typing import Any

from flask import Response
from werkzeug.exceptions import Unauthorized

from api import auth, responses
from api.examples import ME_EXAMPLE
from api.openapi import Slice
from schemas.fields import Query
from schemas.meta import MeOut

bp = Slice("Me", __name__, url_prefix="/v1/me", description="The caller.")
PARTNER_FACTS = ("id", "name", "audience", "channel", "locale", "jurisdiction")


@bp.get("")
@bp.query(Query)
@bp.response(200, MeOut, example=ME_EXAMPLE)
@bp.doc(operationId="getMe", summary="Show whose key or token this is", security=[{"bearer": []}])
def show(query: dict[str, str]) -> Response:
    """A partner sees the context that the key fixes and fills in; an editor sees the role."""
    caller = auth.caller()
    if caller is None:
        raise Unauthorized
    if caller.partner:
        data = _facts("partner", caller.partner, PARTNER_FACTS)
    else:
        data = _facts("editor", caller.editor, ("id", "name", "role"))
        data["scopes"] = sorted(caller.scopes)
    response = responses.of_data(data)
    response.headers["Cache-Control"] = "no-store"
    return response


def _facts(kind: str, owner: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {"kind": kind, **{name: getattr(owner, name) for name in names}}
