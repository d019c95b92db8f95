"""Somebody at the console: a browser that keeps cookies, sends forms from our pages, and reads."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

from factories import NOW
from flask import Flask
from flask.testing import FlaskClient
from newsroom import hire
from sqlalchemy import select, update
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from content.db import Database
from content.editorial import tasks
from content.models.access import Visit

HERE = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}  # of a form of ours
SIGN_IN = "/console/sign-in"
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


@dataclass
class Visitor:
    """A browser, and who sits before it."""

    client: FlaskClient
    id: str
    token: str

    def sign_in(self, token: str = "", **fields: str) -> TestResponse:
        """Give a token, one's own unless another is named."""
        data = {"token": token or self.token, **fields}
        return self.client.post(SIGN_IN, data=data, headers=HERE)

    def get(self, address: str, **more: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(address, **more)

    def form_token(self) -> str:
        """Return the token that a form of a page has now."""
        found = TOKEN.search(self.get("/console/visits").text)
        assert found, "no page with a form"
        return found[1]

    def send(self, address: str, **fields: str) -> TestResponse:
        """Send a form as a page of ours would."""
        data = {"form_token": self.form_token(), **fields}
        return self.client.post(address, data=data, headers=HERE)

    def secret(self) -> str | None:
        """Return the secret of the visit, as the browser keeps it."""
        cookie = self.client.get_cookie("caveat")
        return cookie.value if cookie else None


def somebody(app: Flask, database: Database, role: str = "author", **facts: Any) -> Visitor:
    """Hire an editor, who sits before a new browser and has not signed in yet."""
    return Visitor(app.test_client(), *hire(database, role, **facts))


def visit(app: Flask, database: Database, role: str = "author", **facts: Any) -> Visitor:
    """Hire an editor who is signed in."""
    found = somebody(app, database, role, **facts)
    response = found.sign_in()
    assert response.status_code == 303, response.text
    return found


def visits(database: Database) -> list[Visit]:
    """Return all visits that there are, oldest first."""
    with database.read() as session:
        return list(session.scalars(select(Visit).order_by(Visit.id)))


def turn(database: Database, **values: Any) -> None:
    """Change what is known of all visits, as if time had passed."""
    with database.write() as session:
        session.execute(update(Visit).values(**values))
        session.commit()


def task(database: Database, text: str = "Look at it.") -> str:
    """Open a task and return its id."""
    with database.write() as session:
        made = tasks.add(session, "second-look", "article", "x", text, by="test", now=NOW)
        session.commit()
        return made.id


@contextmanager
def listening(app: Flask) -> Iterator[str]:
    """Let an application listen on this machine; give its address. Real forms are sent there."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
