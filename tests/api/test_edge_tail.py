"""How far the edge follows the log: within a second, and without the database for a while."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import delivery
import pytest
from delivery import ARTICLE, OCD, SLEEP
from factories import NOW
from flask import Flask, Response
from flask.testing import FlaskClient
from keyholders import hold
from newsroom import hire
from programs import wait_for
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from api.edge import tail
from api.edge.layer import Edge
from content import credentials, partners
from content.db import Database
from content.editorial import audit

OTHER = f"/v1/articles/{SLEEP}"
BOUND = 1.0  # seconds, the promise
HANGING = 3.0  # seconds
HIT, STALE = "caveat; hit", "caveat; hit; detail=stale-if-error"


@pytest.fixture
def edge(app: Flask) -> Edge:
    """The edge in front of the test's own application, as it is served."""
    app.wsgi_app = made = Edge(app, 50_000_000)  # type: ignore[method-assign]
    return made


@pytest.fixture
def broken(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Break the database for whoever reads it, or mend it."""
    read = Database.read

    def fail(self: Database) -> Iterator[None]:
        raise OperationalError("SELECT 1", {}, Exception("it does not answer"))

    def make(is_broken: bool) -> None:
        monkeypatch.setattr(Database, "read", fail if is_broken else read)

    return make


def status(client: FlaskClient, address: str = ARTICLE, **more: dict[str, str]) -> str:
    """Return what the edge did for a request that has been answered."""
    return client.get(address, **more).headers.get("Cache-Status", "")


def assert_refused_soon(expected: int, ask: Callable[[], TestResponse]) -> None:
    """Check that nothing which is asked for behind the promised time is given any more."""
    begun = asked = time.monotonic()
    while ask().status_code != expected:
        assert asked < begun + BOUND
        time.sleep(0.01)
        asked = time.monotonic()


def test_a_withdrawal_is_seen_within_a_second(
    edge: Edge, client: FlaskClient, library: Database
) -> None:
    for _ in range(3):
        assert client.get(ARTICLE).status_code == 200
    delivery.end(library, OCD)
    assert_refused_soon(410, lambda: client.get(ARTICLE))


def test_a_key_that_may_have_been_revoked_is_looked_up_within_a_second(
    edge: Edge, client: FlaskClient, library: Database
) -> None:
    admin, mine = delivery.bearer(hire(library, "admin")[1]), hold(library)
    for _ in range(2):
        assert client.get(ARTICLE, headers=mine.headers).status_code == 200
    assert client.post(f"/v1/partners/{mine.id}/suspend", headers=admin).status_code == 200
    assert_refused_soon(403, lambda: client.get(ARTICLE, headers=mine.headers))


def test_a_key_is_not_remembered_by_who_looked_it_up_before_it_was_revoked(
    app: Flask, edge: Edge, client: FlaskClient, library: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, looked_up, revoked = hold(library), threading.Event(), threading.Event()
    move_on = edge.tail._moved

    @app.after_request
    def wait(response: Response) -> Response:
        looked_up.set()
        revoked.wait(HANGING)
        return response

    def finish(*what: Any) -> None:  # the request ends while the tail tells what is new
        revoked.set()
        asking.join()
        move_on(*what)

    asking = threading.Thread(target=lambda: client.get(ARTICLE, headers=mine.headers))
    asking.start()
    assert looked_up.wait(HANGING)
    monkeypatch.setattr(edge.tail, "_moved", finish)
    with library.write() as session:
        credentials.revoke(session, partners.find(session, mine.id), mine.key_id, now=NOW)
        audit.note(session, "partner-key.revoke", ("partner-key", mine.key_id), by="test", now=NOW)
        session.commit()
    edge.tail.look()
    assert client.get(ARTICLE, headers=mine.headers).status_code == 401


def test_who_sleeps_asks_before_it_answers(
    edge: Edge, client: FlaskClient, library: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "IDLE", 1)
    client.get(ARTICLE)
    client.get(ARTICLE)
    time.sleep(tail.EVERY * 3 + tail.LEASE)
    delivery.end(library, OCD)
    assert client.get(ARTICLE).status_code == 410, "at once: its lease has ended"


def test_what_is_known_is_given_while_the_database_does_not_answer(
    edge: Edge,
    client: FlaskClient,
    library: Database,
    broken: Callable[[bool], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = hold(library)
    for address in (ARTICLE, OTHER):
        for headers in ({}, mine.headers):
            assert client.get(address, headers=headers).status_code == 200
    delivery.end(library, OCD)
    wait_for(lambda: client.get(ARTICLE).status_code == 410)
    broken(True)
    wait_for(lambda: status(client, OTHER) == STALE)
    assert status(client, OTHER, headers=mine.headers) == STALE
    assert client.get(ARTICLE).status_code in (410, 503), "never what was taken down"
    assert client.get("/v1/topics").status_code == 503, "nothing is known of it"
    now = time.monotonic
    monkeypatch.setattr(tail, "monotonic", lambda: now() + tail.STALE_IF_ERROR + 1)
    assert client.get(OTHER).status_code == 503, "it is too long ago"
    broken(False)
    wait_for(lambda: status(client, OTHER) == HIT)


def test_a_database_that_hangs_keeps_nobody_waiting_for_long(
    edge: Edge, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        client.get(ARTICLE)
    read = edge.tail._read

    def hang() -> None:
        time.sleep(HANGING)
        read()

    monkeypatch.setattr(edge.tail, "_read", hang)
    time.sleep(tail.LEASE + tail.EVERY)
    begun = time.monotonic()
    assert [status(client) for _ in range(5)] == [STALE] * 5
    assert time.monotonic() < begun + HANGING - 0.5


def test_many_changes_at_once_touch_everything(
    edge: Edge, client: FlaskClient, library: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "MOST", 0)
    for _ in range(2):
        assert client.get(OTHER).status_code == 200
    delivery.end(library, OCD)
    edge.tail.look()
    assert len(edge.store) == 0
