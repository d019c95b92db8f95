"""What every failure has in common: one shape, one title for each type, and an id to quote."""

import re
from typing import Any

from factories import PUBLIC_URL
from werkzeug.wrappers import Response

from api.problems import PROBLEMS
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
