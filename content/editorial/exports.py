"""Exports: everything that makes a corpus, with its whole history, as lines of JSON; and back.

The first line says what it is, then come the rows of the log and of the newsroom, table by table in
an order in which they can be written, and the last line counts them and has their digest. Restored
into an instance whose log has not begun, it is the same log: the same numbers, times and texts.

Left out is what belongs to an installation: secrets, partners, requests to redact, the projection.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Column, Integer, LargeBinary, Table, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from content import canonical, changes, documents, heads
from content.db import Instant, Json
from content.errors import Conflict, Finding, Invalid
from content.migrations import revisions
from content.models.access import Editor
from content.models.editorial import Comment, Draft, Release, Task
from content.models.log import FACTS, Article, Body, Change, Revision
from content.models.log import Counter as Numbers

TYPE, VERSION = "caveat-export", 1
LONGEST = 8 * 1024 * 1024  # octets of a line; a text has at most 1 MiB, and is escaped
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, msgspec.MsgspecError)
CHUNK = 200  # rows that are read and written at a time
LOG = (Article, Body, Revision, Change, *FACTS)
NEWSROOM = (Editor, Release, Draft, Comment, Task)
TABLES: dict[str, Table] = {
    str(table.name): table
    for model in (*LOG, *NEWSROOM)
    if isinstance(table := model.__dict__["__table__"], Table)
}


def lines(session: Session) -> Iterator[bytes]:
    """Yield everything that there is, in one snapshot."""
    digest, counts = hashlib.sha256(), Counter[str]()
    head = {"version": VERSION, "schema": revisions()[-1], "sequence": changes.head(session)}
    yield _hashed(digest, {"type": TYPE, **head})
    for name, table in TABLES.items():
        ordered = select(table).order_by(*table.primary_key)
        for row in session.execute(ordered, execution_options={"yield_per": CHUNK}):
            counts[name] += 1
            values = {c.name: _said(row._mapping[c]) for c in table.columns}
            yield _hashed(digest, {"type": "row", "table": name, "row": values})
    end = {"type": "end", "counts": dict(counts), "digest": f"sha256:{digest.hexdigest()}"}
    yield canonical.encode(end) + b"\n"


def restore(session: Session, found: Iterable[bytes]) -> int:
    """Write an export into an empty log and return its newest number; the caller commits.

    Raise ``Conflict`` where the log has begun, and ``Invalid`` for what is not whole and sound.
    """
    _refuse_begun(session)
    reading = _Reading(session)
    for number, line in enumerate(found, 1):
        try:
            reading.take(line)
        except (*UNREADABLE, IntegrityError, StatementError) as error:
            raise Invalid([Finding(f"line {number}", _reason(error))]) from None
    reading.finish()
    try:
        heads.rebuild(session)
    except UNREADABLE as error:
        message = f"what is live cannot be read: {_reason(error)}"
        raise Invalid([Finding("", message)]) from None
    return reading.sequence


def is_export(line: bytes) -> bool:
    """Return whether a file that begins with a line is an export."""
    return f'"type":"{TYPE}"'.encode() in line.replace(b" ", b"")[:200]


class _Reading:
    """What has been read of an export, and the rows that are yet to be written."""

    def __init__(self, session: Session) -> None:
        self.sequence = -1
        self._session = session
        self._digest = hashlib.sha256()
        self._counts = Counter[str]()
        self._table = ""
        self._rows: list[dict[str, Any]] = []
        self._ended = False

    def take(self, line: bytes) -> None:
        """Take one line; raise ``ValueError`` with what is wrong with it."""
        data = canonical.decode(line)
        if self._ended:
            raise ValueError("goes on after its end")
        if data["type"] == "end":
            self._end(data)
            return
        self._digest.update(line)
        if self.sequence < 0:
            self._begin(data)
        else:
            self._add(data["table"], data["row"])

    def finish(self) -> None:
        """Check what only the whole can show; raise ``Invalid``."""
        if not self._ended:
            raise Invalid([Finding("", "the file ends before its last line: it is not whole")])
        self._session.execute(update(Numbers).values(value=self.sequence))
        for message in _flaws(self._session, self.sequence):
            raise Invalid([Finding("", message)])

    def _begin(self, data: dict[str, Any]) -> None:
        if data["type"] != TYPE or data["version"] != VERSION:
            raise ValueError("is not the first line of an export that this program knows")
        if data["schema"] != revisions()[-1]:
            raise ValueError(
                f"was written with the schema {data['schema']}, and this program has "
                f"{revisions()[-1]}; restore it with the Caveat that wrote it, then upgrade"
            )
        self.sequence = data["sequence"]
        if not (type(self.sequence) is int and 0 <= self.sequence <= canonical.MAX_INTEGER):
            raise ValueError("does not say up to which number it goes")

    def _add(self, name: str, row: dict[str, Any]) -> None:
        if name != self._table or len(self._rows) == CHUNK:
            self._flush()
            self._table = name
        self._counts[name] += 1
        self._rows.append(_row(TABLES[name], row))

    def _flush(self) -> None:
        if self._rows:
            self._session.execute(insert(TABLES[self._table]), self._rows)
        self._rows = []

    def _end(self, data: dict[str, Any]) -> None:
        self._flush()
        told = f"sha256:{self._digest.hexdigest()}"
        if data["counts"] != dict(self._counts) or data["digest"] != told:
            raise ValueError("the lines before are not those that were written")
        self._ended = True


def _hashed(digest: Any, data: dict[str, Any]) -> bytes:
    line = canonical.encode(data) + b"\n"
    digest.update(line)
    return line


def _said(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value.decode() if isinstance(value, bytes) else value


def _row(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(row, dict) or row.keys() != {column.name for column in table.columns}:
        raise ValueError(f"has not exactly the columns of {table.name}")
    found = {column.name: _value(column, row[column.name]) for column in table.columns}
    if table.name == Body.__tablename__:
        _check_body(found)
    return found


def _value(column: Column[Any], value: Any) -> Any:
    if value is None or isinstance(column.type, Json):
        return value
    wanted: Any = int if isinstance(column.type, Integer) else str
    if type(value) is not wanted or (wanted is int and abs(value) > canonical.MAX_INTEGER):
        raise ValueError(f"{column.name} cannot be {str(value)[:40]!r}")
    if isinstance(column.type, Instant):
        return datetime.fromisoformat(value)
    return value.encode() if isinstance(column.type, LargeBinary) else value


def _check_body(row: dict[str, Any]) -> None:
    if canonical.digest(row["octets"]) != row["digest"]:
        raise ValueError(f"the text is not the one of {row['digest']}")
    try:
        documents.decode(row["octets"])
    except msgspec.MsgspecError as error:
        raise ValueError(f"the text is no document: {error}") from None


def _refuse_begun(session: Session) -> None:
    """Refuse an instance in which there is anything; from here on nobody else writes to its log."""
    begun = changes.lock(session)
    filled = (name for name, table in TABLES.items() if name != Editor.__tablename__ and
              session.execute(select(table).limit(1)).first())  # fmt: skip
    if begun or any(filled):
        raise Conflict(
            f"This instance is not empty ({begun} changes). An export goes into a new one: name "
            "another CAVEAT_DATA or CAVEAT_DATABASE_URL, and do not run caveat init there before."
        )


def _flaws(session: Session, sequence: int) -> Iterator[str]:
    """Yield what is wrong with the log as a whole."""
    count = session.scalar(select(func.count()).select_from(Change)) or 0
    last = session.scalar(select(func.max(Change.seq))) or 0
    if not count == last == sequence:
        yield f"the log has {count} changes up to {last}, and should have {sequence}"
    redacted = exists().where(Change.subject == Revision.digest, Change.kind == "body.redacted")
    there = exists().where(Body.digest == Revision.digest)
    if lost := session.scalar(select(Revision.digest).where(~there, ~redacted).limit(1)):
        yield f"the text {lost} is missing"


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"lacks or does not know {error}"
    return str(getattr(error, "orig", None) or error)
