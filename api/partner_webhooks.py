"""What admins see and do of a partner's webhooks, and what was found on its pages."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api import paging, webhooks
from api.db import session, writing
from api.editorial import Desk, answer
from content import partners
from content.editors import ADMIN
from content.insights import conformance
from content.models.conformance import ConformanceReport
from schemas.conformance import LookListOut, LookQuery
from schemas.fields import Query
from schemas.webhooks import (
    DeliveryListOut,
    DeliveryQuery,
    PartnerWebhookListOut,
    PartnerWebhookOut,
    ReplayIn,
)

bp = Desk("Partners' webhooks", __name__, url_prefix="/v1/partners", description="Who is told how.")
OF_LOOK = ("id", "url", "article", "locale", "revision")


@bp.get("/<slug:id>/webhooks")
@bp.needs(ADMIN)
@bp.query(Query)
@bp.response(200, PartnerWebhookListOut)
@bp.doc(operationId="listPartnerWebhooks", summary="List the webhooks of a partner")
def index(query: dict[str, Any], id: str) -> Response:
    """Never their secrets, and of their addresses the host alone."""
    return answer({"webhooks": webhooks.listed(partners.find(session(), id))})


@bp.get("/<slug:id>/webhooks/<slug:webhook>/deliveries")
@bp.needs(ADMIN)
@bp.query(DeliveryQuery)
@bp.response(200, DeliveryListOut)
@bp.doc(operationId="listPartnerDeliveries", summary="List what became of a webhook's events")
def attempts(query: dict[str, Any], id: str, webhook: str) -> Response:
    """The last attempt first."""
    return answer(webhooks.delivered(partners.find(session(), id), webhook, query))


@bp.post("/<slug:id>/webhooks/<slug:webhook>/replay")
@bp.needs(ADMIN)
@bp.body(ReplayIn)
@bp.response(200, PartnerWebhookOut)
@bp.doc(operationId="replayPartnerWebhook", summary="Tell a webhook everything once more")
def replay(body: dict[str, Any], id: str, webhook: str) -> Response:
    """From a number on, with the same ids as the first time."""
    with writing() as session:
        found = webhooks.replayed(session, partners.find(session, id), webhook, body["after"])
        session.commit()
    return answer(webhooks.hidden(found))


@bp.post("/<slug:id>/webhooks/<slug:webhook>/enable")
@bp.needs(ADMIN)
@bp.query(Query)
@bp.response(200, PartnerWebhookOut)
@bp.doc(operationId="enablePartnerWebhook", summary="Tell a webhook again that was disabled")
def enable(query: dict[str, Any], id: str, webhook: str) -> Response:
    """It goes on where it stopped, once it has said the challenge."""
    with writing() as session:
        found = webhooks.enabled(session, partners.find(session, id), webhook)
        session.commit()
    return answer(webhooks.hidden(found))


@bp.get("/<slug:id>/conformance")
@bp.needs(ADMIN)
@bp.query(LookQuery)
@bp.response(200, LookListOut)
@bp.doc(operationId="listPartnerConformance", summary="List what was found on a partner's pages")
def looks(query: dict[str, Any], id: str) -> Response:
    """By `caveat conformance --partner`, newest first."""
    return answer(looked(session(), partners.find(session(), id).id, query))


def looked(session: Session, partner: str, query: dict[str, Any]) -> dict[str, Any]:
    """Return what was found on a partner's pages, as data."""
    found = conformance.page(session, partner, query["before"], query["limit"] + 1)
    shown, further = paging.cut(found, query["limit"])
    return {"looks": [_look(one) for one in shown], "next": further}


def _look(one: ConformanceReport) -> dict[str, Any]:
    failed = [check for check in one.report["checks"] if check["outcome"] == "fails"]
    facts = {name: getattr(one, name) for name in OF_LOOK}
    return {**facts, "at": one.at.isoformat(), "outcome": one.report["outcome"], "failed": failed}
