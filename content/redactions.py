"""Redaction: the one way in which a text leaves Caveat, asked for by one person, done by another.

What is deleted is the body that rows of the log name by its digest, wherever the text stands, and
every working copy that holds exactly this text. The rows stay; reads answer 410 ``redacted``, and
so do those of its translations. It cannot be undone, and the text cannot come back.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, delete, func, select, type_coerce
from sqlalchemy.orm import Session

from content import articles, changes, documents, engines, heads
from content.changes import Entry
from content.engines import BUSY_TIMEOUT
from content.errors import Conflict, Finding, Invalid, NotFound
from content.models.editorial import Draft
from content.models.log import Body, Effect, Publication, Revision
from content.models.redactions import RedactionRequest

OPEN_FOR = timedelta(days=7)  # after that a request has to be made again
MAX_WORDS = 2000  # characters of a reason or a notice
OPEN, EXPIRED, CONFIRMED, CANCELLED = "open", "expired", "confirmed", "cancelled"


@dataclass(frozen=True)
class Place:
    """Where a text stands, or what falls with it; without a revision it is a draft."""

    article: str
    slug: str | None  # None: it was never published
    locale: str
    revision: int | None
    was_live: bool = False
    is_translation: bool = False


def request(  # noqa: PLR0913 - a legal act names its text, its reason and who asks
    session: Session,
    slug: str,
    *,
    locale: str,
    revision: int,
    reason: str,
    by: str,
    now: datetime,
    notice: str | None = None,
) -> RedactionRequest:
    """Ask for the deletion of the text of one revision; ``by`` is an editor's id.

    Raise ``NotFound``, ``Invalid`` for words that cannot be kept, and ``Conflict`` for a text that
    is gone or was asked for already.
    """
    words = {"reason": reason, "notice": notice}
    kept = {name: _words(name, text) for name, text in words.items() if text is not None}
    article = articles.identify(session, slug)
    found = session.get(Revision, (article, locale, revision))
    if found is None:
        raise NotFound(f"There is no revision {revision} of {slug} in {locale!r}.")
    _refuse_twice(session, found.digest, now)
    made = RedactionRequest(
        id=articles.new_id(now),
        digest=found.digest,
        article=article,
        slug=slug,
        locale=locale,
        revision=revision,
        requested_at=now,
        requested_by=by,
        **kept,
    )
    session.add(made)
    session.flush()
    return made


def confirm(session: Session, request_id: str, *, by: str, now: datetime) -> range:
    """Delete what was asked for by somebody else; return the numbers of the group in the log.

    Raise ``NotFound``; ``Invalid`` when ``by`` asked for it; ``Conflict`` when the request is not
    open any more. :func:`erase` has to follow the commit.
    """
    _hold_texts(session)  # before the counter, in the order in which a publication takes them
    changes.lock(session)  # nothing can be published, confirmed or cancelled meanwhile
    found = _still_open(session, request_id, now)
    if found.requested_by == by:
        raise Invalid([Finding("", "two people decide: another editor has to confirm this")])
    body = session.get(Body, found.digest)
    if body is None:
        raise Conflict("Exactly this text was redacted already.")
    touched = places(session, found.digest)
    both = f"{found.requested_by} {by}"  # the log names the two people who decided
    numbers = changes.append(session, list(_entries(session, found, touched)), by=both, now=now)
    _delete(session, body)
    for article in sorted({place.article for place in touched}):
        heads.follow(session, article)
    _end(found, CONFIRMED, by=by, now=now)
    session.flush()
    return numbers


def cancel(
    session: Session, request_id: str, *, reason: str, by: str, now: datetime
) -> RedactionRequest:
    """Close a request without deleting anything; raise ``Conflict`` unless it is open."""
    kept = _words("reason", reason)
    changes.lock(session)
    found = _still_open(session, request_id, now)
    _end(found, CANCELLED, by=by, now=now)
    found.ended_reason = kept
    session.flush()
    return found


def get(session: Session, request_id: str) -> RedactionRequest:
    """Return a request as the database has it now; raise ``NotFound``."""
    found = session.get(RedactionRequest, request_id, populate_existing=True)
    if found is None:
        raise NotFound(f"There is no request {request_id!r}; caveat redact list names them.")
    return found


def requests(
    session: Session, *, limit: int, before: str | None = None
) -> tuple[list[RedactionRequest], int]:
    """Return the newest requests, newest first, and how many older ones there are.

    ``before`` goes on behind the request of that id; raise ``NotFound`` when there is none.
    """
    query = select(RedactionRequest).order_by(RedactionRequest.id.desc())  # an id tells its time
    if before is not None:
        query = query.where(RedactionRequest.id < get(session, before).id)
    found = list(session.scalars(query.limit(limit)))
    last = found[-1].id if found else ""
    older = select(func.count()).where(RedactionRequest.id < last)
    return found, session.scalar(older) or 0


def state(found: RedactionRequest, now: datetime) -> str:
    """Return how a request stands: open, expired, confirmed or cancelled."""
    if found.outcome is not None:
        return found.outcome
    return OPEN if now < found.requested_at + OPEN_FOR else EXPIRED


def places(session: Session, digest: str) -> list[Place]:
    """Return where a text stands, in revisions and drafts, and the translations that fall with it.

    A translation is another text and is not deleted, but what it translates is gone, and so it is
    not shown any more.
    """
    texts = session.scalars(select(Revision).where(Revision.digest == digest)).all()
    fallen = [one for text in texts for one in _translations(session, text)]
    found = [_place(session, one.article, one.locale, one.number) for one in texts]
    found += [_place(session, one.article, one.locale, one.number, fallen=True) for one in fallen]
    if body := session.get(Body, digest):
        query = select(Draft.article, Draft.locale).where(_holds(body))
        found += [_place(session, *key, None) for key in session.execute(query)]
    return sorted(found, key=lambda one: (one.article, one.locale, one.revision or 0))


def erase(url: str, *, patience: int = BUSY_TIMEOUT) -> bool:
    """Let the octets of deleted rows leave the database's files; False when a reader is in the way.

    Safe to repeat. SQLite's file is written anew without them and its journal emptied; a reader is
    waited for, ``patience`` seconds. PostgreSQL is told that the rows are free; when their octets
    are overwritten is for it to say.
    """
    engine = engines.make_plain(url)
    try:
        with engine.connect() as connection:
            if engine.dialect.name != "sqlite":
                connection.exec_driver_sql("VACUUM bodies, drafts, search")
                return True
            connection.exec_driver_sql(f"PRAGMA busy_timeout={patience * 1000}")
            # The index keeps the words of deleted rows until its parts are merged.
            connection.exec_driver_sql("INSERT INTO search (search) VALUES ('optimize')")
            connection.exec_driver_sql("VACUUM")
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()
            return not busy
    finally:
        engine.dispose()


def _hold_texts(session: Session) -> None:
    """Wait for whoever writes a working copy or a revision, and let nobody else begin.

    Else a copy that is not committed yet would be missed. On SQLite every writer is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        whole = "LOCK TABLE drafts, revisions IN SHARE ROW EXCLUSIVE MODE"
        session.connection().exec_driver_sql(whole)


