"""The recall board: who may still show what was withdrawn, and how far each recall is.

While a page is open, a script asks again and again for its part that changes (``live.js``), which
is a page of its own; without a script one follows the link *Refresh*.
"""

from typing import Any

from flask import Response

from api import recall_insights, recall_reports
from api.console import Console, page
from api.console.timeline import timeline
from api.db import session
from content.editors import READ
from content.recalls import STATES, opening, reports
from schemas.fields import Query
from schemas.insights.recalls import RecallsQuery

bp = Console("console recalls", __name__, url_prefix="/console/recalls")
SHOWN = 20  # recalls of a page
WAITING = 50  # partners who may still show it
Data = dict[str, Any]


@bp.get("")
@bp.needs(READ)
@bp.query(RecallsQuery)
def index(query: Data) -> Response:
    """What `/v1/insights/recalls` and `/v1/insights/recalls/unconfirmed` answer."""
    listed = recall_insights.recalls_now({**query, "limit": SHOWN})
    facts: Data = {"is_first": "before" not in query, "next": listed["next"]}
    return page("recalls.html", **_board(query, listed), **facts)


@bp.get("/board")
@bp.needs(READ)
@bp.query(RecallsQuery)
def board(query: Data) -> Response:
    """The part of the board that changes."""
    listed = recall_insights.recalls_now({**query, "limit": SHOWN})
    return page("recalls_live.html", **_board(query, listed))


@bp.get("/<slug:id>")
@bp.needs(READ)
@bp.query(Query)
def show(query: Data, id: str) -> Response:
    """What `/v1/editorial/recalls/{id}` answers: who has copies, and who has confirmed."""
    return page("recall.html", **_recall(id))


@bp.get("/<slug:id>/progress")
@bp.needs(READ)
@bp.query(Query)
def progress(query: Data, id: str) -> Response:
    """The part of a recall that changes."""
    return page("recall_live.html", **_recall(id))


@bp.get("/<slug:id>.html")
@bp.needs(READ)
@bp.query(Query)
def show_report(query: Data, id: str) -> Response:
    """The report, as `/v1/editorial/recalls/{id}.html` has it, to print."""
    return recall_reports.page(_report(id))


@bp.get("/<slug:id>.csv")
@bp.needs(READ)
@bp.query(Query)
def show_table(query: Data, id: str) -> Response:
    """The same for a spreadsheet."""
    return recall_reports.internal_csv(_report(id))


def _board(query: Data, listed: Data) -> Data:
    return {
        "listed": listed,
        "before": query.get("before"),
        "waiting": recall_insights.unconfirmed({"limit": WAITING, "drills": False}),
        "drilled": recall_insights.unconfirmed({"limit": WAITING, "drills": True}),
    }


def _recall(id: str) -> Data:
    report = _report(id)
    return {"recall": report, "timeline": timeline(report), **_sorted(report)}


def _sorted(report: Data) -> Data:
    """Return who has not confirmed yet, the latest state first, and who has."""
    asked = report["exposed"]
    waits = [one for one in asked if one["confirmed_at"] is None]
    done = [one for one in asked if one["confirmed_at"]]
    waits.sort(key=lambda one: -STATES.index(one["state"]))
    return {"waits": waits, "done": sorted(done, key=lambda one: one["confirmed_at"])}


def _report(id: str) -> Data:
    return reports.internal(session(), opening.find(session(), id))
