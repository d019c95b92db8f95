"""Validators and methods: what a cache or a reader needs to ask again cheaply, and safely."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import delivery
import pytest
from delivery import ARTICLE, SLEEP, bearer, installed, running
from factories import PUBLIC_URL, Databases, make_manuscript
from flask.testing import FlaskClient
from problems import assert_problem
from werkzeug.http import http_date
from werkzeug.test import TestResponse

from api.settings import Settings
from content import changes, imports, signing
from content.db import Database
from content.editorial import policy_changes, publishing
from content.signing import Keyring

pytestmark = pytest.mark.one_engine
AGES_AGO = datetime(2020, 1, 1, 12, 0, 0, 250_000, tzinfo=UTC)
PAGE = f"{ARTICLE}.html?jurisdiction=US-AL"
ADDRESSES = [
    ARTICLE,
    f"{ARTICLE}?fields=title",
    PAGE,
    f"{ARTICLE}.md",
    f"{ARTICLE}.ninjs",
    f"{ARTICLE}.jsonld",
    f"{ARTICLE}/revisions/1",
]
KEPT = ("ETag", "Cache-Control", "Vary", "Content-Location", "Caveat-Sequence")
FEEDS = [f"/v1/feeds/articles.{suffix}" for suffix in ("json", "atom", "rss")]
CARD = f"/v1/oembed?url=http%3A%2F%2F127.0.0.1%3A8000{ARTICLE}"
LISTS = [
    CARD,
    f"{ARTICLE}/diff?from=1",
    f"{ARTICLE}/diff.html?from=1",
    *FEEDS,
    "/v1/articles",
    "/v1/changes",
    "/v1/changes?include=editions&after=354",
    "/v1/snapshot?at=367",
    "/v1/topics",
    "/v1/disclaimers",
    f"{ARTICLE}/revisions",
]
PAGES = ["/terms", "/problems", "/llms.txt"]
VARIANTS = [*ADDRESSES, *LISTS, *PAGES, "/", "/v1/articles/none", "/v1/none", "/v1/articles?x=1"]


@pytest.fixture
def old_keyring() -> Keyring:
    """The private key of a database of its own."""
    return Keyring([])


@pytest.fixture
def old_database(
    databases: Databases, empty_template: str, old_keyring: Keyring
) -> Iterator[Database]:
    """A database with the shipped policy and an article, all of them from years ago."""
    database = Database(databases.new(empty_template))
    items = [
        *imports.read_policy(imports.LIBRARY),
        policy_changes.site_item("public_url", PUBLIC_URL),
    ]
    with database.write() as session:
        key = signing.begin(old_keyring, old_keyring.add_new())
        changes.append(session, [key], by="test", now=AGES_AGO)
        publishing.publish(session, items=items, by="test", now=AGES_AGO)
        publishing.publish_manuscript(session, make_manuscript(), by="test", now=AGES_AGO)
        session.commit()
    yield database
    database.close()


@pytest.fixture
def old_client(
    old_database: Database, old_keyring: Keyring, tmp_path: Path
) -> Iterator[FlaskClient]:
    """A caller of an app over that database."""
    settings = installed(old_database, old_keyring, tmp_path)
    with running(settings) as app:
        yield app.test_client()


@pytest.mark.parametrize("address", [*ADDRESSES, *LISTS, *PAGES])
def test_the_entity_tag_is_strong_and_the_same_bytes_have_the_same(
    client: FlaskClient, address: str
) -> None:
    first, second = client.get(address), client.get(address)
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.headers["ETag"].startswith('"')


@pytest.mark.parametrize("address", [*ADDRESSES, *LISTS, *PAGES])
def test_a_reader_who_has_exactly_this_gets_304_without_a_body(
    client: FlaskClient, address: str
) -> None:
    known = client.get(address)
    for form in ("{}", "W/{}", '"x", {}', "*"):
        asked = {"If-None-Match": form.format(known.headers["ETag"])}
        response = client.get(address, headers=asked)
        assert (response.status_code, response.data) == (304, b"")
        for name in KEPT:
            assert response.headers.get(name) == known.headers.get(name)
        assert "Content-Type" not in response.headers


@pytest.mark.parametrize("tags", ['"another"', 'W/"another"', ""])
def test_another_tag_gets_the_whole(client: FlaskClient, tags: str) -> None:
    response = client.get(ARTICLE, headers={"If-None-Match": tags})
    assert response.status_code == 200
    assert response.data


def test_the_same_text_in_another_context_has_another_tag(client: FlaskClient) -> None:
    tags = {client.get(address).headers["ETag"] for address in ADDRESSES}
    assert len(tags) == len(ADDRESSES)


def test_a_tag_of_before_a_change_gets_the_new_disclaimers(
    client: FlaskClient, library: Database
) -> None:
    address = f"/v1/articles/{SLEEP}"
    known = client.get(address)
    delivery.revise(library, SLEEP, topics=["kratom"])
    response = client.get(address, headers={"If-None-Match": known.headers["ETag"]})
    assert response.status_code == 200
    assert len(response.json["disclaimers"]) > len(known.json["disclaimers"])


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_wants_another_state_gets_a_problem_and_no_article(
    client: FlaskClient, address: str
) -> None:
    response = client.get(address, headers={"If-Match": '"another"'})
    assert_problem(response, 412, "precondition-failed")
    assert client.get(address, headers={"If-Match": "*"}).status_code == 200


def test_last_modified_is_settled_and_answers_if_modified_since(old_client: FlaskClient) -> None:
    known = old_client.get("/v1/articles/a-test-article")
    assert known.last_modified == AGES_AGO.replace(microsecond=0) + timedelta(seconds=1)
    since = {"If-Modified-Since": known.headers["Last-Modified"]}
    assert old_client.get("/v1/articles/a-test-article", headers=since).status_code == 304
    before = {"If-Modified-Since": http_date(AGES_AGO - timedelta(seconds=1))}
    assert old_client.get("/v1/articles/a-test-article", headers=before).status_code == 200


def test_a_tag_counts_more_than_a_time(old_client: FlaskClient) -> None:
    both = {"If-Modified-Since": http_date(datetime.now(UTC)), "If-None-Match": '"another"'}
    assert old_client.get("/v1/articles/a-test-article", headers=both).status_code == 200


def test_two_changes_in_one_second_are_not_the_same_to_a_reader_with_a_time(
    old_client: FlaskClient, old_database: Database
) -> None:
    address = "/v1/articles/a-test-article"
    moment = datetime.now(UTC) + timedelta(hours=1)  # this second is not over yet
    for note in ("One more.", "And another."):
        changed = make_manuscript(change_note=note, title=f"A title. {note}")
        with old_database.write() as session:
            publishing.publish_manuscript(session, changed, by="test", now=moment)
            session.commit()
        response = old_client.get(address, headers={"If-Modified-Since": http_date(moment)})
        assert response.status_code == 200
        assert response.json["title"].endswith(note)
        assert "Last-Modified" not in response.headers


@pytest.mark.parametrize("address", VARIANTS)
def test_head_is_get_without_its_body(client: FlaskClient, address: str) -> None:
    whole, head = client.get(address), client.head(address)
    assert head.data == b""
    assert head.status_code == whole.status_code
    ignored = {"Date"} | ({"Content-Length"} if whole.status_code >= 400 else set())
    assert _headers(head, ignored) == _headers(whole, ignored)
    assert whole.status_code >= 400 or int(head.headers["Content-Length"]) == len(whole.data)


@pytest.mark.parametrize("address", VARIANTS)
def test_every_answer_varies_by_accept_and_key_and_may_be_read_anywhere(
    client: FlaskClient, partner_key: str, address: str
) -> None:
    for headers in ({}, bearer(partner_key), {"If-None-Match": "*"}, {"Accept": "image/png"}):
        response = client.get(address, headers=headers)
        assert response.headers["Vary"] == "Accept, Accept-Encoding, Authorization"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_script_of_another_site_may_read_what_it_needs(client: FlaskClient) -> None:
    exposed = client.get(ARTICLE).headers["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "Link", "Content-Location", "Caveat-Sequence", "Caveat-Fallback"} <= set(
        exposed
    )


@pytest.mark.parametrize("open_delivery", ["true", "false"])
@pytest.mark.parametrize("address", [*ADDRESSES, *LISTS, "/v1/me"])
def test_a_browser_may_ask_without_a_key_whether_it_may_send_one(
    settings: Settings, open_delivery: str, address: str
) -> None:
    asked = {"Origin": "https://partner.example"}
    with running(replace(settings, open_delivery=open_delivery)) as app:
        response = app.test_client().options(address, headers=asked)
    assert response.status_code == 200
    assert response.data == b""
    assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
    assert "GET" in response.headers["Allow"]


def _headers(response: TestResponse, ignored: set[str]) -> dict[str, str]:
    return {k: v for k, v in response.headers.items() if k not in ignored}
