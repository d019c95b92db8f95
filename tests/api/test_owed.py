"""What a draft would owe, over HTTP: the same as readers are shown, with the rules and reasons."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from newsroom import Newsroom, Text
from previewing import begin
from problems import assert_problem

from content.db import Database


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody at work."""
    return Newsroom(client, library)


def ask(text: Text, **query: str) -> dict[str, Any]:
    answer = text.room.ask("auditor", "GET", f"{text.path}/owed", query_string=query)
    assert answer.status_code == 200, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found


def live(text: Text, query: dict[str, str]) -> list[dict[str, Any]]:
    slug = text.read()["slug"]
    answer = text.room.client.get(f"/v1/articles/{slug}", query_string=query)
    found: list[dict[str, Any]] = answer.get_json()["disclaimers"]
    return found


@pytest.mark.parametrize(
    "query",
    [{}, {"jurisdiction": "US-AL"}, {"jurisdiction": "US-AL", "audience": "pregnancy"}],
)
def test_a_draft_owes_what_readers_are_shown_once_it_is_live(
    room: Newsroom, query: dict[str, str]
) -> None:
    text = begin(room, slug="new-one")
    before = ask(text, **query)
    for who, act in (("author", "submit"), ("reviewer", "approve"), ("publisher", "publish")):
        assert text.act(who, act).status_code == 200
    shown = live(text, query)
    names = set(shown[0])
    assert [{name: one[name] for name in names} for one in before["disclaimers"]] == shown
    known = {rule["id"]: rule for rule in before["rules"]}
    for one in before["disclaimers"]:
        assert one["required_by"]
        for id in one["required_by"]:
            assert one["id"] in known[id]["require"]
            assert "required" in known[id]["did"]
        for id in one["raised_by"]:
            assert known[id]["raise"]["disclaimer"] == one["id"]
        is_raised = one["own_display"]["level"] != one["display"]["level"]
        assert not is_raised or one["raised_by"]


def test_each_rule_says_what_met_it_and_what_is_not_known_counts(room: Newsroom) -> None:
    text = begin(room, slug="new-one")
    by_id = {rule["id"]: rule for rule in ask(text)["rules"]}
    assert by_id["every-article-owes-not-medical-advice"]["met_by"] == {}
    careful = {id for id, rule in by_id.items() if rule["met_by"].get("channel") == []}
    assert careful, "nobody said where it is shown, so rules about some places apply"
    told = {rule["id"] for rule in ask(text, channel="publisher")["rules"]}
    assert careful.isdisjoint(told)


def test_a_place_is_the_nearest_with_data_and_an_odd_one_is_refused(room: Newsroom) -> None:
    text = begin(room, slug="new-one")
    found = ask(text, jurisdiction="us-al")
    assert found["context"]["jurisdiction"]["code"] == "US-AL"
    assert found["withheld"] is None
    odd = room.ask("author", "GET", f"{text.path}/owed", query_string={"audience": "robots"})
    assert_problem(odd, 400, "bad-request")
    assert_problem(room.ask("author", "GET", f"{text.path}/owed?x=1"), 400, "bad-request")
