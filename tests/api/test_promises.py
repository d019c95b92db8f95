"""The first promise, over whatever anybody may ask: no text of an article without all it owes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import delivery
import leaks
import pytest
from delivery import ARTICLE, OCD, SLEEP, SLUGS, dump
from factories import NOW, PUBLIC_URL, Databases, make_manuscript, publish
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from leaks import Detector, Owed
from werkzeug.test import TestResponse

from api import paging, secrets
from api.app import create_app
from api.settings import Settings
from content import documents, editing, editions
from content.bodies import FIELDS
from content.contexts import AUDIENCES, CHANNELS, Context
from content.db import Database
from content.editions import Part
from content.errors import CaveatError
from content.models.log import Rule
from content.signing import Keyring

TEST, SECRET = "a-test-article", "a-secret-draft"
SLEPT = "sleep-by-another-name"
EXAMPLES = 150
CARD = frozenset(["title", "summary"])
TOGGLES: list[dict[str, Any] | None] = [
    None,
    {"because": "A test.", "when": {}, "require": ["age-limit"]},
    {"because": "A test.", "when": {"topics": ["sleep"]}, "withhold": {"status": 403}},
    {
        "because": "A test.",
        "when": {"jurisdiction": ["US"]},
        "raise": {"disclaimer": "emergency-help", "level": "alert"},
    },
]


@dataclass(frozen=True)
class Asked:
    """One request, as a stranger or a partner may send it."""

    route: str = "/v1/articles/{slug}"
    slug: str = OCD
    method: str = "GET"
    key: str = ""
    accept: str = ""
    context: dict[str, str] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    more: dict[str, str] = field(default_factory=dict)
    rule: int = 0
    is_live: bool = True

    def query(self) -> dict[str, str]:
        """Return the query string's pairs."""
        named = {"fields": ",".join(self.fields)} if self.fields else {}
        return {**self.context, **named, **self.more}


class World:
    """A library with everything in it that may be live, old, withdrawn or a draft; and its app."""

    def __init__(self, database: Database, keyring: Keyring, client: FlaskClient) -> None:
        self.database, self.keyring, self.client = database, keyring, client
        self.detector = Detector()
        self.keys: dict[str, dict[str, str]] = {"": {}, "wrong": {}}
        self.secrets = {"wrong": "cvk_nobody-has-this-key"}
        self.known: dict[Any, Owed | None] = {}
        self.rule, self.is_live = 0, True

    def fill(self) -> None:
        """Publish, rename, withdraw, and write a draft that nobody may see."""
        delivery.revise(self.database, SLEEP, title="Sleep, told anew for its readers", slug=SLEPT)
        publish(self.database, slug=TEST, title="Kratom in a title that was withdrawn once")
        with self.database.write() as session:
            draft = make_manuscript(slug=SECRET, title="A draft that nobody may see yet at all")
            editing.create(session, draft, by="test", now=NOW)
            session.commit()
        self.detector.learn(SECRET, draft.document)
        for fixed in (
            {"audience": "adults", "channel": "publisher", "jurisdiction": "US-AL"},
            {"audience": "minors", "channel": "app", "locale": "en"},
            {"audience": "general", "channel": "retail"},
        ):
            self.keys[fixed["audience"]] = fixed
            self.secrets[fixed["audience"]] = delivery.add_key(self.database, **fixed)
        self._learn()

    def _learn(self) -> None:
        texts = {slug: [delivery.shipped(slug).document] for slug in SLUGS}
        named = documents.msgspec.structs.replace
        texts[SLEEP].append(named(texts[SLEEP][0], title="Sleep, told anew for its readers"))
        texts[TEST] = [make_manuscript(title="Kratom in a title that was withdrawn once").document]
        ids = {slug: delivery.article_id(self.database, slug) for slug in texts}
        for act in (self.detector.learn, lambda id, text: self.detector.share(id, dump(text))):
            for slug, revisions in texts.items():
                for document in revisions:
                    act(ids[slug], document)
        for address in ("/v1/disclaimers", "/terms", "/problems", *map(_edition, SLUGS)):
            response = self.client.get(address)
            said = response.json if response.is_json else [*leaks.readings(response)]
            if "title" in said:
                said = {name: said[name] for name in ("disclaimers", "help", "rights")}
            for text in leaks.strings(said):
                self.detector.forget(text)

    def become(self, asked: Asked) -> None:
        """Bring the log to the state that a request wants to meet: a rule, a live article."""
        if asked.rule != self.rule:
            delivery.record(self.database, Rule(id="toggle", data=TOGGLES[asked.rule]))
            self.rule = asked.rule
        if asked.is_live != self.is_live:
            title = "Kratom in a title that was withdrawn once"
            again = partial(publish, self.database, slug=TEST, title=title)
            (again if asked.is_live else partial(delivery.end, self.database, TEST))()
            self.is_live = asked.is_live

    def send(self, asked: Asked) -> TestResponse:
        """Send a request."""
        headers = {"Authorization": f"Bearer {self.secrets[asked.key]}"} if asked.key else {}
        headers |= {"Accept": asked.accept} if asked.accept else {}
        address = asked.route.format(slug=asked.slug)
        return self.client.open(
            address, method=asked.method, query_string=asked.query(), headers=headers
        )

    def owed(self, article: str, context: Context, part: Part, at: int) -> Owed | None:
        """Return what an article owes in a context at a number; None when it may not be shown."""
        key = (article, context, part, at, delivery.head(self.database))
        if key not in self.known:
            self.known[key] = self._owed(article, context, part, at)
        return self.known[key]

    def _owed(self, article: str, context: Context, part: Part, at: int) -> Owed | None:
        with self.database.read() as session:
            slugs = [row.slug for row in delivery.live(self.database) if row.article == article]
            try:
                body = editions.issue(
                    session, slugs[0], context, self.keyring, at=at, part=part
                ).body
            except (CaveatError, IndexError):
                return None
        return {(entry["id"], entry["text"]) for entry in body["disclaimers"]}

    def check(self, asked: Asked, response: TestResponse) -> None:
        """Raise unless every text in an answer comes with everything that it owes."""
        for articles, run in self.detector.find(response).items():
            kept = any(self._is_kept(article, asked, response) for article in articles)
            assert kept, (run, articles, asked, response.status)

    def _is_kept(self, article: str, asked: Asked, response: TestResponse) -> bool:
        at = delivery.head(self.database)
        if response.is_json and "items" in response.json:
            at = response.json["sequence"]
        owed = self.owed(article, self.context(asked), part_of(asked, response), at)
        return bool(owed) and leaks.is_whole(response, article, owed or set())

    def context(self, asked: Asked) -> Context:
        """Return the context of a request, found without the code that is under test."""
        known = {**self.keys[asked.key]}
        known |= {k: v for k, v in asked.context.items() if k in ("locale", "jurisdiction")}
        given = asked.context | known if asked.route != "/" else self.keys[asked.key]
        return Context(
            given.get("locale", ""),
            given.get("jurisdiction", "001").upper(),
            given.get("audience", "general"),
            given.get("channel", "unknown"),
        )


