"""What is refused in the console, as pages: each problem says what happened and what to do.

Problems are made where they always are (:mod:`api.errors`); here those that would be answered to a
browser at the console become pages with the same status. Who is not signed in is asked for a token.
"""

from typing import Any

from flask import Flask, Response, flash, request

from api import errors, visits
from api.console import go, here, is_here, kept, link, page, signing_in
from api.responses import HTML, JSON
from content import canonical

KEPT = ("Allow", "Retry-After", "WWW-Authenticate")  # headers of a problem
ADVICE = {  # by status; what a person can do now
    400: "Follow the links of the console rather than an address from elsewhere.",
    403: "Ask an admin of the newsroom, if you should be able to do this.",
    404: "It may have been renamed or deleted, or the address is mistyped.",
    405: "Go back to the page before, and use what it offers.",
    409: "Look at how things stand now, then decide.",
    410: "What is gone cannot be shown again; its history says since when.",
    412: "Look at what is there now, put both together, then send it again.",
    413: "Send less at a time.",
    422: "Go back, put right what is listed here, and send it again.",
    500: "It is not your fault. Try again; tell who runs the installation, with the number below.",
    503: "It is not your fault. Try again in a moment.",
}


def init_app(app: Flask) -> None:
    """Look at every answer of the console."""
    app.after_request(_show)


def _show(response: Response) -> Response:
    if not is_here() or response.mimetype != errors.MIMETYPE or _is_for_a_script():
        return response
    problem = canonical.decode(response.get_data())
    shown = _ask() if response.status_code == 401 else _page(problem, response.status_code)
    shown.headers.update(
        {name: response.headers[name] for name in KEPT if name in response.headers}
    )
    return shown


def _is_for_a_script() -> bool:
    """Return whether a script asks, which reads problems itself."""
    return request.accept_mimetypes.best_match((HTML, JSON)) == JSON


def _page(problem: dict[str, Any], status: int) -> Response:
    return page(
        "refused.html",
        status,
        problem=problem,
        advice=ADVICE.get(status, ""),
        fields=kept.sent(),
        action=here(),
    )


def _ask() -> Response:
    """Ask who is not signed in for a token; a form that was sent comes along, whole."""
    fields = kept.sent()
    if fields:
        said = "You were signed out meanwhile. What you wrote is still here: sign in, then send it."
        response = signing_in.ask(fields, 401, wrong=said, next=here())
    else:
        if visits.is_known():
            flash("Your visit has ended; sign in again.")
        response = go(link("signing in.form", next=here()))
    visits.forget(response)
    return response
