"""What waits for who asks: the beginning of each list of work, in one answer."""

from collections.abc import Callable
from typing import Any

from flask import Response

from api import auth
from api.db import session
from api.editorial import Desk, acting, answer, drafts, releases, tasks
from content.editorial import waiting
from content.editorial.waiting import Some, Waiting
from content.editors import READ
from schemas.waiting import WaitingOut, WaitingQuery

bp = Desk("Waiting", __name__, url_prefix="/v1/editorial/waiting", description="Work that waits.")
DRAFTS, RELEASES = ("write", "review", "publish"), ("approve", "release", "scheduled")


@bp.get("")
@bp.needs(READ)
@bp.query(WaitingQuery)
@bp.response(200, WaitingOut)
@bp.doc(operationId="getWaiting", summary="See what waits for me")
def show(query: dict[str, Any]) -> Response:
    """What others have to do, or what your scopes do not allow, is not listed."""
    return answer(data(query["limit"]))


def data(limit: int) -> dict[str, Any]:
    """Return what waits for who asks as data, at most so many of each."""
    caller = auth.caller()
    scopes = caller.scopes if caller else frozenset[str]()
    found = waiting.read(session(), acting().id, scopes, limit)
    return {
        **_drafts(found),
        **{name: _some(getattr(found, name), releases.data) for name in RELEASES},
        "tasks": _some(found.tasks, tasks.data),
    }


def _drafts(found: Waiting) -> dict[str, Any]:
    """Return the lists of drafts; the log is asked once for all of them."""
    rows = [one for name in DRAFTS for one in getattr(found, name).rows]
    heads = {id(row): head for row, head in zip(rows, drafts.heads(session(), rows), strict=True)}
    return {name: _some(getattr(found, name), lambda row: heads[id(row)]) for name in DRAFTS}


def _some(some: Some[Any], described: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    return {"count": some.count, "first": [described(row) for row in some.rows]}
