"""Following: the editions that pages of the log carry, so that a copy of all of them stays in step.

A page of changes carries each article that it names once, as it is now. A change that may be in any
edition names no article, so a walk over all that was live before comes behind its page, and shows
what is not as it was.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import select

from api import auth, caching, entries, responses
from api.caching import Kept
from api.db import session
from api.entries import Filter
from api.paging import Behind
from content import articles, canonical, changes, compounds, search, standings
from content.compounds import Texts
from content.contexts import TEST, Context
from content.editions import Part
from content.errors import Gone, Withheld
from content.models.log import Change, Publication
from content.search import Wanted
from schemas.renditions.formats import JSON


@dataclass(frozen=True)
class Follower:
    """For whom editions are, what of each, and what the reader has seen."""

    asked: Context
    part: Part
    wanted: Filter
    after: int
    wants_differences: bool

    @cached_property
    def has(self) -> int:
        """The number of the editions that the reader has: of whole groups, because all come so."""
        return changes.last_end(session(), self.after)

    def earlier(self, article: str) -> dict[str, Any] | None:
        """Return the body that the reader has of an article, None for none.

        Asked for as now: what serves the reader may have been another place or language. What was
        on topics that the reader's key does not open was never given.
        """
        if not self.has:
            return None
        body = standings.past(session(), article, self.asked, self.has, self.part)
        return body if body and auth.opens(body["article"]["topics"]) else None


class Items:
    """The items of one answer, with their texts and their headers."""

    def __init__(self, follower: Follower) -> None:
        self.follower = follower
        self._found: list[dict[str, Any]] = []
        self._texts = Texts()
        self._kept: list[Kept] = []

    def add_named(self, rows: Iterable[Publication]) -> None:
        """Add the articles of some publications as they are now, each once."""
        for row in {row.article: row for row in rows}.values():
            if self.follower.asked.test or not row.is_test:
                self._add(row, self._read(row))

    def add_changed(self, row: Publication, *, signed_again: bool) -> None:
        """Add an article that is wanted and not what the reader has, or came to its end."""
        found, earlier = self._read(row), self.follower.earlier(row.article)
        if not isinstance(found, Kept):
            is_new = earlier is not None
        elif self.follower.wanted.has_tags(row.topics, row.conditions):
            is_newer = found.sequence > self.follower.has  # also where it is again what it was
            is_new = signed_again or is_newer or earlier != _unsigned(found)
        else:
            is_new = False
        if is_new:
            self._add(row, found)

    def _read(self, row: Publication) -> Kept | Gone | Withheld:
        try:
            return caching.edition(row.slug, self.follower.asked, self.follower.part, JSON.name)
        except (Gone, Withheld) as refusal:
            return refusal

    def _add(self, row: Publication, found: Kept | Gone | Withheld) -> None:
        if isinstance(found, Kept):
            self._kept.append(found)
            self._found.append(self._item(found))
        else:
            self._found.append(_ended(row, found))

    def _item(self, kept: Kept) -> dict[str, Any]:
        body = canonical.decode(kept.octets)
        if not self.follower.wants_differences:
            return compounds.item(body, self._texts)
        earlier = self.follower.earlier(kept.article)
        return compounds.difference(body, earlier, self._texts)

    def describe(self) -> dict[str, Any]:
        """Return the items as part of an answer."""
        ended = [one["tombstone"]["type"] for one in self._found if "tombstone" in one]
        withheld = ended.count("withheld")
        return {"items": self._found, "texts": self._texts, "withheld": withheld}

    def headers(self) -> dict[str, str]:
        """Return the languages that were served, and what was asked for and not there."""
        return responses.of_several((one.context for one in self._kept), self.follower.asked)

    def indexing(self) -> set[str]:
        """Return what search engines may do with them."""
        return {one.indexing for one in self._kept}


def rest(items: Items, place: Behind, limit: int) -> Behind | None:
    """Add what was live before a page and is not what it was; return where to go on, None: done."""
    has = items.follower.has
    wanted = Wanted(test=items.follower.asked.test, topics=auth.entitled())
    live = search.ids(wanted, has, place.article).limit(limit + 1)
    found = session().scalars(live).all()
    rows = articles.firsts(session(), found[:limit], caching.head())
    signed_again = _is_signed_again(has, place.number)
    for article in found[:limit]:
        items.add_changed(rows[article], signed_again=signed_again)
    return Behind(place.number, found[limit - 1]) if len(found) > limit else None


def begin(follower: Follower, found: Sequence[Change]) -> Behind | None:
    """Return where a walk over all begins that some changes call for; None when they do not."""
    calls_for_it = any(changes.may_change_any(change) for change in found)
    return Behind(found[-1].seq) if calls_for_it and follower.has else None


def include(carried: str, asked: Context) -> str:
    """Return what ``include`` is for pages that carry editions."""
    return f"{carried},{TEST}" if asked.test else carried


def reader(asked: Context) -> str:
    """Return for whom the editions are as the query of an address."""
    return replace(asked, test=False).asked()


def _is_signed_again(after: int, upto: int) -> bool:
    revoked = (Change.kind == changes.KEY_REVOKED, Change.seq > after, Change.seq <= upto)
    return session().scalar(select(Change.seq).where(*revoked).limit(1)) is not None


def _unsigned(kept: Kept) -> dict[str, Any]:
    body = canonical.decode(kept.octets)
    return {name: body[name] for name in body if name not in ("integrity", "sequence")}


def _ended(row: Publication, refusal: Gone | Withheld) -> dict[str, Any]:
    facts = {name: getattr(row, name) for name in ("slug", "topics", "conditions")}
    gone = refusal if isinstance(refusal, Gone) else None
    said = entries.tombstone(
        gone.reason if gone else "withheld",
        refusal.help,
        notice=gone.notice if gone else None,
        replacement=gone.replacement if gone else None,
    )
    return {"article": {"id": row.article, **facts}, "tombstone": said}
