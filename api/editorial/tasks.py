"""Tasks: what waits for a person, because something else has changed."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api.db import now, session, writing
from api.editorial import Desk, acting, answer, noted
from api.editorial.preconditions import commit
from content.editorial import tasks
from content.editors import READ, WRITE
from content.models.editorial import Task
from schemas.releases import TaskDoneIn, TaskListOut, TaskListQuery, TaskOut

bp = Desk("Tasks", __name__, url_prefix="/v1/editorial/tasks", description="What waits.")


@bp.get("")
@bp.needs(READ)
@bp.query(TaskListQuery)
@bp.response(200, TaskListOut)
@bp.doc(operationId="listTasks", summary="List what waits for a person")
def index(query: dict[str, Any]) -> Response:
    """Oldest first; `next` continues."""
    return answer(listed(query))


def listed(query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of tasks as data."""
    after, limit = query.pop("after"), query.pop("limit")
    found = tasks.page(session(), after, limit, **query)
    following = found[-1].id if len(found) == limit else None
    return {"tasks": [data(one) for one in found], "next": following}


@bp.post("/<slug:id>/done")
@bp.needs(WRITE)
@bp.body(TaskDoneIn)
@bp.response(200, TaskOut)
@bp.doc(operationId="finishTask", summary="Say that a task is done")
def finish(body: dict[str, Any], id: str) -> Response:
    """And what came of it; again is no error."""
    with writing() as session:
        return commit(session, answer(data(finished(session, id, body["note"]))))


def finished(session: Session, id: str, note: str) -> Task:
    """Finish a task as who calls, and note it in the audit; the caller commits."""
    found = tasks.finish(session, id, note, by=acting(), now=now())
    noted(session, "task.finish", "task", id, locale=found.locale, about=found.subject)
    return found


def data(one: Task) -> dict[str, Any]:
    """Return a task as data."""
    names = (
        *("id", "kind", "subject_type", "subject", "locale", "text"),
        *("created_by", "done_by", "note"),
    )
    times = ("due_at", "created_at", "done_at")
    moments = {name: at.isoformat() if (at := getattr(one, name)) else None for name in times}
    return {**{name: getattr(one, name) for name in names}, **moments}
