"""Break glass over HTTP: a wrong help line, put right by one person at once."""

from typing import Any

from flask import Response

from api.db import now, writing
from api.editorial import Desk, acting, answer, releases, tasks
from api.editorial.preconditions import commit, once
from content.editorial import break_glass
from content.editors import PUBLISH
from schemas.releases import HelpIn, HelpReplacedOut

bp = Desk(
    *("Break glass", __name__),
    url_prefix="/v1/editorial/jurisdictions",
    description="What cannot wait.",
)


@bp.post("/<place:code>/help")
@bp.needs(PUBLISH)
@once
@bp.body(HelpIn)
@bp.response(201, HelpReplacedOut)
@bp.doc(operationId="replaceHelp", summary="Put a wrong help line right, alone and at once")
def replace(body: dict[str, Any], code: str) -> Response:
    """Checked as always. Another publisher has to look at it within 24 hours: that is the task."""
    with writing() as session:
        about = (code, body["data"], body["reason"])
        release, task = break_glass.replace_help(session, *about, by=acting().id, now=now())
        releases.note(session, "help.replace", release, place=code, change=release.group_end)
        told = {"release": releases.data(release), "task": tasks.data(task)}
        return commit(session, answer(told, 201))
