"""The history of a text over HTTP: its revisions, what was done with it, and what changed."""

from typing import Any

import pytest
from factories import make_source
from flask.testing import FlaskClient
from newsroom import Newsroom, Text
from problems import assert_problem

from content.db import Database


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody at work."""
    return Newsroom(client, library)


def get(text: Text, path: str, **query: Any) -> dict[str, Any]:
    answer = text.room.ask("auditor", "GET", f"{text.path}/{path}", query_string=query)
    assert answer.status_code == 200, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found


def told(runs: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(run["op"], run["text"]) for run in runs if run["op"] != "equal"]


def test_every_revision_says_what_became_of_it(room: Newsroom) -> None:
    text = room.live(slug="new-one")
    text.save(title="Another title", change_note="A clearer title.")
    text.act("author", "submit")
    listed = get(text, "revisions", limit=1)
    [newest] = listed["revisions"]
    assert (newest["number"], newest["change_note"]) == (2, "A clearer title.")
    assert (newest["events"], newest["kept"]) == ([], True)
    [first] = get(text, "revisions", before=listed["next"])["revisions"]
    assert [one["status"] for one in first["events"]] == ["live"]
    words = {"notice": "We look at it.", "reason": "Somebody complained."}
    room.ask("publisher", "POST", f"{text.article}/suspend", json=words)
    first = get(text, "revisions")["revisions"][1]
    assert [one["status"] for one in first["events"]] == ["live", "suspended"]
    assert first["events"][1]["notice"] == "We look at it."
    assert "Somebody complained" not in str(first)


def test_acts_name_who_did_what_and_saves_can_be_left_out(room: Newsroom) -> None:
    text = room.start(slug="new-one")
    text.save(title="Another title")
    text.act("author", "submit")
    text.act("reviewer", "request-changes", {"comment": "More, please."})
    acts = get(text, "acts")["acts"]
    assert [(one["act"], one["version"]) for one in acts] == [
        ("draft.request-changes", 4),
        *(("draft.submit", 3), ("draft.save", 2), ("article.create", None)),
    ]
    assert acts[0]["by"] == room.id("reviewer")
    fewer = get(text, "acts", saves="false", limit=2)
    assert [one["act"] for one in fewer["acts"]] == ["draft.request-changes", "draft.submit"]
    rest = get(text, "acts", saves="false", before=fewer["next"])
    assert [one["act"] for one in rest["acts"]] == ["article.create"]


def test_any_two_texts_are_compared_word_by_word(room: Newsroom) -> None:
    text = room.live(slug="new-one", title="An old title")
    text.save(title="A new title")
    same = get(text, "diff")
    assert (same["from"], same["to"]) == (None, None)
    assert told(same["title"]) == []
    changed = get(text, "diff", **{"from": 1})
    assert told(changed["title"]) == [("removed", "An old "), ("added", "A new ")]
    back = get(text, "diff", to=1)
    assert told(back["title"]) == [("removed", "A new "), ("added", "An old ")]
    text.save(sources=[make_source("s-1")])
    [source] = get(text, "diff", **{"from": 1})["sources"]
    assert (source["id"], source["op"]) == ("s-1", "added")
    text.act("author", "submit")
    text.save(sources=[make_source("s-1", year=2021)])
    [source] = get(text, "diff", **{"from": 2})["sources"]
    assert told(source["words"]) == [("removed", "2020. "), ("added", "2021. ")]


def test_what_is_not_there_is_not_compared(room: Newsroom) -> None:
    text = room.live(slug="new-one")
    missing = room.ask("author", "GET", f"{text.path}/diff?from=9")
    assert_problem(missing, 404, "not-found")
    assert_problem(room.ask("author", "GET", f"{text.path}/diff?from=x"), 400, "bad-request")
