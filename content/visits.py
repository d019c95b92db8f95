"""Visits: an editor is signed in at the console with a browser, for a while.

An editor's token is exchanged for a secret that only this browser has, kept here as a keyed digest
like the token itself. A visit is good for ``IDLE`` since it was last seen, for ``LONGEST`` in all,
and no longer than the token is: whoever revokes the token ends its visits in the same moment. One
that has ended is deleted; that it began, and that somebody ended it, stands in the audit.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from content import credentials
from content.articles import new_id
from content.credentials import MAX_SECRET, Caller
from content.errors import NotFound
from content.models.access import Credential, Editor, Visit

IDLE = timedelta(hours=2)  # without a request
LONGEST = timedelta(hours=12)
MOST = 10  # of one editor; the oldest one ends for the next
NOTED_EVERY = timedelta(minutes=1)  # how exactly it is known when one was last seen
LONGEST_AGENT = 200  # characters


@dataclass(frozen=True)
class Visitor:
    """Who looks at the console, and by which visit."""

    visit: Visit
    caller: Caller


def begin(
    session: Session, token: Credential, agent: str, *, pepper: bytes, now: datetime
) -> tuple[Visit, str]:
    """Sign in with an editor's token that is good; return the visit and its secret, a new one.

    ``agent`` is what the browser calls itself.
    """
    _sweep(session, now)
    _make_room(session, token, now)
    secret = secrets.token_urlsafe(32)
    visit = Visit(
        digest=credentials.digest(secret, pepper),
        id=new_id(now),
        token=token.digest,
        agent="".join(filter(str.isprintable, agent))[:LONGEST_AGENT],
        created_at=now,
        seen_at=now,
        ends_at=now + LONGEST,
    )
    session.add(visit)
    return visit, secret


def find(session: Session, secret: str, *, pepper: bytes, now: datetime) -> Visitor | None:
    """Return whose visit this is; None for unknown, malformed and ended ones alike."""
    if not (secret.isascii() and 0 < len(secret) <= MAX_SECRET):
        return None
    mine = Visit.digest == credentials.digest(secret, pepper)
    query = select(Visit, Credential).join(Credential, Credential.digest == Visit.token)
    row = session.execute(query.where(mine, ~_is_over(now), *credentials.is_good(now))).first()
    return Visitor(row[0], credentials.caller(session, row[1])) if row else None


def of(session: Session, editor: Editor, now: datetime) -> Sequence[Visit]:
    """Return the visits of an editor that are good, the last seen first."""
    mine = select(Visit).join(Credential, Credential.digest == Visit.token)
    good = mine.where(Credential.editor == editor.id, ~_is_over(now), *credentials.is_good(now))
    return session.scalars(good.order_by(Visit.seen_at.desc(), Visit.id.desc())).all()


def end(session: Session, editor: Editor, id: str) -> Visit:
    """End a visit and return what it was; raise ``NotFound`` for another editor's, too."""
    tokens = select(Credential.digest).where(Credential.editor == editor.id)
    mine = select(Visit).where(Visit.id == id, Visit.token.in_(tokens))
    found = session.scalar(mine)
    if found is None:
        raise NotFound("There is no such visit of yours; it may have ended.")
    session.delete(found)
    return found


def is_noted(visit: Visit, now: datetime) -> bool:
    """Return whether it is known well enough when a visit was last seen."""
    return visit.seen_at > now - NOTED_EVERY


def note(session: Session, visit: Visit, *, now: datetime) -> None:
    """Remember that a visit is seen."""
    session.execute(update(Visit).where(Visit.digest == visit.digest).values(seen_at=now))


def _is_over(now: datetime) -> ColumnElement[bool]:
    return or_(Visit.ends_at <= now, Visit.seen_at <= now - IDLE)


def _sweep(session: Session, now: datetime) -> None:
    """Delete what has ended, whoever's it was."""
    session.execute(delete(Visit).where(_is_over(now)))


def _make_room(session: Session, token: Credential, now: datetime) -> None:
    """End the oldest visits of an editor who has too many."""
    known = of(session, session.get_one(Editor, token.editor), now)
    for visit in known[MOST - 1 :]:
        session.delete(visit)
