"""The history of a text: its revisions and what became of each, and what was done with its draft.

Any two of its texts are compared word by word, the draft among them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from content import diffs, documents, helplines, histories
from content.documents import Document
from content.editorial import drafts
from content.errors import Gone, NotFound
from content.models.audit import AuditRow
from content.models.editorial import Draft
from content.models.log import Body, Publication, Revision

DELETED = "The text of this revision was deleted by law."
SAVE = "draft.save"


@dataclass(frozen=True)
class Event:
    """That a revision was made live, or taken down: the row of the log, and when that was."""

    row: Publication
    at: datetime


@dataclass(frozen=True)
class Past:
    """A revision, whether its text is still there, and what became of it, oldest first."""

    revision: Revision
    is_kept: bool
    events: tuple[Event, ...]


def revisions(session: Session, draft: Draft, before: int | None, limit: int) -> list[Past]:
    """Return the revisions of a text, those before a number, newest first."""
    query = select(Revision, Body.digest).outerjoin(Body, Body.digest == Revision.digest)
    query = query.where(Revision.article == draft.article, Revision.locale == draft.locale)
    query = query.where(Revision.number < before) if before else query
    found = session.execute(query.order_by(Revision.number.desc()).limit(limit)).all()
    events = _events(session, draft)
    return [Past(one, kept is not None, tuple(events.get(one.number, ()))) for one, kept in found]


def acts(
    session: Session, draft: Draft, before: int | None, limit: int, *, saves: bool = True
) -> Sequence[AuditRow]:
    """Return what was done with a draft, or with its article as a whole, newest first."""
    mine = (AuditRow.subject_type == "article", AuditRow.subject == draft.article)
    query = select(AuditRow).where(*mine)
    query = query.where(or_(AuditRow.locale == draft.locale, AuditRow.locale.is_(None)))
    query = query.where(AuditRow.number < before) if before else query
    query = query if saves else query.where(AuditRow.act != SAVE)
    return session.scalars(query.order_by(AuditRow.number.desc()).limit(limit)).all()


def compare(session: Session, draft: Draft, old: int | None, new: int | None) -> dict[str, Any]:
    """Return what changed from one text to another, each a revision, or None: the draft.

    Raise ``NotFound`` for a revision that there is not, ``Gone`` for one that was redacted.
    """
    before, after = (documents.dump(_text(session, draft, one)) for one in (old, new))
    return {
        **diffs.texts(before, after),
        "claims": diffs.listed(*(_said(one["claims"], _claim) for one in (before, after))),
        "sources": diffs.listed(*(_said(one["sources"], _source) for one in (before, after))),
    }


def _events(session: Session, draft: Draft) -> dict[int, list[Event]]:
    """Return by revision when it was made live, and when it was taken down."""
    history = histories.of(session, draft.article)
    found: dict[int, list[Event]] = {}
    for row in history.rows:
        if row.locale == draft.locale:
            found.setdefault(row.revision, []).append(Event(row, history.times[row.seq]))
    return found


def _text(session: Session, draft: Draft, number: int | None) -> Document:
    if number is None:
        return drafts.read(draft).document
    revision = session.get(Revision, (draft.article, draft.locale, number))
    if revision is None:
        raise NotFound(f"There is no revision {number} in {draft.locale!r}.")
    body = session.get(Body, revision.digest)
    if body is None:
        raise Gone("redacted", notice=DELETED, replacement=None, help=helplines.generic())
    found: Document = documents.decode(body.octets)
    return found


def _said(listed: list[dict[str, Any]], what: Callable[[dict[str, Any]], str]) -> dict[str, str]:
    return {one["id"]: what(one) for one in listed}


def _claim(one: dict[str, Any]) -> str:
    """Return a claim in words, with its evidence and what supports it."""
    sources = ", ".join(one["sources"]) or "no source"
    return f"{one['statement']} ({one['evidence_level'] or 'no level'}; {sources})"


def _source(one: dict[str, Any]) -> str:
    """Return a citation in words."""
    names = ("authors", "title", "container", "year", "doi", "url")
    return ". ".join(str(one[name]) for name in names if one.get(name))
