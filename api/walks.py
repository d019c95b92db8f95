"""Walks over what is published, fixed to one number of the log and cut into pages.

Lists and feeds share them. A page looks at a bounded number of publications, also when few of them
may be shown, and every article comes once: in the locale that serves the reader.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import Select, select

from api import auth, caching, paging, responses
from api.db import session
from api.paging import Cursor
from content import changes, contexts, histories, search, subjects
from content.contexts import Context
from content.db import expect
from content.editions import WHOLE, Edition, Part
from content.errors import Finding, Gone, Invalid, Withheld
from content.models.log import Publication
from content.search import EVERYTHING, Wanted

SPARE = 50  # publications that a page looks at beyond its limit, when some are not shown


@dataclass(frozen=True)
class Walk:
    """What a walk is over: for whom, what of each article, and which articles in which order."""

    context: Context
    part: Part = WHOLE
    wanted: Wanted = EVERYTHING
    words: tuple[str, ...] = ()  # that each has to have
    order: str = "newest"  # what comes first: newest, oldest, or (with words) relevance
    has_ended: bool = False  # whether it also comes by what is no longer live

    def start(self, head: int) -> Cursor:
        """Return where the walk begins."""
        return Cursor(head, 0 if self.order == "oldest" else head + 1)

    def look(self, place: Cursor, count: int) -> list[tuple[Publication, Cursor]]:
        """Return what comes next, each with the place behind it."""
        if self.words:
            return list(self._matches(place, count))
        rows = session().scalars(self._select(place).limit(count)).all()
        return [(row, replace(place, beside=row.seq)) for row in rows]

    @cached_property
    def _narrowed(self) -> Wanted:
        return replace(self.wanted, test=self.context.test, topics=auth.entitled())

    def _select(self, place: Cursor) -> Select[Publication]:
        how = {"oldest": self.order == "oldest", "ended": self.has_ended}
        return search.walk(session(), self._narrowed, place.at, place.beside, **how)

    def _matches(self, place: Cursor, count: int) -> Iterator[tuple[Publication, Cursor]]:
        found = search.ranked(session(), list(self.words), self._narrowed, place.at)
        if self.order == "newest":
            found = sorted(((0, number) for _, number in found), reverse=True)
        left = [one for one in found if (one[0], -one[1]) > (place.rank, -place.beside)][:count]
        query = select(Publication).where(Publication.seq.in_([number for _, number in left]))
        rows = {row.seq: row for row in session().scalars(query)}
        return ((rows[number], Cursor(place.at, number, rank)) for rank, number in left)


@dataclass(frozen=True)
class Ended:
    """What this reader must not be shown (any more), at its place in the walk."""

    row: Publication
    refusal: Gone | Withheld


@dataclass(frozen=True)
class Page:
    """What one page of a walk came by, in order, and where the walk goes on."""

    walk: Walk
    place: Cursor
    found: list[Edition | Ended]
    next: Cursor | None

    @property
    def editions(self) -> list[Edition]:
        """What is shown."""
        return [one for one in self.found if isinstance(one, Edition)]

    @property
    def indexing(self) -> set[str]:
        """What search engines may do with what is shown."""
        return {edition.body["rights"]["indexing"] for edition in self.editions}

    def headers(self) -> dict[str, str]:
        """Return the number of the walk, its languages, what was asked for and not served."""
        served = [contexts.of_body(edition.body) for edition in self.editions]
        languages = responses.of_several(served, self.walk.context)
        return {"Caveat-Sequence": str(self.place.at), **languages}


def page(walk: Walk, cursor: str | None, limit: int) -> Page:
    """Return one page of a walk; raise ``Invalid`` for a cursor that is not ours."""
    start = here = _place(walk, cursor)
    most, found = limit + SPARE, list[Edition | Ended]()
    rows = walk.look(start, most + 1)
    _expect([row for row, _ in rows[:limit]])
    for looked_at, (row, behind) in enumerate(rows):
        if looked_at == most or sum(isinstance(one, Edition) for one in found) == limit:
            return Page(walk, start, found, here)
        if (one := _one(walk, row, start.at)) is not None:
            found.append(one)
        here = behind
    return Page(walk, start, found, None)


def _expect(rows: list[Publication]) -> None:
    """Let what editions are made of be read at once, as far as they have to be made."""
    expect(session(), histories.SLUG, [row.slug for row in rows])
    expect(session(), subjects.TEXT, [(row.article, row.locale, row.revision) for row in rows])


def _place(walk: Walk, cursor: str | None) -> Cursor:
    head = caching.head()
    place = walk.start(head) if cursor is None else paging.parse(cursor, head)
    if (place.rank and not walk.words) or not (place.beside or walk.order == "oldest"):
        raise Invalid([Finding("cursor", "is of another walk; take it from links.next")])
    if place.at == head:
        return place
    return replace(place, at=changes.end_of_group(session(), place.at))


def _one(walk: Walk, row: Publication, at: int) -> Edition | Ended | None:
    """Return what a publication gives; None where another locale of it serves this reader."""
    try:
        edition = caching.issue(row, walk.context, walk.part, at)
    except (Gone, Withheld) as refusal:
        return Ended(row, refusal) if caching.serves(row, walk.context, at) else None
    return edition if edition.body["context"]["locale"] == row.locale else None
