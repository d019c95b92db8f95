"""Engines: connections to SQLite or PostgreSQL, and how a transaction on them begins.

A *read* is one snapshot (SQLite: one deferred transaction over WAL; PostgreSQL: REPEATABLE READ
READ ONLY). A *write* takes SQLite's write lock at once; on PostgreSQL the counter row is the lock
(see ``content.changes``). The drivers' defaults do neither.
"""

import sqlite3
import time
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

BUSY_TIMEOUT = 30  # seconds that a SQLite writer waits for another one
ATTEMPTS, PAUSE = 300, 0.01  # to open a new file that others open, and seconds between two
CONNECT_TIMEOUT = 5  # seconds for each address of a PostgreSQL that does not answer


def make(url: str) -> Engine:
    """Return the engine of a database; raise what SQLAlchemy raises for an URL that is none."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, connect_args=_within(url, CONNECT_TIMEOUT))
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def make_bounded(url: str, connect: int, answer: float) -> Engine:
    """Return the engine of a PostgreSQL for which nobody waits for long.

    ``connect`` and ``answer`` are seconds that a connection and each statement may take: also where
    the server is stopped, so that it cannot end a statement itself.
    """

    made = create_engine(url, connect_args=_within(url, connect), pool_timeout=answer)
    psycopg: Any = made.dialect.loaded_dbapi  # imported where there is a PostgreSQL

    class Bounded(psycopg.Connection):  # type: ignore[misc] # which is Any here
        def wait(self, gen: Any, *args: Any, **more: Any) -> Any:
            try:
                return super().wait(gen, *args, **{"timeout": answer, **more})
            except psycopg.OperationalError:
                self.close()  # what it did not answer may still come, to the next question
                raise

    event.listen(made, "do_connect", lambda _, record, args, said: Bounded.connect(*args, **said))
    return made


def make_plain(url: str) -> Engine:
    """Return an engine on which each statement is a transaction: what cleans up wants none."""
    return create_engine(
        url, isolation_level="AUTOCOMMIT", connect_args=_within(url, CONNECT_TIMEOUT)
    )


def reading(engine: Engine) -> Engine:
    """Return an engine whose transactions are snapshots that nobody can write in."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(writes=False)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def writing(engine: Engine) -> Engine:
    """Return an engine whose transactions may write."""
    return engine.execution_options(writes=True)


def cause(error: BaseException) -> str:
    """Return why a database failed, in one line."""
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0] if said else type(error).__name__


def _within(url: str, seconds: int) -> dict[str, Any]:
    """Bound how long it takes to connect to PostgreSQL, unless the URL says so itself."""
    known = make_url(url)
    is_bounded = known.get_backend_name() == "sqlite" or "connect_timeout" in known.query
    return {} if is_bounded else {"connect_timeout": seconds}


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
