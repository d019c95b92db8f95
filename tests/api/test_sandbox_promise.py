"""The first promise over test articles: no text of one without everything that it owes."""

from dataclasses import replace
from functools import cache

import delivery
import leaks
import pytest
from delivery import read_json
from flask import Flask
from flask.testing import FlaskClient
from leaks import Detector, Owed
from sandboxes import ANSWERS, INCLUDED, LIVE, addresses
from werkzeug.test import TestResponse

from content import editions, sandbox
from content.contexts import Context
from content.db import Database
from content.editions import Part
from content.errors import Gone, Withheld
from content.signing import Keyring

pytestmark = pytest.mark.one_engine
CONTEXTS = [Context("en"), Context("en", "XA"), Context("en", "GB", "patients", "retail")]
LISTS = ["/v1/articles", "/v1/feeds/articles.json", "/v1/feeds/articles.atom"]
PARTS = [Part(), Part(1), Part(section="mechanisms"), Part(fields=frozenset(["title", "summary"]))]


@pytest.fixture(scope="module")
def template(sandbox_template: str) -> str:
    """The library that is served here has the sandbox in it."""
    return sandbox_template


@pytest.fixture(scope="module")
def served(common_app: Flask) -> Database:
    """The library that all tests read."""
    found: Database = common_app.extensions["caveat"].database
    return found


@pytest.fixture(scope="module")
def detector(common_app: Flask, served: Database) -> Detector:
    """It knows every text of the test articles, and what is also said elsewhere."""
    client = common_app.test_client()
    found = Detector()
    texts = [(plan.slug, text) for plan in sandbox.read_plans() for text in plan.revisions]
    for slug, text in texts:
        found.learn(delivery.article_id(served, slug), text.document)
    for slug, text in texts:
        found.share(delivery.article_id(served, slug), delivery.dump(text))
    whole = [read_json(client, f"/v1/articles/{slug}?include=test") for slug in LIVE]
    said = [read_json(client, path) for path in ("/v1/disclaimers", "/v1/rules")]
    for body in whole:
        said += [body[name] for name in ("disclaimers", "help", "rights")]
    for words in leaks.strings(said):
        found.forget(words)
    return found


@pytest.mark.no_cover
@pytest.mark.parametrize("slug", ANSWERS)
def test_no_text_of_a_test_article_leaves_without_everything_that_it_owes(
    client: FlaskClient, served: Database, keyring: Keyring, detector: Detector, slug: str
) -> None:  # fmt: skip
    shown = 0
    for context in CONTEXTS:
        for address, more in addresses(client.application, slug).items():
            asked = {} if address.endswith("/revisions") else context.values()
            response = client.get(address, query_string={**asked, **more, **INCLUDED})
            shown += check(response, served, keyring, detector, context)
            bare = client.get(address, query_string={**asked, **more})
            assert detector.find(bare) == {}
    assert bool(shown) == (slug in LIVE)


@pytest.mark.no_cover
@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("context", CONTEXTS)
def test_no_list_shows_a_test_article_without_everything_that_it_owes(
    client: FlaskClient, served: Database, keyring: Keyring, detector: Detector,
    address: str, context: Context,
) -> None:  # fmt: skip
    asked = {**context.values(), "limit": "100"}
    response = client.get(address, query_string={**asked, **INCLUDED})
    assert check(response, served, keyring, detector, context)
    assert detector.find(client.get(address, query_string=asked)) == {}


def check(
    response: TestResponse, library: Database, keyring: Keyring, detector: Detector, asked: Context
) -> int:
    """Check that each text in an answer comes with what it owes; return how many there are."""
    found = detector.find(response)
    for ids in {*found}:
        assert any(is_whole(response, library, keyring, id, asked) for id in ids), found[ids]
    return len(found)


def is_whole(
    response: TestResponse, library: Database, keyring: Keyring, id: str, asked: Context
) -> bool:
    """Return whether an answer has all that an article owes, as a whole or as one of its parts."""
    wanted = (owed(library, keyring, id, asked, part) for part in PARTS)
    return any(leaks.is_whole(response, id, one) for one in wanted if one)


@cache
def owed(library: Database, keyring: Keyring, id: str, asked: Context, part: Part) -> Owed | None:
    """Return what a test article owes in a context; None where it may not be shown."""
    slug = next(slug for slug in ANSWERS if delivery.article_id(library, slug) == id)
    try:
        with library.read() as session:
            edition = editions.issue(session, slug, replace(asked, test=True), keyring, part=part)
    except (Gone, Withheld):
        return None
    return {(one["id"], one["text"]) for one in edition.body["disclaimers"]}
