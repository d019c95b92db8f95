"""Fixtures of the domain's tests: a database with the small policy in it."""

from collections.abc import Callable, Iterator

import audits
import policies
import pytest
from desks import Desk
from factories import NOW, Databases

from content import editors
from content.db import Database
from content.signing import Keyring


@pytest.fixture(scope="session")
def small_keyring() -> Keyring:
    """The private keys of the small policy."""
    return Keyring([])


@pytest.fixture(scope="session")
def small_template(databases: Databases, empty_template: str, small_keyring: Keyring) -> str:
    """A database with the small policy in it."""
    return databases.add(empty_template, lambda new: policies.fill_small(new, small_keyring))


@pytest.fixture
def another(databases: Databases, small_template: str) -> Iterator[Callable[[], Database]]:
    """The maker of fresh databases with the small policy in them."""
    opened: list[Database] = []

    def make() -> Database:
        opened.append(Database(databases.new(small_template)))
        return opened[-1]

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def small(another: Callable[[], Database]) -> Database:
    """A fresh database with the small policy in it."""
    return another()


@pytest.fixture
def desk(small: Database) -> Desk:
    """Two editors over the small policy."""
    with small.write() as session:
        two = [editors.add(session, name, role="publisher", now=NOW) for name in "ab"]
        session.commit()
    return Desk(small, two[0].id, two[1].id)


@pytest.fixture
def sealed(small: Database, small_keyring: Keyring) -> Database:
    """Nine rows in three seals, and two that are not sealed yet."""
    for _ in range(3):
        audits.note(small, 3)
        audits.seal(small, small_keyring)
    audits.note(small, 2)
    return small
