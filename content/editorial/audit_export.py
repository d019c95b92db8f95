"""The audit as lines of JSON: rows, then the seals that vouch for them, then an end.

It is read in parts, each in a snapshot of its own, so that a slow reader holds neither memory nor a
transaction. Nothing changes in what was there at the beginning, and no more than that is written.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from content import canonical
from content.db import Database
from content.editorial import audit, seals
from content.editorial.audit import Wanted
from content.models.audit import AuditSeal

PART = 500  # rows that are read at a time
SEALS_PART = 20  # seals, each of which may have a thousand digests


def lines(database: Database, wanted: Wanted) -> Iterator[bytes]:
    """Yield whole lines, several at a time; who does not get the ``end`` has not got all."""
    with database.read() as session:
        last_row, last_seal = audit.newest(session), seals.newest(session)
    counts, given = {"rows": 0, "seals": 0}, (0, 0)
    for rows in _rows(database, wanted, last_row):
        given = (given[0] or rows[0]["number"], rows[-1]["number"])
        counts["rows"] += len(rows)
        yield b"".join(_line("row", row=row) for row in rows)
    for part in _seals(database, given, last_seal.number if last_seal else 0):
        counts["seals"] += len(part)
        yield b"".join(_line("seal", seal=seal) for seal in part)
    yield _line("end", counts=counts)


def _rows(database: Database, wanted: Wanted, last: int) -> Iterator[list[dict[str, Any]]]:
    after = 0
    while True:
        with database.read() as session:
            found = audit.find(session, wanted, after=after, limit=PART)
        rows = [audit.facts(row) for row in found if row.number <= last]
        if not rows:
            return
        yield rows
        after = rows[-1]["number"]


def _seals(database: Database, given: tuple[int, int], last: int) -> Iterator[list[dict[str, Any]]]:
    """Yield the seals that vouch for any row between two numbers."""
    about = (AuditSeal.last >= given[0], AuditSeal.first <= given[1], AuditSeal.number <= last)
    after = 0
    while True:
        query = select(AuditSeal).where(AuditSeal.number > after, *about)
        with database.read() as session:
            found = session.scalars(query.order_by(AuditSeal.number).limit(SEALS_PART)).all()
        if not found:
            return
        yield [seals.facts(one) for one in found]
        after = found[-1].number


def _line(type: str, **facts: Any) -> bytes:
    return canonical.encode({"type": type, **facts}) + b"\n"
