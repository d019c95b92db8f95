"""Insights into recalls: how far they are, and who may still show what was withdrawn."""

from typing import Any

from flask import Response

from api import paging
from api.db import now, session
from api.editorial import Desk, answer
from content.editors import READ
from content.insights import recalls
from content.recalls import opening
from schemas.insights.recalls import (
    RecallsInsightOut,
    RecallsQuery,
    UnconfirmedListOut,
    UnconfirmedQuery,
)

bp = Desk(
    "Recall insights",
    __name__,
    url_prefix="/v1/insights/recalls",
    description="What dashboards ask of recalls.",
)


@bp.get("")
@bp.needs(READ)
@bp.query(RecallsQuery)
@bp.response(200, RecallsInsightOut)
@bp.doc(operationId="getRecallInsights", summary="Read how far recalls are")
def show_recalls(query: dict[str, Any]) -> Response:
    """Open and past ones, and drills, newest first."""
    return answer(recalls_now(query))


def recalls_now(query: dict[str, Any]) -> dict[str, Any]:
    """Return how far recalls are, as data."""
    found = opening.page(session(), query.get("before"), query["limit"] + 1)
    shown, further = paging.cut(found, query["limit"])
    return {
        "all": recalls.summary(session(), now()),
        "recalls": recalls.described(session(), shown, now()),
        "next": further,
    }


@bp.get("/unconfirmed")
@bp.needs(READ)
@bp.query(UnconfirmedQuery)
@bp.response(200, UnconfirmedListOut)
@bp.doc(operationId="listUnconfirmed", summary="List who may still show what was withdrawn")
def show_unconfirmed(query: dict[str, Any]) -> Response:
    """Partners who have not confirmed an open recall; of the oldest one first."""
    return answer({"all": recalls.summary(session(), now()), **unconfirmed(query)})


def unconfirmed(query: dict[str, Any]) -> dict[str, Any]:
    """Return who has not confirmed an open recall, or drill, as data."""
    after, limit = paging.parse_asked(query.get("after")), query["limit"]
    rows = recalls.unconfirmed(session(), after, limit + 1, drills=query["drills"])
    shown = recalls.waits(session(), rows[:limit], now())
    last = shown[-1] if len(rows) > limit else None
    further = paging.asked_cursor(last["recall"], last["partner"]) if last else None
    return {"partners": shown, "next": further}
