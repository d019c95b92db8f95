"""The first promise, over whatever anybody may ask: no text of an article without all it owes."""

import delivery
import pytest
from delivery import ARTICLE, OCD, SLEEP
from hypothesis import HealthCheck, example, given, settings
from requests_of_anybody import EMBED, FRAGMENT, REQUESTS, SUFFIXES
from worlds import FEEDS, OEMBED, SECRET, SNAPSHOT, TEST, Asked, World, part_of

from content import canonical


@pytest.mark.no_cover
def test_no_text_of_an_article_leaves_without_everything_that_it_owes(
    world: World, examples: int
) -> None:
    @settings(
        max_examples=examples * 8,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(asked=REQUESTS)
    @example(asked=Asked(route="/", accept="text/html"))
    @example(asked=Asked(route="/", accept="text/html", key="minors"))
    @example(asked=Asked(route="/v1/articles", context={"jurisdiction": "US-AL"}))
    @example(asked=Asked(accept="text/html", fields=("title",)))
    @example(asked=Asked(route="/v1/articles/{slug}.md", context={"jurisdiction": "GB"}))
    @example(asked=Asked(accept="text/markdown", key="minors", slug=SLEEP))
    @example(asked=Asked(route=FEEDS[0], context={"jurisdiction": "US-AL"}, is_live=False))
    @example(asked=Asked(route=FEEDS[1], context={"jurisdiction": "GB"}))
    @example(asked=Asked(route=FEEDS[2], key="minors"))
    @example(asked=Asked(route=OEMBED, context={"jurisdiction": "US-AL"}))
    @example(asked=Asked(accept="application/ld+json", context={"jurisdiction": "US-AL"}))
    @example(asked=Asked(route="/v1/articles/{slug}.ninjs", context={"jurisdiction": "US-AL"}))
    @example(asked=Asked(route="/v1/articles/{slug}.ninjs", slug=TEST, is_live=False))
    @example(asked=Asked(route="/v1/changes", more={"include": "editions", "after": "351"}))
    @example(asked=Asked(route="/v1/changes", more={"include": "differences", "after": "356"}))
    @example(asked=Asked(route=SNAPSHOT, more={"at": "367"}, context={"jurisdiction": "US-AL"}))
    @example(asked=Asked(route=EMBED, context={"jurisdiction": "US-AL"}))
    @example(asked=Asked(route=EMBED, slug=TEST, is_live=False))
    @example(asked=Asked(route="/docs/try", key="adults"))
    @example(asked=Asked(route="/v1/articles/{slug}.html", more=FRAGMENT))
    @example(asked=Asked(slug=SECRET))
    @example(asked=Asked(route="/openapi.yaml"))
    def ask(asked: Asked) -> None:
        world.become(asked)
        response = world.send(asked)
        assert response.status_code < 500 or response.status_code == 503
        world.check(asked, response)

    ask()


@pytest.mark.parametrize(
    "asked",
    [
        Asked(),
        Asked(route="/v1/articles", fields=("title",)),
        Asked(route="/v1/changes", more={"include": "editions", "after": "351"}),
    ],
)
@pytest.mark.parametrize("missing", [0, -1])
def test_the_check_notices_a_single_missing_disclaimer(
    world: World, asked: Asked, missing: int
) -> None:
    response = world.send(asked)
    world.check(asked, response)
    body = response.json
    for item in body.get("items", [body]):
        if "tombstone" not in item:
            del item["disclaimers"][missing]
    response.set_data(canonical.encode(body))
    with pytest.raises(AssertionError):
        world.check(asked, response)


@pytest.mark.parametrize(
    "route",
    [
        "/",
        *FEEDS,
        OEMBED,
        EMBED,
        *(f"/v1/articles/{{slug}}{suffix}" for suffix in SUFFIXES),
    ],
)
def test_the_check_notices_a_text_that_was_cut(world: World, route: str) -> None:
    asked = Asked(route=route, accept="text/html")
    response = world.send(asked)
    world.check(asked, response)
    owed = world.owed(
        delivery.article_id(world.database, OCD), world.context(asked), part_of(asked, response), 0
    )
    assert owed is None  # there was nothing at number 0
    response.set_data(response.get_data().replace(b"not medical advice", b"advice"))
    with pytest.raises(AssertionError):
        world.check(asked, response)


def test_the_check_notices_the_disclaimers_of_another_place(world: World) -> None:
    response = world.client.get(f"{ARTICLE}?jurisdiction=GB")
    world.check(Asked(context={"jurisdiction": "GB"}), response)
    with pytest.raises(AssertionError):
        world.check(Asked(context={"jurisdiction": "US-AL"}), response)


@pytest.mark.parametrize("name", ["X-Title", "Link", "Location"])
def test_the_check_notices_text_in_a_header(world: World, name: str) -> None:
    asked = Asked(route="/v1/topics")
    response = world.send(asked)
    response.headers[name] = "/?q=Kratom%20and%20OCD%3A%20what%20the%20evidence%20shows"
    with pytest.raises(AssertionError):
        world.check(asked, response)
