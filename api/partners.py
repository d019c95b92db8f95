"""Partners and their keys: for admins. Partners look after their own keys under ``/v1/me``."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api import keys, paging
from api.db import installation, now, session, writing
from api.editorial import Desk, answer, noted
from api.editorial.preconditions import commit, once
from content import partners
from content.editors import ADMIN
from content.models.access import Partner
from schemas.fields import Query
from schemas.keys import KeyIn, NewKeyOut, PartnerKeyListOut, PartnerKeyOut, RotateIn
from schemas.partners import (
    PageQuery,
    PartnerChangeIn,
    PartnerIn,
    PartnerListOut,
    PartnerOut,
)

bp = Desk("Partners", __name__, url_prefix="/v1/partners", description="Who takes content.")
FACTS = ("id", "name", "contact", *partners.CONTEXT, "topics", "domains", "plan", "terms")


@bp.get("")
@bp.needs(ADMIN)
@bp.query(PageQuery)
@bp.response(200, PartnerListOut)
@bp.doc(operationId="listPartners", summary="List partners")
def index(query: dict[str, Any]) -> Response:
    """In the order in which they came."""
    found = partners.after(session(), query.get("after", ""), query["limit"] + 1)
    shown, further = paging.cut(found, query["limit"])
    return answer({"partners": [described(one) for one in shown], "next": further})


@bp.post("")
@bp.needs(ADMIN)
@bp.body(PartnerIn)
@bp.response(201, PartnerOut)
@bp.doc(operationId="addPartner", summary="Add a partner")
@once
def add(body: dict[str, Any]) -> Response:
    """A name is needed; the rest has the most careful value. It has no key yet; add one next."""
    with writing() as session:
        made = partners.add(session, body, installation().settings.known_plans, now=now())
        noted(session, "partner.add", "partner", made.id, **partners.told(body))
        return commit(session, answer(described(made), 201))


@bp.get("/<slug:id>")
@bp.needs(ADMIN)
@bp.query(Query)
@bp.response(200, PartnerOut)
@bp.doc(operationId="getPartner", summary="Show a partner")
def show(query: dict[str, Any], id: str) -> Response:
    """All that is known of it but its keys."""
    return answer(described(partners.find(session(), id)))


@bp.patch("/<slug:id>")
@bp.needs(ADMIN)
@bp.body(PartnerChangeIn)
@bp.response(200, PartnerOut)
@bp.doc(operationId="changePartner", summary="Change what is known of a partner")
def change(body: dict[str, Any], id: str) -> Response:
    """What is not named stays as it is; its keys open from now on what it says."""
    with writing() as session:
        partner = partners.find(session, id)
        partners.change(partner, body, installation().settings.known_plans)
        noted(session, "partner.change", "partner", id, **partners.told(body))
        session.commit()
    return answer(described(partner))


@bp.post("/<slug:id>/suspend")
@bp.needs(ADMIN)
@bp.query(Query)
@bp.response(200, PartnerOut)
@bp.doc(operationId="suspendPartner", summary="Let a partner's keys open nothing for a while")
def suspend(query: dict[str, Any], id: str) -> Response:
    """At once, in every process."""
    with writing() as session:
        partner = suspended(session, id)
        session.commit()
    return answer(described(partner))


def suspended(session: Session, id: str) -> Partner:
    """Suspend a partner as who calls, and note it in the audit; the caller commits."""
    partner = partners.find(session, id)
    partners.suspend(partner, now())
    noted(session, "partner.suspend", "partner", id)
    return partner


@bp.post("/<slug:id>/resume")
@bp.needs(ADMIN)
@bp.query(Query)
@bp.response(200, PartnerOut)
@bp.doc(operationId="resumePartner", summary="Let a suspended partner's keys open again")
def resume(query: dict[str, Any], id: str) -> Response:
    """The same keys as before."""
    with writing() as session:
        partner = resumed(session, id)
        session.commit()
    return answer(described(partner))


def resumed(session: Session, id: str) -> Partner:
    """Let a suspended partner in again, and note it in the audit; the caller commits."""
    partner = partners.find(session, id)
    partners.resume(partner)
    noted(session, "partner.resume", "partner", id)
    return partner


@bp.get("/<slug:id>/keys")
@bp.needs(ADMIN)
@bp.query(Query)
@bp.response(200, PartnerKeyListOut)
@bp.doc(operationId="listPartnerKeys", summary="List the keys of a partner")
def list_keys(query: dict[str, Any], id: str) -> Response:
    """Never the keys themselves."""
    return answer(keys.listed(partners.find(session(), id)))


@bp.post("/<slug:id>/keys")
@bp.needs(ADMIN)
@bp.body(KeyIn)
@bp.response(201, NewKeyOut)
@bp.doc(operationId="addPartnerKey", summary="Add a key of a partner")
def add_key(body: dict[str, Any], id: str) -> Response:
    """The key is in this answer and nowhere else."""
    with writing() as session:
        return keys.added(session, partners.find(session, id), body)


@bp.post("/<slug:id>/keys/<slug:key>/rotate")
@bp.needs(ADMIN)
@bp.body(RotateIn)
@bp.response(201, NewKeyOut)
@bp.doc(operationId="rotatePartnerKey", summary="Replace a key of a partner")
def rotate_key(body: dict[str, Any], id: str, key: str) -> Response:
    """The old key stays good for some days."""
    with writing() as session:
        return keys.rotated(session, partners.find(session, id), key, body["overlap_days"])


@bp.delete("/<slug:id>/keys/<slug:key>")
@bp.needs(ADMIN)
@bp.query(Query)
@bp.response(200, PartnerKeyOut)
@bp.doc(operationId="revokePartnerKey", summary="Revoke a key of a partner")
def revoke_key(query: dict[str, Any], id: str, key: str) -> Response:
    """It opens nothing from now on; again is no error."""
    with writing() as session:
        return keys.revoke_now(session, partners.find(session, id), key)


def described(partner: Partner) -> dict[str, Any]:
    """Return a partner as data."""
    accepted = partner.terms_at.isoformat() if partner.terms_at else None
    return {
        **{name: getattr(partner, name) for name in FACTS},
        "terms_at": accepted,
        "state": partners.state(partner),
        "created_at": partner.created_at.isoformat(),
    }
