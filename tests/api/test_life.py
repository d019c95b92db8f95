"""The whole life of an article at the desk, as its readers see it, with every status."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from newsroom import Newsroom, Text
from problems import assert_problem
from werkzeug.test import TestResponse

from api import worker
from content.db import Database

ARTICLE = "/v1/articles/sleep-and-light"
HARMFUL = "Bright light cures depression."
MENDED = "We looked at how light in the evening may delay sleep."
REASON = {"reason": "Somebody wrote in.", "notice": "We are looking at a report."}


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody at work."""
    return Newsroom(client, library)


def test_the_life_of_an_article(  # noqa: PLR0915 - one story
    room: Newsroom, library: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A draft, which only the newsroom sees.
    text = room.start("author", slug="sleep-and-light", topics=["depression"])
    assert read(room).status_code == 404

    # Findings, all at once and with their places, until they are mended.
    assert write(text, HARMFUL).status_code == 200
    findings = room.ask("author", "GET", f"{text.path}/findings")
    assert findings.status_code == 200
    assert findings.get_json()["publishable"] is False
    assert text.act("author", "submit").status_code == 200
    refused = assert_problem(text.act("reviewer", "approve"), 422, "invalid")
    assert refused["errors"][0]["pointer"] == "/document/sections/0/blocks/0"
    back = text.act("reviewer", "request-changes", {"comment": "It cures nothing."})
    assert (back.status_code, back.get_json()["state"]) == (200, "draft")
    assert write(text, MENDED).status_code == 200

    # Review by another person than the author, and a time for the worker.
    assert text.act("author", "submit").status_code == 200
    assert text.act("author", "approve").status_code == 403
    assert text.act("reviewer", "approve").status_code == 200
    soon = datetime.now(UTC) + timedelta(minutes=5)
    assert text.act("author", "schedule", {"publish_at": soon.isoformat()}).status_code == 403
    assert text.act("publisher", "schedule", {"publish_at": soon.isoformat()}).status_code == 200
    assert write(text, HARMFUL).status_code == 409
    assert (worker.publish_due(library), read(room).status_code) == (0, 404)
    monkeypatch.setattr("api.worker.now", lambda: soon + timedelta(seconds=1))
    assert (worker.publish_due(library), read(room).status_code) == (1, 200)
    assert MENDED in read(room).text

    # A translation, and a correction by which it is outdated.
    made = room.ask("author", "POST", f"{text.path}/translate", json={"locale": "es"})
    assert made.status_code == 201
    spanish = Text(room, made.headers["Location"])
    assert write(text, "Light in the evening delays sleep a little.").status_code == 200
    for who, act in (("author", "submit"), ("reviewer", "approve")):
        assert text.act(who, act).status_code == 200
    said = {"type": "correction", "text": "An earlier version overstated how much."}
    assert text.act("publisher", "correct", said).status_code == 200
    notice = next(one for one in owed(room) if one["id"] == "correction-notice")
    assert (notice["display"]["level"], said["text"] in notice["text"]) == ("lead", True)
    assert spanish.read()["outdated"] is True
    [task] = room.ask("author", "GET", "/tasks").get_json()["tasks"]
    assert (task["kind"], task["locale"]) == ("translation-outdated", "es")

    # Suspended by one person at once; a suspended article does not come back by itself.
    assert act_on(room, text, "suspend", REASON).status_code == 200
    gone = assert_problem(read(room), 410, "gone")
    assert (gone["reason"], gone["notice"]) == ("suspended", REASON["notice"])
    assert gone["help"]
    assert act_on(room, text, "suspend", REASON).status_code == 409

    # Withdrawn for good, and restored by two people.
    words = {**REASON, "notice": "The report was right."}
    assert act_on(room, text, "withdraw", words).status_code == 200
    assert assert_problem(read(room), 410, "gone")["reason"] == "withdrawn"
    assert_problem(text.act("publisher", "correct", said), 409, "illegal-transition")
    asked = act_on(room, text, "restore", {"reason": "The report was about another text."})
    assert asked.status_code == 201
    release = asked.headers["Location"]
    assert on_release(room, "publisher", release, "approve").status_code == 403
    assert on_release(room, "publisher2", release, "approve").status_code == 200
    assert on_release(room, "publisher", release, "publish").status_code == 200
    assert read(room).status_code == 200
    assert "correction-notice" in [one["id"] for one in owed(room)], "what was wrong stays said"


def test_a_suspended_article_comes_back_corrected(room: Newsroom) -> None:
    text = room.live(slug="sleep-and-light")
    assert act_on(room, text, "suspend", REASON).status_code == 200
    said = {"type": "correction", "text": "A number was wrong."}
    alone = assert_problem(text.act("publisher", "correct", said), 409, "illegal-transition")
    assert alone["legal"] == []
    write(text, MENDED)
    for who, act in (("author", "submit"), ("reviewer", "approve")):
        assert text.act(who, act).status_code == 200
    assert text.act("publisher", "publish").status_code == 409
    assert text.act("publisher", "correct", said).status_code == 200
    assert "correction-notice" in [one["id"] for one in owed(room)]


def test_the_words_that_are_live_are_corrected_by_one_person(room: Newsroom) -> None:
    text = room.live(slug="sleep-and-light")
    said = {"type": "clarification", "text": "We mean adults."}
    assert text.act("publisher", "correct", said).status_code == 200
    assert "correction-notice" in [one["id"] for one in owed(room)]
    assert read(room).get_json()["revision"]["number"] == 1


def read(room: Newsroom) -> TestResponse:
    """Read the article as anybody can."""
    return room.client.get(ARTICLE)


def owed(room: Newsroom) -> list[dict[str, object]]:
    """Return the disclaimers that readers get."""
    found: list[dict[str, object]] = read(room).get_json()["disclaimers"]
    return found


def write(text: Text, words: str) -> TestResponse:
    """Save other words in the first section."""
    sections = text.read()["manuscript"]["document"]["sections"]
    block = {"type": "paragraph", "text": words, "spans": [{"text": words, "marks": []}]}
    sections[0]["blocks"] = [block]
    return text.save(sections=sections)


def act_on(room: Newsroom, text: Text, act: str, body: dict[str, str]) -> TestResponse:
    """Do something with the article as a whole."""
    return room.ask("publisher", "POST", f"{text.article}/{act}", json=body)


def on_release(room: Newsroom, who: str, release: str, act: str) -> TestResponse:
    """Do something with a release as it is now."""
    headers = {"If-Match": room.ask(who, "GET", release).headers["ETag"]}
    return room.ask(who, "POST", f"{release}/{act}", headers=headers)
