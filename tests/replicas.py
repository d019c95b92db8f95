"""A primary and a standby of PostgreSQL that belong to a test: paused, frozen, killed."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import programs
import services
import sqlalchemy
from factories import NOW, Databases, fill
from flask import Flask
from flask.testing import FlaskClient
from programs import wait_for

from api.edge.layer import Edge
from content import changes, usage
from content.db import Database
from content.signing import Keyring

BOUND = 5.0  # seconds; the promise is one, where the machine has nothing else to do
QUERY = re.compile(r"LOG:  (?:execute [^:]*|statement): (?:SELECT|WITH) ")
PAST_THE_STORE = {"Cache-Control": "no-cache"}
AS_POSTGRES = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
# Nothing here has to outlive a power cut; what the standby is asked is written into its log.
SET = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "replica",
    "max_connections": "60",
    "log_statement": "all",
    "listen_addresses": "127.0.0.1",
}


class Server:
    """One PostgreSQL in a folder, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, programs.free_port()
        self.url = f"postgresql://caveat@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *arguments: str | Path) -> None:
        """Run one of PostgreSQL's programs, as the user that may."""
        command = [*AS_POSTGRES, services.postgresql_bin() / program, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = " ".join(f"-c {name}={value}" for name, value in SET.items())
        options += f" -p {self.port} -k {self.folder.parent}"
        log = self.folder.with_suffix(".log")
        program = [*AS_POSTGRES, services.postgresql_bin() / "pg_ctl", "-D", self.folder, "-w"]
        command = [*program, "-l", log, "-o", options, "start"]
        subprocess.run(command, stdout=subprocess.DEVNULL, timeout=60, check=True)

    def is_up(self) -> bool:
        """Return whether it runs."""
        return (self.folder / "postmaster.pid").exists()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.run("pg_ctl", "-D", self.folder, "-m", "immediate", "stop")

    def freeze(self, signal_: int = signal.SIGSTOP) -> None:
        """Stop all of it without an end: connections stay, and nothing is answered."""
        parent = (self.folder / "postmaster.pid").read_text().split()[0]
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        for pid in (parent, *children):
            os.kill(int(pid), signal_)

    def thaw(self) -> None:
        """Let it go on."""
        self.freeze(signal.SIGCONT)

    def ask(self, statement: str) -> object:
        """Return the first value that a statement gives, if it gives any."""
        engine = sqlalchemy.create_engine(
            self.url, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool
        )
        with engine.connect() as connection:
            found = connection.exec_driver_sql(statement)
            return found.scalar() if found.returns_rows else None

    def asked(self) -> int:
        """Return how many queries it was asked, by its own log."""
        return len(QUERY.findall(self.folder.with_suffix(".log").read_text()))


class Pair:
    """A primary with databases that have the shipped library in them, and a standby of it."""

    def __init__(self, folder: Path) -> None:
        self.primary, self.standby = Server(folder / "primary"), Server(folder / "standby")
        self._databases = Databases(folder, self.primary.url)
        self._template = ""

    def start(self, keyring: Keyring) -> None:
        """Make both, and start them."""
        primary = self.primary
        primary.run("initdb", "-D", primary.folder, "-A", "trust", "-U", "caveat", "--no-sync")
        primary.start()
        self._template = self._databases.new()
        database = Database(self._template)
        database.migrate()
        fill(database, keyring)
        database.close()
        self.follow()

    def follow(self) -> None:
        """Make the standby, and start it."""
        begin = ("-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", self.primary.url)
        self.standby.run("pg_basebackup", "-D", self.standby.folder, *begin)
        self.standby.start()

    @contextmanager
    def parted(self) -> Iterator[None]:
        """Let the standby be a primary, too, until the block ends."""
        self.standby.run("pg_ctl", "-D", self.standby.folder, "-w", "promote")
        try:
            yield
        finally:
            self.standby.kill()
            shutil.rmtree(self.standby.folder)
            self.follow()

    def new(self) -> str:
        """Return the URL of a new database with the library in it, which the standby has, too."""
        url = self._databases.new(self._template)
        self.catch_up()
        return url

    def drop(self, url: str) -> None:
        """Drop a database: what is copied next is less then."""
        name = sqlalchemy.make_url(url).database
        self.primary.ask(f'DROP DATABASE "{name}" WITH (FORCE)')

    def foreign(self) -> str:
        """Return the URL of a database whose log began at another moment."""
        database = Database(self._databases.new())
        database.migrate()
        with database.write() as session:
            entry = changes.Entry("article.touched", about=("article", "one"))
            changes.append(session, [entry], by="test", now=NOW)
            session.commit()
        database.close()
        self.catch_up()
        return database.url

    def of_standby(self, url: str) -> str:
        """Return the URL of a database on the standby."""
        there = sqlalchemy.make_url(url).set(port=self.standby.port)
        return there.render_as_string(hide_password=False)

    def catch_up(self) -> None:
        """Wait until the standby has all that was committed."""
        end = self.primary.ask("SELECT pg_current_wal_lsn()")
        behind = f"SELECT pg_last_wal_replay_lsn() >= '{end}'"
        wait_for(lambda: self.standby.ask(behind))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let the standby fall behind, until the block ends."""
        self.pause()
        try:
            yield
        finally:
            self.resume()

    def pause(self) -> None:
        """Let the standby replay nothing from now on."""
        self.standby.ask("SELECT pg_wal_replay_pause()")
        wait_for(lambda: self.standby.ask("SELECT pg_get_wal_replay_pause_state()") == "paused")

    def resume(self) -> None:
        """Let the standby go on, and wait until it has all."""
        self.standby.ask("SELECT pg_wal_replay_resume()")
        self.catch_up()


@contextmanager
def running(keyring: Keyring) -> Iterator[Pair]:
    """Run both, in a folder that their user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="caveat-"))
    if AS_POSTGRES:
        shutil.chown(folder, "postgres")
    pair = Pair(folder)
    try:
        pair.start(keyring)
        yield pair
    finally:
        for server in (pair.standby, pair.primary):
            if server.is_up():
                server.kill()
        shutil.rmtree(folder)


