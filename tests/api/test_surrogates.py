"""Surrogate keys of answers: what a change makes untrue is found by them, in any dialect."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import delivery
import policies
import pytest
from delivery import OCD, SLEEP, article_id, bearer, end, head, no_help, revise, running
from factories import publish
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api import surrogates
from api.settings import DIALECTS, Settings
from content.db import Database
from content.surrogates import touched_between

pytestmark = pytest.mark.one_engine
ABOUT_ONE = [  # what tells of one article
    *("/v1/articles/{}", "/v1/articles/{}?jurisdiction=US-AL", "/v1/articles/{}.html"),
    *("/v1/articles/{}.md", "/v1/articles/{}.jsonld", "/v1/articles/{}.ninjs", "/embed/{}"),
    *("/v1/articles/{}.html?fragment=1", "/v1/articles/{}?fields=title&locale=es"),
    *("/v1/articles/{}/sections/overview", "/v1/articles/{}/revisions"),
    *("/v1/articles/{}/revisions/1", "/v1/articles/{}/diff?from=1", "/v1/articles/{}?at=360"),
    "/v1/oembed?url=http%3A%2F%2F127.0.0.1%3A8000%2Fv1%2Farticles%2F{}",
]
ABOUT_ALL = [
    *("/", "/terms", "/llms.txt", "/v1/articles", "/v1/articles?q=kratom&fields=summary"),
    *("/v1/changes", "/v1/changes?after=350&include=editions", "/v1/snapshot?at=360", "/v1/topics"),
    *("/v1/feeds/articles.json", "/v1/feeds/articles.atom", "/v1/feeds/articles.rss"),
    *("/v1/disclaimers", "/v1/disclaimers/crisis-support", "/v1/rules", "/v1/jurisdictions"),
    *("/v1/disclaimers/crisis-support/articles", "/.well-known/jwks.json", "/v1/schemas"),
    *("/v1/articles/none", "/v1/articles/none.html", "/embed/none", "/v1/recalls", "/embed"),
    *("/openapi.yaml", "/problems", "/embed/v1.js", "/nowhere", "/snippets"),
]
FILES = ("/openapi.yaml", "/problems", "/embed/v1.js", "/embed", "/v1/schemas")  # of the program
CHANGES: dict[str, Callable[[Database], object]] = {
    "another article": lambda database: publish(database, slug="none"),
    "another text": lambda database: revise(database, OCD, title="Another title of this article"),
    "another address": lambda database: revise(database, SLEEP, slug="sleep-well"),
    "other words": delivery.reword,
    "a withdrawal": lambda database: end(database, OCD),
    "a law": lambda database: delivery.record(
        database, delivery.withholding("an-order", jurisdiction=["US-AL"])
    ),
    "no help": lambda database: delivery.record(database, no_help("US")),
    "the publisher": lambda database: delivery.record(
        database, policies.site("publisher", "Somebody else")
    ),
    "it is back": lambda database: revise(database, OCD),
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With the dialect of Varnish."""
    return replace(settings, surrogate_keys="varnish")


@pytest.fixture
def asked(app: Flask) -> Iterator[FlaskClient]:
    """A caller without a key of an application that sends tags."""
    with app.test_client() as client:
        yield client


def tags(response: TestResponse) -> set[str]:
    """Return the tags that an answer carries."""
    return set(response.headers["xkey"].split(" "))


def test_what_tells_of_one_article_has_its_tag(asked: FlaskClient, library: Database) -> None:
    mine = {f"art-{article_id(library, OCD)}", "all"}
    paths = [path.format(OCD) for path in ABOUT_ONE]
    for path in paths:
        answer = asked.get(path)
        assert answer.status_code == 200, path
        assert tags(answer) == surrogates.tags() == mine, path
        tag = {"If-None-Match": answer.headers["ETag"]}
        assert tags(asked.get(path, headers=tag)) == tags(asked.head(path)) == mine, path
    end(library, OCD)
    for path in paths:
        gone = asked.get(path)
        assert (gone.status_code, tags(gone)) == (410, mine), path


