"""Subjects: an article in one locale, read from the log as it stood at one number.

A subject has the text, its first publication, what came before it, whether its review date has
passed, what was corrected of it, and for a translation the text that it translates. It says nothing
about rules or places.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from content import corrections, documents, histories
from content.corrections import LEAD_UNTIL, Correction, Corrections, Said
from content.db import recall, remember, together
from content.documents import Document
from content.errors import NotFound
from content.histories import History
from content.models.log import Body, Change, Publication, Revision
from content.parts import convert

REVIEW_DUE, DISPLAY_UNTIL = "review_due", "display_until"  # what may lapse of a publication
Text = tuple[Revision, Document]
TextKey = tuple[str, str, int]  # of a revision: article, locale, number
Stored = tuple[Revision, bytes | None]  # with the bytes of its text, None where they were redacted
TEXT = "text"  # of what a snapshot remembers and expects
KEY_COLUMNS = (Revision.article, Revision.locale, Revision.number)
TEXTS = select(Revision, Body.octets).outerjoin(Body, Body.digest == Revision.digest)
# Any of each, because SQLite reads the whole table for one of some triples.
TEXTS = TEXTS.where(*(one.in_(bindparam(one.key, expanding=True)) for one in KEY_COLUMNS))
_decode = lru_cache(maxsize=256)(documents.decode)


@dataclass(frozen=True)
class Subject:
    """An article in one locale as the log tells it at one number."""

    publication: Publication
    revision: Revision
    document: Document
    published_at: str  # RFC 3339
    supersedes: int | None
    tags: tuple[frozenset[str], frozenset[str]]  # topics and conditions that rules look at
    review_lapsed: bool
    pinned: bool
    source_lapsed: bool = False  # the review date of what it translates has passed
    source: tuple[tuple[str, Document], ...] = ()  # (digest, text) that this is a translation of
    overrides: tuple[dict[str, Any], ...] = ()  # findings of the claims lint that were let pass
    corrections: Corrections = corrections.NONE


class Redacted(Exception):
    """The text, or the one that it translates, was deleted by law; the caller refuses."""

    def __init__(self, notice: str | None) -> None:
        super().__init__(notice)
        self.notice = notice  # what everybody is told


def read(session: Session, publication: Publication, at: int, pin: int | None) -> Subject:
    """Return what a publication shows: its own revision, or one that was published before.

    Raise ``NotFound`` for a revision that never was, and :class:`Redacted`.
    """
    key = ("subject", publication.seq, at, pin)
    return recall(session, key, lambda: _read(session, publication, at, pin))


def _read(session: Session, publication: Publication, at: int, pin: int | None) -> Subject:
    history = histories.of(session, publication.article)
    rows = _lives(history, publication, pin or publication.revision, at)
    if not rows:
        raise NotFound(f"Revision {pin} of this article was never published.")
    return _subject(session, publication, rows, at, pinned=pin is not None)


def draft(
    session: Session,
    publication: Publication,
    at: int,
    group: Sequence[Publication] = (),
    first: Text | None = None,
) -> Subject:
    """Return what a publication would show that is not in the log yet; raise :class:`Redacted`.

    ``group`` has what goes out with it: a translation may go out together with its source. The text
    is given where it is the ``first`` in its locale, so that nothing has to be read.
    """
    history = histories.of(session, publication.article)
    lives = [] if first else _lives(history, publication, publication.revision, at)
    rows = [*lives, publication]
    beside = [publication, *(one for one in group if one is not publication)]
    return _subject(session, publication, rows, at, pinned=False, group=beside, text=first)


def unsaved(
    session: Session, publication: Publication, revision: Revision, document: Document, at: int
) -> Subject:
    """Return what a text would show that is no revision yet; raise :class:`Redacted`."""
    text = (revision, document)
    return _subject(session, publication, [publication], at, pinned=False, text=text)


def recorded_as(field: str) -> tuple[str, ...]:
    """Return how a lapse names a date; the review's had no name before there were two dates."""
    return (field, "") if field == REVIEW_DUE else (field,)


def has_lapsed(session: Session, row: Publication, field: str, at: int) -> bool:
    """Return whether a date of a publication has passed."""
    return histories.of(session, row.article).has_lapsed(row, recorded_as(field), at)


