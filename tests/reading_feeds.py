"""Feeds as readers read them: what is shown of each entry, page by page, and what has ended."""

from collections.abc import Iterator
from typing import Any

import delivery
import feedparser
import pytest
from delivery import local
from factories import publish
from flask.testing import FlaskClient
from lxml import etree

from content.db import Database
from schemas.renditions.xml import PREFIXES

JSON, ATOM, RSS = (f"/v1/feeds/articles.{suffix}" for suffix in ("json", "atom", "rss"))
FEEDS = [JSON, ATOM, RSS]
TYPES = {
    JSON: "application/feed+json",
    ATOM: "application/atom+xml",
    RSS: "application/rss+xml",
}
every_feed = pytest.mark.parametrize("feed", FEEDS)


def contents(client: FlaskClient, address: str) -> dict[str, str]:
    """Return the content of each entry of a page, by its id."""
    response = client.get(local(address))
    assert response.status_code == 200, response.text
    if response.is_json:
        return {item["id"]: item["content_html"] for item in response.json["items"]}
    found = feedparser.parse(response.data, sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.get("bozo_exception")
    return {entry.id: entry.content[0].value for entry in found.entries}


def pages(client: FlaskClient, address: str | None) -> Iterator[str]:
    """Yield the address of each page of a walk."""
    while address:
        yield address
        response = client.get(local(address))
        address = delivery.links(response).get("next")


def tombstones(client: FlaskClient, address: str = ATOM) -> dict[str, Any]:
    """Return the tombstones of a page of Atom, by the id of what has ended."""
    root = etree.fromstring(client.get(local(address)).data)
    return {found.get("ref"): found for found in root.findall("at:deleted-entry", PREFIXES)}


def urn(database: Database, slug: str) -> str:
    return f"urn:uuid:{delivery.article_id(database, slug)}"


def add_many(library: Database) -> None:
    """Add eight small articles to a library, one after another."""
    for i in range(8):
        publish(library, slug=f"article-{i}", topics=["tea"], conditions=["worry"])
