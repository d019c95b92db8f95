"""Which requests read the replica, and which of them ask the database once more.

Only delivery reads it, and only where the edge says what the database is known to have
(:class:`api.edge.tail.Tail`, under its lease): so what was withdrawn, revoked or suspended is
refused as soon as it would be without a replica. A refusal is never given on its word: the database
is asked again, which may have a new article, key or number by then. The same where it fails.
"""

from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

from api import auth, metering
from api.db import installation, let_go
from api.errors import problem
from content import replica, usage
from content.replica import Known, Replica, Unread

KNOWN = "caveat.known"  # in a request's WSGI environment: how far the database is
READS = ("GET", "HEAD")
SPENT = 429  # is no refusal of the replica's: it is counted here how much is left
MARKS = {replica.BEHIND: usage.BEHIND, replica.AWAY: usage.AWAY}


class Unsure(Exception):
    """The replica cannot tell."""


def init_app(app: Flask) -> None:
    """Choose before each request what it reads, and see each answer before all others do."""
    app.url_value_preprocessor(_choose)  # which comes before everything else
    app.register_error_handler(Unsure, _unsure)
    app.after_request(_ask_again)


def ask_database() -> None:
    """Have the database asked, where this request reads the replica: it does not come back then."""
    if g.get("is_of_replica"):
        raise Unsure


def _choose(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    known, header = request.environ.get(KNOWN), request.headers.get("Authorization", "")
    is_read = request.method in READS and auth.is_delivery() and not auth.is_token(header)
    if known and is_read and (standby := installation().replica):
        g.open_snapshot = partial(_open, standby, known)


def _open(standby: Replica, known: Known) -> AbstractContextManager[Session]:
    try:
        found = standby.open(known)
    except Unread as error:
        metering.mark(MARKS[error.why])
        return installation().database.read()
    metering.mark(usage.REPLICA)
    g.is_of_replica = True
    return found


def _ask_again(response: Response) -> Response:
    """Answer once more from the database what the replica has refused, or failed to answer."""
    if not g.get("is_of_replica") or response.status_code < 400 or response.status_code == SPENT:
        return response
    _begin_anew()
    metering.mark(usage.AGAIN)
    try:
        answer = current_app.preprocess_request()
        if answer is None:
            answer = current_app.dispatch_request()
    except Exception as error:
        answer = current_app.handle_user_exception(error)
    return current_app.make_response(answer)


def _begin_anew() -> None:
    metering.give_back()
    let_go()
    for name in list(g):
        g.pop(name)
    del request.environ[KNOWN]


def _unsure(_error: Unsure) -> Response:
    return problem("unavailable", "The replica cannot tell.")
