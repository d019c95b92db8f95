"""Fixtures of the edge: the app over a fresh copy of the shipped library, and its clients."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import NOW, PUBLIC_URL
from flask import Flask
from flask.testing import FlaskClient

from api import secrets
from api.app import create_app
from api.settings import Settings
from content import partners
from content.db import Database
from content.signing import Keyring

PEPPER = "a fixed secret key of the tests"


@pytest.fixture
def settings(library: Database, keyring: Keyring, tmp_path: Path) -> Settings:
    """An installation with open delivery over the shipped library."""
    found = Settings(
        data=str(tmp_path),
        database_url=library.url,
        public_url=PUBLIC_URL,
        secret_key=PEPPER,
        open_delivery="true",
    )
    keyring.save(secrets.keyring_path(found))
    return found


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application."""
    made = create_app(settings)
    yield made
    made.extensions["caveat"].database.close()  # or its connections would wait for the collector


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A caller without a key."""
    return app.test_client()


@pytest.fixture
def partner_key(library: Database) -> str:
    """The key of a partner: adults, publisher, in the United States by default."""
    with library.write() as session:
        partner = partners.add_partner(
            session, "A partner", audience="adults", channel="publisher", jurisdiction="US", now=NOW
        )
        key = partners.add_secret(session, partner, pepper=PEPPER.encode(), now=NOW)
        session.commit()
    return key
