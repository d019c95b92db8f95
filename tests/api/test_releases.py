"""Releases over HTTP: together or not at all, two people where it matters, and once when due."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from newsroom import Newsroom
from problems import assert_problem
from releasing import act, put_together, send

from content import changes
from content.db import Database

SOON = (datetime.now(UTC) + timedelta(days=1)).isoformat()
WORDS = {"notice": "We are looking at a report.", "reason": "A reader wrote in."}


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody at work."""
    return Newsroom(client, library)


def approved(room: Newsroom, slug: str) -> dict[str, str]:
    """Return the item of a draft that has been approved."""
    text = room.start(slug=slug)
    text.act("author", "submit")
    text.act("reviewer", "approve")
    draft = text.read()
    return {"type": "article", "article": draft["article"], "locale": "en"}


def test_what_is_released_together_is_one_group(room: Newsroom) -> None:
    path = put_together(room, approved(room, "one-one"), approved(room, "two-two"))
    done = act(room, "publisher", path, "publish").get_json()
    assert done["last"] == done["first"] + 1
    release = room.ask("publisher", "GET", path).get_json()
    assert (release["state"], release["group_end"]) == ("published", done["last"])
    for slug in ("one-one", "two-two"):
        assert room.client.get(f"/v1/articles/{slug}").status_code == 200
    problem = assert_problem(act(room, "publisher", path, "cancel"), 409, "illegal-transition")
    assert problem["legal"] == []


def test_a_release_with_one_text_that_is_not_ready_publishes_none(room: Newsroom) -> None:
    text = room.start(slug="two-two")
    unready = {"type": "article", "article": text.read()["article"], "locale": "en"}
    path = put_together(room, approved(room, "one-one"), unready)
    assert_problem(act(room, "publisher", path, "publish"), 409, "illegal-transition")
    assert room.client.get("/v1/articles/one-one").status_code == 404
    assert room.ask("publisher", "GET", path).get_json()["state"] == "open"


def test_a_text_is_in_a_release_once(room: Newsroom, library: Database) -> None:
    text = room.live(slug="new-one")
    article = {"article": text.read()["article"], "locale": "en"}
    with library.read() as session:
        first = {"type": "earlier", **article, "sequence": changes.head(session)}
    text.save(title="Another title that is long enough")
    for other in (first, {"type": "article", **article}):
        [error] = assert_problem(send(room, first, other), 422, "invalid")["errors"]
        assert (error["pointer"], error["detail"]) == ("/items", "names the same thing twice")


def test_who_restores_has_seen_how_the_article_ended(room: Newsroom) -> None:
    text = room.live(slug="new-one")
    room.ask("publisher", "POST", f"{text.article}/suspend", json=WORDS)
    asked = room.ask(
        "publisher", "POST", f"{text.article}/restore", json={"reason": "It is right."}
    )
    path = asked.headers["Location"]
    assert act(room, "publisher2", path, "approve").status_code == 200
    gone = {**WORDS, "status": "gone"}
    assert room.ask("publisher", "POST", f"{text.article}/withdraw", json=gone).status_code == 200
    late = assert_problem(act(room, "publisher", path, "publish"), 409, "conflict")
    assert "has been changed meanwhile" in late["detail"]
    assert room.client.get("/v1/articles/new-one").status_code == 410


def test_a_translation_goes_out_with_its_source(room: Newsroom) -> None:
    text = room.live(slug="new-one")
    made = room.ask("author", "POST", f"{text.path}/translate", json={"locale": "es"})
    spanish = type(text)(room, made.headers["Location"])
    text.save(summary="Another summary that is long enough to be recognised.")
    document = spanish.read()["manuscript"]["document"]
    assert spanish.save(translation={**document["translation"], "revision": 2}).status_code == 200
    for one in (text, spanish):
        assert one.act("author", "submit").status_code == 200
    for one in (text, spanish):
        assert one.act("reviewer", "approve").status_code == 200
    alone = assert_problem(spanish.act("publisher", "publish"), 422, "invalid")
    assert alone["errors"][0]["pointer"] == "/document/translation"
    article = text.read()["article"]
    items = [{"type": "article", "article": article, "locale": locale} for locale in ("en", "es")]
    assert act(room, "publisher", put_together(room, *items), "publish").status_code == 200
    shown = room.client.get("/v1/articles/new-one?locale=es").get_json()
    assert shown["review"]["translation"]["revision"] == 2


def test_what_is_scheduled_cannot_be_changed_until_it_is_taken_back(room: Newsroom) -> None:
    item = approved(room, "one-one")
    path = put_together(room, item)
    done = act(room, "publisher", path, "schedule", publish_at=SOON)
    assert done.get_json()["state"] == "scheduled"
    draft = f"/articles/{item['article']}/drafts/en"
    seen = room.ask("author", "GET", draft)
    assert (seen.get_json()["state"], seen.get_json()["acts"]) == ("scheduled", ["unschedule"])
    headers = {"If-Match": seen.headers["ETag"]}
    body = seen.get_json()["manuscript"]
    late = room.ask("author", "PUT", draft, json=body, headers=headers)
    assert_problem(late, 409, "illegal-transition")
    assert act(room, "publisher", path, "unschedule").get_json()["state"] == "open"
    assert room.ask("author", "GET", draft).get_json()["state"] == "approved"


