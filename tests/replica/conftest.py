"""Fixtures of what reads a standby: two servers of these tests' own, and an edge over them.

Replication between them is real. How far the standby is behind is up to each test, which pauses
its replay.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import delivery
import pytest
import replicas
from flask import Flask
from flask.testing import FlaskClient
from programs import wait_for
from replicas import Pair, look, reads

from api.edge.layer import Edge
from api.settings import Settings
from content import replica
from content.db import Database
from content.signing import Keyring


@pytest.fixture(scope="session")
def pair(keyring: Keyring) -> Iterator[Pair]:
    """A primary and its standby."""
    with replicas.running(keyring) as made:
        yield made


@pytest.fixture
def library(pair: Pair) -> Iterator[Database]:
    """A fresh database with the shipped library in it, which the standby has, too."""
    database = Database(pair.new())
    yield database
    database.close()
    pair.drop(database.url)


@pytest.fixture
def alone(library: Database, keyring: Keyring, tmp_path: Path) -> Settings:
    """An installation that has no replica."""
    return delivery.installed(library, keyring, tmp_path)


@pytest.fixture
def settings(alone: Settings, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The same with a replica, which is soon looked at again when it was away."""
    monkeypatch.setattr(replica, "REST", 0.2)
    return replace(alone, replica_url=pair.of_standby(alone.database))


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application, without the edge."""
    with delivery.running(settings) as made:
        yield made
        made.extensions["caveat"].replica.close()


@pytest.fixture
def edge(app: Flask) -> Iterator[Edge]:
    """The edge in front of it, which reads the standby by now."""
    with replicas.fronted(app) as made:
        wait_for(lambda: reads(app)["replica"] or not look(app.test_client(), "/v1/topics"))
        yield made


@pytest.fixture
def client(edge: Edge) -> FlaskClient:
    """A caller without a key."""
    return edge.app.test_client()


@pytest.fixture
def plain(alone: Settings) -> Iterator[FlaskClient]:
    """Who says what the primary says."""
    with delivery.running(alone) as made:
        yield made.test_client()
