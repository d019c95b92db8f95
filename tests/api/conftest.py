"""Fixtures of the edge: the app over a fresh copy of the shipped library, and its clients."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from delivery import PEPPER, copied, installed, running
from factories import NOW, Databases
from flask import Flask
from flask.testing import FlaskClient
from worlds import World

from api.settings import Settings
from content import credentials, partners
from content.db import Database
from content.signing import Keyring


@pytest.fixture
def settings(library: Database, keyring: Keyring, tmp_path: Path) -> Settings:
    """An installation with open delivery over the shipped library."""
    return installed(library, keyring, tmp_path)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application."""
    with running(settings) as made:
        yield made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A caller without a key."""
    return app.test_client()


@pytest.fixture
def partner_key(library: Database) -> str:
    """The key of a partner: adults, publisher, in the United States by default."""
    with library.write() as session:
        partner = partners.add(
            session, "A partner", audience="adults", channel="publisher", jurisdiction="US", now=NOW
        )
        _, key = credentials.add(session, partner, pepper=PEPPER, now=NOW)
        session.commit()
    return key


@pytest.fixture(scope="module")
def world(
    databases: Databases,
    full_template: str,
    keyring: Keyring,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """One library and one application for all examples."""
    folder = tmp_path_factory.mktemp("promises")
    with copied(databases, full_template, keyring, folder) as (database, app):
        found = World(database, keyring, app.test_client())
        found.fill()
        yield found
