"""Recalls at the desk: who has copies, how they were told, who has confirmed."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api import media, paging, recall_reports
from api.db import now, session, writing
from api.editorial import Desk, acting, answer, noted
from content.editors import PUBLISH, READ
from content.models.recalls import Recall
from content.recalls import EDITOR, confirming, opening, reports
from schemas.fields import Query
from schemas.recalls import CloseIn, ConfirmForIn, RecallListOut, RecallOut, RecallQuery

bp = Desk(
    "Recalls at the desk",
    __name__,
    url_prefix="/v1/editorial/recalls",
    description="Withdrawals that partners confirm.",
)


@bp.get("")
@bp.needs(READ)
@bp.query(RecallQuery)
@bp.response(200, RecallListOut)
@bp.doc(operationId="listDeskRecalls", summary="List recalls and drills")
def index(query: dict[str, Any]) -> Response:
    """Newest first, with everybody who is asked."""
    found = opening.page(session(), query.get("before"), query["limit"] + 1)
    shown, further = paging.cut(found, query["limit"])
    return answer({"recalls": [reports.internal(session(), one) for one in shown], "next": further})


@bp.get("/<slug:id>")
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, RecallOut)
@bp.doc(operationId="getDeskRecall", summary="Show who has copies, and who has confirmed")
def show(query: dict[str, Any], id: str) -> Response:
    """By the ledger of what was given with a key, and what it cannot know."""
    return answer(reports.internal(session(), opening.find(session(), id)))


@bp.get("/<slug:id>.html")
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, media.REPORT_PAGE, content_type="text/html")
@bp.doc(operationId="getDeskRecallPage", summary="Print who has copies, and who has confirmed")
def show_page(query: dict[str, Any], id: str) -> Response:
    """The same on a page."""
    return recall_reports.page(reports.internal(session(), opening.find(session(), id)))


@bp.get("/<slug:id>.csv")
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, media.TABLE, content_type="text/csv")
@bp.doc(operationId="getDeskRecallTable", summary="Read a recall into a spreadsheet")
def show_table(query: dict[str, Any], id: str) -> Response:
    """One row for each partner and each revision that it was given."""
    return recall_reports.internal_csv(reports.internal(session(), opening.find(session(), id)))


@bp.post("/<slug:id>/confirm")
@bp.needs(PUBLISH)
@bp.body(ConfirmForIn)
@bp.response(200, RecallOut)
@bp.doc(operationId="confirmRecallFor", summary="Note that a partner's copies are gone")
def confirm(body: dict[str, Any], id: str) -> Response:
    """For who has told us by other ways; the note says how we know."""
    with writing() as session:
        recall = confirmed(session, id, body)
        session.commit()
        return answer(reports.internal(session, recall))


def confirmed(session: Session, id: str, body: dict[str, Any]) -> Recall:
    """Confirm a recall for a partner, and note it in the audit; the caller commits."""
    recall = opening.find(session, id)
    said = {"by": EDITOR, "note": body["note"], "now": now()}
    confirming.confirm(session, recall, body["partner"], **said)
    noted(session, "recall.confirm", "recall", id, partner=body["partner"])
    return recall


@bp.post("/<slug:id>/close")
@bp.needs(PUBLISH)
@bp.body(CloseIn)
@bp.response(200, RecallOut)
@bp.doc(operationId="closeRecall", summary="End a recall before everybody has confirmed")
def close(body: dict[str, Any], id: str) -> Response:
    """Who has not confirmed stays so in the report. The article stays down."""
    with writing() as session:
        recall = closed(session, id, body["reason"])
        session.commit()
        return answer(reports.internal(session, recall))


def closed(session: Session, id: str, reason: str) -> Recall:
    """End a recall as who calls, and note it in the audit; the caller commits."""
    recall = opening.find(session, id)
    opening.close(recall, reason, by=acting().id, now=now())
    noted(session, "recall.close", "recall", id, reason=reason)
    return recall
