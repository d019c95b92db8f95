"""What anybody may ask of delivery: requests of every kind, drawn for the tests of promises."""

from functools import partial
from typing import Any

from delivery import SLUGS
from hypothesis import strategies as st
from worlds import FEEDS, OEMBED, SECRET, SLEPT, SNAPSHOT, TEST, TOGGLES, Asked

from api import paging
from content.contexts import AUDIENCES, CHANNELS
from content.documents import SECTION_KINDS
from content.excerpts import FIELDS
from schemas.renditions.formats import FORMATS, NEGOTIABLE

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
asks = partial(st.builds, Asked, context=READERS, **SENSIBLE)
PINS = some(revision=st.sampled_from(["1", "2"]))
MOMENTS = st.builds(lambda at: {"at": str(at)}, st.integers(min_value=1, max_value=320))
SECTIONS = asks(
    route=st.sampled_from([f"/v1/articles/{{slug}}/sections/{kind}" for kind in SECTION_KINDS]),
    more=st.just({}) | PINS | MOMENTS,
)
PASTS = asks(fields=PARTS, more=MOMENTS)
PAST_LISTS = asks(route=st.just("/v1/articles"), more=MOMENTS)
WALKS = some(limit=st.sampled_from(["1", "2", "100"]), cursor=CURSORS)
ARTICLES = asks(fields=PARTS, more=st.just({}) | PINS)
PAGES = asks(
    route=st.sampled_from([EMBED, *(f"/v1/articles/{{slug}}{suffix}" for suffix in SUFFIXES)]),
    more=PINS,
)
PIECES = asks(route=st.just("/v1/articles/{slug}.html"), more=PINS.map(lambda pin: pin | FRAGMENT))
NEGOTIATED = asks(accept=st.sampled_from(["*/*", *TYPES]))
REVISIONS = asks(route=st.just("/v1/articles/{slug}/revisions/1"), fields=PARTS)
LISTS = asks(route=st.just("/v1/articles"), fields=PARTS, more=WALKS)
TAGS = some(topic=st.sampled_from(["kratom", "sleep"]), condition=st.just("ocd"))
SEARCHES = asks(
    route=st.just("/v1/articles"),
    fields=PARTS,
    more=st.builds(
        lambda words, tags: {"q": words} | tags,
        st.sampled_from(["kratom", "OCD", "sleep", "the", "withdrawn once", "clinical trial"]),
        TAGS,
    ),
)
DIFFS = asks(
    route=st.sampled_from([f"/v1/articles/{{slug}}/diff{suffix}" for suffix in ("", ".html")]),
    more=st.builds(
        lambda old, new: old | new,
        st.fixed_dictionaries({"from": st.sampled_from(["1", "2"])}),
        some(to=st.sampled_from(["1", "2"])),
    ),
)
READ = asks(
    route=st.sampled_from(FEEDS), more=st.builds(lambda walk, tags: walk | tags, WALKS, TAGS)
)
FOLLOWING = asks(
    route=st.just("/v1/changes"),
    fields=PARTS,
    more=st.builds(
        lambda include, after, tags: {"include": include, "after": str(after)} | tags,
        st.sampled_from(["editions", "differences"]),
        st.integers(min_value=300, max_value=362),
        TAGS,
    ),
)
SNAPSHOTS = asks(
    route=st.just(SNAPSHOT),
    fields=PARTS,
    more=st.builds(
        lambda at, more: at | more,
        MOMENTS | st.just({"at": "367"}),
        some(limit=st.sampled_from(["1", "2"])),
    ),
)
CARDS = asks(
    route=st.just(OEMBED),
    more=some(maxwidth=st.sampled_from(["100", "300"]), maxheight=st.sampled_from(["9", "900"])),
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
