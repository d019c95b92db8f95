"""Lists: compound documents at one number of the log, whose items are editions.

A list carries each shared text once, under ``<id>@<version>~<first 8 hex of its digest>``.
Replacing the keys by the texts gives each item's edition back, byte for byte.
"""

from typing import Any

from flask import Response

from api import responses, walks
from api.db import installation
from api.paging import Cursor
from api.walks import Page, Walk
from content import bodies, canonical, excerpts
from content.contexts import Context
from content.editions import Edition, Part

Texts = dict[str, dict[str, Any]]


def compound(
    asked: Context, fields: frozenset[str] | None, cursor: str | None, limit: int
) -> Response:
    """Return one page of a walk, with the link to the next."""
    page = walks.page(Walk(asked, Part(fields=fields)), cursor, limit)
    response = responses.of_data(_data(page, limit))
    response.headers.update(page.headers())
    responses.tell_robots(response, *page.indexing)
    if page.next:
        response.headers["Link"] = f'<{_address(page, page.next, limit)}>; rel="next"'
    return responses.conditional(response)


def _data(page: Page, limit: int) -> dict[str, Any]:
    base, texts = installation().settings.public_url, Texts()
    return {
        "$schema": f"{base}/v1/schemas/articles-1.1.json",
        "format": bodies.FORMAT,
        "sequence": page.place.at,
        "items": [_item(edition, texts) for edition in page.editions],
        "texts": texts,
        "withheld": len(page.found) - len(page.editions),
        "links": {
            "self": _address(page, page.place, limit),
            "next": _address(page, page.next, limit) if page.next else None,
        },
    }


def _item(edition: Edition, texts: Texts) -> dict[str, Any]:
    """Return an item whose disclaimers are keys, and put what they stand for into ``texts``."""
    keys = []
    for entry in edition.body["disclaimers"]:
        digest = canonical.digest(canonical.encode(entry)).removeprefix("sha256:")
        keys.append(f"{entry['id']}@{entry['version']}~{digest[:8]}")
        texts[keys[-1]] = entry
    return {**edition.body, "disclaimers": keys}


def _address(page: Page, place: Cursor, limit: int) -> str:
    base, fields = installation().settings.public_url, page.walk.part.fields
    named = ",".join(excerpts.FIELDS if fields is None else sorted(fields))
    asked = page.walk.context.query().replace("locale=&", "")
    return f"{base}/v1/articles?{asked}&fields={named}&limit={limit}&cursor={place}"
