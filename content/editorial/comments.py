"""Comments: what people say to each other about a draft, at a place in it or about a finding."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content.articles import new_id
from content.errors import Finding, Invalid, NotFound
from content.models.editorial import Comment, Draft

MAX_TEXT = 5000  # characters
MOST = 1000  # of one draft


def add(
    session: Session,
    draft: Draft,
    text: str,
    *,
    by: str,
    now: datetime,
    pointer: str | None = None,
    finding: str | None = None,
) -> Comment:
    """Say something about a draft; raise ``Invalid`` for a place that it does not have."""
    if pointer is not None and not _leads_somewhere(draft.manuscript, pointer):
        message = f"{pointer!r} leads nowhere in the draft; take it from a finding or the JSON"
        raise Invalid([Finding("/pointer", message)])
    mine = (Comment.article == draft.article, Comment.locale == draft.locale)
    if (session.scalar(select(func.count()).select_from(Comment).where(*mine)) or 0) >= MOST:
        raise Invalid([Finding("/text", f"a draft has at most {MOST} comments")])
    made = Comment(
        id=new_id(now),
        article=draft.article,
        locale=draft.locale,
        version=draft.version,
        pointer=pointer,
        finding=finding,
        text=text,
        created_at=now,
        created_by=by,
    )
    session.add(made)
    return made


def of(session: Session, draft: Draft) -> list[Comment]:
    """Return what was said about a draft, oldest first."""
    mine = (Comment.article == draft.article, Comment.locale == draft.locale)
    return list(session.scalars(select(Comment).where(*mine).order_by(Comment.id)))


def resolve(session: Session, draft: Draft, id: str, *, by: str, now: datetime) -> Comment:
    """Mark a comment as dealt with; again is no error."""
    found = session.get(Comment, id)
    if found is None or (found.article, found.locale) != (draft.article, draft.locale):
        raise NotFound(f"The draft has no comment {id!r}.")
    if found.resolved_at is None:
        found.resolved_at, found.resolved_by = now, by
    return found


def _leads_somewhere(value: object, pointer: str) -> bool:
    """Return whether a JSON Pointer (RFC 6901) names something in a value."""
    if pointer and not pointer.startswith("/"):
        return False
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return False
    return True
