"""The desk: what waits for who is signed in, what is due, and how the corpus stands."""

from flask import Response

from api import insights
from api.console import Console, page
from api.db import now
from api.editorial import waiting
from content.editors import READ
from content.errors import NotFound

bp = Console("console desk", __name__, url_prefix="/console")
SHOWN = 8  # of each list of what waits
DATES = 6  # of the calendar


@bp.get("")
@bp.needs(READ)
def show() -> Response:
    """What `/v1/editorial/waiting`, `/v1/insights/reviews` and `/v1/insights/corpus` answer."""
    return page(
        "desk.html",
        waiting=waiting.data(SHOWN),
        calendar=insights.reviews({"limit": DATES, "from_": now().date()}),
        corpus=insights.corpus_now(),
    )


@bp.get("/<path:rest>")
@bp.needs(READ)
def show_nothing(rest: str) -> Response:
    """Whatever else is asked for under `/console`: who is not signed in does not learn what is."""
    raise NotFound("There is no page at this address.")
