"""Recalls over HTTP: a withdrawal that partners confirm, and its reports."""

import csv
import io
from typing import Any

import pytest
from factories import NOW, publish
from flask.testing import FlaskClient
from keyholders import Holder, hold
from newsroom import Newsroom, check
from problems import assert_problem
from werkzeug.test import TestResponse

from content import articles, exposures
from content.db import Database
from content.exposures import Given

pytestmark = pytest.mark.one_engine
SLUG = "kratom-and-ocd-evidence"
WORDS = {"notice": "An error was found.", "reason": "Wrong by far."}


@pytest.fixture
def mine(library: Database) -> Holder:
    """A partner who was given the article, and whose name a spreadsheet would run."""
    found = hold(library, name="=1+1", contact="web@partner.example")
    with library.write() as session:
        article = articles.identify(session, SLUG)
        exposures.record(session, [Given(found.id, article, "en", 1, "digest", NOW, NOW)])
        session.commit()
    return found


@pytest.fixture
def room(client: FlaskClient, library: Database, mine: Holder) -> Newsroom:
    """Everybody, and two partners."""
    found = Newsroom(client, library)
    found.people["partner"] = (mine.id, mine.key)
    other = hold(library, name="Stranger")
    found.people["stranger"] = (other.id, other.key)
    return found


def identify(room: Newsroom) -> str:
    with room.database.read() as session:
        return articles.identify(session, SLUG)


def recall(room: Newsroom, **asked: Any) -> str:
    """Withdraw the article so that partners confirm; return the recall's id."""
    body = {**WORDS, "severity": "recall", **asked}
    done = room.ask("publisher", "POST", f"/articles/{identify(room)}/withdraw", json=body)
    assert done.status_code == 200, done.get_json()
    id: str = done.get_json()["recall"]
    return id


def read(client: FlaskClient, address: str) -> TestResponse:
    """Read a public report; it keeps the description."""
    found = client.get(address)
    check("GET", address, found)
    return found


def test_a_withdrawal_of_that_severity_asks_who_was_given_it(
    room: Newsroom, client: FlaskClient
) -> None:
    id = recall(room, hours=6)
    assert client.get(f"/v1/articles/{SLUG}").status_code == 410
    asked = room.ask("partner", "GET", "/v1/me/recalls").get_json()["recalls"]
    assert [(one["id"], one["state"], one["drill"]) for one in asked] == [(id, "told", False)]
    assert room.ask("stranger", "GET", "/v1/me/recalls").get_json() == {"recalls": []}
    found = room.ask("publisher", "GET", f"/recalls/{id}").get_json()
    assert [one["contact"] for one in found["exposed"]] == ["web@partner.example"]


def test_a_plain_withdrawal_recalls_nothing(room: Newsroom) -> None:
    address = f"/articles/{identify(room)}/withdraw"
    refused = room.ask("publisher", "POST", address, json={**WORDS, "hours": 5})
    assert_problem(refused, 422, "invalid")
    assert refused.get_json()["errors"][0]["pointer"] == "/severity"
    assert room.ask("publisher", "POST", address, json=WORDS).get_json()["recall"] is None
    assert room.ask("author", "GET", "/recalls").get_json()["recalls"] == []


def test_a_partner_confirms_and_everybody_sees_how_many_have(
    room: Newsroom, client: FlaskClient
) -> None:
    id = recall(room)
    before = read(client, f"/v1/recalls/{id}").get_json()["partners"]
    assert (before["asked"], before["confirmed"]) == (1, 0)
    confirm = f"/v1/me/recalls/{id}/confirm"
    assert_problem(room.ask("stranger", "POST", confirm, json={}), 404, "not-found")
    done = room.ask("partner", "POST", confirm, json={"note": "Taken down."})
    assert (done.get_json()["state"], done.get_json()["confirmed_by"]) == ("confirmed", "partner")
    assert room.ask("partner", "POST", confirm).get_json() == done.get_json(), "again: no error"
    after = read(client, f"/v1/recalls/{id}")
    assert after.get_json()["partners"]["confirmed_by"]["partner"] == 1
    assert "Taken down." not in after.text, "the public report names nobody"
    assert "=1+1" not in after.text
    assert after.get_json()["help"], "a notice keeps the help"
    assert [one["id"] for one in client.get("/v1/recalls").get_json()["recalls"]] == [id]


def test_an_editor_notes_a_confirmation_and_ends_a_recall(
    room: Newsroom, client: FlaskClient, mine: Holder
) -> None:
    id = recall(room)
    body = {"partner": mine.id, "note": "By telephone."}
    assert_problem(
        room.ask("author", "POST", f"/recalls/{id}/confirm", json=body), 403, "forbidden"
    )
    done = room.ask("publisher", "POST", f"/recalls/{id}/confirm", json=body).get_json()
    assert done["partners"]["confirmed_by"] == {"partner": 0, "fetch": 0, "editor": 1}
    ended = room.ask("publisher", "POST", f"/recalls/{id}/close", json={"reason": "Done."})
    assert ended.get_json()["closed_because"] == "Done."
    for told in (client.get(f"/v1/recalls/{id}"), room.ask("partner", "GET", "/v1/me/recalls")):
        assert "an editor has ended it" in told.text
        assert "Done." not in told.text, "an editor's words may name a partner"
    again = room.ask("publisher", "POST", f"/recalls/{id}/close", json={"reason": "Done."})
    assert_problem(again, 409, "conflict")


def test_a_report_is_printed_and_read_into_a_spreadsheet(
    room: Newsroom, client: FlaskClient
) -> None:
    id = recall(room)
    page = room.ask("publisher", "GET", f"/recalls/{id}.html")
    assert page.mimetype == "text/html"
    assert "An error was found." in page.text
    assert "Wrong by far." in page.text
    public = read(client, f"/v1/recalls/{id}.html").text
    assert "Wrong by far." not in public
    assert "web@partner.example" not in public
    table = room.ask("publisher", "GET", f"/recalls/{id}.csv").text
    (row,) = csv.DictReader(io.StringIO(table))
    assert (row["name"], row["revision"]) == ("'=1+1", "1"), "no spreadsheet runs a name"
    (row,) = csv.DictReader(io.StringIO(read(client, f"/v1/recalls/{id}.csv").text))
    assert (row["slug"], row["asked"]) == (SLUG, "1")


def test_a_drill_is_seen_by_nobody_outside(room: Newsroom, client: FlaskClient) -> None:
    publish(room.database, slug="test-one", topics=["test"])
    with room.database.read() as session:
        article = articles.identify(session, "test-one")
    body = {**WORDS, "severity": "recall", "everyone": True}
    done = room.ask("publisher", "POST", f"/articles/{article}/withdraw", json=body).get_json()
    found = room.ask("auditor", "GET", f"/recalls/{done['recall']}").get_json()
    assert (found["drill"], found["partners"]["asked"]) == (True, 2)
    assert client.get(f"/v1/recalls/{done['recall']}").status_code == 404
    assert client.get("/v1/recalls").get_json()["recalls"] == []
