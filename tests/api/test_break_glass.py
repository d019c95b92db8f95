"""A wrong help line is put right by one person at once, and looked at by another within a day."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from newsroom import Newsroom
from problems import assert_problem
from releasing import stands
from werkzeug.test import TestResponse

from content.db import Database
from content.editorial import tasks

pytestmark = pytest.mark.one_engine
ALABAMA = "/v1/articles/kratom-and-ocd-evidence?jurisdiction=US-AL"


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody at work."""
    return Newsroom(client, library)


def corrected(room: Newsroom) -> dict[str, Any]:
    """Return the help of the United States with another number."""
    data: dict[str, Any] = stands(room, "jurisdiction", code="US", fact="help")["data"]
    data["crisis"]["phrase"] = dict.fromkeys(("en", "es"), "Call or text 989")
    return data


def replace(room: Newsroom, data: Any, who: str = "publisher", code: str = "US") -> TestResponse:
    body = {"data": data, "reason": "Nobody answers that number."}
    return room.ask(who, "POST", f"/jurisdictions/{code}/help", json=body)


def test_one_person_puts_a_number_right_at_once(room: Newsroom) -> None:
    done = replace(room, corrected(room))
    assert done.status_code == 201
    release = done.get_json()["release"]
    assert (release["state"], release["needs_second"]) == ("published", True), "an alert is touched"
    assert release["approved_by"] is None
    body = room.client.get(ALABAMA).get_json()
    assert "989" in body["disclaimers"][0]["short"]
    assert body["sequence"] <= release["group_end"]


def test_another_publisher_has_to_look_at_it_within_a_day(
    room: Newsroom, library: Database
) -> None:
    task = replace(room, corrected(room)).get_json()["task"]
    opened, due = (datetime.fromisoformat(task[name]) for name in ("created_at", "due_at"))
    assert (task["kind"], due - opened) == ("second-look", timedelta(hours=24))
    with library.read() as session:
        assert tasks.overdue(session, due) == 0
        assert tasks.overdue(session, due + timedelta(seconds=1)) == 1
    path, said = f"/tasks/{task['id']}/done", {"note": "I have called it; it is right."}
    for who in ("publisher", "reviewer", "author"):
        assert_problem(room.ask(who, "POST", path, json=said), 403, "forbidden")
    done = room.ask("publisher2", "POST", path, json=said)
    assert done.get_json()["done_by"] == room.id("publisher2")
    with library.read() as session:
        assert tasks.overdue(session, due + timedelta(days=9)) == 0


def test_what_is_wrong_with_the_help_is_told_and_nothing_is_changed(room: Newsroom) -> None:
    data = corrected(room)
    before = room.client.get(ALABAMA).get_json()["sequence"]
    cases = [
        ({**data, "crisis": {}}, "/data/crisis"),
        ({**data, "recheck_by": "2099-01-01"}, "/data"),
        ({**data, "colour": "red"}, "/data/colour"),
    ]
    for wrong, pointer in cases:
        [error] = assert_problem(replace(room, wrong), 422, "invalid")["errors"]
        assert error["pointer"] == pointer
    assert_problem(replace(room, data, code="XX"), 404, "not-found")
    assert_problem(replace(room, data, who="reviewer"), 403, "forbidden")
    same = stands(room, "jurisdiction", code="US", fact="help")["data"]
    assert_problem(replace(room, same), 409, "conflict")
    assert room.client.get(ALABAMA).get_json()["sequence"] == before
    assert room.ask("author", "GET", "/tasks").get_json()["tasks"] == []
