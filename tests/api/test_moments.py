"""Moments: ``at`` and ``as_of`` read the past, and refuse what is not in the log."""

from urllib.parse import quote

import delivery
import pytest
from delivery import ARTICLE, SLEEP, record
from flask.testing import FlaskClient
from problems import assert_problem

from content.db import Database
from content.models.log import Rule, SiteFact

SLEEPING = f"/v1/articles/{SLEEP}"
READERS = [
    SLEEPING, f"{SLEEPING}.html", f"{SLEEPING}/sections/overview", "/v1/articles",
    "/v1/disclaimers", "/v1/disclaimers/crisis-support", "/v1/rules",
    "/v1/rules/every-article-owes-provenance",
]  # fmt: skip


@pytest.mark.parametrize("address", READERS)
def test_a_number_of_the_past_gives_what_was_given_then(
    client: FlaskClient, library: Database, address: str
) -> None:
    at, before = delivery.head(library), client.get(address)
    record(library, SiteFact(id="publisher", data="Another desk"))
    record(library, Rule(id="new", data={"because": "A test.", "when": {}, "require": []}))
    delivery.revise(library, SLEEP, title="A title that came later than all of this")
    again = client.get(f"{address}?at={at}")
    assert again.data == before.data
    assert again.headers["ETag"] == before.headers["ETag"]
    assert again.headers["Cache-Control"] == before.headers["Cache-Control"]
    now = client.get(address)
    if "disclaimers" not in address and "every-article" not in address:
        assert now.data != before.data


@pytest.mark.parametrize("address", READERS)
def test_a_time_gives_what_stood_then(client: FlaskClient, library: Database, address: str) -> None:
    before = client.get(address)
    moment = delivery.time(library).isoformat()
    record(library, SiteFact(id="publisher", data="Another desk"))
    for text in (moment, moment.replace("+00:00", "Z")):
        assert client.get(f"{address}?as_of={quote(text)}").data == before.data
    assert client.get(f"{address}?as_of={moment}").data == before.data  # a bare + is a space


def test_the_past_has_an_address_of_its_own(client: FlaskClient, library: Database) -> None:
    at = delivery.head(library)
    record(library, SiteFact(id="publisher", data="Another desk"))
    first = client.get(f"{SLEEPING}?at={at}&jurisdiction=GB")
    assert first.headers["Content-Location"].endswith(f"&at={at}")
    again = client.get(first.headers["Content-Location"])
    assert again.data == first.data
    tag = first.headers["ETag"]
    same = client.get(f"{SLEEPING}?at={at}&jurisdiction=GB", headers={"If-None-Match": tag})
    assert same.status_code == 304


def test_a_number_inside_a_group_means_the_end_of_the_group(client: FlaskClient) -> None:
    early = client.get("/v1/rules?at=3").get_json()
    assert early["sequence"] > 3
    assert early["rules"]


def test_before_its_publication_an_article_is_not_there(client: FlaskClient) -> None:
    assert_problem(client.get(f"{SLEEPING}?at=2"), 404, "not-found")
    assert client.get("/v1/articles?at=2").get_json()["items"] == []


def test_an_article_of_the_past_is_found_by_its_old_and_its_new_slug(
    client: FlaskClient, library: Database
) -> None:
    at, before = delivery.head(library), client.get(SLEEPING)
    delivery.revise(library, SLEEP, slug="sleep-renamed")
    assert client.get(f"{SLEEPING}?at={at}").data == before.data
    assert client.get(f"/v1/articles/sleep-renamed?at={at}").data == before.data


@pytest.mark.parametrize("address", READERS)
@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("at=0", "at"), ("at=-1", "at"), ("at=x", "at"), ("at=99999", "at"), ("at=", "at"),
        ("as_of=2999-01-01T00:00:00Z", "as_of"), ("as_of=1999-01-01T00:00:00Z", "as_of"),
        ("as_of=2026-11-24", "as_of"), ("as_of=2026-11-24T12:00:00", "as_of"),
        ("as_of=2026-13-24T12:00:00Z", "as_of"), ("as_of=now", "as_of"),
        ("as_of=0001-01-01T00:00:00%2B14:00", "as_of"),
        ("at=3&as_of=2026-11-24T12:00:00Z", "as_of"),
    ],
)  # fmt: skip
def test_what_is_no_moment_of_the_log_is_refused(
    client: FlaskClient, address: str, query: str, name: str
) -> None:
    body = assert_problem(client.get(f"{address}?{query}"), 400, "bad-request")
    assert body["errors"][0]["pointer"] == name


@pytest.mark.parametrize("tail", ["", ".html", "/sections/overview"])
@pytest.mark.parametrize("moment", ["at=3", "as_of=2026-11-23T12:00:00Z"])
def test_a_moment_has_its_own_revision(client: FlaskClient, tail: str, moment: str) -> None:
    response = client.get(f"{SLEEPING}{tail}?{moment}&revision=1")
    assert response.status_code == 400
    assert response.get_json()["errors"][0]["pointer"] in ("at", "as_of")


def test_a_walk_that_has_begun_keeps_its_moment(client: FlaskClient, library: Database) -> None:
    at = delivery.head(library)
    first = client.get(f"/v1/articles?at={at}&limit=1").get_json()
    record(library, SiteFact(id="publisher", data="Another desk"))
    delivery.revise(library, SLEEP, title="A title that came later than all of this")
    second = client.get(first["links"]["next"].partition(":8000")[2]).get_json()
    assert second["sequence"] == first["sequence"] == at
    cursor = first["links"]["next"].rpartition("cursor=")[2]
    response = client.get(f"/v1/articles?at={at}&cursor={cursor}")
    assert_problem(response, 400, "bad-request")


def test_revisions_and_the_log_know_no_moment(client: FlaskClient) -> None:
    for address in (f"{ARTICLE}/revisions", f"{ARTICLE}/revisions/1", "/v1/changes"):
        assert_problem(client.get(f"{address}?at=3"), 400, "bad-request")


def test_a_regional_chain_holds_now_and_in_the_past(client: FlaskClient, library: Database) -> None:
    record(library, SiteFact(id="fallbacks", data={"en-CA": ["es"], "fr-CH": ["es", "en"]}))
    address = f"{ARTICLE}?locale=fr-CH"
    before, at = client.get(address), delivery.head(library)
    assert before.headers["Content-Language"] == "es"
    assert before.headers["Caveat-Fallback"] == "locale=fr-CH"
    record(library, SiteFact(id="publisher", data="Another desk"))
    assert client.get(f"{address}&at={at}").data == before.data


def test_the_time_of_a_change_can_be_asked_for(client: FlaskClient, library: Database) -> None:
    before = client.get(SLEEPING)
    last = client.get("/v1/changes?after=0&limit=1000").get_json()["changes"][-1]
    record(library, SiteFact(id="publisher", data="Another desk"))
    assert client.get(f"{SLEEPING}?as_of={last['at']}").data == before.data
