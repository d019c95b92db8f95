"""Keys over HTTP: a partner's own under ``/v1/me/keys``, and how keys of anybody are made."""

from datetime import timedelta
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api.account import Account, holder
from api.db import installation, now, session, writing
from api.editorial import answer, noted
from content import credentials
from content.models.access import Credential, Partner
from schemas.fields import Query
from schemas.keys import KeyIn, NewKeyOut, PartnerKeyListOut, PartnerKeyOut, RotateIn

bp = Account("Keys", __name__, url_prefix="/v1/me/keys", description="A partner's own keys.")
TIMES = ("created_at", "expires_at")


@bp.get("")
@bp.closed
@bp.query(Query)
@bp.response(200, PartnerKeyListOut)
@bp.doc(operationId="listMyKeys", summary="List my keys")
def index(query: dict[str, Any]) -> Response:
    """Never the keys themselves."""
    return answer(listed(holder(session())))


@bp.post("")
@bp.closed
@bp.body(KeyIn)
@bp.response(201, NewKeyOut)
@bp.doc(operationId="addMyKey", summary="Make a key")
def add(body: dict[str, Any]) -> Response:
    """An `account` key for programs, or a `site` key for pages; it is in this answer alone."""
    with writing() as session:
        return added(session, holder(session), body)


@bp.post("/<slug:id>/rotate")
@bp.closed
@bp.body(RotateIn)
@bp.response(201, NewKeyOut)
@bp.doc(operationId="rotateMyKey", summary="Replace a key")
def rotate(body: dict[str, Any], id: str) -> Response:
    """The old key stays good for some days, so that nothing fails meanwhile."""
    with writing() as session:
        return rotated(session, holder(session), id, body["overlap_days"])


@bp.delete("/<slug:id>")
@bp.closed
@bp.query(Query)
@bp.response(200, PartnerKeyOut)
@bp.doc(operationId="revokeMyKey", summary="Revoke a key")
def revoke(query: dict[str, Any], id: str) -> Response:
    """It opens nothing from now on, even if it is the one that you send; again is no error."""
    with writing() as session:
        return revoke_now(session, holder(session), id)


def listed(partner: Partner) -> dict[str, Any]:
    """Return the keys of a partner, as data."""
    found = credentials.of(session(), partner)
    return {"keys": [_described(one) for one in found]}


def added(session: Session, partner: Partner, body: dict[str, Any]) -> Response:
    """Make a key, note and commit it, and return it with its secret."""
    pepper = installation().pepper
    made, key = credentials.add(session, partner, pepper=pepper, now=now(), **body)
    noted(session, "partner-key.add", "partner-key", made.id, **credentials.described(made))
    session.commit()
    return answer({**_described(made), "key": key}, 201)


def rotated(session: Session, partner: Partner, id: str, days: int) -> Response:
    """Make the successor of a key, note and commit it, and return it with its secret."""
    overlap, pepper = timedelta(days=days), installation().pepper
    made, key = credentials.rotate(session, partner, id, overlap, pepper=pepper, now=now())
    noted(session, "partner-key.rotate", "partner-key", made.id, partner=partner.id, replaces=id)
    session.commit()
    return answer({**_described(made), "key": key}, 201)


def revoke_now(session: Session, partner: Partner, id: str) -> Response:
    """Revoke a key, note and commit it, and return what it was."""
    found = revoked(session, partner, id)
    session.commit()
    return answer(_described(found))


def revoked(session: Session, partner: Partner, id: str) -> Credential:
    """Revoke a key of a partner, and note it in the audit; the caller commits."""
    found = credentials.revoke(session, partner, id, now=now())
    noted(session, "partner-key.revoke", "partner-key", id, partner=partner.id)
    return found


def _described(one: Credential) -> dict[str, Any]:
    times = {name: at.isoformat() if (at := getattr(one, name)) else None for name in TIMES}
    return {"id": one.id, "name": one.name, "kind": one.kind, "state": one.state(now()), **times}
