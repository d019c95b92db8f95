"""What tests of releases do again and again: put one together, act on it, read what stands."""

from copy import deepcopy
from typing import Any

from newsroom import Newsroom
from werkzeug.test import TestResponse


def act(room: Newsroom, who: str, path: str, act: str, **body: Any) -> TestResponse:
    """Do something with a release as it is now."""
    headers = {"If-Match": room.ask(who, "GET", path).headers["ETag"]}
    return room.ask(who, "POST", f"{path}/{act}", json=body, headers=headers)


def put_together(room: Newsroom, *items: dict[str, Any]) -> str:
    """Put a release together; return its address."""
    made = send(room, *items)
    assert made.status_code == 201, made.get_json()
    return made.headers["Location"]


def send(room: Newsroom, *items: dict[str, Any]) -> TestResponse:
    """Send a release that may be refused."""
    body = {"title": "Two at once", "reason": "They belong together.", "items": [*items]}
    return room.ask("publisher", "POST", "/releases", json=body)


def published(room: Newsroom, *items: dict[str, Any]) -> dict[str, Any]:
    """Put a release together and publish it; return the numbers of its group."""
    done = act(room, "publisher", put_together(room, *items), "publish")
    assert done.status_code == 200, done.get_json()
    numbers: dict[str, Any] = done.get_json()
    return numbers


def stands(room: Newsroom, kind: str, **asked: str) -> Any:
    """Return the one item of policy that has some names, as a copy to change."""
    found = room.ask("author", "GET", f"/policy/{kind}", query_string=asked).get_json()
    [item] = found["items"]
    return deepcopy(item)
