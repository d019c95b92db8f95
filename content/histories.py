"""Histories: all that was ever published of an article, read at once.

How an article stood at a number, when a revision was first live, what came before it, what was
corrected and which dates have passed: all of it is told by these few rows, so one query is enough.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from content.db import recall, remember, together
from content.models.log import Change, Lapse, Publication

SLUG = "slug"  # of what a snapshot remembers and expects
Query = Select[Publication, datetime, str, int]


@dataclass(frozen=True)
class History:
    """The publications of an article in all its locales, oldest first."""

    rows: list[Publication] = field(default_factory=list)
    times: dict[int, datetime] = field(default_factory=dict)  # of them, by their numbers
    # By the number of a publication which of its dates has passed, and the numbers that say so.
    lapses: dict[int, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))

    def newest(self, at: int) -> dict[str, Publication]:
        """Return the newest publication in each locale, as it stood at a number."""
        found = {row.locale: row for row in self.rows if row.seq <= at}
        return dict(sorted(found.items()))

    def lives(self, locale: str, at: int) -> list[Publication]:
        """Return the publications in a locale up to a number that made a text live."""
        mine = (row for row in self.rows if row.locale == locale and row.seq <= at)
        return [row for row in mine if row.status == "live"]

    def has_lapsed(self, row: Publication, names: Iterable[str], at: int) -> bool:
        """Return whether the date of a publication that is known by some names has passed."""
        return any(name in names and seq <= at for name, seq in self.lapses.get(row.seq, ()))


def of(session: Session, article: str) -> History:
    """Return the history of an article; an empty one for an unknown id."""
    return recall(session, ("history", article), lambda: _read_one(session, article))


def of_slug(session: Session, slug: str) -> str | None:
    """Return the id of the article that has, or had, a slug, and read its history with it."""
    if len(slugs := together(session, SLUG, slug)) > 1:
        return _of_slugs(session, slugs).get(slug)
    for article, history in _read(session, OF_SLUG, slug).items():
        remember(session, ("history", article), history)
        return article
    return None


def _of_slugs(session: Session, slugs: list[str]) -> dict[str, str]:
    """Return the ids of articles by the slugs that they have, or had, and read their histories."""
    articles = dict(session.execute(NAMED, {"asked": slugs}).all())
    for slug, article in articles.items():
        remember(session, (SLUG, slug), article)
    for article, history in _read(session, OF_ARTICLES, [*articles.values()]).items():
        remember(session, ("history", article), history)
    return articles


def _read_one(session: Session, article: str) -> History:
    return _read(session, OF_ARTICLE, article)[article]


def _read(session: Session, query: Query, asked: str | list[str]) -> dict[str, History]:
    found: dict[str, History] = defaultdict(History)
    for row, at, name, seq in session.execute(query, {"asked": asked}):
        history = found[row.article]
        if row.seq not in history.times:
            history.rows.append(row)
            history.times[row.seq] = at
        if seq is not None:
            history.lapses[row.seq].append((name, seq))
    return found


def _select(mine: ColumnElement[bool]) -> Query:
    lapsed = and_(Lapse.table_name == Publication.__tablename__, Lapse.row == Publication.seq)
    query = select(Publication, Change.at, Lapse.field, Lapse.seq)
    query = query.join(Change, Change.seq == Publication.seq).outerjoin(Lapse, lapsed)
    return query.where(mine).order_by(Publication.seq)


def _of_slug() -> ColumnElement[bool]:
    newest = select(Publication.article).where(Publication.slug == bindparam("asked"))
    newest = newest.order_by(Publication.seq.desc()).limit(1)
    return Publication.article == newest.scalar_subquery()


# Put together once, which takes longer than to ask them.
OF_SLUG = _select(_of_slug())
OF_ARTICLE = _select(Publication.article == bindparam("asked"))
OF_ARTICLES = _select(Publication.article.in_(bindparam("asked", expanding=True)))
NAMED = select(Publication.slug, Publication.article).order_by(Publication.seq)  # the last counts
NAMED = NAMED.where(Publication.slug.in_(bindparam("asked", expanding=True)))
