"""The calendar: which dates come when, of reviews and displays of texts and of facts of places.

What is overdue comes first, as it is older. ``by`` is who made what has the date: who wrote the
live revision, or who brought the fact into the log; ask them first.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, literal, select, tuple_, union_all
from sqlalchemy.orm import Session

from content import changes, heads, policy
from content.db import recall
from content.lapses import RECHECK_BY
from content.models.heads import Head
from content.models.log import Change, JurisdictionFact, Revision
from content.subjects import DISPLAY_UNTIL, REVIEW_DUE

KINDS = (REVIEW_DUE, DISPLAY_UNTIL, "law", "help", "authority")
LONGEST = timedelta(days=400)  # from the first day to the last one
AHEAD = timedelta(days=90)
Place = tuple[str, str, str, str]  # in the calendar: day, kind, subject, detail
BEGIN: Place = ("", "", "", "")


@dataclass(frozen=True)
class Entry:
    """A day on which something is due: a text by slug and locale, or a fact of a place by name.

    ``subject`` is an article's id or the code of a place, ``detail`` the locale or the fact.
    """

    day: str
    kind: str
    subject: str
    detail: str
    slug: str | None
    by: str

    @property
    def place(self) -> Place:
        """Where it stands in the calendar."""
        return self.day, self.kind, self.subject, self.detail


def entries(
    session: Session, first: date | None, last: date, *, after: Place = BEGIN, limit: int
) -> list[Entry]:
    """Return what is due up to a day, behind a place; from a day on, or from the oldest on."""
    since, until = first.isoformat() if first else "", last.isoformat()
    texts = _texts(session, since, until, after, limit)
    facts = [one for one in _facts(session) if since <= one.day <= until and one.place > after]
    return sorted([*texts, *facts], key=lambda one: one.place)[:limit]


def days(session: Session, first: date, last: date) -> list[dict[str, Any]]:
    """Return how much of each kind is due, for each day on which something is."""
    since, until = first.isoformat(), last.isoformat()
    found = Counter(_counted(session, since, until))
    found.update((one.day, one.kind) for one in _facts(session) if since <= one.day <= until)
    return [{"day": day, **_kinds(found, day)} for day in sorted({day for day, _ in found})]


def overdue(session: Session, today: date) -> dict[str, int]:
    """Return how much of each kind was due before today."""
    before = (today - timedelta(days=1)).isoformat()
    found = Counter[str]()
    for (_, kind), count in _counted(session, "", before).items():
        found[kind] += count
    found.update(one.kind for one in _facts(session) if one.day <= before)
    return {kind: found[kind] for kind in KINDS}


def _kinds(found: Counter[tuple[str, str]], day: str) -> dict[str, int]:
    return {kind: found[day, kind] for kind in KINDS}


def _texts(session: Session, since: str, until: str, after: Place, limit: int) -> Iterable[Entry]:
    columns = ((REVIEW_DUE, Head.review_due), (DISPLAY_UNTIL, Head.display_until))
    dated = union_all(
        *(
            select(
                column.label("day"),
                literal(kind).label("kind"),
                *(Head.article, Head.locale, Head.slug, Head.revision),
            ).where(column.between(since, until), heads.is_real())
            for kind, column in columns
        )
    ).subquery()
    own = (Revision.article == dated.c.article, Revision.locale == dated.c.locale)
    key = (dated.c.day, dated.c.kind, dated.c.article, dated.c.locale)
    query = select(*key, dated.c.slug, Revision.created_by).join(
        Revision, (own[0]) & (own[1]) & (Revision.number == dated.c.revision)
    )
    behind = query.where(tuple_(*key) > after) if after != BEGIN else query
    return [Entry(*row) for row in session.execute(behind.order_by(*key).limit(limit))]


def _counted(session: Session, since: str, until: str) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for kind, column in ((REVIEW_DUE, Head.review_due), (DISPLAY_UNTIL, Head.display_until)):
        query = select(column, func.count()).where(column.between(since, until), heads.is_real())
        rows = session.execute(query.group_by(column))
        found |= {(day, kind): count for day, count in rows}
    return found


def _facts(session: Session) -> Sequence[Entry]:
    """Return every dated fact at the newest number: as many as places, not articles."""
    return recall(session, ("calendar",), lambda: _read_facts(session))


def _read_facts(session: Session) -> Sequence[Entry]:
    rows = policy.current(session, JurisdictionFact, changes.head(session))
    dated = [row for row in rows if (row.data or {}).get(RECHECK_BY)]
    who = select(Change.seq, Change.actor).where(Change.seq.in_([row.seq for row in dated]))
    actors = dict(session.execute(who).all())
    return [
        Entry(
            day=(row.data or {})[RECHECK_BY],
            kind=row.fact.partition("/")[0],
            subject=row.code,
            detail=row.fact,
            slug=None,
            by=actors[row.seq],
        )
        for row in dated
    ]
