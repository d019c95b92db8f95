"""What a request stands on: one read snapshot of the database, and this installation's keys.

The snapshot is one of the primary, unless :mod:`api.replica` has found that it need not be.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask, current_app, g
from sqlalchemy.orm import Session

from api import news, secrets
from api.settings import Settings
from content.db import Database
from content.replica import Replica
from content.signing import Keyring


@dataclass(frozen=True)
class Installation:
    """The long-lived things that views need."""

    settings: Settings
    database: Database
    keyring: Keyring
    pepper: bytes
    replica: Replica | None = None  # of the database


def init_app(app: Flask, settings: Settings) -> None:
    """Open the database, check its schema, load the keys; close each request's snapshot."""
    with opened(settings) as database:  # its connections open anew; a server may fork before that
        keys, pepper = secrets.keyring(settings), secrets.pepper(settings)
        replica = Replica(settings.replica_url, database) if settings.replica_url else None
        app.extensions["caveat"] = Installation(settings, database, keys, pepper, replica)
    app.teardown_appcontext(_close)


def installation() -> Installation:
    """Return this app's installation."""
    found: Installation = current_app.extensions["caveat"]
    return found


def session() -> Session:
    """Return this request's read snapshot, opened when first asked for."""
    if "snapshot" not in g:
        g.snapshot = g.get("open_snapshot", installation().database.read)()
        g.session = g.snapshot.__enter__()
    found: Session = g.session
    return found


@contextmanager
def writing() -> Iterator[Session]:
    """Open a write transaction; what is not committed inside is rolled back."""
    let_go()
    with installation().database.write() as session:
        yield session


def let_go() -> None:
    """Let go of this request's snapshot before it writes.

    A request that held two connections could wait for ever for the second one, when all others do
    the same.
    """
    _close(None)


def keyring(kid: str) -> Keyring:
    """Return the keys; they are read again where ``kid``, of a rotation, is not among them yet."""
    here = installation()
    if kid not in here.keyring:
        here.keyring.add(secrets.keyring(here.settings))
    return here.keyring


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """Open the database for a command, its schema checked, and close it again."""
    tell = news.teller(settings.redis_url) if settings.redis_url else lambda: None
    database = Database(settings.database, tell)
    try:
        database.check_schema()
        yield database
    finally:
        database.close()


def now() -> datetime:
    """Return the time; views pass it into the domain, which reads no clock."""
    return datetime.now(UTC)


def _close(_error: BaseException | None) -> None:
    g.pop("session", None)
    snapshot = g.pop("snapshot", None)
    if snapshot is not None:
        snapshot.__exit__(None, None, None)
