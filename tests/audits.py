"""The audit in tests: noting and sealing, a watch over views that write, and tampering by hand."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from factories import NOW
from flask import Flask, Response, g, request
from sqlalchemy import func, select

from content.db import Database
from content.editorial import audit, seal_checks, seals
from content.editorial.audit import Wanted
from content.editorial.seal_checks import Report
from content.models.audit import AuditRow
from content.signing import Keyring

WATCHED = ("/v1/editorial", "/v1/partners", "/v1/key-requests", "/v1/me", "/keys", "/console")
STEPS = itertools.count(1)
LOOKS = {"GET", "HEAD", "OPTIONS"}
# Operations that have another method and change nothing, by their endpoints.
CHANGES_NOTHING = {
    *("Findings.lint", "Previews.show_text", "signing in.choose_theme"),
    *("console drafts.check", "console drafts.preview_text"),
}
IN_GROUPS = {"Imports.create"}  # each group of items that it changes leaves a row


def note(database: Database, count: int = 1, *, now: datetime = NOW, **changed: Any) -> int:
    """Note acts, each in a transaction of its own; return the number of the last."""
    said = {"by": "test", "reason": "A test.", **changed}
    act, subject = said.pop("act", "draft.save"), said.pop("subject", ("article", "one"))
    for _ in range(count):
        detail = {"step": next(STEPS)}  # no two rows are the same but for their numbers
        with database.write() as session:
            number = audit.note(session, act, subject, now=now, detail=detail, **said).number
            session.commit()
    return number


def seal(database: Database, keyring: Keyring, *, now: datetime = NOW) -> str | None:
    """Seal what is new; return the seal as somebody would write it down."""
    with database.write() as session:
        made = seals.seal(session, keyring, now=now)
        session.commit()
    return f"{made.number}:{made.digest}" if made else None


def verify(database: Database, *written_down: str | None) -> Report:
    """Check all seals."""
    known = [one.split(":", 1) for one in written_down if one]
    with database.read() as session:
        return seal_checks.verify(session, {int(number): digest for number, digest in known})


def rows(database: Database, **wanted: Any) -> Sequence[AuditRow]:
    """Return rows, oldest first."""
    with database.read() as session:
        return audit.find(session, Wanted(**wanted), after=0, limit=1000)


def acts(database: Database) -> list[str]:
    """Return what was done, in its order."""
    return [row.act for row in rows(database)]


def tamper(database: Database, *statements: str) -> None:
    """Change the audit as somebody could who owns the database: past the triggers."""
    with database.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            named = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'"
            for (name,) in connection.exec_driver_sql(named).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            for table in ("audit", "audit_seals"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for statement in statements:
            connection.exec_driver_sql(statement)


@contextmanager
def watched(app: Flask) -> Iterator[list[str]]:
    """Give what will hold every request to the write side that left no row, or several.

    What was refused leaves none, and neither does what only looks, or only says again what it said.
    """
    unnoted: list[str] = []
    # With connections of its own: to wait for a second one of the application's could be for ever.
    database = Database(app.extensions["caveat"].database.url)

    def look(response: Response) -> Response:
        if request.path.startswith(WATCHED) and response.status_code < 500:
            left = _count(database, g.request_id)
            if request.endpoint not in IN_GROUPS and left != int(_has_changed(response)):
                done = f"{request.method} {request.path} answered {response.status_code}"
                unnoted.append(f"{done} and left {left} rows in the audit")
        return response

    app.after_request(look)
    yield unnoted
    database.close()


def _has_changed(response: Response) -> bool:
    writes = request.method not in LOOKS and request.endpoint not in CHANGES_NOTHING
    is_new = "Idempotency-Replayed" not in response.headers
    return writes and is_new and response.status_code < 400


def _count(database: Database, request_id: str) -> int:
    mine = select(func.count()).where(AuditRow.request_id == request_id)
    with database.read() as session:
        return session.scalars(mine).one()
