"""The sixth promise: no draft gets out of delivery, whatever is asked, by whomever, in any byte.

Fifty drafts have a word of their own in each field. Every address outside ``/v1/editorial`` is
asked with hostile parameters, headers and keys; what an answer only repeats of the question is no
leak. The same search finds every word where an editor may read it, so it can fail.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import delivery
import pytest
import recalled
import secret_drafts
from delivery import SLEEP, add_key, bearer, copied, local
from factories import NOW, PUBLIC_URL, Databases
from flask import Flask
from flask.testing import FlaskClient
from newsroom import DESK, hire
from secret_drafts import CHANGED, NEW, TRANSLATED, Secrets, known, word
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from api import embed_files, paging
from api.guards import EDITOR, GUARDS
from content.db import Database
from content.excerpts import FIELDS
from content.signing import Keyring

pytestmark = [pytest.mark.one_engine, pytest.mark.no_cover]
# With a partner's key, by somebody's claim, or by who is signed in.
NO_TEXT = ("/v1/me", "/keys/requests", "/console")
SUBMITTED = 23  # a draft of a live article whose next revision is frozen and not published
FROZEN = "2"  # its number
WHOLE = ",".join(FIELDS)
HEADERS = [
    {"Range": "bytes=0-5000"},
    {"If-Match": '"1"'},
    {"If-Match": "*"},
    {"If-None-Match": "*"},
    {"If-Modified-Since": "Mon, 23 Nov 2020 12:00:00 GMT"},
    *({"Accept": kind} for kind in ("text/html", "text/markdown", "application/ld+json", "*/*")),
    {"X-HTTP-Method-Override": "PUT", "Accept": "text/markdown"},
    {"Idempotency-Key": "once", "Cookie": "preview=1", "Prefer": "return=representation"},
    {"Accept-Language": "es", "Origin": "https://evil.example", "Forwarded": "for=127.0.0.1"},
]


@dataclass(frozen=True)
class Asked:
    """One request, as somebody hostile may send it."""

    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "GET"


@dataclass
class World:
    """A library with fifty drafts beside it, and everybody who may ask for them."""

    client: FlaskClient
    database: Database
    secrets: Secrets
    callers: dict[str, dict[str, str]]
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)

    def ask(self, asked: Asked) -> TestResponse:
        """Send a request."""
        sent = {"query_string": asked.query, "headers": asked.headers}
        return self.client.open(asked.path, method=asked.method, buffered=True, **sent)

    def learnt(self, asked: Asked, response: TestResponse) -> set[str]:
        """Return the secrets in an answer that its question did not have."""
        known = self.secrets.find(repr(asked))
        headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
        octets = response.get_data().decode("utf-8", "replace")
        return self.secrets.find(f"{octets}\n{headers}\n{unquote(headers)}") - known

    def check(self, asked: Asked) -> int:
        """Ask, and raise if a secret comes back; return the status."""
        response = self.ask(asked)
        assert not self.learnt(asked, response), (asked, response.status)
        return response.status_code


@pytest.fixture(scope="module")
def world(
    databases: Databases,
    full_template: str,
    keyring: Keyring,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """One library for all walks; nothing of it is changed by them."""
    folder = tmp_path_factory.mktemp("drafts")
    with copied(databases, full_template, keyring, folder) as (database, app):
        secrets = secret_drafts.make(database)
        recalled.add(database)
        callers = {
            "nobody": {},
            "partner": bearer(add_key(database)),
            "wrong": bearer("cvt_nobody-has-this-one"),
            "author": bearer(hire(database, "author")[1]),
        }
        yield World(app.test_client(), database, secrets, callers)


def test_there_are_fifty_drafts_in_every_state(world: World) -> None:
    states = Counter()
    for path in world.secrets.paths.values():
        draft = world.client.get(path, headers=world.callers["author"]).get_json()
        states[draft["state"]] += 1
    assert states == {"draft": 30, "in-review": 10, "scheduled": 10}
    assert len(world.secrets.seen) == len(world.secrets.ended) == 5 * 10


def test_the_search_finds_every_secret_where_an_editor_may_read_it(world: World) -> None:
    found: set[str] = set()
    more = [f"{DESK}/releases", *(f"{path}/comments" for path in world.secrets.paths.values())]
    more += [f"{path}/previews" for path in world.secrets.paths.values()]
    for path in [*world.secrets.paths.values(), *more]:
        nothing = Asked("/", headers=world.callers["author"])
        found |= world.learnt(nothing, world.ask(Asked(path, headers=nothing.headers)))
    assert world.secrets.words <= found
    assert {world.secrets.articles[number] for number in NEW} <= found


def test_the_search_finds_what_a_preview_shows_in_every_format(world: World) -> None:
    for address in world.secrets.seen:
        learnt = world.learnt(Asked("/"), world.client.get(local(address)))
        assert len(learnt) > 10, address


def test_no_address_gives_a_draft_whatever_is_asked(world: World) -> None:
    for route in routes(world.client.application):
        for path in paths(route, world.secrets):
            statuses = {world.check(Asked(path, query)) for query in queries(world, path)}
            world.answers.update((route.rule, status) for status in statuses)
    silent = [
        route.rule
        for route in routes(world.client.application)
        if not (world.answers[route.rule, 200] or route.rule.startswith(NO_TEXT))
    ]
    assert silent == [], "without an answer nothing is proved"


def test_no_address_gives_a_draft_whoever_asks_and_however(world: World) -> None:
    ended = delivery.query(local(world.secrets.ended[0]))
    for route in routes(world.client.application):
        for path in paths(route, world.secrets):
            for caller in world.callers.values():
                for query in ({}, {"revision": FROZEN}, ended):
                    world.check(Asked(path, query, caller))
            for headers in HEADERS:
                world.check(Asked(path, headers=headers))
            for method in ("HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"):
                world.check(Asked(path, method=method, headers={"If-Match": "*"}))


def test_every_word_can_be_searched_for_and_none_is_found(world: World) -> None:
    for secret in sorted(world.secrets.words):
        response = world.ask(Asked("/v1/articles", {"q": secret}))
        assert response.get_json()["items"] == []
        assert not world.learnt(Asked("/v1/articles", {"q": secret}), response)


def test_the_address_of_a_draft_is_answered_as_one_of_nothing(world: World) -> None:
    """Nobody can even learn that there is a draft of that name, or a revision of that number."""
    article = world.secrets.articles
    pairs = [(word(n, "slug"), f"nothing-{n}") for n in (0, 3, 4, 20, 23, 24, 40)]
    pairs += [(article[n], f"{article[n][:-4]}0000") for n in (0, 3, 4)]
    for route in routes(world.client.application):
        if "<slug:slug>" not in route.rule:
            continue
        for secret, nothing in pairs:
            first, second = (
                said(world.ask(Asked(fill(route.rule, slug=slug))), slug)
                for slug in (secret, nothing)
            )
            assert first == second, route.rule
    revisions = f"/v1/articles/{known(SUBMITTED)}/revisions"
    first, second = (said(world.ask(Asked(f"{revisions}/{n}")), n) for n in (FROZEN, "7"))
    assert first == second


def test_the_desk_gives_nothing_to_who_may_not_read_it(world: World) -> None:
    mine = [rule for rule in world.client.application.url_map.iter_rules() if is_desk(rule)]
    draft = {"id": world.secrets.articles[0], "locale": "en"}
    for rule in mine:
        path = fill(rule.rule, **draft, preview="0" * 32)
        for caller in ("nobody", "partner", "wrong"):
            headers = world.callers[caller]
            for method in sorted((rule.methods or set()) | {"HEAD", "OPTIONS"}):
                status = world.check(Asked(path, headers=headers, method=method))
                assert status >= 400 or method == "OPTIONS", (method, path, caller)


def test_a_preview_that_is_over_or_not_ours_gives_nothing(world: World) -> None:
    for address in world.secrets.ended:
        assert world.check(asked(address)) == 410
    for good, ended in zip(world.secrets.seen, world.secrets.ended, strict=True):
        query = delivery.query(local(ended))
        assert world.check(Asked(asked(good).path, query)) == 404
        assert world.check(Asked(asked(good).path)) == 400
        assert world.check(Asked(asked(good).path, {**query, "expires": "9999999999"})) == 404


def routes(app: Flask) -> Iterator[Rule]:
    """Yield each route of delivery."""
    yield from (rule for rule in app.url_map.iter_rules() if not is_desk(rule))


def is_desk(rule: Rule) -> bool:
    """Return whether a route is for editors only, or of previews."""
    blueprint = rule.endpoint.partition(".")[0]
    return rule.rule.startswith(DESK) or GUARDS.get(blueprint) == EDITOR


def paths(route: Rule, secrets: Secrets) -> Iterator[str]:
    """Yield a route's path for drafts of each kind, for their articles, and for what is live."""
    if "<slug:slug>" not in route.rule:
        yield fill(route.rule)
        return
    drafts = (NEW[0], NEW[3], CHANGED[0], TRANSLATED[0])
    slugs = [word(number, "slug") for number in drafts]
    for slug in (*slugs, secrets.articles[NEW[4]], known(SUBMITTED), SLEEP):
        numbers = ("1", FROZEN) if "<number:number>" in route.rule else ("1",)
        yield from (fill(route.rule, slug=slug, number=number) for number in numbers)


