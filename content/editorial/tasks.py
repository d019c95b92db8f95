"""Tasks: what a person has to look at, because something else has changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from content.articles import new_id
from content.editors import PUBLISH, roles_with
from content.errors import Forbidden, NotFound
from content.models.access import Editor
from content.models.editorial import Draft, Task
from content.models.log import Publication

OUTDATED = "translation-outdated"  # its source has been published anew
SECOND_LOOK = "second-look"  # one person has acted at once; another has to look at it
RETRACTED = "source-retracted"  # what an article rests on
WEBHOOK = "webhook-disabled"  # a partner is told nothing any more
OVERDUE, ESCALATED = "recall-overdue", "recall-escalated"  # a partner has not confirmed
SILENT = "partner-silent"  # it holds copies, and has not asked for long
KINDS = (OUTDATED, SECOND_LOOK, RETRACTED, WEBHOOK, OVERDUE, ESCALATED, SILENT)


def add(  # noqa: PLR0913 - a task names what it is about, and why
    session: Session,
    kind: str,
    subject_type: str,
    subject: str,
    text: str,
    *,
    by: str,
    now: datetime,
    locale: str | None = None,
    due_at: datetime | None = None,
) -> Task:
    """Open a task, or return the one that is open about the same thing."""
    same = (
        Task.kind == kind,
        Task.subject_type == subject_type,
        Task.subject == subject,
        Task.locale.is_(None) if locale is None else Task.locale == locale,
        Task.text == text,
        Task.done_at.is_(None),
    )
    if (known := session.scalar(select(Task).where(*same).limit(1))) is not None:
        return known
    made = Task(
        id=new_id(now),
        kind=kind,
        subject_type=subject_type,
        subject=subject,
        locale=locale,
        text=text,
        due_at=due_at,
        created_at=now,
        created_by=by,
    )
    session.add(made)
    return made


def is_known(session: Session, kind: str, subject_type: str, subject: str, text: str) -> bool:
    """Return whether there is, or was, a task about the same thing."""
    same = (Task.kind == kind, Task.subject_type == subject_type, Task.subject == subject)
    return session.scalar(select(exists().where(*same, Task.text == text))) or False


def page(
    session: Session, after: str, limit: int, *, kind: str | None = None, done: bool = False
) -> Sequence[Task]:
    """Return tasks after an id, oldest first: those that are open, or those that are done."""
    query = select(Task).where(Task.id > after, Task.done_at.is_not(None) == done)
    query = query.where(Task.kind == kind) if kind else query
    return session.scalars(query.order_by(Task.id).limit(limit)).all()


def finish(session: Session, id: str, note: str, *, by: Editor, now: datetime) -> Task:
    """Say that a task is done, and what came of it; again is no error.

    Raise ``Forbidden`` where another person has to do it.
    """
    found = session.get(Task, id)
    if found is None:
        raise NotFound(f"There is no task {id!r}.")
    if found.done_at is None:
        if found.kind == SECOND_LOOK:
            _expect_second(found, by)
        found.done_at, found.done_by, found.note = now, by.id, note
    return found


def open_ones(session: Session) -> int:
    """Return how many tasks nobody has done."""
    query = select(func.count()).select_from(Task).where(Task.done_at.is_(None))
    return session.scalars(query).one()


def overdue(session: Session, now: datetime) -> int:
    """Return how many tasks should have been done by now."""
    late = (Task.done_at.is_(None), Task.due_at < now)
    return session.scalar(select(func.count()).select_from(Task).where(*late)) or 0


def _expect_second(task: Task, by: Editor) -> None:
    if by.id == task.created_by:
        raise Forbidden("You have done this yourself; somebody else has to look at it.")
    if by.role not in roles_with(PUBLISH):
        raise Forbidden("Somebody has to look at this who may publish.")


def open_outdated(session: Session, source: Draft | Publication, *, by: str, now: datetime) -> None:
    """Open a task for each translation of a text that goes live anew."""
    others = (Draft.article == source.article, Draft.locale != source.locale)
    for draft in session.scalars(select(Draft).where(*others)).all():
        of = draft.manuscript["document"].get("translation") or {}
        if of.get("locale") == source.locale and of.get("revision") != source.revision:
            text = f"{source.slug} has been published anew in {source.locale}; bring it up to date."
            about = ("article", source.article, text)
            add(session, OUTDATED, *about, by=by, now=now, locale=draft.locale)
