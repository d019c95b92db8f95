"""Lapses: the log's record that a date has passed: of a fact, a review, a display, a correction.

No body reads a clock, so a date takes effect only when it is recorded here, as a change like any
other: one group for each day that has passed, with every article that it touches. Done by the
worker, by import, and by ``caveat serve`` at its start.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from content import changes, effects, heads, policy
from content.changes import Entry
from content.corrections import LEAD_UNTIL
from content.models.heads import Head
from content.models.log import Fact, JurisdictionFact, Lapse, Publication
from content.subjects import DISPLAY_UNTIL, REVIEW_DUE, recorded_as

RECHECK_BY = "recheck_by"


@dataclass(frozen=True)
class Due:
    """A date that has passed: the ISO day, what it is the date of, and the change that says so."""

    day: str
    what: str  # such as ``help of US``
    entry: Entry


def record(session: Session, *, by: str, now: datetime) -> list[Due]:
    """Record everything that is overdue, a group for each day; return it."""
    if not overdue(session, now):
        return []
    changes.lock(session)  # so that nothing is published between the look and the record
    due = overdue(session, now)
    for _, of_day in groupby(due, key=lambda one: one.day):
        _record(session, [one.entry for one in of_day], by=by, now=now)
    return due


def overdue(session: Session, now: datetime) -> list[Due]:
    """Return what has lapsed and is not recorded yet, oldest first."""
    today = now.date().isoformat()
    at = changes.head(session)
    found = [*_facts(session, at, today), *_publications(session, today)]
    found += _corrections(session, today)
    return sorted(found, key=lambda one: one.day)


def _record(session: Session, entries: list[Entry], *, by: str, now: datetime) -> None:
    """Write the group of one day, and bring the heads of articles whose own date it was in line."""
    now_owed = policy.at(session, changes.head(session))
    facts = [entry.fact for entry in entries if entry.fact is not None]
    touched = effects.of(session, facts, now_owed, now_owed).articles
    for row in _rows(session, facts):
        touched |= heads.translations(session, row.article, row.locale)
    changes.append(session, entries, by=by, now=now, affected=touched)
    for article in {row.article for row in _rows(session, facts)}:
        heads.follow(session, article)


def _rows(session: Session, facts: list[Fact]) -> list[Publication]:
    """Return the publications whose own dates these are."""
    lapsed = [one for one in facts if isinstance(one, Lapse) and one.table_name == "publications"]
    return [session.get_one(Publication, lapse.row) for lapse in lapsed]


def _facts(session: Session, at: int, today: str) -> Iterable[Due]:
    recorded = policy.lapsed(session, JurisdictionFact, at)
    for row in policy.current(session, JurisdictionFact, at):
        due = (row.data or {}).get(RECHECK_BY)
        if due and due < today and row.seq not in recorded:
            about = ("jurisdiction", row.code)
            entry = _lapse("jurisdiction.lapsed", row, RECHECK_BY, about)
            yield Due(due, f"{row.fact} of {row.code}", entry)


def _publications(session: Session, today: str) -> Iterable[Due]:
    for field, column in ((REVIEW_DUE, Head.review_due), (DISPLAY_UNTIL, Head.display_until)):
        recorded = select(Lapse.row).where(
            Lapse.table_name == "publications", Lapse.field.in_(recorded_as(field))
        )
        due = (column < today, Head.seq.not_in(recorded))
        query = select(column, Publication).join(Head, Head.seq == Publication.seq).where(*due)
        kind = "article.lapsed" if field == REVIEW_DUE else "article.expired"
        for day, row in session.execute(query).all():
            entry = _lapse(kind, row, field, ("article", row.article))
            yield Due(day, f"{field} of {row.slug} in {row.locale}", entry)


def _corrections(session: Session, today: str) -> Iterable[Due]:
    """Yield corrections that lead no longer, also those that a newer publication came after."""
    recorded = select(Lapse.row).where(
        Lapse.table_name == "publications", Lapse.field == LEAD_UNTIL
    )
    leading = (Publication.correction.is_not(None), Publication.seq.not_in(recorded))
    shown = exists().where(Head.article == Publication.article)  # asked of few, not of all heads
    for row in session.scalars(select(Publication).where(*leading, shown)):
        day = (row.correction or {})[LEAD_UNTIL]
        if day and day < today:
            entry = _lapse("article.lapsed", row, LEAD_UNTIL, ("article", row.article))
            yield Due(day, f"{LEAD_UNTIL} of {row.slug} in {row.locale}", entry)


def _lapse(kind: str, row: Fact, field: str, about: tuple[str, str]) -> Entry:
    table = str(type(row).__dict__["__tablename__"])
    fact = Lapse(table_name=table, row=row.seq, field=field)
    impact = "safety" if kind == "article.expired" else "notice"
    return Entry(kind, fact, impact=impact, about=about)
