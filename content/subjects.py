"""Subjects: an article in one locale, read from the log as it stood at one number.

A subject has the text, its first publication, what came before it, and whether its review date has
passed. It says nothing about rules or places; :mod:`content.editions` adds those.
"""

from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import documents
from content.bodies import Subject
from content.errors import NotFound
from content.models.log import Body, Change, Lapse, Publication, Revision

_decode = lru_cache(maxsize=256)(documents.decode)


class Redacted(Exception):
    """The text was deleted by law; the caller refuses, with help."""


def read(session: Session, publication: Publication, at: int, pin: int | None) -> Subject:
    """Return what a publication shows: its own revision, or one that was published before.

    Raise ``NotFound`` for a revision that never was, and :class:`Redacted`.
    """
    article, locale, number = publication.article, publication.locale, pin or publication.revision
    rows = _lives(session, article, locale, number, at)
    if not rows:
        raise NotFound(f"Revision {pin} of this article was never published in {locale}.")
    revision = session.get_one(Revision, (article, locale, number))
    tags = [publication, *(rows if pin else [])]
    return Subject(
        publication=publication,
        revision=revision,
        document=_document(session, revision),
        published_at=instant(time(session, rows[0].seq)),
        supersedes=_before(session, article, locale, rows[0].seq),
        tags=(
            frozenset(topic for row in tags for topic in row.topics),
            frozenset(condition for row in tags for condition in row.conditions),
        ),
        review_lapsed=_lapsed(session, [publication, *rows], at),
        pinned=pin is not None,
    )


def time(session: Session, seq: int) -> datetime:
    """Return when a change was made."""
    return session.scalars(select(Change.at).where(Change.seq == seq)).one()


def instant(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _lives(
    session: Session, article: str, locale: str, revision: int, at: int
) -> list[Publication]:
    """Return the live publications of one revision up to a number, oldest first."""
    query = select(Publication).where(
        Publication.article == article,
        Publication.locale == locale,
        Publication.revision == revision,
        Publication.status == "live",
        Publication.seq <= at,
    )
    return list(session.scalars(query.order_by(Publication.seq)))


def _before(session: Session, article: str, locale: str, seq: int) -> int | None:
    """Return the revision that was live before a number."""
    query = select(Publication.revision).where(
        Publication.article == article,
        Publication.locale == locale,
        Publication.status == "live",
        Publication.seq < seq,
    )
    return session.scalar(query.order_by(Publication.seq.desc()).limit(1))


def _document(session: Session, revision: Revision) -> documents.Document:
    octets = session.scalar(select(Body.octets).where(Body.digest == revision.digest))
    if octets is None:
        raise Redacted(revision.digest)
    return _decode(octets)


def _lapsed(session: Session, rows: list[Publication], at: int) -> bool:
    """Return whether the review date has passed, of this revision or of the one that is live.

    The date belongs to the revision: to publish the same text again, with other tags or after a
    withdrawal, makes it no fresher. A pinned text owes what the live one owes.
    """
    numbers = {row.seq for row in rows}
    mine = (Lapse.table_name == "publications", Lapse.row.in_(numbers), Lapse.seq <= at)
    return session.scalar(select(func.count()).select_from(Lapse).where(*mine)) != 0