def instant(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _subject(
    session: Session,
    publication: Publication,
    rows: list[Publication],
    at: int,
    *,
    pinned: bool,
    group: Sequence[Publication] = (),
    text: Text | None = None,
) -> Subject:
    """Put a subject together; ``rows`` are the publications of its revision, oldest first.

    The review date belongs to the revision: to publish the same text again, with other tags or
    after a withdrawal, makes it no fresher. A pinned text owes what the live one owes.
    """
    first, history = rows[0], histories.of(session, publication.article)
    revision, document = text or _text(session, publication, first.revision)
    source, translated = _source(session, history, publication, document, at, group)
    tagged = [publication, *(rows if pinned else []), *translated]
    return Subject(
        publication=publication,
        revision=revision,
        document=document,
        published_at=instant(history.times[first.seq]) if first.seq else "",
        supersedes=_before(history, publication, first.seq) if first.seq else None,
        tags=(
            frozenset(topic for row in tagged for topic in row.topics),
            frozenset(condition for row in tagged for condition in row.conditions),
        ),
        review_lapsed=_is_overdue(history, [publication, *rows], at),
        source_lapsed=_is_overdue(history, translated, at),
        pinned=pinned,
        source=source,
        overrides=tuple(_overrides(rows)),
        corrections=_corrections(session, history, revision, document, at, group),
    )


def _is_overdue(history: History, rows: Iterable[Publication], at: int) -> bool:
    return any(history.has_lapsed(row, recorded_as(REVIEW_DUE), at) for row in rows)


def _text(session: Session, publication: Publication, number: int) -> Text:
    found = _find(session, publication.article, publication.locale, number)
    if found is None:
        raise NotFound(f"There is no revision {number} in {publication.locale}.")
    return found[0], _document(session, *found)


def _find(session: Session, article: str, locale: str, number: int) -> Stored | None:
    text = (article, locale, number)
    return recall(session, (TEXT, text), lambda: _read_texts(session, text).get(text))


def _read_texts(session: Session, text: TextKey) -> dict[TextKey, Stored]:
    """Return a text, if there is one, and with it those that are expected to be asked for, too."""
    keys = together(session, TEXT, text)
    asked = {one.key: {key[i] for key in keys} for i, one in enumerate(KEY_COLUMNS)}
    found = dict[TextKey, Stored]()
    for row, octets in session.execute(TEXTS, asked):
        found[key := (row.article, row.locale, row.number)] = (row, octets)
        remember(session, (TEXT, key), found[key])
    return found


def _lives(history: History, publication: Publication, revision: int, at: int) -> list[Publication]:
    """Return the live publications of one revision up to a number, oldest first."""
    return [row for row in history.lives(publication.locale, at) if row.revision == revision]


def _before(history: History, publication: Publication, seq: int) -> int | None:
    """Return the revision that was live before a number."""
    found = history.lives(publication.locale, seq - 1)
    return found[-1].revision if found else None


def _source(
    session: Session,
    history: History,
    publication: Publication,
    document: Document,
    at: int,
    group: Sequence[Publication],
) -> tuple[tuple[tuple[str, Document], ...], list[Publication]]:
    """Return what a text is a translation of, and the publications of that; nothing for others."""
    if document.translation is None:
        return (), []
    locale, number = document.translation.locale, document.translation.revision
    found = _find(session, publication.article, locale, number)
    same = (publication.article, locale, number)
    known = [row for row in history.rows if row.seq <= at]
    new = [one for one in group if one not in known]
    rows = [one for one in (*known, *new) if (one.article, one.locale, one.revision) == same]
    if found is None or not rows:
        raise NotFound(f"It translates revision {number} in {locale}, which was never published.")
    return ((found[0].digest, _document(session, *found)),), rows


def _corrections(
    session: Session,
    history: History,
    revision: Revision,
    document: Document,
    at: int,
    group: Sequence[Publication],
) -> Corrections:
    """Return what was corrected of a text, and of those that it comes from; newest first."""
    texts = _descent(session, revision, document)
    known = [row for row in reversed(history.rows) if row.seq <= at and row.locale in texts]
    beside = (one for one in group if one.article == revision.article and one.locale in texts)
    rows = [one for one in (*beside, *known) if one.correction]
    return Corrections(
        tuple(_said(row, texts, history.has_lapsed(row, (LEAD_UNTIL,), at)) for row in rows)
    )


def _descent(session: Session, revision: Revision, document: Document | None) -> dict[str, int]:
    """Return revisions by locale: a text, the one that it translates, the source of that, …"""
    found = {revision.locale: revision.number}
    while document and (of := document.translation) and of.locale not in found:
        found[of.locale] = of.revision
        origin = _find(session, revision.article, of.locale, of.revision)
        octets = origin and origin[1]
        document = _decode(octets) if octets else None  # beyond a redacted text nobody can tell
    return found


def _said(row: Publication, texts: Mapping[str, int], has_led: bool) -> Said:
    correction: Correction = convert(row.correction, Correction)
    foreign = row.locale if row.locale != next(iter(texts)) else None
    is_recent = correction.lead_until is not None and not has_led
    is_since = 0 < texts[row.locale] < row.revision  # 0: no revision yet, so the newest
    return Said(correction, foreign, is_recent, is_since)


def _overrides(rows: list[Publication]) -> Iterable[dict[str, Any]]:
    """Return each finding that somebody let pass in this revision, as it was first said."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        for override in row.overrides or ():
            found.setdefault(override["finding"], override)
    return found.values()


def _document(session: Session, revision: Revision, octets: bytes | None) -> Document:
    if octets is None:
        raise Redacted(_notice(session, revision.digest))
    return _decode(octets)


def _notice(session: Session, digest: str) -> str | None:
    named = (Change.subject_type == "body", Change.subject == digest)
    query = select(Change.notice).where(*named, Change.kind == "body.redacted")
    return session.scalar(query.order_by(Change.seq.desc()).limit(1))
