"""The first promise, over whatever anybody may ask: no text of an article without all it owes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import delivery
import pytest
from delivery import ARTICLE, OCD, SLEEP, SLUGS, running
from factories import PUBLIC_URL, Databases
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from worlds import FEEDS, OEMBED, SECRET, SLEPT, SNAPSHOT, TEST, TOGGLES, Asked, World, part_of

from api import paging, secrets
from api.settings import Settings
from content import canonical
from content.contexts import AUDIENCES, CHANNELS
from content.db import Database
from content.documents import SECTION_KINDS
from content.excerpts import FIELDS
from content.signing import Keyring
from schemas.renditions.formats import FORMATS, NEGOTIABLE


@pytest.fixture(scope="module")
def world(
    databases: Databases,
    full_template: str,
    keyring: Keyring,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """One library and one application for all examples."""
    folder: Path = tmp_path_factory.mktemp("promises")
    database = Database(databases.new(full_template))
    made = Settings(
        data=str(folder),
        database_url=database.url,
        public_url=PUBLIC_URL,
        secret_key=delivery.PEPPER.decode(),
        open_delivery="true",
    )
    keyring.save(secrets.keyring_path(made))
    with running(made) as app:
        found = World(database, keyring, app.test_client())
        found.fill()
        yield found
    database.close()


SUFFIXES = [form.suffix for form in FORMATS if form.suffix]
EMBED = "/embed/{slug}"
FRAGMENT = {"fragment": "1"}
TYPES = list(NEGOTIABLE)
ROUTES = [
    "/v1/articles/{slug}", *(f"/v1/articles/{{slug}}{suffix}" for suffix in SUFFIXES),
    "/v1/articles", "/", *FEEDS, OEMBED, SNAPSHOT, EMBED,
    "/docs/try", "/embed", "/v1/jurisdictions",
    "/v1/articles/{slug}/revisions/1", "/v1/articles/{slug}/revisions", "/v1/changes",
    "/v1/articles/{slug}/sections/mechanisms", "/v1/rules", "/v1/rules/ban-raises-legal-status",
    "/v1/disclaimers/crisis-support/articles", "/v1/topics", "/v1/disclaimers", "/v1/me",
    "/terms", "/llms.txt", "/problems/gone", "/v1/{slug}",
    "/v1/schemas/edition-1.0.json", "/.well-known/jwks.json", "/{slug}", "/docs/", "/readyz",
]  # fmt: skip
HEADS = st.integers(min_value=1, max_value=400)
CURSORS = st.builds(lambda at, before: str(paging.Cursor(at, before)), HEADS, HEADS)
JUNK = st.text(max_size=12)
PLACES = ["001", "US", "US-AL", "us-ca", "GB", "DE", "LU", "US-XX", "XX", "ZZ"]
STATES = {"rule": st.sampled_from(range(len(TOGGLES))), "is_live": st.booleans()}
SLUG = st.sampled_from([*SLUGS, SLEPT, TEST])


def some(**choices: Any) -> st.SearchStrategy[dict[str, str]]:
    """Return any of some query parameters, each with any of its values."""
    return st.fixed_dictionaries({}, optional=choices)


CONTEXTS = some(
    locale=st.sampled_from(["en", "EN-gb", "fr", "de-AT"]), jurisdiction=st.sampled_from(PLACES)
)
READERS = CONTEXTS | st.builds(
    lambda place, who: place | who,
    CONTEXTS,
    some(audience=st.sampled_from(AUDIENCES), channel=st.sampled_from(CHANNELS)),
)
PARTS = st.lists(st.sampled_from(FIELDS), max_size=5).map(tuple)
SENSIBLE = {
    "method": st.sampled_from(["GET", "GET", "GET", "HEAD"]),
    "key": st.sampled_from(["", "", "adults", "general"]),
    "slug": SLUG,
    **STATES,
}
PINS = some(revision=st.sampled_from(["1", "2"]))
MOMENTS = st.builds(lambda at: {"at": str(at)}, st.integers(min_value=1, max_value=320))
SECTIONS = st.builds(
    Asked,
    route=st.sampled_from([f"/v1/articles/{{slug}}/sections/{kind}" for kind in SECTION_KINDS]),
    context=READERS,
    more=st.just({}) | PINS | MOMENTS,
    **SENSIBLE,
)
PASTS = st.builds(Asked, context=READERS, fields=PARTS, more=MOMENTS, **SENSIBLE)
PAST_LISTS = st.builds(
    Asked, route=st.just("/v1/articles"), context=READERS, more=MOMENTS, **SENSIBLE
)
WALKS = some(limit=st.sampled_from(["1", "2", "100"]), cursor=CURSORS)
ARTICLES = st.builds(Asked, context=READERS, fields=PARTS, more=st.just({}) | PINS, **SENSIBLE)
PAGES = st.builds(
    Asked,
    route=st.sampled_from([EMBED, *(f"/v1/articles/{{slug}}{suffix}" for suffix in SUFFIXES)]),
    context=READERS,
    more=PINS,
    **SENSIBLE,
)
PIECES = st.builds(
    Asked,
    route=st.just("/v1/articles/{slug}.html"),
    context=READERS,
    more=PINS.map(lambda pin: pin | FRAGMENT),
    **SENSIBLE,
)
NEGOTIATED = st.builds(Asked, accept=st.sampled_from(["*/*", *TYPES]), context=READERS, **SENSIBLE)
REVISIONS = st.builds(
    Asked,
    route=st.just("/v1/articles/{slug}/revisions/1"),
    context=READERS,
    fields=PARTS,
    **SENSIBLE,
)
LISTS = st.builds(
    Asked, route=st.just("/v1/articles"), context=READERS, fields=PARTS, more=WALKS, **SENSIBLE
)
TAGS = some(topic=st.sampled_from(["kratom", "sleep"]), condition=st.just("ocd"))
SEARCHES = st.builds(
    Asked,
    route=st.just("/v1/articles"),
    context=READERS,
    fields=PARTS,
    more=st.builds(
        lambda words, tags: {"q": words} | tags,
        st.sampled_from(["kratom", "OCD", "sleep", "the", "withdrawn once", "clinical trial"]),
        TAGS,
    ),
    **SENSIBLE,
)
DIFFS = st.builds(
    Asked,
    route=st.sampled_from([f"/v1/articles/{{slug}}/diff{suffix}" for suffix in ("", ".html")]),
    context=READERS,
    more=st.builds(
        lambda old, new: old | new,
        st.fixed_dictionaries({"from": st.sampled_from(["1", "2"])}),
        some(to=st.sampled_from(["1", "2"])),
    ),
    **SENSIBLE,
)
READ = st.builds(
    Asked,
    route=st.sampled_from(FEEDS),
    context=READERS,
    more=st.builds(lambda walk, tags: walk | tags, WALKS, TAGS),
    **SENSIBLE,
)
FOLLOWING = st.builds(
    Asked,
    route=st.just("/v1/changes"),
    context=READERS,
    fields=PARTS,
    more=st.builds(
        lambda include, after, tags: {"include": include, "after": str(after)} | tags,
        st.sampled_from(["editions", "differences"]),
        st.integers(min_value=300, max_value=362),
        TAGS,
    ),
    **SENSIBLE,
)
SNAPSHOTS = st.builds(
    Asked,
    route=st.just(SNAPSHOT),
    context=READERS,
    fields=PARTS,
    more=st.builds(
        lambda at, more: at | more,
        MOMENTS | st.just({"at": "361"}),
        some(limit=st.sampled_from(["1", "2"])),
    ),
    **SENSIBLE,
)
CARDS = st.builds(
    Asked,
    route=st.just(OEMBED),
    context=READERS,
    more=some(maxwidth=st.sampled_from(["100", "300"]), maxheight=st.sampled_from(["9", "900"])),
    **SENSIBLE,
)
DOORS = st.builds(Asked, route=st.just("/"), accept=st.just("text/html"), **SENSIBLE)
OTHERS = st.builds(Asked, route=st.sampled_from(ROUTES), **SENSIBLE)
ANYTHING = st.builds(
    Asked,
    route=st.sampled_from(ROUTES),
    slug=st.sampled_from([*SLUGS, SLEPT, TEST, SECRET, "no-such-article"]),
    method=st.sampled_from(["GET", "HEAD", "OPTIONS", "POST"]),
    key=st.sampled_from(["", "adults", "minors", "wrong"]),
    accept=st.sampled_from(["", "*/*", *TYPES, "image/png"]) | JUNK.map(ascii),
    context=some(locale=JUNK, jurisdiction=JUNK, audience=JUNK, channel=JUNK),
    fields=st.lists(st.sampled_from([*FIELDS, "titel", ""]), max_size=3).map(tuple),
    more=some(revision=JUNK, cursor=JUNK, limit=JUNK, after=JUNK, as_of=JUNK, include=JUNK),
    **STATES,
)
REQUESTS = st.one_of(
    *(ARTICLES, PAGES, PIECES, NEGOTIATED, REVISIONS, SECTIONS, PASTS, PAST_LISTS),
    *(LISTS, SEARCHES, DIFFS, READ, READ, FOLLOWING, FOLLOWING, SNAPSHOTS, CARDS),
    *(DOORS, OTHERS, ANYTHING),
)


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
    @example(asked=Asked(route="/v1/changes", more={"include": "editions", "after": "345"}))
    @example(asked=Asked(route="/v1/changes", more={"include": "differences", "after": "350"}))
    @example(asked=Asked(route=SNAPSHOT, more={"at": "361"}, context={"jurisdiction": "US-AL"}))
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
        Asked(route="/v1/changes", more={"include": "editions", "after": "345"}),
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
        "/docs/try",
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