@contextmanager
def fronted(app: Flask) -> Iterator[Edge]:
    """Put the edge in front of an application, until the block ends."""
    app.wsgi_app = edge = Edge(app, 50_000_000)  # type: ignore[method-assign]
    yield edge
    edge.tail.look = lambda: None  # type: ignore[method-assign]
    wait_for(lambda: not edge.tail._is_looking)  # nobody would close what it opens from now on


def look(client: FlaskClient, address: str) -> int:
    """Ask what Flask has to answer, and return the status."""
    return client.get(address, headers=PAST_THE_STORE).status_code


def reads(app: Flask) -> dict[str, int]:
    """Return how many requests have read the replica, and how many had to ask the primary."""
    app.extensions["caveat-meter"].ledger.flush()
    with app.extensions["caveat"].database.read() as session:
        known = usage.totals(session)
    names = ("replica read", "replica behind", "replica away", "replica again")
    return {name.split()[1].replace("read", "replica"): _count(known, name) for name in names}


def _count(known: dict[str, Any], name: str) -> int:
    return known[name].count if name in known else 0


def await_more(client: FlaskClient, what: str) -> None:
    """Ask until something has been counted that was not yet."""
    before = reads(client.application)[what]
    wait_for(lambda: look(client, "/v1/topics") and reads(client.application)[what] > before)


def seconds_until(is_so: Callable[[], bool]) -> float:
    """Return after how many seconds something was answered, by when it was asked for."""
    begun = asked = time.monotonic()
    while not is_so():
        assert asked < begun + BOUND
        time.sleep(0.01)
        asked = time.monotonic()
    return asked - begun
