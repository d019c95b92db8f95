"""Flask's side of the edge: it leaves each answer that can be given again beside its response.

Both notes stand in the request's WSGI environment, where the layer around Flask finds them.
"""

from flask import Flask, Response, g, request

from api import auth, metering, surrogates
from api.edge.answers import Answer, Facts, slim
from api.edge.callers import Known

CALLER, ANSWER = "caveat.caller", "caveat.answer"
STATUSES = (200, 304, 308, 404, 410, 451)


def init_app(app: Flask) -> None:
    """Note behind all others: what is registered first has the last word on an answer."""
    app.after_request(_note)


def _note(response: Response) -> Response:
    if _may_be_given_again(response):
        request.environ[ANSWER] = _answer(response)
        request.environ[CALLER] = _caller()
    if response.status_code == 304:
        slim(response.headers)
    return response


def _may_be_given_again(response: Response) -> bool:
    """Return whether an answer depends only on the log, and on what of its request is its key."""
    return (
        request.method in ("GET", "HEAD")
        and not auth.is_editor()  # at the desk everybody sees what was just written
        and response.status_code in STATUSES
        and "head" in g
        and auth.is_delivery()
        and "no-store" not in response.headers["Cache-Control"]
        and not g.get("is_unsettled")
    )


def _answer(response: Response) -> Answer:
    """Return an answer whole, also where this reader has it already, or wants no body."""
    status = "200 OK" if response.status_code == 304 else response.status
    facts = Facts(g.head, surrogates.tags(), metering.given())
    return Answer(status, response.headers.to_wsgi_list(), response.get_data(), facts)


def _caller() -> Known | None:
    """Return the partner who was let in."""
    known, payer = auth.caller(), metering.payer()
    if known is None or payer is None:
        return None
    ends = known.credential.expires_at
    return Known(payer, auth.fixes(), ends.timestamp() if ends else None)
