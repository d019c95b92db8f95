"""The database: its columns, its schema, and sessions that neither tear a read nor lose a write.

A *read* session is one snapshot, because an edition is put together by several queries; a *write*
session locks. How each begins on SQLite and on PostgreSQL is said in :mod:`content.engines`.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    Text,
    column,
    event,
    func,
    inspect,
    select,
    table,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, sessionmaker
from sqlalchemy.types import TypeDecorator

from content import canonical, engines
from content.errors import CaveatError
from content.migrations import revisions

MIGRATION_LOCK = 0xCA7EA7  # any number that no other program locks in this database
NEWS = "has news"  # of a session: it has written what other processes wait for
REMEMBERED = 2_000  # answers of a snapshot
VERSION = table("alembic_version", column("version_num"))

T = TypeVar("T")
S = TypeVar("S", bound=Session)


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

    def close(self) -> None:
        """End it; a database that has gone meanwhile takes nothing from what was read."""
        with suppress(DBAPIError):
            super().close()


@event.listens_for(ReadSession, "after_transaction_end")
def _forget(session: Session, _: SessionTransaction) -> None:
    session.info.pop("seen", None)
    session.info.pop("expected", None)


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


def expect(session: Session, name: str, ones: Iterable[Any]) -> None:
    """Say what a snapshot is going to be asked of a kind, so that it may be read at once."""
    if isinstance(session, ReadSession):
        session.info.setdefault("expected", {})[name] = list(ones)


def together(session: Session, name: str, one: T) -> list[T]:
    """Return what is best read at once with something: all that was expected of its kind."""
    expected: dict[str, list[T]] = session.info.get("expected", {})
    return expected.pop(name) if one in expected.get(name, ()) else [one]


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
            self.engine = engines.make(url)
        except (ArgumentError, ImportError):
            raise CaveatError(
                "CAVEAT_DATABASE_URL is not a database URL; "
                "write sqlite:////absolute/path.db or postgresql://user@host/name"
            ) from None
        self.memory: dict[int, Any] = {}  # what snapshots may remember, see content.policy
        self._reads = snapshots(self.engine, self.memory)
        lent = {"lent": self.memory, "tell": tell}
        self._writes = _sessions(engines.writing(self.engine), WriteSession, **lent)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open one read-only snapshot."""
        with self._reads() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a write transaction; what is not committed inside is rolled back."""
        with self._writes() as session:
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
            # Only who migrates needs alembic, which takes a tenth of a second to import.
            from content.migrations import steps  # noqa: PLC0415

            steps.run(connection, to)
            return before != _refuse_newer(connection)

    def check_schema(self) -> None:
        """Raise :class:`SchemaMismatch` unless the schema is exactly this program's."""
        with engines.reading(self.engine).connect() as connection:
            check_schema(connection)

    def close(self) -> None:
        """Return all connections."""
        self.engine.dispose()


def snapshots(engine: Engine, memory: dict[int, Any]) -> sessionmaker[ReadSession]:
    """Return what opens read-only snapshots; those of one log may share a ``memory``."""
    return _sessions(engines.reading(engine), ReadSession, memory=memory)


def check_schema(connection: Connection) -> None:
    """Raise :class:`SchemaMismatch` unless the schema is exactly this program's."""
    if _refuse_newer(connection) != revisions()[-1]:
        raise SchemaMismatch("The database is not up to date; run: caveat init")


def _sessions(engine: Engine, kind: type[S], **info: Any) -> sessionmaker[S]:
    return sessionmaker(engine, class_=kind, info=info, expire_on_commit=False)


def _refuse_newer(connection: Connection) -> str | None:
    """Return the schema's version, None for an empty database."""
    if not inspect(connection).has_table(VERSION.name):
        return None
    found: str | None = connection.scalar(select(VERSION.c.version_num))
    if found is not None and found not in revisions():
        raise SchemaMismatch("The database was made by a newer Caveat; upgrade this program.")
    return found


def _wait_for_other_migrations(connection: Connection) -> None:
    """Let one process migrate at a time; on SQLite BEGIN IMMEDIATE has seen to it."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))


def _make_folder(url: str) -> None:
    path = make_url(url).database
    if make_url(url).get_backend_name() == "sqlite" and path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
