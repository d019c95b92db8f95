"""Characters that JSON can say and no database keeps are refused with their place."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from newsroom import Newsroom
from problems import assert_problem
from releasing import send

from content.db import Database

NUL, HALF = "A\0", "A\ud800"  # a lone surrogate is half a character
BAD = "bad-request"


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody at work."""
    return Newsroom(client, library)


@pytest.mark.parametrize("words", [NUL, HALF], ids=["nul", "half"])
def test_words_that_cannot_be_kept_are_refused(room: Newsroom, words: str) -> None:
    text = room.start(slug="new-one")
    text.act("author", "submit")
    rule = {"because": "A test.", "when": {"topics": ["tea"]}, "require": ["age-limit"]}
    release = {"title": "x", "reason": "x", "items": [{"type": "rule", "id": "x", "data": rule}]}
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("/sources/qaseem-2016/retract", {"notice": "x", "reason": words}, "/reason"),
        ("/changes/2/undo", {"reason": words}, "/reason"),
        ("/releases", {**release, "reason": words}, "/reason"),
        ("/releases", {**release, "title": words}, "/title"),
        (f"{text.path}/comments", {"text": words}, "/text"),
    ]
    for path, body, pointer in cases:
        sent = room.ask("publisher", "POST", path, json=body)
        [error] = assert_problem(sent, 400, BAD)["errors"]
        assert (error["pointer"], "cannot be kept" in error["detail"]) == (pointer, True)
    refused = text.act("reviewer", "approve", {"overrides": {"L01-00000000": words}})
    assert assert_problem(refused, 400, BAD)["errors"][0]["pointer"] == "/overrides"
    site = send(room, {"type": "site", "id": words, "data": "x"})
    assert assert_problem(site, 422, "invalid")["errors"][0]["pointer"] == "/items/0/id"
