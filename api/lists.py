"""Lists: compound documents at one number of the log, whose items are editions."""

from typing import Any
from urllib.parse import urlencode

from flask import Response

from api import auth, caching, moments, responses, walks
from api.db import installation
from api.paging import Cursor
from api.walks import Page, Walk
from content import bodies, compounds, excerpts, highlights, search
from content.compounds import Texts
from content.editions import Part
from content.errors import Finding, Invalid
from content.search import Wanted

NARROWING = ("topic", "condition", "evidence", "review", "updated_since", "q", "sort")


def compound(query: dict[str, Any], part: Part) -> Response:
    """Return one page of a list, with the link to the next."""
    page = walks.page(_walk(query, part), _cursor(query), query["limit"])
    asked = {name: query[name] for name in (*NARROWING, "limit") if name in query}
    response = responses.of_data(_data(page, asked))
    response.headers.update(page.headers())
    responses.tell_robots(response, *page.indexing)
    if page.next:
        response.headers["Link"] = f'<{_address(page, page.next, asked)}>; rel="next"'
    return responses.conditional(response)


def wanted(query: dict[str, Any]) -> Wanted:
    """Return what a query narrows a walk to."""
    facets = {kind: query[kind] for kind in search.KINDS if kind in query}
    return Wanted(facets, moments.number_before(query.get("updated_since")))


def _walk(query: dict[str, Any], part: Part) -> Walk:
    words = tuple(search.query(query["q"])) if "q" in query else ()
    order = query.get("sort", "relevance" if words else "newest")
    if words and order == "oldest":
        raise Invalid([Finding("sort", "goes without 'q' when the oldest come first")])
    if order == "relevance" and not words:
        raise Invalid([Finding("sort", "needs 'q', to which something is relevant")])
    return Walk(auth.context(query), part, wanted(query), words, order)


def _cursor(query: dict[str, Any]) -> str | None:
    """Return where a walk goes on, or where one over the past begins."""
    at = moments.number(query)
    if at is None:
        return query.get("cursor")
    for name, why in (("cursor", "it has its own moment"), ("q", "a search is about now")):
        if name in query:
            raise Invalid([Finding(name, f"goes without 'at' and 'as_of': {why}")])
    return str(Cursor(at, 0 if query.get("sort") == "oldest" else at + 1))


def _data(page: Page, asked: dict[str, Any]) -> dict[str, Any]:
    base, texts = installation().settings.public_url, Texts()
    data = {
        "$schema": f"{base}/v1/schemas/articles-1.2.json",
        "format": bodies.FORMAT,
        "sequence": page.place.at,
        "items": [compounds.item(edition.body, texts) for edition in page.editions],
        "texts": texts,
        "withheld": len(page.found) - len(page.editions),
        "links": {
            "self": _address(page, page.place, asked),
            "next": _address(page, page.next, asked) if page.next else None,
        },
    }
    return data | ({"search": _search(page)} if page.walk.words else {})


def _search(page: Page) -> dict[str, Any]:
    """Return how matches were ranked, and where the words stand in what each reader is given."""
    words, at = list(page.walk.words), page.place.at
    found = {}
    for edition in page.editions:
        article = edition.body["article"]
        whole = caching.text(article["slug"], page.walk.context, at)
        found[article["id"]] = highlights.of(whole, words)
    return {"ranked_within": search.MOST, "highlights": found}


def _address(page: Page, place: Cursor, asked: dict[str, Any]) -> str:
    base, fields = installation().settings.public_url, page.walk.part.fields
    named = ",".join(excerpts.FIELDS if fields is None else sorted(fields))
    context = page.walk.context.asked()
    return f"{base}/v1/articles?{context}&fields={named}&{urlencode(asked)}&cursor={place}"