def _words(name: str, text: str) -> str:
    """Return words as they are kept: one line, so that a list of requests can be read."""
    kept = text.strip()
    if not (kept.isprintable() and 0 < len(kept) <= MAX_WORDS):
        raise Invalid([Finding(name, f"must be 1 to {MAX_WORDS} characters on one line")])
    return kept


def _refuse_twice(session: Session, digest: str, now: datetime) -> None:
    if session.get(Body, digest) is None:
        raise Conflict("Exactly this text was redacted already.")
    asked = session.scalars(select(RedactionRequest).where(RedactionRequest.digest == digest))
    for other in asked:
        if state(other, now) == OPEN:
            raise Conflict(f"Exactly this text was asked for already, by request {other.id}.")


def _still_open(session: Session, request_id: str, now: datetime) -> RedactionRequest:
    found = get(session, request_id)
    if (how := state(found, now)) != OPEN:
        raise Conflict(f"The request {found.id} is {how}; nothing was changed.")
    return found


def _end(found: RedactionRequest, outcome: str, *, by: str, now: datetime) -> None:
    found.outcome, found.ended_by, found.ended_at = outcome, by, now


def _entries(
    session: Session, found: RedactionRequest, touched: Iterable[Place]
) -> Iterator[Entry]:
    """Yield the change about the text, then one for each article and locale that has shown it."""
    about = ("body", found.digest)
    said: dict[str, Any] = {"impact": "safety", "notice": found.notice}
    yield Entry("body.redacted", about=about, reason=found.reason, **said)
    for article, locale in sorted({(one.article, one.locale) for one in touched if one.was_live}):
        effect = Effect(article=article, locale=locale)
        yield Entry(changes.AFFECTED, effect, seen=changes.newest(session, effect), **said)


def _delete(session: Session, body: Body) -> None:
    """Delete a text and the drafts that hold it; SQLite overwrites their octets with zeros."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA secure_delete=ON")
    only_there = {"synchronize_session": False}  # which drafts hold it is for the database to say
    session.execute(delete(Draft).where(_holds(body)), execution_options=only_there)
    session.execute(delete(Body).where(Body.digest == body.digest))


def _holds(body: Body) -> ColumnElement[bool]:
    """Return the condition that a draft's document is exactly this text.

    A manuscript is kept in its canonical form, so the document's canonical octets stand in it as
    they are; both engines know ``replace``, and no name for a plain search.
    """
    kept = type_coerce(Draft.manuscript, Text)
    return func.replace(kept, body.octets.decode(), "") != kept


def _translations(session: Session, text: Revision) -> Iterator[Revision]:
    """Yield the revisions that say of themselves that they translate this one."""
    query = select(Revision, Body.octets).join(Body, Body.digest == Revision.digest)
    others = (Revision.article == text.article, Revision.locale != text.locale)
    for revision, octets in session.execute(query.where(*others)):
        of = documents.decode(octets).translation
        if of and (of.locale, of.revision) == (text.locale, text.number):
            yield revision


def _place(
    session: Session, article: str, locale: str, number: int | None, *, fallen: bool = False
) -> Place:
    shown = (
        Publication.article == article,
        Publication.locale == locale,
        Publication.revision == number,
        Publication.status == "live",
    )
    named = select(Publication.slug).where(Publication.article == article)
    return Place(
        article=article,
        slug=session.scalar(named.order_by(Publication.seq.desc()).limit(1)),
        locale=locale,
        revision=number,
        was_live=bool(session.scalar(select(func.count()).select_from(Publication).where(*shown))),
        is_translation=fallen,
    )
