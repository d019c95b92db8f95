"""RSS 2.0 with whole articles (``content:encoded``); pages are linked as Atom does (RFC 5005).

RSS knows no tombstones: what has ended is an item with the same ``guid``, whose content is the
notice, so that a reader puts it in the place of the copy that it has.
"""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from lxml import etree

from content.editions import Edition, instant
from schemas.renditions import formats, html, layers
from schemas.renditions.feeds import Ended, Feed
from schemas.renditions.xml import PREFIXES, add, encode

MIMETYPE = "application/rss+xml"


def render(feed: Feed) -> bytes:
    """Return a page as an RSS document."""
    root = etree.Element(
        "rss", version="2.0", nsmap={k: PREFIXES[k] for k in ("atom", "content", "dc")}
    )
    channel = add(root, "channel")
    add(channel, "title", feed.title)
    add(channel, "link", f"{feed.base}/")
    add(channel, "description", feed.words.feed)
    add(channel, "language", feed.locale)
    add(channel, "lastBuildDate", _date(feed.updated))
    addresses = {"self": feed.here, "first": feed.first, "next": feed.next}
    for rel, href in addresses.items():
        if href:
            add(channel, "atom:link", rel=rel, href=href, type=MIMETYPE)
    if feed.hub:
        add(channel, "atom:link", rel="hub", href=feed.hub)
    for entry in feed.entries:
        _item(channel, entry) if isinstance(entry, Edition) else _ended(channel, entry)
    return encode(root)


def _item(channel: Any, edition: Edition) -> None:
    body = edition.body
    item = add(channel, "item")
    add(item, "title", body["title"])
    add(item, "link", body["links"]["html"])
    add(item, "guid", formats.identity(body["article"]["id"]), isPermaLink="false")
    add(item, "pubDate", _date(datetime.fromisoformat(body["revision"]["published_at"])))
    add(item, "atom:updated", instant(edition.modified))
    add(item, "dc:creator", body["review"]["provenance"]["author"])
    add(item, "dc:rights", f"{body['rights']['attribution']} {body['rights']['licence']}")
    add(item, "dc:language", body["context"]["locale"])
    for tag in formats.tags(body):
        add(item, "category", tag)
    add(item, "description", layers.card_line(body))
    add(item, "content:encoded", html.render_content(edition))


def _ended(channel: Any, ended: Ended) -> None:
    item = add(channel, "item")
    add(item, "title", ended.slug)
    add(item, "link", ended.url)
    add(item, "guid", formats.identity(ended.article), isPermaLink="false")
    add(item, "pubDate", _date(ended.since))
    add(item, "atom:updated", instant(ended.since))
    add(item, "description", ended.comment)
    add(item, "content:encoded", ended.content)


def _date(moment: datetime) -> str:
    """Return a time as RFC 822 has it, with four digits of the year."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)
