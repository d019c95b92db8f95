"""What waits at the desk, and for whom: by who asks and what they may do.

Nobody is shown what they could not do: a reviewer sees what others have written, an author what
came back to them. Each list is the beginning of what there is, oldest first, with how many.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, Text, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from content.editorial import releases, workflow
from content.editors import PUBLISH, REVIEW, WRITE
from content.models.editorial import Draft, Release, Task

Row = TypeVar("Row", Draft, Release, Task)


@dataclass(frozen=True)
class Some(Generic[Row]):
    """The first ones of what waits, and how many there are in all."""

    rows: Sequence[Row]
    count: int


@dataclass(frozen=True)
class Waiting:
    """What waits for one editor: drafts, releases and tasks, each by what is to be done."""

    write: Some[Draft]  # begun or given back, and theirs
    review: Some[Draft]
    publish: Some[Draft]  # approved
    approve: Some[Release]  # put together by others
    release: Some[Release]  # approved, or failed when it was due
    scheduled: Some[Release]  # for everybody to know
    tasks: Some[Task]


def read(session: Session, who: str, scopes: Collection[str], limit: int) -> Waiting:
    """Return what waits for an editor with some scopes, at most ``limit`` of each."""

    def drafts(scope: str, *conditions: ColumnElement[bool]) -> Some[Draft]:
        query = select(Draft).where(*conditions)
        return _some(session, query, [Draft.updated_at, Draft.article], limit, scope in scopes)

    def some_releases(may: bool, *conditions: ColumnElement[bool]) -> Some[Release]:
        query = select(Release).where(*conditions)
        return _some(session, query, [Release.publish_at, Release.id], limit, may)

    mine = or_(Release.created_by == who, Release.updated_by == who)
    may_publish = PUBLISH in scopes
    return Waiting(
        write=drafts(WRITE, Draft.state == workflow.DRAFT, _wrote(who)),
        review=drafts(REVIEW, Draft.state == workflow.IN_REVIEW, ~_wrote(who)),
        publish=drafts(PUBLISH, Draft.state == workflow.APPROVED),
        approve=some_releases(may_publish, Release.state == releases.OPEN, ~mine),
        release=some_releases(may_publish, Release.state.in_((workflow.APPROVED, releases.FAILED))),
        scheduled=some_releases(True, Release.state == workflow.SCHEDULED),
        tasks=_tasks(session, limit),
    )


def _tasks(session: Session, limit: int) -> Some[Task]:
    """Return the open tasks, those first that are to be done soonest."""
    query = select(Task).where(Task.done_at.is_(None))
    undated = Task.due_at.is_(None)
    return _some(session, query, [undated, Task.due_at, Task.id], limit, True)


def _some(
    session: Session, query: Select[Row], order: Sequence[Any], limit: int, may: bool
) -> Some[Row]:
    if not may:
        return Some([], 0)
    rows = session.scalars(query.order_by(*order).limit(limit)).all()
    if len(rows) < limit:
        return Some(rows, len(rows))
    counted = query.with_only_columns(func.count())
    return Some(rows, session.execute(counted).scalar_one())


def _wrote(who: str) -> ColumnElement[bool]:
    """Whether somebody is among the authors of a draft; ids are quoted in the list, and whole."""
    return type_coerce(Draft.authors, Text).contains(f'"{who}"', autoescape=True)
