"""Webhooks over HTTP: partners say where to be told, see what became of it, and nobody else's."""

from datetime import timedelta
from typing import Any

import pytest
from delivery import PEPPER, head
from factories import NOW
from flask.testing import FlaskClient
from keyholders import Holder, hold
from newsroom import Newsroom
from problems import assert_problem
from werkzeug.test import TestResponse

from content.db import Database
from content.models.webhooks import Endpoint
from content.webhooks import deliveries, endpoints
from content.webhooks.deliveries import Outcome, Told

pytestmark = pytest.mark.one_engine
HOOKS = "/v1/me/webhooks"
URL = "https://www.partner.example/hooks/caveat"


@pytest.fixture
def mine(library: Database) -> Holder:
    """A partner with an account key."""
    return hold(library)


@pytest.fixture
def room(client: FlaskClient, library: Database, mine: Holder) -> Newsroom:
    """Everybody, and the partner, whose answers are held against the description."""
    found = Newsroom(client, library)
    found.people["partner"] = (mine.id, mine.key)
    return found


def ask(room: Newsroom, method: str, path: str = "", **body: Any) -> TestResponse:
    return room.ask("partner", method, f"{HOOKS}{path}", **({"json": body} if body else {}))


def add(room: Newsroom, **facts: Any) -> dict[str, Any]:
    made = ask(room, "POST", url=URL, **facts)
    assert made.status_code == 201, made.get_json()
    found: dict[str, Any] = made.get_json()
    return found


def endpoint(database: Database, id: str) -> Endpoint:
    with database.read() as session:
        return session.get_one(Endpoint, id)


def test_a_new_webhook_waits_for_its_challenge_and_shows_its_secret_once(
    room: Newsroom, library: Database
) -> None:
    made = add(room, name="Our cache")
    assert (made["state"], made["cursor"], made["events"]) == ("pending", head(library), None)
    assert made["secret"].startswith("whsec_")
    for path in ("", f"/{made['id']}"):
        assert made["secret"] not in ask(room, "GET", path).text
    stored = endpoint(library, made["id"])
    assert made["secret"] not in str(vars(stored)), "it is sealed"
    assert endpoints.secrets_of(stored, key=PEPPER, now=NOW).current == made["secret"]


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"url": "http://www.partner.example/"}, "/url"),
        ({"url": "https://user:word@www.partner.example/"}, "/url"),
        ({"url": "https://www.partner.example:22/"}, "/url"),
        ({"url": "https://www.partner.example/#here"}, "/url"),
        ({"url": "https://[::1"}, "/url"),
        ({"url": "https:///path"}, "/url"),
        ({"url": "http://127.0.0.1:9000/"}, "/url"),
        ({"url": "ftp://www.partner.example/"}, "/url"),
        ({"url": URL, "events": ["weather"]}, "/events/0"),
        ({"url": URL, "events": []}, "/events"),
        ({"url": URL, "topics": ["No Topic"]}, "/topics/0"),
        ({"name": "without an address"}, "/url"),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_place(
    room: Newsroom, facts: dict[str, Any], pointer: str
) -> None:
    found = assert_problem(ask(room, "POST", **facts), 422, "invalid")
    assert [one["pointer"] for one in found["errors"]] == [pointer]


def test_another_address_has_to_say_its_challenge_again(room: Newsroom, library: Database) -> None:
    made = add(room)
    first = endpoint(library, made["id"]).challenge
    with library.write() as session:
        endpoints.verified(session.get_one(Endpoint, made["id"]))
        session.commit()
    named = ask(room, "PATCH", f"/{made['id']}", name="Only named", events=["article"])
    assert (named.get_json()["state"], named.get_json()["events"]) == ("active", ["article"])
    moved = ask(room, "PATCH", f"/{made['id']}", url=f"{URL}/2")
    assert moved.get_json()["state"] == "pending"
    assert endpoint(library, made["id"]).challenge != first


