"""Requests for keys, as admins answer them; who asks does it at ``/keys``."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api import paging, partners
from api.db import installation, now, session, writing
from api.editorial import Desk, acting, answer, noted
from content import key_requests
from content.editors import ADMIN
from content.models.access import KeyRequest, Partner
from schemas.fields import Query
from schemas.partners import KeyRequestListOut, KeyRequestOut, PartnerOut, RequestQuery

bp = Desk(
    "Key requests", __name__, url_prefix="/v1/key-requests", description="Who asks for a key."
)
COLUMNS = ("id", "purpose", "terms", "partner", "decided_by")


@bp.get("")
@bp.needs(ADMIN)
@bp.query(RequestQuery)
@bp.response(200, KeyRequestListOut)
@bp.doc(operationId="listKeyRequests", summary="List who asks for a key")
def index(query: dict[str, Any]) -> Response:
    """Oldest first."""
    return answer(listed(query))


def listed(query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of requests as data."""
    after, limit, waiting = query.get("after", ""), query["limit"], "state" in query
    found = key_requests.after(session(), after, limit + 1, waiting=waiting)
    shown, further = paging.cut(found, limit)
    return {"requests": [_described(one) for one in shown], "next": further}


@bp.post("/<slug:id>/approve")
@bp.needs(ADMIN)
@bp.query(Query)
@bp.response(201, PartnerOut)
@bp.doc(operationId="approveKeyRequest", summary="Make a partner of who asks")
def approve(query: dict[str, Any], id: str) -> Response:
    """Who has asked takes the key by themselves; plan and topics can be changed at any time."""
    with writing() as session:
        made = approved(session, id)
        session.commit()
    return answer(partners.described(made), 201)


def approved(session: Session, id: str) -> Partner:
    """Make a partner of who asks, and note it in the audit; the caller commits."""
    found, plans = key_requests.find(session, id), installation().settings.known_plans
    made = key_requests.approve(session, found, plans, by=acting().id, now=now())
    noted(session, "key-request.approve", "key-request", id, partner=made.id)
    return made


@bp.post("/<slug:id>/decline")
@bp.needs(ADMIN)
@bp.query(Query)
@bp.response(200, KeyRequestOut)
@bp.doc(operationId="declineKeyRequest", summary="Give no key to who asks")
def decline(query: dict[str, Any], id: str) -> Response:
    """Who has asked is told so."""
    with writing() as session:
        found = declined(session, id)
        session.commit()
    return answer(_described(found))


def declined(session: Session, id: str) -> KeyRequest:
    """Give no key to who asks, and note it in the audit; the caller commits."""
    found = key_requests.find(session, id)
    key_requests.decline(found, by=acting().id, now=now())
    noted(session, "key-request.decline", "key-request", id)
    return found


def _described(one: KeyRequest) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in COLUMNS},
        **{name: one.facts.get(name) for name in key_requests.ASKED},
        "state": key_requests.state(one),
        "created_at": one.created_at.isoformat(),
        "decided_at": one.decided_at.isoformat() if one.decided_at else None,
    }
