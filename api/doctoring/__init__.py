"""The doctor: what is wrong with an installation, or soon will be, and what to do about it.

Each check is a function that yields findings, also that all is well: who reads the list has to see
what was looked at.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from api.settings import Settings
from content.db import Database

OK, WARNING, PROBLEM = "ok", "warning", "problem"


@dataclass(frozen=True)
class Finding:
    """What a check has found, and what to do; a problem keeps something from being as promised."""

    check: str
    level: str
    message: str
    fix: str = ""


@dataclass(frozen=True)
class Look:
    """What is looked at: an installation whose database answers, in one snapshot, at a moment."""

    settings: Settings
    database: Database
    session: Session
    at: datetime

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file."""
        return self.database.engine.dialect.name == "sqlite"


def well(check: str, message: str) -> Finding:
    """Return that all is well."""
    return Finding(check, OK, message)


def warn(check: str, message: str, fix: str) -> Finding:
    """Return what should be looked after."""
    return Finding(check, WARNING, message, fix)


def wrong(check: str, message: str, fix: str) -> Finding:
    """Return what is wrong."""
    return Finding(check, PROBLEM, message, fix)


def ago(span: timedelta) -> str:
    """Return a time span for people: its two largest units."""
    minutes = int(span.total_seconds()) // 60
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
