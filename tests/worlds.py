"""A world for tests of promises: articles in every state, callers of every kind, one app."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlencode

import delivery
import leaks
from delivery import OCD, SLEEP, SLUGS, dump
from factories import NOW, PUBLIC_URL, make_manuscript, publish
from flask.testing import FlaskClient
from leaks import Detector, Owed
from werkzeug.test import TestResponse

from content import corrections, documents, editions
from content.contexts import Context
from content.db import Database
from content.editions import Part
from content.editorial import drafts
from content.errors import CaveatError
from content.excerpts import FIELDS
from content.models.log import Rule
from content.signing import Keyring

TEST, SECRET = "a-test-article", "a-secret-draft"
SLEPT = "sleep-by-another-name"
FEEDS = [f"/v1/feeds/articles.{suffix}" for suffix in ("json", "atom", "rss")]
SNAPSHOT = "/v1/snapshot"
WALKS = ["/v1/articles", *FEEDS, SNAPSHOT]
OEMBED = "/v1/oembed"
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
        if self.route == OEMBED:
            address = f"{PUBLIC_URL}/v1/articles/{self.slug}.html?{urlencode(self.context)}"
            return {"url": address, **self.more}
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
        """Publish, correct, rename, withdraw, and write a draft that nobody may see."""
        said = corrections.make("correction", "We gave the wrong number of trials.", NOW)
        anew = {"title": "Sleep, told anew for its readers", "slug": SLEPT}
        delivery.revise(self.database, SLEEP, correction=said, **anew)
        publish(self.database, slug=TEST, title="Kratom in a title that was withdrawn once")
        with self.database.write() as session:
            draft = make_manuscript(slug=SECRET, title="A draft that nobody may see yet at all")
            drafts.create(session, draft, by="test", now=NOW)
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
        elsewhere = ("/v1/disclaimers", "/v1/rules", "/terms", "/problems")
        for address in (*elsewhere, *map(_edition, SLUGS)):
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

    def send(
        self, asked: Asked, to: FlaskClient | None = None, more: dict[str, str] | None = None
    ) -> TestResponse:
        """Send a request: to the world's own application, or to another one over its library."""
        headers = {"Authorization": f"Bearer {self.secrets[asked.key]}"} if asked.key else {}
        headers |= {"Accept": asked.accept} if asked.accept else {}
        address, query = asked.route.format(slug=asked.slug), asked.query()
        headers |= more or {}
        to = to or self.client
        return to.open(address, method=asked.method, query_string=query, headers=headers)

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
        at = int(asked.more.get("at", delivery.head(self.database)))
        if asked.route in WALKS:
            at = int(response.headers["Caveat-Sequence"])
        parts = parts_of(asked, response)
        owed = [self.owed(article, self.context(asked), part, at) for part in parts]
        return all(one and leaks.is_whole(response, article, one) for one in owed)

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


def parts_of(asked: Asked, response: TestResponse) -> list[Part]:
    """Return what parts of an article a request is for; a diff shows two revisions."""
    if "/diff" in asked.route:
        numbers = (asked.more.get(name, "") for name in ("from", "to"))
        return [Part(int(number) if number else None) for number in numbers]
    return [part_of(asked, response)]


def part_of(asked: Asked, response: TestResponse) -> Part:
    if asked.route in ("/", "/v1/articles") and not asked.fields:
        return Part(fields=CARD)
    if asked.route == OEMBED:
        return Part(fields=frozenset(["title"]))
    revision = int(asked.more["revision"]) if asked.more.get("revision", "").isdigit() else None
    revision = 1 if asked.route.endswith("/1") else revision
    if "/sections/" in asked.route:
        return Part(revision, section=asked.route.rpartition("/")[2])
    is_part = asked.fields and {*asked.fields} != {*FIELDS} and "json" in response.mimetype
    return Part(revision, frozenset(asked.fields) if is_part else None)


def _edition(slug: str) -> str:
    return f"/v1/articles/{slug}?jurisdiction=US-AL"
