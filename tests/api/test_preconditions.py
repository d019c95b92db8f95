"""The headers that the write side asks for are described, each where it is asked for."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from newsroom import DESK, Newsroom
from problems import assert_problem
from werkzeug.test import TestResponse

from content.db import Database

pytestmark = [pytest.mark.one_engine, pytest.mark.no_cover]  # the ways of other tests
SOON = {"publish_at": "2027-01-01T12:00:00Z"}
NAMES = ("If-Match", "Idempotency-Key")


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody at work."""
    return Newsroom(client, library)


def described(room: Newsroom) -> Iterator[tuple[str, str, str, set[str]]]:
    """Give method, path, name and asked headers of each operation that writes at the desk."""
    spec = yaml.load(room.client.get("/openapi.yaml").data, yaml.CSafeLoader)
    for path, item in spec["paths"].items():
        for method, operation in item.items():
            if path.startswith(DESK) and method not in ("get", "parameters"):
                asked = {one["name"] for one in operation.get("parameters", []) if "name" in one}
                yield method.upper(), path, operation["operationId"], asked & {*NAMES}


def send(room: Newsroom, method: str, path: str, name: str, **headers: str) -> TestResponse:
    """Send a request that is right but for its headers."""
    draft = room.ask("author", "GET", "/drafts").get_json()["drafts"][0]
    text = room.ask("author", "GET", f"/articles/{draft['article']}/drafts/{draft['locale']}")
    item = {"type": "article", "article": draft["article"], "locale": draft["locale"]}
    release = {"title": "One", "reason": "Alone.", "items": [item]}
    bodies: dict[str, Any] = {
        "saveDraft": text.get_json()["manuscript"],
        "createArticle": text.get_json()["manuscript"],
        "lint": text.get_json()["manuscript"],
        "showText": text.get_json()["manuscript"],
        "requestChanges": {"comment": "Which study?"},
        "correctDraft": {"type": "correction", "text": "The dose was wrong."},
        "scheduleDraft": SOON,
        "scheduleRelease": SOON,
        "saveRelease": release,
        "createRelease": release,
        "addComment": {"text": "So?"},
        "translateDraft": {"locale": "es"},
        "finishTask": {"note": "Done."},
    }
    id = draft["article"]
    if "/releases/" in path:
        id = room.ask("publisher", "POST", "/releases", json=release).get_json()["id"]
    address = path.replace("{id}", id).replace("{locale}", draft["locale"])
    others = {"comment": "x", "preview": "x", "token": "x", "number": "1", "code": "GB"}
    for other, value in others.items():
        address = address.replace(f"{{{other}}}", value)
    body = bodies.get(name, {})
    if name == "importManuscripts":
        sent = {**headers, "Content-Type": "application/x-ndjson"}
        return room.ask("admin", method, address, data=b"", headers=sent)
    return room.ask("admin", method, address, json=body, headers=headers)


def test_if_match_is_described_where_it_is_asked_for_and_nowhere_else(room: Newsroom) -> None:
    room.start(slug="new-one")
    found = 0
    for method, path, name, asked in described(room):
        response = send(room, method, path, name)
        assert (response.status_code == 428) == ("If-Match" in asked), (name, response.status)
        if "If-Match" in asked:
            assert_problem(response, 428, "precondition-required")
            found += 1
    assert found > 10


def test_a_key_of_ones_own_is_described_where_it_is_read_and_nowhere_else(room: Newsroom) -> None:
    room.start(slug="new-one")
    found = 0
    for method, path, name, asked in described(room):
        response = send(room, method, path, name, **{"Idempotency-Key": "x" * 101})
        errors = response.get_json().get("errors", [])
        refused = any(one["pointer"] == "Idempotency-Key" for one in errors)
        assert refused == ("Idempotency-Key" in asked), (name, response.status)
        found += refused
    assert found > 3
