"""Editors: who makes content, in which role, and what a role may do.

Roles build on each other: a reviewer may do what an author may, a publisher what a reviewer may. An
auditor reads everything and changes nothing. A token may have fewer scopes than its editor's role.
"""

from datetime import datetime

from sqlalchemy import Row, or_, select, update
from sqlalchemy.orm import Session

from content.articles import new_id
from content.errors import Finding, Invalid, NotFound
from content.models.access import Credential, Editor

READ = "read"  # drafts, comments, and what waits for whom
WRITE = "write"  # drafts, and submit them
REVIEW = "review"  # comment, request changes, approve, let a finding of the lint pass
PUBLISH = "publish"  # make live, correct, suspend, withdraw, restore; delete a text by law
AUDIT = "audit"  # read who did what
ADMIN = "admin"  # editors and their tokens; partners and theirs
_OF_ROLES = {
    "author": (READ, WRITE),
    "reviewer": (READ, WRITE, REVIEW),
    "publisher": (READ, WRITE, REVIEW, PUBLISH),
    "auditor": (READ, AUDIT),
    "admin": (READ, WRITE, REVIEW, PUBLISH, AUDIT, ADMIN),
}
ROLES = tuple(_OF_ROLES)
SCOPES = _OF_ROLES["admin"]
MAX_NAME = 200  # characters of an editor's name


def scopes(role: str) -> frozenset[str]:
    """Return what a role may do; nothing for a role that is not known."""
    return frozenset(_OF_ROLES.get(role, ()))


def roles_with(scope: str) -> tuple[str, ...]:
    """Return the roles that may do something."""
    return tuple(role for role, known in _OF_ROLES.items() if scope in known)


def add(session: Session, name: str, *, role: str, now: datetime) -> Editor:
    """Register who makes content; a name may stand twice, an id cannot."""
    _check_role(role)
    name = name.strip()
    if not (name.isprintable() and 0 < len(name) <= MAX_NAME):
        message = f"must be 1 to {MAX_NAME} characters on one line"
        raise Invalid([Finding("name", message)])
    editor = Editor(id=new_id(now), name=name, role=role, created_at=now)
    session.add(editor)
    return editor


def find(session: Session, id: str) -> Editor:
    """Return an editor; raise ``NotFound`` for an unknown id."""
    editor = session.get(Editor, id)
    if editor is None:
        raise NotFound(f"There is no editor {id!r}; caveat editors list names them.")
    return editor


def everybody(session: Session, now: datetime) -> list[Row[Editor, bool]]:
    """Return every editor, oldest first, each with whether a token of theirs is still good."""
    ends = or_(Credential.expires_at.is_(None), Credential.expires_at > now)
    good = (Credential.editor == Editor.id, Credential.revoked_at.is_(None), ends)
    query = select(Editor, select(Credential).where(*good).exists())
    return list(session.execute(query.order_by(Editor.created_at, Editor.id)))


def names(session: Session) -> dict[str, str]:
    """Return the names of all editors by their ids."""
    return dict(session.execute(select(Editor.id, Editor.name)).all())


def is_active(session: Session, id: str, now: datetime) -> bool:
    """Return whether a token of an editor is good."""
    return any(active for editor, active in everybody(session, now) if editor.id == id)


def give(session: Session, id: str, *, role: str) -> Editor:
    """Give an editor another role; every token of theirs has its scopes from now on."""
    _check_role(role)
    editor = find(session, id)
    editor.role = role
    return editor


def revoke(session: Session, id: str, *, now: datetime) -> Editor:
    """Revoke all tokens of an editor; again is no error, an unknown id is ``NotFound``."""
    editor = find(session, id)
    still_good = (Credential.editor == editor.id, Credential.revoked_at.is_(None))
    session.execute(update(Credential).where(*still_good).values(revoked_at=now))
    return editor


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise Invalid([Finding("role", f"{role!r} is not one of {', '.join(ROLES)}")])
