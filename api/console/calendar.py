"""The calendar: reviews, last days of display and facts to be looked at again, by their days."""

from typing import Any

from flask import Response

from api import insights
from api.console import Console, page
from content.editors import READ
from schemas.insights.calendar import CalendarQuery

bp = Console("console calendar", __name__, url_prefix="/console/calendar")


@bp.get("")
@bp.needs(READ)
@bp.query(CalendarQuery)
def index(query: dict[str, Any]) -> Response:
    """What `/v1/insights/reviews` answers: overdue first, then day by day."""
    asked = {name: str(query.get(name) or "") for name in ("from_", "to")}
    found = insights.reviews(query)
    return page("calendar.html", asked=asked, is_first="cursor" not in query, calendar=found)
