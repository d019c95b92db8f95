"""Usage and exposures over HTTP: a partner's own under ``/v1/me``, anybody's for admins."""

from datetime import date, timedelta
from typing import Any

from flask import Response

from api import paging
from api.account import Account, holder
from api.db import now, session
from api.editorial import Desk, answer
from content import exposures, partners
from content import usage as used
from content.editors import ADMIN
from content.errors import Finding, Invalid
from content.models.access import Partner
from content.models.usage import Exposure, Usage
from schemas.usage import (
    MAX_DAYS,
    ExposureListOut,
    ExposureQuery,
    UsageOut,
    UsageQuery,
)

bp = Desk("Usage", __name__, url_prefix="/v1/partners", description="What partners took.")
own = Account("Own usage", __name__, url_prefix="/v1/me", description="What I took.")
LEFT_OUT = timedelta(days=29)  # from the first day to the last one
USED = ("day", "route", "status", "count", "bytes", "cost")
GIVEN = ("article", "locale", "revision", "digest", "count")


@own.get("/usage")
@own.closed
@own.query(UsageQuery)
@own.response(200, UsageOut)
@own.doc(operationId="getMyUsage", summary="Read what I asked for, by day")
def my_usage(query: dict[str, Any]) -> Response:
    """Answers, bytes and cost by route and status; a few seconds behind."""
    return _usage(holder(session()), query)


@own.get("/exposures")
@own.closed
@own.query(ExposureQuery)
@own.response(200, ExposureListOut)
@own.doc(operationId="listMyExposures", summary="List which revisions I was given")
def my_exposures(query: dict[str, Any]) -> Response:
    """What a recall would ask me about; a few seconds behind."""
    return _exposures(holder(session()), query)


@bp.get("/<slug:id>/usage")
@bp.needs(ADMIN)
@bp.query(UsageQuery)
@bp.response(200, UsageOut)
@bp.doc(operationId="getPartnerUsage", summary="Read what a partner asked for, by day")
def usage(query: dict[str, Any], id: str) -> Response:
    """Answers, bytes and cost by route and status; a few seconds behind."""
    return _usage(partners.find(session(), id), query)


@bp.get("/<slug:id>/exposures")
@bp.needs(ADMIN)
@bp.query(ExposureQuery)
@bp.response(200, ExposureListOut)
@bp.doc(operationId="listPartnerExposures", summary="List which revisions a partner was given")
def given(query: dict[str, Any], id: str) -> Response:
    """By article, locale and number; a few seconds behind."""
    return _exposures(partners.find(session(), id), query)


def _usage(partner: Partner, query: dict[str, Any]) -> Response:
    first, last = _days(query)
    rows = used.of_partner(session(), partner.id, first, last)
    days = {"from": first.isoformat(), "to": last.isoformat()}
    return answer({"partner": partner.id, **days, "usage": [_used(row) for row in rows]})


def _days(query: dict[str, Any]) -> tuple[date, date]:
    last = query.get("to") or now().date()
    first = query.get("from_") or last - min(LEFT_OUT, last - date.min)
    if not timedelta(0) <= last - first < timedelta(days=MAX_DAYS):
        message = f"must be a day up to 'to', and at most {MAX_DAYS} days with it"
        raise Invalid([Finding("from", message)])
    return first, last


def _used(row: Usage) -> dict[str, Any]:
    return {name: getattr(row, name) for name in USED}


def _exposures(partner: Partner, query: dict[str, Any]) -> Response:
    after, limit = paging.parse_place(query.get("after")), query["limit"]
    rows = exposures.of_partner(session(), partner.id, after=after, limit=limit + 1)
    further = paging.place_cursor(exposures.place(rows[limit - 1])) if len(rows) > limit else None
    shown = [_given(row) for row in rows[:limit]]
    return answer({"partner": partner.id, "exposures": shown, "next": further})


def _given(row: Exposure) -> dict[str, Any]:
    times = {name: getattr(row, name).isoformat() for name in ("first_at", "last_at")}
    return {name: getattr(row, name) for name in GIVEN} | times
