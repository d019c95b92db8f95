"""A reader who keeps a copy of everything, as partners are told to; and what it should be."""

from dataclasses import dataclass, field
from typing import Any

from delivery import local
from flask.testing import FlaskClient

from content import articles, canonical, changes, compounds, editions
from content.contexts import Context
from content.db import Database
from content.editions import Part
from content.errors import Refusal
from content.models.log import Article
from content.signing import Keyring


def rebuild(item: dict[str, Any], texts: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
    """Put back what stands elsewhere: texts by their keys, and what is as it was."""
    texts = {compounds.key(one): one for one in old.get("disclaimers", [])} | texts
    said = {name: value for name, value in item.items() if name != "same"}
    whole = {name: old[name] for name in item.get("same", [])} | said
    return {**whole, "disclaimers": [texts[key] for key in item["disclaimers"]]}


def is_genuine(edition: dict[str, Any]) -> bool:
    """Return whether an edition has the digest that it names."""
    content = {name: value for name, value in edition.items() if name != "integrity"}
    return canonical.digest(canonical.encode(content)) == edition["integrity"]["digest"]


@dataclass
class Copy:
    """A copy of all editions in one context, by the ids of their articles."""

    next: str
    editions: dict[str, dict[str, Any]] = field(default_factory=dict)
    tombstones: dict[str, dict[str, Any]] = field(default_factory=dict)
    pages: list[dict[str, Any]] = field(default_factory=list)
    misfits: int = 0  # differences that did not fit to the copy, so that the whole was read

    def read(self, client: FlaskClient) -> dict[str, Any]:
        """Read the next page and apply it."""
        response = client.get(local(self.next))
        assert response.status_code == 200, response.text
        page: dict[str, Any] = response.json
        self.pages.append(page)
        for item in page["items"]:
            self.apply(client, item, page["texts"])
        self.next = page["links"]["next"]
        return page

    def apply(self, client: FlaskClient, item: dict[str, Any], texts: dict[str, Any]) -> None:
        """Put an item in the place of the copy."""
        id = item["article"]["id"]
        if "tombstone" in item:
            self.tombstones[id] = item["tombstone"]
            self.editions.pop(id, None)
            return
        try:
            found = rebuild(item, texts, self.editions.get(id, {}))
        except KeyError:
            found = {}
        if not (found and is_genuine(found)):
            assert "same" in item, "only a difference may not fit"
            self.misfits += 1
            context = self.next.split("?")[1]
            names = ("locale", "jurisdiction", "audience", "channel", "fields")
            asked = "&".join(p for p in context.split("&") if p.split("=")[0] in names)
            found = client.get(f"/v1/articles/{item['article']['slug']}?{asked}").json
        self.editions[id] = found
        self.tombstones.pop(id, None)

    def catch_up(self, client: FlaskClient) -> None:
        """Read until there is nothing new."""
        while True:
            before = self.next
            if self.read(client)["links"]["next"] == before:
                return

    def octets(self) -> dict[str, bytes]:
        """Return the copy as it would be served."""
        return {id: canonical.encode(edition) for id, edition in self.editions.items()}


def served(
    database: Database, keyring: Keyring, asked: Context, part: Part | None = None
) -> dict[str, bytes]:
    """Return every edition that is given out in a context, by the ids of the articles."""
    found = {}
    with database.read() as session:
        for id in session.scalars(articles.select(Article.id)).all():
            rows = articles.publications(session, id, changes.head(session))
            for row in list(rows.values())[:1]:
                try:
                    made = editions.issue(session, row.slug, asked, keyring, part=part or Part())
                except Refusal:
                    continue
                found[id] = made.octets
    return found
