"""The ledger of who was given what: the revisions that partners have, and the endings they saw.

A recall asks it whom to tell. It knows what went out with a partner's key, also where the answer
was that nothing is new; who reads without a key is not in it. What a partner *saw* of an ending is
only what it asked for itself, with an account key and by the article's address: a line in a feed
may never have been read, and with a site key anybody may ask who reads a page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from content import upserts
from content.models.usage import Exposure, Sighting

GONE = 410
Place = tuple[str, str, int]  # of a partner's exposures: article, locale, revision


@dataclass(frozen=True)
class Given:
    """A partner was given an edition, so many times between two moments."""

    partner: str
    article: str
    locale: str
    revision: int
    digest: str
    first_at: datetime
    last_at: datetime
    count: int = 1


@dataclass(frozen=True)
class Refused:
    """A partner was refused an article, with 410 or 451, by its own address."""

    partner: str
    article: str
    locale: str
    status: int
    first_at: datetime
    last_at: datetime
    count: int = 1


def record(session: Session, rows: Iterable[Given]) -> None:
    """Add to the ledger what was given; what is known of it already grows by it."""
    upserts.add(session, Exposure, [asdict(row) for row in rows])


def record_endings(session: Session, rows: Iterable[Refused]) -> None:
    """Note which endings partners saw."""
    upserts.add(session, Sighting, [asdict(row) for row in rows])


def of_article(session: Session, article: str, *, locale: str | None = None) -> Sequence[Exposure]:
    """Return who was given which revisions of an article, in all locales or one."""
    query = select(Exposure).where(Exposure.article == article)
    if locale is not None:
        query = query.where(Exposure.locale == locale)
    return session.scalars(
        query.order_by(Exposure.partner, Exposure.locale, Exposure.revision)
    ).all()


def of_partner(
    session: Session, partner: str, *, after: Place | None = None, limit: int | None = None
) -> list[Exposure]:
    """Return what a partner was given, by article, locale and revision, behind a place."""
    key = (Exposure.article, Exposure.locale, Exposure.revision)
    query = select(Exposure).where(Exposure.partner == partner).order_by(*key).limit(limit)
    return list(session.scalars(query.where(tuple_(*key) > after) if after else query))


def place(row: Exposure) -> Place:
    """Return the place of a row among a partner's."""
    return row.article, row.locale, row.revision


def endings_seen(session: Session, article: str, since: datetime) -> dict[str, dict[str, datetime]]:
    """Return when partners saw by their own fetches, a 410, that an article has ended.

    By partner and locale, and only since that moment. It is the first time since then where that is
    known, else the last one: a partner may have seen an earlier ending, too.
    """
    mine = (Sighting.article == article, Sighting.status == GONE, Sighting.last_at >= since)
    found: dict[str, dict[str, datetime]] = {}
    for one in session.scalars(select(Sighting).where(*mine)):
        found.setdefault(one.partner, {})[one.locale] = _first(one, since)
    return found


def _first(seen: Sighting, since: datetime) -> datetime:
    return seen.first_at if seen.first_at >= since else seen.last_at
