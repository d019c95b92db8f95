"""Tasks: what waits for a person because something else has changed, to be done one by one."""

from typing import Any

from flask import Response, flash

from api.console import Console, go, link, page
from api.db import writing
from api.editorial import tasks
from content.editorial.tasks import KINDS
from content.editors import READ, WRITE
from schemas.releases import TaskDoneIn, TaskListQuery

bp = Console("console tasks", __name__, url_prefix="/console/tasks")


@bp.get("")
@bp.needs(READ)
@bp.query(TaskListQuery)
def index(query: dict[str, Any]) -> Response:
    """What `/v1/editorial/tasks` answers: oldest first."""
    asked = {"kind": query.get("kind", ""), "done": query.get("done", False)}
    return page("tasks.html", asked=asked, kinds=KINDS, listed=tasks.listed(query))


@bp.post("/<slug:id>/done")
@bp.needs(WRITE)
@bp.form(TaskDoneIn)
def finish(form: dict[str, Any], id: str) -> Response:
    """Say that a task is done, and what came of it."""
    with writing() as session:
        tasks.finished(session, id, form["note"])
        session.commit()
    flash("The task is done.")
    return go(link("console tasks.index"))
