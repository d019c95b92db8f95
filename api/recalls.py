"""Recalls: what everybody may know of them, and what a partner confirms.

The public reports name no partner; drills are in none of them.
"""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api import entries, media, paging, recall_reports, responses
from api.account import Account, holder
from api.db import now, session, writing
from api.editorial import answer, noted
from api.examples import EDITION_EXAMPLE
from api.openapi import Slice
from content.errors import NotFound
from content.models.recalls import Recall
from content.recalls import PARTNER, confirming, opening, reports
from schemas.fields import Query
from schemas.recalls import (
    ConfirmIn,
    MyRecallListOut,
    MyRecallOut,
    PublicRecallListOut,
    PublicRecallOut,
    RecallQuery,
)

bp = Slice("Recalls", __name__, url_prefix="/v1/recalls", description="Who has confirmed.")
own = Account("My recalls", __name__, url_prefix="/v1/me/recalls", description="To confirm.")

EXAMPLE: dict[str, Any] = {
    "id": "019a0000-0000-7000-8000-000000000003",
    "article": {"id": "019a0000-0000-7000-8000-000000000001", "slug": "sleep-habits-and-insomnia"},
    "drill": False,
    "sequence": 412,
    "notice": "A number in it was wrong.",
    "opened_at": "2026-06-01T09:00:00+00:00",
    "deadline": "2026-06-02T09:00:00+00:00",
    "closed_at": None,
    "closed_because": None,
    "partners": {
        "asked": 3,
        "told": 1,
        "reminded": 0,
        "overdue": 0,
        "escalated": 0,
        "confirmed": 2,
        "confirmed_by": {"partner": 1, "fetch": 1, "editor": 0},
        "seconds_to_last_confirmation": 95,
    },
    "not_known": ["Who read it without a key."],
    "help": EDITION_EXAMPLE["help"],
}
EXAMPLES: dict[str, Any] = {"recalls": [EXAMPLE], "next": None}


@bp.get("")
@bp.query(RecallQuery)
@bp.response(200, PublicRecallListOut, example=EXAMPLES)
@bp.doc(operationId="listRecalls", summary="List recalls")
def index(query: dict[str, Any]) -> Response:
    """Withdrawals that partners have to confirm, newest first."""
    before, limit = query.get("before"), query["limit"]
    found = opening.page(session(), before, limit + 1, drills=False)
    shown, further = paging.cut(found, limit)
    return _public({"recalls": [_report(session(), one) for one in shown], "next": further})


@bp.get("/<slug:id>")
@bp.query(Query)
@bp.response(200, PublicRecallOut, example=EXAMPLE)
@bp.doc(operationId="getRecall", summary="Show how far a recall is")
def show(query: dict[str, Any], id: str) -> Response:
    """How many partners were asked, how many have confirmed, and what nobody can know."""
    return _public(_report(session(), _find(id)))


@bp.get("/<slug:id>.html")
@bp.query(Query)
@bp.response(200, media.REPORT_PAGE, content_type="text/html")
@bp.doc(operationId="getRecallPage", summary="Print how far a recall is")
def show_page(query: dict[str, Any], id: str) -> Response:
    """The same on a page."""
    return _kept(recall_reports.page(_report(session(), _find(id))))


@bp.get("/<slug:id>.csv")
@bp.query(Query)
@bp.response(200, media.TABLE, content_type="text/csv")
@bp.doc(operationId="getRecallTable", summary="Read how far a recall is into a spreadsheet")
def show_table(query: dict[str, Any], id: str) -> Response:
    """The same as one row."""
    return _kept(recall_reports.public_csv(_report(session(), _find(id))))


@own.get("")
@own.closed
@own.query(Query)
@own.response(200, MyRecallListOut)
@own.doc(operationId="listMyRecalls", summary="List what I am asked to confirm")
def mine(query: dict[str, Any]) -> Response:
    """Open ones, and those that are closed."""
    found = confirming.of_partner(session(), holder(session()).id)
    return answer({"recalls": [reports.asked(recall, one) for recall, one in found]})


@own.get("/<slug:id>")
@own.closed
@own.query(Query)
@own.response(200, MyRecallOut)
@own.doc(operationId="getMyRecall", summary="Show a recall and how far I am")
def show_mine(query: dict[str, Any], id: str) -> Response:
    """What is recalled, until when to confirm, and whether it is confirmed."""
    one = confirming.find(session(), id, holder(session()).id)
    return answer(reports.asked(opening.find(session(), id), one))


@own.post("/<slug:id>/confirm")
@own.closed
@own.body(ConfirmIn)
@own.response(200, MyRecallOut)
@own.doc(operationId="confirmRecall", summary="Confirm that my copies are gone")
def confirm(body: dict[str, Any], id: str) -> Response:
    """On pages, in apps and in caches of yours. Again is no error."""
    with writing() as session:
        partner = holder(session).id
        confirming.find(session, id, partner)
        recall = opening.find(session, id)
        done = confirming.confirm(
            session, recall, partner, by=PARTNER, note=body["note"], now=now()
        )
        noted(session, "recall.confirm", "recall", id)
        session.commit()
    return answer(reports.asked(recall, done))


def _find(id: str) -> Recall:
    found = opening.find(session(), id)
    if found.is_drill:
        raise NotFound(f"There is no recall {id!r}.")
    return found


def _report(session: Session, recall: Recall) -> dict[str, Any]:
    return {**reports.public(session, recall), "help": entries.generic_help()}


def _public(data: dict[str, Any]) -> Response:
    return _kept(responses.of_data(data))


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = responses.life()
    return responses.conditional(response)
