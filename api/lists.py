"""Lists: compound documents at one number of the log, whose items are editions.

A list carries each shared text once, under ``<id>@<version>~<first 8 hex of its digest>``.
Replacing the keys by the texts gives each item's edition back, byte for byte.
"""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api import caching, paging, responses
from api.db import installation, session
from api.paging import Cursor
from content import articles, bodies, canonical, changes
from content.contexts import Context
from content.editions import Edition, Part
from content.errors import Gone, Withheld
from content.models.log import Publication

BATCH = 50  # publications looked at in one query


def compound(
    asked: Context, fields: frozenset[str] | None, cursor: str | None, limit: int
) -> Response:
    """Return one page of a walk, with the link to the next."""
    head = changes.head(session())
    place = paging.parse(cursor, head) if cursor else Cursor(head, head + 1)
    page = _Page(asked, Part(fields=fields), place)
    page.fill(session(), limit)
    response = responses.of_data(page.data(limit), sequence=place.at)
    if page.next:
        response.headers["Link"] = f'<{page.address(page.next, limit)}>; rel="next"'
    return responses.conditional(response)


class _Page:
    """The items of one page, collected while walking down from a cursor."""

    def __init__(self, asked: Context, part: Part, place: Cursor) -> None:
        self.asked = asked
        self.part = part
        self.place = place
        self.items: list[dict[str, Any]] = []
        self.texts: dict[str, dict[str, Any]] = {}
        self.withheld = 0
        self.next: Cursor | None = None

    def fill(self, session: Session, limit: int) -> None:
        before = self.place.before
        while True:
            query = articles.select_live(self.place.at, before).limit(BATCH)
            rows = list(session.scalars(query))
            for row in rows:
                if len(self.items) == limit:
                    self.next = Cursor(self.place.at, before)
                    return
                self._add(row)
                before = row.seq
            if len(rows) < BATCH:
                return

    def _add(self, row: Publication) -> None:
        """Add what a publication gives, unless another locale of the article serves this reader."""
        try:
            edition = caching.issue(row.slug, self.asked, self.part, self.place.at)
        except (Gone, Withheld):
            self.withheld += 1
            return
        if edition.body["context"]["locale"] == row.locale:
            self.items.append(self._item(edition))

    def _item(self, edition: Edition) -> dict[str, Any]:
        keys = []
        for entry in edition.body["disclaimers"]:
            digest = canonical.digest(canonical.encode(entry)).removeprefix("sha256:")
            keys.append(f"{entry['id']}@{entry['version']}~{digest[:8]}")
            self.texts[keys[-1]] = entry
        return {**edition.body, "disclaimers": keys}

    def address(self, place: Cursor, limit: int) -> str:
        base = installation().settings.public_url
        fields = self.part.fields
        part = f"&fields={','.join(sorted(fields))}" if fields is not None else ""
        asked = self.asked.query().replace("locale=&", "")
        return f"{base}/v1/articles?{asked}{part}&limit={limit}&cursor={place}"

    def data(self, limit: int) -> dict[str, Any]:
        base = installation().settings.public_url
        return {
            "$schema": f"{base}/v1/schemas/articles-1.0.json",
            "format": bodies.FORMAT,
            "sequence": self.place.at,
            "items": self.items,
            "texts": self.texts,
            "withheld": self.withheld,
            "links": {
                "self": self.address(self.place, limit),
                "next": self.address(self.next, limit) if self.next else None,
            },
        }
