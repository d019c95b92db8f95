"""Walks over what is published, newest first, fixed to one number of the log and cut into pages.

Lists and feeds share them. A page looks at a bounded number of publications, also when few of them
may be shown, and every article comes once: in the locale that serves the reader.
"""

from dataclasses import dataclass, replace

from sqlalchemy import Select

from api import caching, paging
from api.db import session
from api.paging import Cursor
from api.responses import fallbacks
from content import articles, changes
from content.contexts import Context
from content.editions import WHOLE, Edition, Part
from content.errors import Gone, Withheld
from content.models.log import Publication

SPARE = 50  # publications that a page looks at beyond its limit, when some are not shown


@dataclass(frozen=True)
class Walk:
    """What a walk is over: for whom, what of each article, and what the articles are about."""

    context: Context
    part: Part = WHOLE
    topic: str | None = None
    condition: str | None = None
    has_ended: bool = False  # whether it also comes by what is no longer live

    def select(self, place: Cursor) -> Select[Publication]:
        """Return the query for what is left of the walk."""
        among = articles.select_newest if self.has_ended else articles.select_live
        return articles.about(among(place.at, place.before), self.topic, self.condition)


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
        served = [_served(edition) for edition in self.editions]
        asked = self.walk.context
        found = [fallback for context in served if (fallback := fallbacks(context, asked))]
        pairs = dict.fromkeys(pair for one in found for pair in one.split("; "))
        named = {
            "Caveat-Sequence": str(self.place.at),
            "Content-Language": ", ".join(sorted({context.locale for context in served})),
            "Caveat-Fallback": "; ".join(pairs),
        }
        return {name: value for name, value in named.items() if value}


def page(walk: Walk, cursor: str | None, limit: int) -> Page:
    """Return one page of a walk; raise ``Invalid`` for a cursor that is not ours."""
    place = _place(cursor)
    most, found, before = limit + SPARE, list[Edition | Ended](), place.before
    rows = session().scalars(walk.select(place).limit(most + 1)).all()
    for looked_at, row in enumerate(rows):
        if looked_at == most or sum(isinstance(one, Edition) for one in found) == limit:
            return Page(walk, place, found, Cursor(place.at, before))
        if (one := _one(walk, row, place.at)) is not None:
            found.append(one)
        before = row.seq
    return Page(walk, place, found, None)


def _place(cursor: str | None) -> Cursor:
    head = caching.head()
    place = Cursor(head, head + 1) if cursor is None else paging.parse(cursor, head)
    return (
        replace(place, at=changes.end_of_group(session(), place.at)) if place.at < head else place
    )


def _one(walk: Walk, row: Publication, at: int) -> Edition | Ended | None:
    """Return what a publication gives; None where another locale of it serves this reader."""
    try:
        edition = caching.issue(row, walk.context, walk.part, at)
    except (Gone, Withheld) as refusal:
        return Ended(row, refusal) if caching.serves(row, walk.context, at) else None
    return edition if edition.body["context"]["locale"] == row.locale else None


def _served(edition: Edition) -> Context:
    context = edition.body["context"]
    return Context(**{**context, "jurisdiction": context["jurisdiction"]["code"]})