def test_a_rotated_secret_is_beside_the_old_one_for_a_day(
    room: Newsroom, library: Database
) -> None:
    made = add(room)
    new = ask(room, "POST", f"/{made['id']}/secret").get_json()["secret"]
    row = endpoint(library, made["id"])
    at = row.created_at
    both = endpoints.secrets_of(row, key=PEPPER, now=at)
    later = endpoints.secrets_of(row, key=PEPPER, now=at + timedelta(days=2))
    assert (both.current, both.old) == (new, made["secret"])
    assert (later.current, later.old) == (new, None)


def test_a_replay_begins_anywhere_in_the_log_and_nowhere_else(
    room: Newsroom, library: Database
) -> None:
    made = add(room)
    assert ask(room, "POST", f"/{made['id']}/replay", after=0).get_json()["cursor"] == 0
    after = head(library) + 1
    refused = ask(room, "POST", f"/{made['id']}/replay", after=after)
    assert "from the future" in assert_problem(refused, 422, "invalid")["detail"]


def test_what_became_of_each_event_is_listed(room: Newsroom, library: Database) -> None:
    made = add(room)
    with library.write() as session:
        row = session.get_one(Endpoint, made["id"])
        outcomes = [
            Outcome(7, "article.withdrawn", 204, None, 12),
            Outcome(9, "rule.changed", None, "ReadTimeout", 15_000),
        ]
        deliveries.record(session, row, Told(9, 9, outcomes), now=NOW)
        session.commit()
    assert ask(room, "POST", f"/{made['id']}/test").status_code == 202
    found = ask(room, "GET", f"/{made['id']}/deliveries").get_json()["deliveries"]
    assert {(one["type"], one["state"]) for one in found} == {
        ("article.withdrawn", "delivered"),
        ("rule.changed", "waiting"),
        ("webhook.test", "waiting"),
    }
    assert f"msg_{made['id']}-7" in {one["id"] for one in found}
    assert len({one["id"] for one in found}) == 3


def test_what_was_disabled_is_told_again_when_its_partner_says_so(
    room: Newsroom, library: Database
) -> None:
    made = add(room)
    assert_problem(ask(room, "POST", f"/{made['id']}/enable"), 409, "conflict")
    with library.write() as session:
        endpoints.disable(session.get_one(Endpoint, made["id"]), "it has answered 410")
        session.commit()
    assert ask(room, "GET", f"/{made['id']}").get_json()["reason"] == "it has answered 410"
    again = ask(room, "POST", f"/{made['id']}/enable").get_json()
    assert (again["state"], again["reason"]) == ("pending", None)


def test_a_deleted_webhook_is_gone_with_its_deliveries(room: Newsroom, library: Database) -> None:
    made = add(room)
    ask(room, "POST", f"/{made['id']}/test")
    assert ask(room, "DELETE", f"/{made['id']}").status_code == 200
    assert_problem(ask(room, "GET", f"/{made['id']}"), 404, "not-found")
    with library.read() as session:
        assert deliveries.page(session, made["id"], None, 10) == []


def test_a_partner_has_a_bounded_number_of_webhooks(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "MOST", 2)
    add(room)
    add(room)
    assert_problem(ask(room, "POST", url=URL), 409, "conflict")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/deliveries")),
        *(("POST", f"/{act}") for act in ("secret", "enable", "replay", "test")),
    ],
)
def test_another_partners_webhook_is_none(
    client: FlaskClient, library: Database, room: Newsroom, method: str, path: str
) -> None:
    made = add(room)
    other = hold(library, name="Another partner")
    address = f"{HOOKS}/{made['id']}{path}"
    bodies = {"/replay": {"after": 0}, "": {"name": "Mine now"}}
    sent = {"json": bodies[path]} if method in ("PATCH", "POST") and path in bodies else {}
    assert_problem(
        client.open(address, method=method, headers=other.headers, **sent), 404, "not-found"
    )
    assert ask(room, "GET", f"/{made['id']}").get_json()["name"] == ""
