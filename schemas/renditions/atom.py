"""Atom (RFC 4287), in pages (RFC 5005), with tombstones for what has ended (RFC 6721)."""

from typing import Any

from lxml import etree

from content.editions import Edition, instant
from schemas.renditions import formats, html, layers
from schemas.renditions.feeds import Ended, Feed
from schemas.renditions.xml import ATOM, LANGUAGE, TOMBSTONES, add, encode

MIMETYPE = "application/atom+xml"


def render(feed: Feed) -> bytes:
    """Return a page as an Atom document."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM, "at": TOMBSTONES})
    root.set(LANGUAGE, feed.locale)
    add(root, "id", feed.id)
    add(root, "title", feed.title)
    add(root, "subtitle", feed.words.feed)
    add(root, "updated", instant(feed.updated))
    add(add(root, "author"), "name", feed.publisher)
    addresses = {"self": feed.here, "first": feed.first, "next": feed.next}
    for rel, href in addresses.items():
        if href:
            add(root, "link", rel=rel, href=href, type=MIMETYPE)
    if feed.hub:
        add(root, "link", rel="hub", href=feed.hub)
    add(root, "link", rel="alternate", href=f"{feed.base}/", type="text/html")
    add(root, "link", rel="license", href=f"{feed.base}/terms")
    for entry in feed.entries:
        _entry(root, entry) if isinstance(entry, Edition) else _tombstone(root, entry)
    return encode(root)


def _entry(root: Any, edition: Edition) -> None:
    body = edition.body
    entry = add(root, "entry", lang=body["context"]["locale"])
    add(entry, "id", formats.identity(body["article"]["id"]))
    add(entry, "title", body["title"])
    add(entry, "published", body["revision"]["published_at"])
    add(entry, "updated", instant(edition.modified))
    add(add(entry, "author"), "name", body["review"]["provenance"]["author"])
    add(entry, "link", rel="alternate", href=body["links"]["html"], type="text/html")
    add(entry, "link", rel="alternate", href=body["links"]["self"], type="application/json")
    for tag in formats.tags(body):
        add(entry, "category", term=tag)
    rights = body["rights"]
    add(entry, "rights", f"{rights['attribution']} {rights['licence']}")
    add(entry, "summary", layers.card_line(body))
    add(entry, "content", html.render_content(edition), type="html")


def _tombstone(root: Any, ended: Ended) -> None:
    facts = {"ref": formats.identity(ended.article), "when": instant(ended.since)}
    deleted = add(root, "at:deleted-entry", lang=ended.locale, **facts)
    add(deleted, "at:comment", ended.comment)
    if ended.replacement:
        add(deleted, "link", rel="related", href=ended.replacement)
