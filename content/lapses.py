"""Lapses: the log's record that the date of a fact, or of an article's review, has passed.

No body reads a clock, so a date takes effect only when it is recorded here, as a change like any
other. Done by the worker, by import, and by ``caveat serve`` at its start.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import changes, policy
from content.changes import Entry
from content.models.heads import Head
from content.models.log import Fact, JurisdictionFact, Lapse, Publication


def record(session: Session, *, by: str, now: datetime) -> range | None:
    """Record everything that is overdue in one group; None when nothing is."""
    due = overdue(session, now)
    return changes.append(session, due, by=by, now=now) if due else None


def overdue(session: Session, now: datetime) -> list[Entry]:
    """Return the lapses that are not recorded yet."""
    today = now.date().isoformat()
    at = changes.head(session)
    return [*_facts(session, at, today), *_reviews(session, today)]


def _facts(session: Session, at: int, today: str) -> list[Entry]:
    recorded = policy.lapsed(session, JurisdictionFact, at)
    return [
        _lapse("jurisdiction.lapsed", row, about=("jurisdiction", row.code))
        for row in policy.current(session, JurisdictionFact, at)
        if row.data and row.data.get("recheck_by", today) < today and row.seq not in recorded
    ]


def _reviews(session: Session, today: str) -> list[Entry]:
    recorded = select(Lapse.row).where(Lapse.table_name == "publications")
    due = (Head.review_due < today, Head.seq.not_in(recorded))
    rows = session.scalars(select(Publication).join(Head, Head.seq == Publication.seq).where(*due))
    return [_lapse("article.lapsed", row, about=("article", row.article)) for row in rows]


def _lapse(kind: str, row: Fact, *, about: tuple[str, str]) -> Entry:
    table = str(type(row).__dict__["__tablename__"])
    fact = Lapse(table_name=table, row=row.seq)
    return Entry(kind, fact, seen=None, impact="notice", about=about)
