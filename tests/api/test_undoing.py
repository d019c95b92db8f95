"""Undoing: what was true before a group is true again, and what cannot be undone is named."""

from typing import Any

import pytest
from delivery import head
from flask.testing import FlaskClient
from newsroom import Newsroom, Text
from problems import assert_problem
from releasing import act, published, put_together, stands
from werkzeug.test import TestResponse

from content.db import Database

pytestmark = pytest.mark.one_engine
SLEEP = "/v1/articles/sleep-habits-and-insomnia"
AGE: dict[str, Any] = {
    "type": "rule",
    "id": "a-test",
    "data": {"because": "A test.", "when": {"topics": ["sleep"]}, "require": ["age-limit"]},
}


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody at work."""
    return Newsroom(client, library)


def undo(room: Newsroom, number: int, who: str = "publisher") -> TestResponse:
    return room.ask(who, "POST", f"/changes/{number}/undo", json={"reason": "A mistake."})


def refused(response: TestResponse) -> str:
    """Return all that a problem lists, on one line."""
    errors = assert_problem(response, 422, "invalid")["errors"]
    return " ".join(f"{one['pointer']}: {one['detail']}" for one in errors)


def republish(text: Text, **changed: Any) -> None:
    assert text.save(**changed).status_code == 200
    for who, step in (("author", "submit"), ("reviewer", "approve"), ("publisher", "publish")):
        done = text.act(who, step)
        assert done.status_code == 200, done.get_json()


@pytest.mark.no_cover
def test_a_group_is_undone_by_a_new_one(room: Newsroom) -> None:
    before = room.client.get(SLEEP).get_json()["disclaimers"]
    words = stands(room, "disclaimer", id="not-medical-advice", locale="en")
    publisher = {**stands(room, "site", id="publisher"), "data": "Another desk"}
    words["data"]["text"] = "Other words, just as full."
    done = published(room, words, AGE, publisher)
    assert room.client.get(SLEEP).get_json()["disclaimers"] != before
    made = undo(room, done["first"] + 1)
    release = made.get_json()
    assert (made.status_code, release["state"], release["needs_second"]) == (
        *(201, "published"),
        False,
    )
    assert release["group_end"] > done["last"]
    after = room.client.get(SLEEP).get_json()["disclaimers"]
    assert [{**one, "version": 0} for one in after] == [{**one, "version": 0} for one in before]
    assert room.ask("author", "GET", "/policy/rule?id=a-test").get_json()["items"] == []


def test_what_is_undone_can_be_undone(room: Newsroom) -> None:
    done = published(room, AGE)
    again = undo(room, done["first"]).get_json()["group_end"]
    assert undo(room, again).get_json()["state"] == "published"
    assert stands(room, "rule", id="a-test")["data"] == AGE["data"]


def test_what_is_grave_to_undo_waits_for_a_second_person(room: Newsroom) -> None:
    hide = {**AGE, "data": {**AGE["data"], "require": [], "withhold": {"status": 403}}}
    path = put_together(room, hide)
    count = room.ask("author", "GET", f"{path}/impact").get_json()["changed"]
    act(room, "publisher2", path, "approve", count=count)
    hidden = act(room, "publisher", path, "publish").get_json()["last"]
    shown = undo(room, hidden).get_json()["group_end"]
    assert room.client.get(SLEEP).status_code == 200
    made = undo(room, shown)
    assert (made.get_json()["state"], made.get_json()["needs_second"]) == ("open", True)
    assert room.client.get(SLEEP).status_code == 200
    path = made.headers["Location"]
    assert act(room, "publisher2", path, "approve", count=count).status_code == 200
    assert act(room, "publisher", path, "publish").status_code == 200
    assert room.client.get(SLEEP).status_code == 403


def test_an_article_is_again_what_it_was(room: Newsroom, library: Database) -> None:
    text = room.live(slug="new-one")
    before = room.client.get("/v1/articles/new-one").get_json()
    republish(text, title="Another title that is long enough", topics=["stress"])
    done = undo(room, head(library)).get_json()
    assert done["state"] == "published", done
    after = room.client.get("/v1/articles/new-one").get_json()
    names = ("article", "title", "sections", "disclaimers")
    assert {name: after[name] for name in names} == {name: before[name] for name in names}
    assert after["revision"]["number"] == 1


def test_an_earlier_text_that_loses_an_alert_waits_for_a_second_person(
    room: Newsroom, library: Database
) -> None:
    text = room.live(slug="new-one")
    republish(text, conditions=["ocd"])
    before = room.client.get("/v1/articles/new-one").get_json()
    assert before["disclaimers"][0]["display"]["level"] == "alert"
    made = undo(room, head(library))
    assert (made.get_json()["state"], made.get_json()["needs_second"]) == ("open", True)
    path = made.headers["Location"]
    found = room.ask("author", "GET", f"{path}/impact").get_json()
    assert found["reasons"] == ["it touches an alert"]
    assert found["articles"]["first"] == [{"slug": "new-one", "locale": "en"}]
    assert found["samples"][0]["before"][0]["level"] == "alert"
    assert room.client.get("/v1/articles/new-one").get_json() == before
    act(room, "publisher2", path, "approve", count=found["changed"])
    assert act(room, "publisher", path, "publish").status_code == 200
    after = room.client.get("/v1/articles/new-one").get_json()["disclaimers"]
    assert "alert" not in {one["display"]["level"] for one in after}


def test_what_waits_to_be_undone_writes_over_nothing_that_comes_between(
    room: Newsroom, library: Database
) -> None:
    text = room.live(slug="new-one")
    republish(text, conditions=["ocd"])
    path = undo(room, head(library)).headers["Location"]
    count = room.ask("author", "GET", f"{path}/impact").get_json()["changed"]
    act(room, "publisher2", path, "approve", count=count)
    republish(text, title="Another title that is long enough")
    late = assert_problem(act(room, "publisher", path, "publish"), 409, "conflict")
    assert f"new-one in en has been changed meanwhile, by change {head(library)}" in late["detail"]
    shown = room.client.get("/v1/articles/new-one").get_json()
    assert shown["title"] == "Another title that is long enough"


def test_what_cannot_be_undone_is_named(room: Newsroom, library: Database) -> None:
    text = room.live(slug="new-one")
    first = head(library)
    assert "for the first time; withdraw it" in refused(undo(room, first))
    words = {"notice": "We are looking at a report.", "reason": "A reader wrote in."}
    room.ask("publisher", "POST", f"{text.article}/suspend", json=words)
    down = head(library)
    assert "took the article down; ask for it to be restored" in refused(undo(room, down))
    assert f"changed again since, by change {down}" in refused(undo(room, first))
    assert "signing-key" in refused(undo(room, 1))
    assert_problem(undo(room, 10**9), 404, "not-found")


@pytest.mark.no_cover
def test_what_was_good_until_a_day_that_has_passed_does_not_come_back(
    room: Newsroom, library: Database
) -> None:
    text = room.live(slug="new-one", display_until="2026-01-31")
    republish(text, display_until=None)
    assert "was good until 2026-01-31; say what is true now" in refused(undo(room, head(library)))
    law = stands(room, "jurisdiction", code="GB", fact="law/kratom")
    old = {**law["data"], "as_of": "2026-01-01", "recheck_by": "2026-02-01"}
    published(room, {**law, "data": old})
    done = published(room, {**law, "seen": None})
    assert "was good until 2026-02-01" in refused(undo(room, done["first"]))


def test_nothing_of_a_group_is_undone_when_a_part_cannot_be(
    room: Newsroom, library: Database
) -> None:
    other = {**AGE, "id": "another-test"}
    done = published(room, AGE, other)
    published(room, {**AGE, "data": {**AGE["data"], "because": "Changed since."}})
    before = head(library)
    said = refused(undo(room, done["last"]))
    assert said.startswith(f"/changes/{done['first']}: a-test has been changed again since")
    assert head(library) == before


def test_what_was_said_to_be_wrong_stays_said(room: Newsroom, library: Database) -> None:
    text = room.live(slug="new-one")
    body = {"type": "clarification", "text": "It was not plain whom this is for."}
    assert text.act("publisher", "correct", body).status_code == 200
    assert "that stays said" in refused(undo(room, head(library)))


def test_what_was_taken_down_does_not_come_back_by_an_earlier_text(
    room: Newsroom, library: Database
) -> None:
    text = room.live(slug="new-one")
    first = head(library)
    republish(text, title="Another title that is long enough")
    article = text.read()["article"]
    item = {"type": "earlier", "article": article, "locale": "en", "sequence": first}
    path = put_together(room, item)
    words = {"notice": "We are looking at a report.", "reason": "A reader wrote in."}
    room.ask("publisher", "POST", f"{text.article}/suspend", json=words)
    assert_problem(act(room, "publisher", path, "publish"), 409, "illegal-transition")
    assert room.client.get("/v1/articles/new-one").status_code == 410
