"""Imports over HTTP: many manuscripts in one request, each for itself, bounded in every way."""

import io
import json
from typing import Any

import pytest
from delivery import head
from factories import make_manuscript
from flask.testing import FlaskClient
from newsroom import Newsroom
from problems import assert_problem
from werkzeug.test import TestResponse

from api.editorial import imports
from content import documents
from content.db import Database

pytestmark = pytest.mark.one_engine
NDJSON = {"Content-Type": "application/x-ndjson"}


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """People of every role."""
    return Newsroom(client, library)


def line(slug: str, **changed: Any) -> str:
    words = "Plain words about sleep that say little and are easy to read."
    return json.dumps(documents.dump(make_manuscript(slug=slug, **{"summary": words, **changed})))


def send(room: Newsroom, who: str, *lines: str, **query: str) -> TestResponse:
    data = "\n".join(lines)
    return room.ask(who, "POST", "/imports", data=data, headers=NDJSON, query_string=query)


def counts(response: TestResponse) -> dict[str, int]:
    assert response.status_code == 200, response.get_json()
    found: dict[str, int] = response.get_json()["counts"]
    return {name: number for name, number in found.items() if number}


def test_an_author_brings_in_drafts(room: Newsroom, library: Database) -> None:
    before = head(library)
    assert counts(send(room, "author", line("a-one"), line("a-two"))) == {"created": 2}
    assert head(library) == before
    found = room.ask("author", "GET", "/drafts").get_json()["drafts"]
    assert {one["slug"] for one in found} >= {"a-one", "a-two"}
    assert all(one["authors"] == [room.id("author")] for one in found if one["slug"] == "a-one")


def test_sent_again_it_makes_nothing_twice(room: Newsroom) -> None:
    for expected in ({"created": 2}, {"unchanged": 2}):
        assert counts(send(room, "author", line("a-one"), line("a-two"))) == expected


def test_sent_again_with_its_key_it_is_answered_as_before(room: Newsroom) -> None:
    key = {"Idempotency-Key": "a-night-of-imports"}
    asked = {"data": line("a-one"), "headers": {**NDJSON, **key}}
    first, again = (room.ask("publisher", "POST", "/imports", **asked) for _ in range(2))
    assert counts(first) == counts(again) == {"created": 1}
    assert again.headers["Idempotency-Replayed"] == "true"
    live = room.ask("publisher", "POST", "/imports", query_string={"publish": "true"}, **asked)
    assert_problem(live, 422, "invalid")  # another request
    assert counts(send(room, "publisher", line("a-one"))) == {"unchanged": 1}


def test_a_publisher_may_publish_what_passes_the_gates(room: Newsroom, client: FlaskClient) -> None:
    slots = line("a-two", title="A title with a {placeholder} in it")
    done = send(room, "publisher", line("a-one"), "nonsense", slots, publish="true")
    assert counts(done) == {"published": 1, "refused": 2}
    nonsense, placeholder = done.get_json()["refused"]
    assert (nonsense["place"], nonsense["slug"], nonsense["draft"]) == ("line:2", None, None)
    assert (placeholder["place"], placeholder["slug"]) == ("line:3", "a-two")
    assert placeholder["draft"] == "created"
    assert placeholder["findings"][0]["pointer"] == "/document/title"
    assert placeholder["findings"][0]["gate"] == "slots"
    assert client.get("/v1/articles/a-one").status_code == 200
    assert client.get("/v1/articles/a-two").status_code == 404


def test_who_may_not_publish_is_told_before_anything_is_read(
    room: Newsroom, library: Database
) -> None:
    for who in ("author", "reviewer"):
        done = send(room, who, line("a-one"), publish="true")
        assert "publish" in assert_problem(done, 403, "forbidden")["detail"]
    assert counts(send(room, "author", line("a-one"))) == {"created": 1}


@pytest.mark.parametrize("mimetype", ["application/json", "text/plain", ""])
def test_only_lines_are_taken(room: Newsroom, mimetype: str) -> None:
    done = room.ask(
        "author", "POST", "/imports", data=line("a"), headers={"Content-Type": mimetype}
    )
    assert "application/x-ndjson" in assert_problem(done, 415, "unsupported-media-type")["detail"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MAX_BODY", len(line("a-one")) + 5)
    assert counts(send(room, "author", line("a-one"))) == {"created": 1}
    done = send(room, "author", line("a-one"), line("a-two"))
    assert "in parts" in assert_problem(done, 413, "too-large")["detail"]


def test_a_body_without_a_length_is_bounded_while_it_is_read(
    room: Newsroom, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MAX_BODY", 1000)
    stream = io.BytesIO(line("a-one").encode())
    done = room.ask(
        "author", "POST", "/imports", input_stream=stream, headers=NDJSON,
        environ_overrides={"wsgi.input_terminated": True},
    )  # fmt: skip
    assert_problem(done, 413, "too-large")


def test_this_address_alone_takes_more_than_a_mebibyte(room: Newsroom) -> None:
    padded = line("a-one").ljust(900_000)
    assert counts(send(room, "author", padded, padded)) == {"created": 1, "unchanged": 1}


def test_what_is_listed_is_bounded(room: Newsroom) -> None:
    done = send(room, "author", *["[]"] * 130)
    assert counts(done) == {"refused": 130}
    body = done.get_json()
    assert (len(body["refused"]), body["left_out"]) == (100, 30)


def test_nothing_is_an_import_too(room: Newsroom) -> None:
    assert counts(send(room, "author")) == {}


@pytest.mark.parametrize("query", [{"publish": "yes"}, {"draft": "true"}])
def test_an_unknown_question_is_refused(room: Newsroom, query: dict[str, str]) -> None:
    assert_problem(send(room, "publisher", line("a"), **query), 400, "bad-request")
