"""The first promise at every sink: each route there is, in each rendition, with each selection."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations

import delivery
import pytest
import recalled
from delivery import OCD
from flask import Flask
from worlds import OEMBED, SLEPT, SNAPSHOT, Asked, World

from api import embed_files
from api.editorial import Taking
from api.guards import CONSOLE, GUARDS
from content.excerpts import FIELDS
from schemas.renditions.formats import NEGOTIABLE

pytestmark = pytest.mark.one_engine
IN_PATHS = {  # what stands in a path for each name; {slug} is each of two articles
    "slug": "{slug}",
    "kind": "mechanisms",
    "number": "1",
    "version": embed_files.VERSION,
    "name": "edition-1.0",
    "id": recalled.ID,
}
NAMED = {
    "/v1/rules/<slug:id>": "/v1/rules/ban-raises-legal-status",
    "/v1/disclaimers/<slug:id>": "/v1/disclaimers/crisis-support",
    "/v1/disclaimers/<slug:id>/articles": "/v1/disclaimers/crisis-support/articles",
    "/problems/<kind>": "/problems/gone",
}
PAGES = ("swagger_ui", "key pages", "signing in", "console files")  # that have no article
ACCEPTED = ("", "*/*", *NEGOTIABLE)
SELECTIONS = [*chain.from_iterable(combinations(FIELDS, n + 1) for n in range(len(FIELDS)))]


@pytest.mark.no_cover
def test_no_route_leaks_in_any_rendition(world: World) -> None:
    recalled.add(world.database)
    for asked in sinks(world):
        answers = [send(world, asked, accept=accept) for accept in ACCEPTED]
        assert 200 in answers, asked


@pytest.mark.no_cover
def test_no_route_leaks_with_any_selection_of_fields(world: World) -> None:
    selective = [asked for asked in sinks(world) if send(world, asked, fields=("title",)) == 200]
    for asked in selective:
        for selection in SELECTIONS:
            assert send(world, asked, fields=selection) == 200, (asked, selection)
    routes = {asked.route for asked in selective}
    assert routes >= {"/v1/articles", "/v1/articles/{slug}", "/v1/changes", SNAPSHOT}


def sinks(world: World) -> Iterator[Asked]:
    """Yield a request that is answered for each route, and for two articles where it names one."""
    more = {
        "/v1/articles/{slug}/diff": {"from": "1"},
        "/v1/articles/{slug}/diff.html": {"from": "1"},
        "/v1/changes": {"include": "editions", "after": "300"},
        SNAPSHOT: {"at": str(delivery.head(world.database))},
    }
    for route in routes(world.client.application):
        asked = Asked(route, more=more.get(route, {}), key="adults" if route == "/v1/me" else "")
        named = "{slug}" in route or route == OEMBED
        yield from (replace(asked, slug=slug) for slug in ((OCD, SLEPT) if named else (OCD,)))


def routes(app: Flask) -> Iterator[str]:
    """Yield the path of each route that can be read, as ``Asked`` has it."""
    for rule in app.url_map.iter_rules():
        slice = rule.endpoint.partition(".")[0]
        of_desk = isinstance(
            app.blueprints.get(slice), Taking
        )  # closed to who has no key of its own
        of_desk |= rule.rule.startswith("/v1/editorial/")  # or needs a signed address
        of_desk |= GUARDS.get(slice) == CONSOLE
        if "GET" in (rule.methods or ()) and slice not in PAGES and not of_desk:
            yield NAMED.get(rule.rule) or delivery.filled(rule.rule, IN_PATHS)


def send(world: World, asked: Asked, **changed: object) -> int:
    """Send a request, check its answer, and return its status."""
    asked = replace(asked, **changed)
    response = world.send(asked)
    world.check(asked, response)
    return response.status_code
