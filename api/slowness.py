"""Slow statements: SQL that took long is counted by day, and logged without its values."""

import logging
import time
from typing import Any

from flask import Flask
from sqlalchemy import event

from api.db import now
from api.ledger import Ledger
from content.usage import SLOW

MILLISECONDS = 250  # from which a statement is slow
SHOWN = 500  # characters of one
log = logging.getLogger("caveat")


def init_app(app: Flask) -> None:
    """Time every statement of this application's database."""
    ledger: Ledger = app.extensions["caveat-meter"].ledger
    engine = app.extensions["caveat"].database.engine

    def begin(connection: Any, *_: Any) -> None:
        connection.info["begun"] = time.perf_counter()

    def end(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        took = (time.perf_counter() - connection.info.pop("begun", time.perf_counter())) * 1000
        if took >= MILLISECONDS:
            _note(ledger, statement, round(took))

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)


def _note(ledger: Ledger, statement: str, milliseconds: int) -> None:
    ledger.mark(SLOW, now())
    log.warning("slow statement, %d ms: %s", milliseconds, " ".join(statement.split())[:SHOWN])
