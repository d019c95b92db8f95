"""Rows of batches: a pattern's rows with other ids, names, digests, numbers and times, in bulk."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from bench.errors import BenchError
from bench.patterns import NAME, START, TABLES, TOPIC, WORD, Pattern
from content import search
from content.db import Database

HOUR = timedelta(hours=1)  # between two batches
SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
RARE = {TOPIC: "tinnitus", WORD: "ototoxic"}  # in the first batch only
OTHER = {TOPIC: "hearing", WORD: "audible"}
Maker = Callable[[Any], Any]


def name(number: int) -> str:
    """Return a word of three syllables or more that no other number has."""
    found = ""
    while number or len(found) < 6:
        number, rest = divmod(number, len(SYLLABLES))
        found = SYLLABLES[rest] + found
    return found


def article(number: int) -> str:
    """Return the id of an article: a UUIDv7 of its own second, the rest by a digest."""
    moment = int((START + timedelta(seconds=number)).timestamp() * 1000)
    rest = hashlib.sha256(str(number).encode()).hexdigest()
    time = f"{moment:012x}"
    return f"{time[:8]}-{time[8:]}-7{rest[:3]}-8{rest[3:6]}-{rest[6:18]}"


class Batch:
    """What a batch has in place of what its pattern has."""

    def __init__(self, pattern: Pattern, number: int, *, is_sqlite: bool) -> None:
        self.pattern, self.number, self._is_sqlite = pattern, number, is_sqlite
        self._shift = pattern.policy + number * pattern.numbers
        first = number * pattern.size
        self._ids = {id: article(first + n) for n, id in enumerate(pattern.ids)}
        self._words = {NAME: name(number), **(OTHER if number else RARE)}
        self._digests: dict[str, str] = {}

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table, as the engine takes them."""
        if table == "search":
            yield from map(self._terms, self.pattern.rows[table])
            return
        if table == "bodies":
            yield from map(self._body, self.pattern.rows[table])
            return
        makers = self._makers(table)
        for row in self.pattern.rows[table]:
            yield tuple(make(row[name]) if make else row[name] for name, make in makers.items())

    def _makers(self, table: str) -> dict[str, Maker | None]:
        known: dict[str, Maker] = {
            **dict.fromkeys(("seq", "group_end"), self._number),
            **dict.fromkeys(("article", "id"), self._ids.__getitem__),
            **dict.fromkeys(("at", "created_at"), self._time),
            **dict.fromkeys(("slug", "tag", "topics", "title"), self._said),
            "subject": lambda id: self._ids.get(id, id),
        }
        if table == "revisions":
            known["digest"] = self._digests.__getitem__
        columns = self.pattern.rows[table][0]
        return {name: known.get(name) for name in columns}

    def _body(self, row: dict[str, Any]) -> tuple[str, bytes]:
        octets: bytes = row["octets"]
        for old, new in self._words.items():
            octets = octets.replace(old.encode(), new.encode())
        digest = f"sha256:{hashlib.sha256(octets).hexdigest()}"
        self._digests[row["digest"]] = digest
        return digest, octets

    def _terms(self, row: dict[str, Any]) -> tuple[Any, ...]:
        found = self._said(row["words"]).split()
        made = search.row(self._number(row["rowid"]), found, is_sqlite=self._is_sqlite)
        return tuple(made.values())

    def _number(self, number: int) -> int:
        return number + self._shift

    def _time(self, said: str) -> str:
        moment = datetime.fromisoformat(said) + HOUR * (self.number + 1)
        return f"{moment:%Y-%m-%d %H:%M:%S.%f}" + ("" if self._is_sqlite else "+00")

    def _said(self, said: str | None) -> str | None:
        if said and "qq" in said:
            for old, new in self._words.items():
                said = said.replace(old, new)
        return said


class Writer:
    """Writes batches into a database, each in one transaction."""

    def __init__(self, connection: Any, pattern: Pattern) -> None:
        self._connection, self._pattern = connection, pattern

    @property
    def done(self) -> int:
        """How many batches are there; raise ``BenchError`` for a database of anything else."""
        cursor = self._connection.cursor()
        cursor.execute("SELECT value FROM counter")
        there = cursor.fetchone()[0] - self._pattern.policy
        self._connection.rollback()
        if there < 0 or there % self._pattern.numbers:
            raise BenchError("the database holds something else, or batches of another size")
        return int(there // self._pattern.numbers)

    def write(self, number: int) -> None:
        """Write one batch."""
        batch = Batch(self._pattern, number, is_sqlite=self.is_sqlite)
        cursor = self._connection.cursor()
        self.begin(cursor)
        for table in TABLES:
            columns = list(self._pattern.rows[table][0])
            self.put(cursor, table, columns, batch.rows(table))
        last = self._pattern.policy + (number + 1) * self._pattern.numbers
        cursor.execute(f"UPDATE counter SET value = {last}")  # noqa: S608 - a number
        self._connection.commit()

    is_sqlite = False

    def begin(self, cursor: Any) -> None:
        """Begin a transaction; psycopg does it by itself."""

    def put(self, cursor: Any, table: str, columns: list[str], rows: Iterator[Any]) -> None:
        """Write rows into a table."""
        with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def analyze(self) -> None:
        """Let the engine count what it has, as its own upkeep does."""
        self._connection.commit()
        self._connection.autocommit = True
        self._connection.cursor().execute("VACUUM ANALYZE")


class SqliteWriter(Writer):
    """The same for SQLite; it need not outlive a power cut."""

    is_sqlite = True

    def begin(self, cursor: Any) -> None:
        """Begin a transaction."""
        cursor.execute("PRAGMA query_only=OFF")  # where a reader had this connection
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute("PRAGMA cache_size=-400000")  # KiB
        cursor.execute("BEGIN IMMEDIATE")

    def put(self, cursor: Any, table: str, columns: list[str], rows: Iterator[Any]) -> None:
        """Write rows into a table."""
        places = ", ".join("?" * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)  # noqa: S608

    def analyze(self) -> None:
        """SQLite plans without statistics; nothing in the product makes any."""


@contextmanager
def writer(database: Database, pattern: Pattern) -> Iterator[Writer]:
    """Open a database to write batches into."""
    connection = database.engine.raw_connection()
    kind = SqliteWriter if database.engine.dialect.name == "sqlite" else Writer
    try:
        yield kind(connection.driver_connection, pattern)
    finally:
        connection.close()