def fill(rule: str, **more: str) -> str:
    """Return the path of a route."""
    values = {
        "slug": SLEEP, "kind": "overview", "number": "1", "version": embed_files.VERSION,
        "name": "edition-1.0", "id": "crisis-support", "path": "swagger-ui.css",
        "locale": "en", "token": "x", "comment": "x", "preview": "x", "code": "GB", "rest": "x",
        "claim": "cvr_x", "key": "x", "webhook": "x",
    }  # fmt: skip
    named = {"/v1/rules/<slug:id>": "ban-raises-legal-status", "/problems/<kind>": "gone"}
    if rule.startswith("/v1/recalls/"):
        values |= {"id": recalled.ID}
    if rule in named:
        values |= {"id": named[rule], "kind": named[rule]}
    return delivery.filled(rule, values | more)


def queries(world: World, path: str) -> Iterator[dict[str, str]]:
    """Yield what may be asked for at a path; most addresses refuse most of it."""
    head = delivery.head(world.database)
    page = f"{PUBLIC_URL}/v1/articles/{known(SUBMITTED)}.html"
    yield from ({}, {"revision": FROZEN}, {"revision": FROZEN, "fields": WHOLE}, {"at": str(head)})
    yield from ({"at": str(head + 1)}, {"as_of": NOW.isoformat()}, {"as_of": "2027-01-01T00:00Z"})
    yield from ({"fields": WHOLE}, {"fields": "manuscript,comments"}, {"locale": "es"})
    yield from ({"include": name} for name in ("test", "drafts", "editions", "differences"))
    yield {"include": "editions", "after": str(head - 60), "limit": "100", "locale": "es"}
    yield {"at": str(head), "fields": WHOLE, "jurisdiction": "US-AL"}
    yield from ({"from": "1", "to": FROZEN}, {"from": FROZEN, "to": "1"}, {"from": "1"})
    yield from ({"q": word(20, "title")}, {"q": "zyxq*"}, {"q": "title OR zyxq"}, {"q": "known"})
    yield from ({"topic": word(20, "topic")}, {"condition": word(20, "condition")})
    yield from ({"limit": "100"}, {"cursor": str(paging.Cursor(head, head))}, {"fragment": "1"})
    yield from ({"state": "draft"}, {"status": "preview"}, {"preview": "1"}, {"draft": "1"})
    yield delivery.query(local(world.secrets.ended[0]))
    yield delivery.query(local(world.secrets.seen[0]))
    if path == "/v1/oembed":
        draft = f"{PUBLIC_URL}/v1/articles/{word(0, 'slug')}.html"
        for address in (page, draft, f"{page}?revision={FROZEN}", *world.secrets.seen[:5]):
            yield {"url": address}


def asked(address: str) -> Asked:
    """Return the request for an address of ours."""
    return Asked(local(address).partition("?")[0], delivery.query(local(address)))


def said(response: TestResponse, name: str) -> tuple[int, str, dict[str, Any]]:
    """Return what an answer says, but for what it repeats and the number of the request."""
    body, repeated = response.get_data(as_text=True), rf"(?<![\w.]){name}(?![\w])"
    if response.is_json and "request_id" in response.get_json():
        body = body.replace(response.get_json()["request_id"], "")
    headers = {key: re.sub(repeated, "…", value) for key, value in response.headers.items()}
    headers |= {"Content-Length": "", "ETag": ""}
    return response.status_code, re.sub(repeated, "…", body), headers