@pytest.mark.parametrize("when", ["2001-01-01T00:00:00Z", "2099-01-01T00:00:00+02:00"])
def test_a_time_lies_ahead_and_not_too_far(room: Newsroom, when: str) -> None:
    path = put_together(room, approved(room, "one-one"))
    refused = act(room, "publisher", path, "schedule", publish_at=when)
    assert assert_problem(refused, 422, "invalid")["errors"][0]["pointer"] == "/publish_at"


def test_a_single_draft_is_scheduled_and_taken_back(room: Newsroom) -> None:
    text = room.start(slug="one-one")
    text.act("author", "submit")
    text.act("reviewer", "approve")
    draft = text.act("publisher", "schedule", {"publish_at": SOON}).get_json()
    release = room.ask("publisher", "GET", f"/releases/{draft['release']}").get_json()
    assert (draft["state"], release["state"]) == ("scheduled", "scheduled")
    assert text.act("publisher", "unschedule").get_json()["state"] == "approved"
    [first] = room.ask("publisher", "GET", "/releases?limit=1").get_json()["releases"]
    assert (first["id"], first["state"]) == (draft["release"], "cancelled")


def test_it_takes_two_people_to_bring_an_article_back(room: Newsroom) -> None:
    text = room.live(slug="new-one")
    room.ask("publisher", "POST", f"{text.article}/suspend", json=WORDS)
    asked = {"reason": "The report was about another article."}
    made = room.ask("publisher", "POST", f"{text.article}/restore", json=asked)
    path = made.headers["Location"]
    assert made.get_json()["needs_second"] is True
    assert_problem(act(room, "publisher", path, "publish"), 403, "forbidden")
    assert_problem(act(room, "publisher", path, "approve"), 403, "forbidden")
    assert act(room, "publisher2", path, "approve").get_json()["state"] == "approved"
    assert act(room, "publisher", path, "publish").status_code == 200
    back = room.client.get("/v1/articles/new-one").get_json()
    assert back["revision"]["number"] == 1


def test_who_changes_an_approved_release_has_it_approved_again(room: Newsroom) -> None:
    text = room.live(slug="new-one")
    room.ask("publisher", "POST", f"{text.article}/withdraw", json=WORDS)
    made = room.ask("publisher", "POST", f"{text.article}/restore", json={"reason": "An error."})
    path, body = made.headers["Location"], made.get_json()
    act(room, "publisher2", path, "approve")
    headers = {"If-Match": room.ask("publisher", "GET", path).headers["ETag"]}
    changed = {name: body[name] for name in ("reason", "items")} | {"title": "Another title"}
    saved = room.ask("publisher3", "PUT", path, json=changed, headers=headers).get_json()
    assert (saved["state"], saved["approved_by"]) == ("open", None)
    assert_problem(act(room, "publisher3", path, "approve"), 403, "forbidden")


@pytest.mark.parametrize(
    ("items", "pointer"),
    [
        ([], "/items"),
        ([{"type": "article"}], "/items/0"),
        ([{"type": "poem"}], "/items/0/type"),
        ([{"type": "article", "article": "x", "locale": "en", "more": 1}], "/items/0/more"),
    ],
)
def test_what_cannot_be_in_a_release_is_told(
    room: Newsroom, items: list[dict[str, str]], pointer: str
) -> None:
    body = {"title": "x", "reason": "y", "items": items}
    response = room.ask("publisher", "POST", "/releases", json=body)
    assert response.status_code in (400, 422)
    assert response.get_json()["errors"][0]["pointer"] == pointer


def test_a_source_that_moves_on_opens_a_task_for_each_translation(room: Newsroom) -> None:
    text = room.live(slug="new-one")
    room.ask("author", "POST", f"{text.path}/translate", json={"locale": "es"})
    text.save(summary="Another summary that is long enough to be recognised.")
    for who, step in (("author", "submit"), ("reviewer", "approve"), ("publisher", "publish")):
        assert text.act(who, step).status_code == 200
    [task] = room.ask("author", "GET", "/tasks").get_json()["tasks"]
    assert (task["kind"], task["locale"]) == ("translation-outdated", "es")
    done = room.ask("author", "POST", f"/tasks/{task['id']}/done", json={"note": "Brought up."})
    assert done.get_json()["done_by"] == room.id("author")
    assert room.ask("author", "GET", "/tasks").get_json()["tasks"] == []
    [kept] = room.ask("author", "GET", "/tasks?done=true").get_json()["tasks"]
    assert kept["note"] == "Brought up."
