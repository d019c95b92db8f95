"""A PostgreSQL that hears and says nothing is not waited for without end."""

import socket
import time
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import OperationalError

from content import engines, replica
from content.db import Database
from content.replica import Known, Replica, Unread

SOON = 1.5  # seconds that may pass beside the bound


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"postgresql://caveat@127.0.0.1:{server.getsockname()[1]}/caveat"


def seconds(database: Database) -> float:
    """Return how long it takes until a database is given up."""
    begun = time.monotonic()
    with pytest.raises(OperationalError, match="timeout"):
        database.check_schema()
    database.close()
    return time.monotonic() - begun


def test_a_connection_is_given_up(silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert engines.CONNECT_TIMEOUT == 5
    monkeypatch.setattr(engines, "CONNECT_TIMEOUT", 2)
    assert 2 <= seconds(Database(silent)) < 2 + SOON


def test_the_url_may_say_when(silent: str) -> None:
    assert 2 <= seconds(Database(f"{silent}?connect_timeout=2")) < 2 + SOON


def test_a_replica_is_not_waited_for(silent: str, database: Database) -> None:
    away = Replica(silent, database)
    begun = time.monotonic()
    for _ in range(100):
        with pytest.raises(Unread, match="away"):
            away.open(Known(0, 0))
    assert time.monotonic() < begun + SOON, "a thread waits"
    assert away.numbers() is None
    assert time.monotonic() < begun + replica.CONNECT + 2 * SOON, "who asks waits so long at most"
    away.close()
