"""Fixtures of the edge: the app over a fresh copy of the shipped library, and its clients."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from delivery import PEPPER, copied, installed, running
from factories import NOW, Databases
from flask import Flask
from flask.testing import FlaskClient
from reading_feeds import add_many
from worlds import World

from api.settings import Settings
from content import credentials, partners
from content.db import Database
from content.signing import Keyring

OWN = {"library", "settings", "app"}  # fixtures


@pytest.fixture(scope="module")
def template(full_template: str) -> str:
    """What the library of a test is a copy of; a module may put something else here."""
    return full_template


@pytest.fixture(scope="module")
def many_template(databases: Databases, full_template: str) -> str:
    """The shipped library and eight small articles."""
    return databases.add(full_template, add_many)


@pytest.fixture
def library(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    """A fresh database with the shipped library in it; with more where a test asks for many."""
    name = "many_template" if "many" in request.fixturenames else "template"
    database = Database(databases.new(request.getfixturevalue(name)))
    yield database
    database.close()


@pytest.fixture
def many(library: Database) -> Database:
    """The library, with many articles in it."""
    return library


@pytest.fixture(scope="module")
def common_app(
    databases: Databases,
    template: str,
    keyring: Keyring,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """One application for all tests of a module that only read."""
    folder = tmp_path_factory.mktemp("common")
    with copied(databases, template, keyring, folder) as (_, app):
        yield app


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
def client(request: pytest.FixtureRequest, common_app: Flask) -> FlaskClient:
    """A caller without a key: of the test's own application where it has a hand on its library.

    A test that has no more than a caller has no key to write with; it asks the common one, whose
    cache is emptied.
    """
    if OWN.intersection(request.fixturenames):
        own: Flask = request.getfixturevalue("app")
        return own.test_client()
    common_app.extensions["caveat-cache"].clear()
    return common_app.test_client()


@pytest.fixture
def partner_key(library: Database) -> str:
    """The key of a partner: adults, publisher, in the United States by default."""
    with library.write() as session:
        facts = {"name": "A partner", "audience": "adults", "channel": "publisher"}
        partner = partners.add(session, {**facts, "jurisdiction": "US"}, ["standard"], now=NOW)
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
