"""What waits for whom, who is who, and drafts that are found by their words."""

from datetime import timedelta
from typing import Any

import pytest
from factories import NOW
from flask.testing import FlaskClient
from newsroom import Newsroom
from queries import counted

from api import db
from content.db import Database
from content.editorial import tasks

LISTS = ("write", "review", "publish", "approve", "release", "scheduled", "tasks")


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody who works here."""
    return Newsroom(client, library)


def waits(room: Newsroom, who: str, **asked: Any) -> dict[str, list[str]]:
    """Return what waits for somebody, by list: slugs, titles or kinds."""
    found = room.ask(who, "GET", "/waiting", query_string=asked).get_json()
    names = {"write": "slug", "review": "slug", "publish": "slug", "tasks": "kind"}
    said = {one: [row[names.get(one, "title")] for row in found[one]["first"]] for one in LISTS}
    return {one: rows for one, rows in said.items() if rows}


def test_a_draft_waits_for_who_can_do_the_next_step(room: Newsroom) -> None:
    text = room.start("reviewer", slug="mine")
    assert waits(room, "reviewer") == {"write": ["mine"]}
    assert waits(room, "author") == {}
    text.act("reviewer", "submit")
    assert waits(room, "reviewer") == {}, "nobody approves what they have written"
    assert waits(room, "reviewer2") == {"review": ["mine"]}
    assert waits(room, "author") == waits(room, "auditor") == {}
    text.act("reviewer2", "request-changes", {"comment": "Say more."})
    assert waits(room, "reviewer") == {"write": ["mine"]}
    text.act("reviewer", "submit")
    text.act("reviewer2", "approve")
    assert waits(room, "reviewer2") == {}
    assert waits(room, "publisher") == {"publish": ["mine"]}
    later = (db.now() + timedelta(days=1)).isoformat()
    text.act("publisher", "schedule", {"publish_at": later})
    assert waits(room, "publisher") == waits(room, "author") == {"scheduled": ["mine"]}
    text.act("publisher", "unschedule")
    text.act("publisher", "publish")
    assert waits(room, "publisher") == waits(room, "author") == {}


def test_a_release_waits_for_another_publisher(room: Newsroom) -> None:
    text = room.live(slug="down")
    words = {"notice": "It was wrong.", "reason": "A reader wrote."}
    assert room.ask("publisher", "POST", f"{text.article}/withdraw", json=words).status_code == 200
    made = room.ask(
        "publisher", "POST", f"{text.article}/restore", json={"reason": "It was right."}
    )
    assert waits(room, "publisher").get("approve") is None
    assert waits(room, "publisher2")["approve"] == ["Restore down"]
    assert "approve" not in waits(room, "reviewer")
    headers = {"If-Match": made.headers["ETag"]}
    path = f"/releases/{made.get_json()['id']}/approve"
    assert room.ask("publisher2", "POST", path, json={}, headers=headers).status_code == 200
    assert waits(room, "publisher")["release"] == ["Restore down"]


def test_tasks_come_in_the_order_of_their_dates(room: Newsroom, library: Database) -> None:
    with library.write() as session:
        for kind, days in (("source-retracted", None), ("recall-overdue", 2), ("second-look", 1)):
            due = NOW + timedelta(days=days) if days else None
            about = ("article", "x", f"Look at {kind}.")
            tasks.add(session, kind, *about, by="test", now=NOW, due_at=due)
        session.commit()
    assert waits(room, "auditor") == {
        "tasks": ["second-look", "recall-overdue", "source-retracted"]
    }
    some = room.ask("auditor", "GET", "/waiting?limit=1").get_json()["tasks"]
    assert (some["count"], len(some["first"])) == (3, 1)


def test_what_waits_costs_the_same_however_much_it_is(room: Newsroom, client: FlaskClient) -> None:
    costs = []
    for begun in (2, 6):
        for number in range(begun):
            room.start("author", slug=f"text-{begun}-{number}").act("author", "submit")
        with counted(client.application) as found:
            assert len(waits(room, "reviewer")["review"]) >= begun
        costs.append(len(found))
        with counted(client.application) as found:
            room.ask("reviewer", "GET", "/drafts")
        costs.append(len(found))
    assert costs[:2] == costs[2:]


def test_everybody_may_know_who_is_who(room: Newsroom) -> None:
    ids = {room.id("author"), room.id("admin")}
    people = room.ask("auditor", "GET", "/people").get_json()["people"]
    assert ids < {one["id"] for one in people}
    assert {"id", "name", "role"} == set(people[0])


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("LONG enough", ["one", "two"]),
        ("one", ["one"]),
        ("%", ["two"]),
        ("_", []),
        ("of two", ["two"]),
        ("nothing like that", []),
    ],
)
def test_drafts_are_found_by_a_part_of_title_or_slug(
    room: Newsroom, words: str, found: list[str]
) -> None:
    room.start(slug="one", title="A title that is long enough")
    text = room.start(slug="two", title="Another title")
    text.save(title="A title that is long enough, 100 % of two")
    listed = room.ask("author", "GET", "/drafts", query_string={"q": words}).get_json()["drafts"]
    assert [one["slug"] for one in listed if one["slug"] in ("one", "two")] == found


def test_a_draft_says_how_its_text_stands_for_readers(room: Newsroom) -> None:
    text = room.start(slug="new")
    assert text.read()["status"] is None
    for who, act in (("author", "submit"), ("reviewer", "approve"), ("publisher", "publish")):
        text.act(who, act)
    assert text.read()["status"] == "live"
    words = {"notice": "It was wrong.", "reason": "A reader wrote."}
    room.ask("publisher", "POST", f"{text.article}/suspend", json=words)
    assert text.read()["status"] == "suspended"
