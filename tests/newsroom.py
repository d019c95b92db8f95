"""A newsroom: people of every role who work over HTTP, each answer held against the description."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from delivery import PEPPER, bearer
from factories import NOW, make_manuscript
from flask.testing import FlaskClient
from jsonschema_rs import Draft202012Validator
from werkzeug.test import TestResponse

from content import credentials, documents, editors
from content.db import Database

DESK = "/v1/editorial"


def hire(database: Database, role: str, **facts: Any) -> tuple[str, str]:
    """Add an editor with a token; return the id and the token."""
    with database.write() as session:
        editor = editors.add(session, f"An {role}", role=role, now=NOW)
        _, token = credentials.add(session, editor, pepper=PEPPER, now=NOW, **facts)
        session.commit()
    return editor.id, token


@dataclass
class Newsroom:
    """Everybody who works here, by name; who is asked for first is hired in the role of that name.

    ``author``, ``reviewer``, ``publisher`` …; a digit at the end is another person: ``author2``.
    """

    client: FlaskClient
    database: Database
    people: dict[str, tuple[str, str]] = field(default_factory=dict)

    def id(self, who: str) -> str:
        """Return somebody's id."""
        if who not in self.people:
            self.people[who] = hire(self.database, who.rstrip("0123456789"))
        return self.people[who][0]

    def ask(self, who: str, method: str, path: str, **sent: Any) -> TestResponse:
        """Send a request as somebody; the answer must keep the description."""
        self.id(who)
        headers = {**bearer(self.people[who][1]), **sent.pop("headers", {})}
        address = path if path.startswith("/v1/") else f"{DESK}{path}"
        response = self.client.open(address, method=method, headers=headers, **sent)
        assert response.headers["Cache-Control"] == "no-store"
        check(method, address, response)
        return response

    def start(self, who: str = "author", **text: Any) -> "Text":
        """Start an article; return its draft."""
        body = documents.dump(make_manuscript(**text))
        made = self.ask(who, "POST", "/articles", json=body)
        assert made.status_code == 201, made.get_json()
        return Text(self, made.headers["Location"])

    def live(self, **text: Any) -> "Text":
        """Take an article all the way, as everybody does it."""
        found = self.start(**text)
        for who, act in (("author", "submit"), ("reviewer", "approve"), ("publisher", "publish")):
            done = found.act(who, act)
            assert done.status_code == 200, done.get_json()
        return found


@dataclass
class Text:
    """A draft at its address."""

    room: Newsroom
    path: str

    @property
    def article(self) -> str:
        """The address of its article."""
        return self.path.split("/drafts/")[0]

    def read(self) -> dict[str, Any]:
        """Return the draft as it is."""
        found: dict[str, Any] = self.room.ask("author", "GET", self.path).get_json()
        return found

    def etag(self) -> str:
        """Return the entity tag of the draft as it is."""
        return self.room.ask("author", "GET", self.path).headers["ETag"]

    def act(self, who: str, act: str, body: dict[str, Any] | None = None) -> TestResponse:
        """Do something with the draft as it is now."""
        headers = {"If-Match": self.etag()}
        return self.room.ask(who, "POST", f"{self.path}/{act}", json=body or {}, headers=headers)

    def save(self, who: str = "author", **changed: Any) -> TestResponse:
        """Write over the draft as it is now; names of the document's parts go into it."""
        text = self.read()["manuscript"]
        for name, value in changed.items():
            (text if name in text else text["document"])[name] = value
        return self.room.ask(who, "PUT", self.path, json=text, headers={"If-Match": self.etag()})


def check(method: str, address: str, response: TestResponse) -> None:
    """Hold an answer against the description of its operation."""
    operation = _operation(method, address.partition("?")[0])
    answers = operation["responses"]
    status = str(response.status_code)
    assert status in answers or response.status_code >= 400, (method, address, status)
    if status in answers and response.is_json:
        told = answers[status]
        if "$ref" in told:
            told = _spec()["components"]["responses"][told["$ref"].rpartition("/")[2]]
        schema = told["content"][response.mimetype]["schema"]
        whole = {**schema, "components": _spec()["components"]}
        found = Draft202012Validator(whole, validate_formats=True)
        assert [error.message for error in found.iter_errors(response.get_json())] == []


@cache
def _spec() -> dict[str, Any]:
    path = Path(__file__).parent.parent / "openapi.yaml"
    found: dict[str, Any] = yaml.load(path.read_text(), yaml.CSafeLoader)
    return found


def _operation(method: str, path: str) -> dict[str, Any]:
    """Return the operation at an address, that with the fewest parameters first."""
    known = sorted(_spec()["paths"].items(), key=lambda item: item[0].count("{"))
    for template, item in known:
        pattern = re.sub(r"\\\{[^/.]*?\\\}", "[^/]+?", re.escape(template))
        if method.lower() in item and re.fullmatch(pattern, path):
            found: dict[str, Any] = item[method.lower()]
            return found
    raise AssertionError(f"nothing is described for {method} {path}")
