"""The database: SQLite or PostgreSQL, and sessions that neither tear a read nor lose a write.

A *read* session is one snapshot (SQLite: one deferred transaction over WAL; PostgreSQL: REPEATABLE
READ READ ONLY), because an edition is put together by several queries. A *write* session takes
SQLite's write lock at once; on PostgreSQL the counter row is the lock (see ``content.changes``).
The drivers' defaults do neither.
"""

import sqlite3
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    Text,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, sessionmaker
from sqlalchemy.types import TypeDecorator

from content import canonical
from content.errors import CaveatError

BUSY_TIMEOUT = 30  # seconds that a SQLite writer waits for another one
ATTEMPTS, PAUSE = 300, 0.01  # to open a new file that others open, and seconds between two
MIGRATION_LOCK = 0xCA7EA7  # any number that no other program locks in this database
NEWS = "has news"  # of a session: it has written what other processes wait for
REMEMBERED = 2_000  # answers of a snapshot
MIGRATIONS = Path(__file__).parent / "migrations"

T = TypeVar("T")


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, aware in Python on both engines (SQLite would drop the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware UTC time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """JSON data in its canonical form, as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Encode canonically."""
        return None if value is None else canonical.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Decode."""
        return None if value is None else canonical.decode(value)


class Model(DeclarativeBase):
    """Base of all tables."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        int: BigInteger().with_variant(Integer, "sqlite"),  # numbers of the log never run out
    }


class SchemaMismatch(CaveatError):
    """The database is older or newer than this program; the message says what to do."""


class ReadSession(Session):
    """One snapshot, which remembers what it was asked (:func:`recall`)."""


@event.listens_for(ReadSession, "after_transaction_end")
def _forget(session: Session, _: SessionTransaction) -> None:
    session.info.pop("seen", None)


def recall(session: Session, key: Hashable, read: Callable[[], T]) -> T:
    """Return what a snapshot was asked before; a write session, in which it may change, is asked.

    ``key`` begins with a name that no other module uses.
    """
    seen: dict[Hashable, T] = session.info.get("seen", {})
    if key not in seen:
        found = read()
        remember(session, key, found)
        return found
    return seen[key]


def remember(session: Session, key: Hashable, found: object) -> None:
    """Keep what a snapshot would answer, the newest :data:`REMEMBERED` answers of it."""
    if isinstance(session, ReadSession):
        seen = session.info.setdefault("seen", {})
        seen[key] = found
        if len(seen) > REMEMBERED:
            del seen[next(iter(seen))]


class WriteSession(Session):
    """A write transaction, with a copy of the memory that it may yet roll back."""


@event.listens_for(WriteSession, "after_begin")
def _lend_memory(session: Session, begun: SessionTransaction, _: object) -> None:
    if not begun.nested:
        session.info["memory"] = dict(session.info["lent"])


@event.listens_for(WriteSession, "after_commit")
def _keep_memory(session: Session) -> None:
    """Take the copy back when it has become true, and tell the news; a savepoint is no commit."""
    if not session.in_nested_transaction():
        session.info["lent"].update(session.info.get("memory", {}))
        if session.info.pop(NEWS, False):
            session.info["tell"]()


class Database:
    """One database by its URL: ``sqlite:////path/to/file.db`` or ``postgresql://…``.

    ``tell`` is called when something was committed that other processes wait for.
    """

    def __init__(self, url: str, tell: Callable[[], None] = lambda: None) -> None:
        self.url = url
        try:
            self.engine = _engine(url)
        except (ArgumentError, ImportError):
            raise CaveatError(
                "CAVEAT_DATABASE_URL is not a database URL; "
                "write sqlite:////absolute/path.db or postgresql://user@host/name"
            ) from None
        memory: dict[int, Any] = {}  # what snapshots may remember, see content.policy
        self._read = _sessions(_reading(self.engine), ReadSession, memory=memory)
        self._write = _sessions(_writing(self.engine), WriteSession, lent=memory, tell=tell)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open one read-only snapshot."""
        with self._read() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a write transaction; what is not committed inside is rolled back."""
        with self._write() as session:
            yield session

    def migrate(self, to: str = "head") -> bool:
        """Bring the schema to a version (the newest); forward only, safe to run again.

        Return whether there was anything to do. Raise :class:`SchemaMismatch` for a schema that is
        newer than this program.
        """
        _make_folder(self.url)
        with self.engine.begin() as connection:
            _wait_for_other_migrations(connection)
            before = _refuse_newer(connection)
            config = _alembic()
            config.attributes["connection"] = connection
            command.upgrade(config, to)
            return before != _refuse_newer(connection)

    def check_schema(self) -> None:
        """Raise :class:`SchemaMismatch` unless the schema is exactly this program's."""
        with _reading(self.engine).connect() as connection:
            found = _refuse_newer(connection)
        if found != revisions()[-1]:
            raise SchemaMismatch("The database is not up to date; run: caveat init")

    def close(self) -> None:
        """Return all connections."""
        self.engine.dispose()


@cache
def revisions() -> tuple[str, ...]:
    """Return the schema's versions that this program knows, oldest first."""
    steps = ScriptDirectory.from_config(_alembic()).walk_revisions()
    return tuple(step.revision for step in steps)[::-1]


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    _begin_wal(connection)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",  # so that REPLACE fires the delete guards
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_wal(connection: Any) -> None:
    """Keep the log of writes beside the file; of two that switch a new file, SQLite refuses one."""
    for attempt in range(ATTEMPTS, -1, -1):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if not attempt or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(PAUSE)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", True)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _reading(engine: Engine) -> Engine:
    if engine.dialect.name == "sqlite":
        return engine.execution_options(writes=False)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _writing(engine: Engine) -> Engine:
    return engine.execution_options(writes=True)


def _sessions(engine: Engine, kind: type[Session], **info: Any) -> sessionmaker[Session]:
    return sessionmaker(engine, class_=kind, info=info, expire_on_commit=False)


def _refuse_newer(connection: Connection) -> str | None:
    """Return the schema's version, None for an empty database."""
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in revisions():
        raise SchemaMismatch("The database was made by a newer Caveat; upgrade this program.")
    return found


def _wait_for_other_migrations(connection: Connection) -> None:
    """Let one process migrate at a time; on SQLite BEGIN IMMEDIATE has seen to it."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _make_folder(url: str) -> None:
    path = make_url(url).database
    if make_url(url).get_backend_name() == "sqlite" and path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
