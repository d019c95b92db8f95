"""Examining: all checks, one after the other; those of the log only where its database answers."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from api.doctoring import Finding, Look, databases, environment, keys, services, well, work, wrong
from api.settings import Settings
from content.db import Database, SchemaMismatch
from content.engines import cause

ALONE = (*environment.CHECKS, *services.CHECKS)
OF_DATABASE = (*databases.CHECKS, *keys.CHECKS, *work.CHECKS)


def examine(settings: Settings, at: datetime) -> Iterator[Finding]:
    """Yield what every check finds; nothing is written."""
    for check in ALONE:
        yield from check(settings)
    if _is_missing(settings):
        yield wrong("database", "there is none yet", "caveat init, or caveat restore")
        return
    database = Database(settings.database)
    try:
        yield from _examine(settings, database, at)
    finally:
        database.close()


def _is_missing(settings: Settings) -> bool:
    """Return whether an embedded database is not there; to open it would make one."""
    url = make_url(settings.database)
    return url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists()


def _examine(settings: Settings, database: Database, at: datetime) -> Iterator[Finding]:
    try:
        database.check_schema()
    except SchemaMismatch as error:
        yield wrong("database", str(error), "caveat init, with the newest program")
        return
    except SQLAlchemyError as error:
        told = f"cannot be used: {cause(error)}"
        yield wrong("database", told, "see docs/runbooks.md, the database is down")
        return
    yield well("database", f"{database.engine.dialect.name} answers, and is up to date")
    with database.read() as session:
        look = Look(settings, database, session, at)
        for check in OF_DATABASE:
            yield from check(look)