def part_of(asked: Asked, response: TestResponse) -> Part:
    """Return what part of an article a request is for."""
    if asked.route in ("/", "/v1/articles") and not asked.fields:
        return Part(fields=CARD)
    revision = int(asked.more["revision"]) if asked.more.get("revision", "").isdigit() else None
    revision = 1 if asked.route.endswith("/1") else revision
    is_part = asked.fields and {*asked.fields} != {*FIELDS} and response.is_json
    return Part(revision, frozenset(asked.fields) if is_part else None)


def _edition(slug: str) -> str:
    return f"/v1/articles/{slug}?jurisdiction=US-AL"


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
    found = World(database, keyring, create_app(made).test_client())
    found.fill()
    yield found
    database.close()


ROUTES = [
    "/v1/articles/{slug}", "/v1/articles/{slug}.html", "/v1/articles", "/",
    "/v1/articles/{slug}/revisions/1", "/v1/articles/{slug}/revisions", "/v1/changes",
    "/v1/topics", "/v1/disclaimers", "/v1/me", "/terms", "/problems/gone", "/v1/{slug}",
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
WALKS = some(limit=st.sampled_from(["1", "2", "100"]), cursor=CURSORS)
ARTICLES = st.builds(Asked, context=READERS, fields=PARTS, more=st.just({}) | PINS, **SENSIBLE)
PAGES = st.builds(
    Asked, route=st.just("/v1/articles/{slug}.html"), context=READERS, more=PINS, **SENSIBLE
)
NEGOTIATED = st.builds(
    Asked, accept=st.sampled_from(["text/html", "*/*"]), context=READERS, **SENSIBLE
)
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
DOORS = st.builds(Asked, route=st.just("/"), accept=st.just("text/html"), **SENSIBLE)
OTHERS = st.builds(Asked, route=st.sampled_from(ROUTES), **SENSIBLE)
ANYTHING = st.builds(
    Asked,
    route=st.sampled_from(ROUTES),
    slug=st.sampled_from([*SLUGS, SLEPT, TEST, SECRET, "no-such-article"]),
    method=st.sampled_from(["GET", "HEAD", "OPTIONS", "POST"]),
    key=st.sampled_from(["", "adults", "minors", "wrong"]),
    accept=st.sampled_from(["", "*/*", "text/html", "image/png"]) | JUNK.map(ascii),
    context=some(locale=JUNK, jurisdiction=JUNK, audience=JUNK, channel=JUNK),
    fields=st.lists(st.sampled_from([*FIELDS, "titel", ""]), max_size=3).map(tuple),
    more=some(revision=JUNK, cursor=JUNK, limit=JUNK, after=JUNK, as_of=JUNK),
    **STATES,
)
REQUESTS = st.one_of(ARTICLES, PAGES, NEGOTIATED, REVISIONS, LISTS, LISTS, DOORS, OTHERS, ANYTHING)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked=REQUESTS)
@example(asked=Asked(route="/", accept="text/html"))
@example(asked=Asked(route="/", accept="text/html", key="minors"))
@example(asked=Asked(route="/v1/articles", context={"jurisdiction": "US-AL"}))
@example(asked=Asked(accept="text/html", fields=("title",)))
@example(asked=Asked(slug=SECRET))
@example(asked=Asked(route="/openapi.yaml"))
def test_no_text_of_an_article_leaves_without_everything_that_it_owes(
    world: World, asked: Asked
) -> None:
    world.become(asked)
    response = world.send(asked)
    assert response.status_code < 500 or response.status_code == 503
    world.check(asked, response)


@pytest.mark.parametrize("asked", [Asked(), Asked(route="/v1/articles", fields=("title",))])
@pytest.mark.parametrize("missing", [0, -1])
def test_the_check_notices_a_single_missing_disclaimer(
    world: World, asked: Asked, missing: int
) -> None:
    response = world.send(asked)
    world.check(asked, response)
    body = response.json
    for item in body.get("items", [body]):
        del item["disclaimers"][missing]
    response.set_data(documents.canonical.encode(body))
    with pytest.raises(AssertionError):
        world.check(asked, response)


@pytest.mark.parametrize("route", ["/", "/v1/articles/{slug}.html"])
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
        world.check(replace(asked), response)