def test_other_refusals_of_one_article_have_its_tag(asked: FlaskClient, library: Database) -> None:
    mine = {f"art-{article_id(library, OCD)}", "all"}
    revise(library, OCD, slug="another-address")
    delivery.record(library, delivery.withholding("an-order", jurisdiction=["US-AL"]))
    for path, status in (
        (f"/v1/articles/{OCD}", 308),
        (f"/v1/articles/{OCD}/diff?from=1", 308),
        (f"/embed/{OCD}", 308),
        ("/v1/articles/another-address?jurisdiction=US-AL", 451),
        ("/embed/another-address?jurisdiction=US-AL", 451),
    ):
        answer = asked.get(path)
        assert (answer.status_code, tags(answer)) == (status, mine), path


def test_everything_else_has_the_tags_that_any_change_touches(asked: FlaskClient) -> None:
    for path in ABOUT_ALL:
        answer = asked.get(path)
        assert answer.status_code in (200, 404), path
        assert tags(answer) == surrogates.tags() == {"log", "all"}, path


def test_what_no_shared_cache_may_keep_has_none(asked: FlaskClient, partner_key: str) -> None:
    for path in (f"/v1/articles/{OCD}", "/v1/articles", "/v1/articles/none", "/v1/me"):
        answer = asked.get(path, headers=bearer(partner_key))
        assert answer.status_code in (200, 404)
        assert "xkey" not in answer.headers
    for path in ("/healthz", "/readyz", "/v1/articles?unknown=1", "/v1/me", "/keys"):
        assert "xkey" not in asked.get(path).headers


@pytest.mark.parametrize(
    ("dialect", "header", "between"),
    [
        ("varnish", "xkey", " "),
        ("fastly", "Surrogate-Key", " "),
        ("cloudflare", "Cache-Tag", ","),
        ("akamai", "Edge-Cache-Tag", ","),
        ("", "", ""),
    ],
)
def test_each_cache_has_its_dialect(
    settings: Settings, library: Database, dialect: str, header: str, between: str
) -> None:
    with running(replace(settings, surrogate_keys=dialect)) as app, app.test_client() as client:
        told = client.get(f"/v1/articles/{OCD}").headers
        assert surrogates.tags() == {f"art-{article_id(library, OCD)}", "all"}
    known = {one for one, _ in surrogates.HEADERS.values()}
    assert {name for name in known if name in told} == {header} - {""}
    if dialect:
        assert told[header] == f"all{between}art-{article_id(library, OCD)}"


def test_every_dialect_is_known() -> None:
    assert tuple(surrogates.HEADERS) == DIALECTS


@pytest.mark.no_cover
def test_whatever_a_change_makes_untrue_is_found_by_its_tags(
    asked: FlaskClient, library: Database
) -> None:
    """What an answer carried before the change is among what the change touches."""
    publish(library, slug="small", topics=["stress"], conditions=["anxiety"])
    slugs = (OCD, SLEEP, "small")
    changing = [path for path in ABOUT_ALL if path not in FILES]
    paths = [*changing, *(path.format(slug) for slug in slugs for path in ABOUT_ONE[:8])]
    known = {path: asked.get(path) for path in paths}
    for name, change in CHANGES.items():
        at = head(library)
        change(library)
        with library.read() as session:
            touched = touched_between(session, at, head(library))
        now = {path: asked.get(path) for path in paths}
        changed = [path for path in paths if _said(now[path]) != _said(known[path])]
        assert changed, name
        assert [path for path in changed if not tags(known[path]) & touched] == [], name
        known = now


def _said(answer: TestResponse) -> tuple[int, str]:
    """Return what an answer says, but for the number of the request."""
    return answer.status_code, re.sub(r'"request_id":"[0-9a-f]+"', "", answer.text)
