"""What every failure has in common: one shape, one title for each type, an id; and one cause."""

import re
from pathlib import Path
from typing import Any

import sqlalchemy
from factories import PUBLIC_URL
from flask import Flask
from sqlalchemy.engine import make_url
from werkzeug.wrappers import Response

from api.problems import PROBLEMS
from content.db import Database
from schemas.problems import ProblemOut

MIMETYPE = "application/problem+json"


def assert_problem(response: Response, status: int, kind: str) -> dict[str, Any]:
    """Check that an answer is this RFC 9457 problem, and return its body."""
    assert response.status_code == status, response.get_data(as_text=True)[:300]
    assert response.mimetype == MIMETYPE
    body: dict[str, Any] = response.get_json()
    assert ProblemOut().validate(body) == {}
    assert body["type"] == f"{PUBLIC_URL}/problems/{kind}"
    assert body["title"] == PROBLEMS[kind].title
    assert body["status"] == status == PROBLEMS[kind].status
    assert body.get("your_copy") == PROBLEMS[kind].your_copy
    assert re.fullmatch(r"[0-9a-f]{32}", body["request_id"])
    assert body["instance"].startswith("/")
    return body


def kind_of(response: Response) -> str:
    """Return the type of a problem, as its address ends."""
    return str(response.get_json()["type"]).rpartition("/")[2]


def lose(app: Flask) -> None:
    """Take the database away from under the application."""
    database: Database = app.extensions["caveat"].database
    url = make_url(database.url)
    if url.get_backend_name() == "sqlite":
        database.engine.dispose()
        path = Path(str(url.database))
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
        path.write_bytes(b"This is not a database. " * 100)
        return
    engine = sqlalchemy.create_engine(
        url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS false')
        connection.execute(
            sqlalchemy.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            " WHERE datname = :name"),
            {"name": url.database},
        )  # fmt: skip
