"""The queries that an application asks its database, to be counted."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """Collect the queries that an app asks its database."""
    found: list[str] = []
    engine = app.extensions["caveat"].database.engine

    def add(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", add)
    yield found
    event.remove(engine, "before_cursor_execute", add)
