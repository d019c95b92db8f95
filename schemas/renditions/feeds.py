"""A page of a feed, whatever its format, and the format JSON Feed 1.1.

An entry is an edition: its notices stand inside its content, never in an extension alone. What has
ended stays in the feed as long as its place in the walk, so that readers drop their copy: as a
tombstone where the format knows such (Atom), else as an item with the same id and the public
notice for its content. Atom is in :mod:`schemas.renditions.atom`, RSS in its own module.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from content import canonical
from content.editions import Edition, instant
from schemas.renditions import formats, html, layers, words
from schemas.renditions.words import Words

VERSION = "https://jsonfeed.org/version/1.1"
MIMETYPE = "application/feed+json"


@dataclass(frozen=True)
class Ended:
    """An article that must not be shown any more: why, since when, what to do, and who helps."""

    article: str
    slug: str
    url: str
    locale: str
    reason: str  # withdrawn, suspended, replaced, gone, expired, redacted, or withheld
    since: datetime
    notice: str | None
    your_copy: str
    replacement: str | None  # an address
    help: list[dict[str, Any]]

    @property
    def content(self) -> str:
        """What stands in its place, as HTML."""
        return str(html.render_ended(self.locale, self.notice, self.help, self.replacement))

    @property
    def comment(self) -> str:
        """The same in one line of plain text."""
        lines = [f"{entry['label']}: {entry['phrase']}" for entry in self.help]
        return " ".join([f"{words.of(self.locale).ended}.", self.notice or "", *lines])


@dataclass(frozen=True)
class Feed:
    """One page of a feed: who publishes it, what it is about, its addresses, its entries."""

    publisher: str
    base: str
    locale: str
    about: tuple[str, ...]  # topic and condition
    id: str  # what the feed is known by, however its pages are cut
    first: str
    here: str
    next: str | None
    began: datetime  # when it was last updated, if there is nothing in it
    entries: list[Edition | Ended]
    hub: str | None = None  # a WebSub hub, at which readers subscribe

    @property
    def words(self) -> Words:
        """Our own words in the feed's language."""
        return words.of(self.locale)

    @property
    def title(self) -> str:
        """The title of the feed."""
        return ": ".join([self.publisher, *([", ".join(self.about)] if self.about else [])])

    @cached_property
    def updated(self) -> datetime:
        """When anything in this page last became what it is; no clock is asked."""
        times = [e.modified if isinstance(e, Edition) else e.since for e in self.entries]
        return max(times, default=self.began)


def render(feed: Feed) -> bytes:
    """Return a page as JSON Feed 1.1 (jsonfeed.org), in canonical JSON."""
    return canonical.encode(
        {
            "version": VERSION,
            "title": feed.title,
            "description": feed.words.feed,
            "home_page_url": f"{feed.base}/",
            "feed_url": feed.here,
            "language": feed.locale,
            "authors": [{"name": feed.publisher, "url": f"{feed.base}/"}],
            "items": [
                _item(entry) if isinstance(entry, Edition) else _ended(entry)
                for entry in feed.entries
            ],
            **({"next_url": feed.next} if feed.next else {}),
            **({"hubs": [{"type": "WebSub", "url": feed.hub}]} if feed.hub else {}),
            "_caveat": {"about": f"{feed.base}/docs", "terms": f"{feed.base}/terms"},
        }
    )


def _item(edition: Edition) -> dict[str, Any]:
    body = edition.body
    return {
        "id": formats.identity(body["article"]["id"]),
        "url": body["links"]["html"],
        "title": body["title"],
        "summary": layers.card_line(body),
        "content_html": str(html.render_content(edition)),
        "date_published": body["revision"]["published_at"],
        "date_modified": instant(edition.modified),
        "language": body["context"]["locale"],
        "tags": formats.tags(body),
        "authors": [{"name": body["review"]["provenance"]["author"]}],
        "_caveat": _facts(body),
    }


def _facts(body: dict[str, Any]) -> dict[str, Any]:
    """Return what else a program wants to know; no reader needs to understand it."""
    taken = ("status", "context", "sequence", "freshness", "rights", "surfaces", "integrity")
    return {name: body[name] for name in taken} | {
        "edition": body["links"]["self"],
        "slug": body["article"]["slug"],
        "revision": body["revision"]["number"],
        "disclaimers": [notice["id"] for notice in body["disclaimers"]],
    }


def _ended(ended: Ended) -> dict[str, Any]:
    facts = ("slug", "notice", "your_copy", "replacement", "help")
    return {
        "id": formats.identity(ended.article),
        "url": ended.url,
        "title": ended.slug,
        "content_html": ended.content,
        "date_modified": instant(ended.since),
        "language": ended.locale,
        "_caveat": {"status": ended.reason} | {name: getattr(ended, name) for name in facts},
    }
