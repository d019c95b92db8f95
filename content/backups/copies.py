"""Copies: a database as its own engine writes it down while it is used, and puts it back.

A copy is one snapshot. SQLite is copied by its online backup, PostgreSQL by ``pg_dump`` in the
snapshot of a session, with the client programs that are installed.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import func, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

from content import changes
from content.backups import BadBackup
from content.backups.packing import Step
from content.db import Database
from content.errors import CaveatError

PAGES = 1000  # of SQLite that are copied before others have a turn
CLIENT = "of PostgreSQL's client programs is not on the PATH (Debian: postgresql-client)"


def version(session: Session) -> str:
    """Return the version of the engine."""
    if _is_sqlite(session.get_bind().engine.url):
        return sqlite3.sqlite_version
    return str(session.scalar(text("SHOW server_version"))).split()[0]


def take(session: Session, path: Path, step: Step) -> None:
    """Write the database of a snapshot into a file."""
    changes.head(session)  # with the first query the snapshot begins
    url = session.get_bind().engine.url
    if _is_sqlite(url):
        source: Any = session.connection().connection.driver_connection
        with closing(sqlite3.connect(path)) as target:
            source.backup(target, pages=PAGES, progress=_progress(step))
        return
    snapshot = session.scalar(select(func.pg_export_snapshot()))
    options = ("--format=custom", "--compress=0", "--no-owner", "--no-privileges")
    _run("pg_dump", url, *options, f"--snapshot={snapshot}", f"--file={path}")


def put(url: str, path: Path) -> None:
    """Make an empty database what a copy says, wholly or not at all."""
    made = make_url(url)
    if _is_sqlite(made):
        _sync(path)
        path.replace(str(made.database))
        _sync(Path(str(made.database)).parent)
        return
    options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    _run("pg_restore", made, *options, path)


def refuse_used(url: str) -> None:
    """Raise ``CaveatError`` where a database has anything in it."""
    made = make_url(url)
    if _is_sqlite(made) and not Path(str(made.database)).exists():
        return
    database = Database(url)
    try:
        with database.read() as session:
            used = bool(inspect(session.connection()).get_table_names())
    finally:
        database.close()
    if used:
        shown = made.render_as_string(hide_password=True)
        raise CaveatError(f"{shown} is not empty; name a new one: nothing is written over")


def refuse_other(engine: str, url: str) -> None:
    """Raise :class:`BadBackup` where the copy is of another engine than a database."""
    if engine != (found := make_url(url).get_backend_name()):
        raise BadBackup(f"it is of {engine}, and CAVEAT_DATABASE_URL of {found}; use caveat export")


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _progress(step: Step) -> Any:
    done = 0

    def report(_status: int, left: int, total: int) -> None:
        nonlocal done
        step(total - left - done)
        done = total - left

    return report


def _run(program: str, url: URL, *options: str | Path) -> None:
    """Run a client program of PostgreSQL, the password in its environment and never an argument."""
    if shutil.which(program) is None:
        raise CaveatError(f"{program} {CLIENT}")
    address = url.set(drivername="postgresql", password=None).render_as_string()
    env = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    done = subprocess.run(  # noqa: S603 - a fixed program with our own arguments
        [program, f"--dbname={address}", *options],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        told = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise CaveatError(told[0])


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
