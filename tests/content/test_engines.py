"""A PostgreSQL that hears and says nothing is not waited for without end."""

import socket
import time
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import OperationalError

from content import engines
from content.db import Database

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
