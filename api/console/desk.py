"""The desk: what waits for who is signed in, what is due, and how the corpus stands."""

from flask import Response

from api import insights
from api.console import Console, page
from api.editorial import waiting
from content.editors import READ

bp = Console("console desk", __name__, url_prefix="/console")
SHOWN = 8  # of each list of what waits
DATES = 12  # of the calendar


@bp.get("")
@bp.needs(READ)
def show() -> Response:
    """What `/v1/editorial/waiting`, `/v1/insights/reviews` and `/v1/insights/corpus` answer."""
    return page(
        "desk.html",
        waiting=waiting.data(SHOWN),
        calendar=insights.reviews({"limit": DATES}),
        corpus=insights.corpus_now(),
    )
