"""Lists: compound documents at one number of the log, whose items are editions.

A list carries each shared text once, under ``<id>@<version>~<first 8 hex of its digest>``.
Replacing the keys by the texts gives each item's edition back, byte for byte.
"""

from dataclasses import replace
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api import caching, paging, responses
from api.db import installation, session
from api.paging import Cursor
from api.responses import fallbacks
from content import articles, bodies, canonical, changes, excerpts
from content.contexts import Context
from content.editions import Edition, Part
from content.errors import Gone, Withheld
from content.models.log import Publication

SPARE = 50  # publications that a page looks at beyond its limit, when some are not shown


def compound(
    asked: Context, fields: frozenset[str] | None, cursor: str | None, limit: int
) -> Response:
    """Return one page of a walk, with the link to the next."""
    head = caching.head()
    place = paging.parse(cursor, head) if cursor is not None else Cursor(head, head + 1)
    at = changes.end_of_group(session(), place.at) if place.at < head else head
    page = _Page(asked, Part(fields=fields), replace(place, at=at))
    page.fill(session(), limit)
    response = responses.of_data(page.data(limit), sequence=at)
    response.headers.update(page.headers())
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
        """Look at a bounded number of publications, also when few of them may be shown."""
        at, before = self.place.at, self.place.before
        most = limit + SPARE
        rows = session.scalars(articles.select_live(at, before).limit(most + 1)).all()
        for looked_at, row in enumerate(rows):
            if len(self.items) == limit or looked_at == most:
                self.next = Cursor(at, before)
                return
            self._add(row)
            before = row.seq

    def _add(self, row: Publication) -> None:
        """Add what a publication gives, unless another locale of the article serves this reader."""
        try:
            edition = caching.issue(row, self.asked, self.part, self.place.at)
        except (Gone, Withheld):
            self.withheld += caching.serves(row, self.asked, self.place.at)
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
        fields = excerpts.FIELDS if self.part.fields is None else sorted(self.part.fields)
        asked = self.asked.query().replace("locale=&", "")
        part = f"fields={','.join(fields)}&limit={limit}"
        return f"{base}/v1/articles?{asked}&{part}&cursor={place}"

    def headers(self) -> dict[str, str]:
        """Return which languages the items are in, and what was asked for and not served."""
        served = [Context(**_served(item)) for item in self.items]
        found = [fallback for context in served if (fallback := fallbacks(context, self.asked))]
        named = {
            "Content-Language": ", ".join(sorted({context.locale for context in served})),
            "Caveat-Fallback": "; ".join(
                dict.fromkeys(pair for one in found for pair in one.split("; "))
            ),
        }
        return {name: value for name, value in named.items() if value}

    def data(self, limit: int) -> dict[str, Any]:
        base = installation().settings.public_url
        return {
            "$schema": f"{base}/v1/schemas/articles-1.1.json",
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


def _served(item: dict[str, Any]) -> dict[str, str]:
    return {**item["context"], "jurisdiction": item["context"]["jurisdiction"]["code"]}
