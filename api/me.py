"""Who am I: what a key or token stands for; a partner changes what is its own to change."""

from dataclasses import asdict
from typing import Any

from flask import Response
from werkzeug.exceptions import Unauthorized

from api import auth, partners
from api.account import Account, holder
from api.db import installation, now, session, writing
from api.editorial import Taking, answer, noted
from content import partners as takers
from content import plans
from content.models.access import Editor, Partner
from schemas.fields import Query
from schemas.meta import MeIn, MeOut

bp = Taking("Me", __name__, url_prefix="/v1/me", description="The caller.")
own = Account("Account", __name__, url_prefix="/v1/me", description="What a partner changes.")
EXAMPLE: dict[str, Any] = {
    "kind": "partner",
    "id": "019a0000-0000-7000-8000-000000000002",
    "name": "A partner site",
    "audience": "general",
    "channel": "publisher",
    "locale": None,
    "jurisdiction": "US",
    "contact": "web@partner.example",
    "topics": None,
    "domains": ["partner.example"],
    "plan": {"name": "standard", "minute": 600, "day": 100000},
    "terms": 12,
    "terms_at": "2026-06-01T09:00:00+00:00",
    "terms_now": 12,
    "state": "active",
    "created_at": "2026-06-01T09:00:00+00:00",
}


@bp.get("")
@bp.query(Query)
@bp.response(200, MeOut, example=EXAMPLE)
@bp.doc(operationId="getMe", summary="Show whose key or token this is", security=[{"bearer": []}])
def show(query: dict[str, str]) -> Response:
    """A partner sees what its keys open, and how much of it; an editor sees the role."""
    caller = auth.caller()
    if caller is None:
        raise Unauthorized
    if caller.editor:
        return answer(_editor(caller.editor, caller.scopes))
    return answer(_partner(caller.partner))


@own.patch("")
@own.closed
@own.body(MeIn)
@own.response(200, MeOut, example=EXAMPLE)
@own.doc(operationId="changeMe", summary="Change what is known of me")
def change(body: dict[str, Any]) -> Response:
    """Whom to write to, where site keys stand, and which terms are accepted."""
    given = {name: value for name, value in body.items() if name != "terms"}
    with writing() as session:
        partner = holder(session)
        takers.change(partner, given, installation().settings.known_plans)
        if "terms" in body:
            takers.accept_terms(session, partner, body["terms"], now=now())
        noted(session, "partner.change", "partner", partner.id, **takers.told(body))
        session.commit()
    return answer(_partner(partner))


def _partner(partner: Partner | None) -> dict[str, Any]:
    if partner is None:
        raise Unauthorized
    facts = {
        **partners.described(partner),
        "plan": asdict(plans.of(installation().settings.known_plans, partner.plan)),
        "terms_now": takers.terms_version(session()),
    }
    return {"kind": "partner", **facts}


def _editor(editor: Editor, scopes: frozenset[str]) -> dict[str, Any]:
    facts = {name: getattr(editor, name) for name in ("id", "name", "role")}
    return {"kind": "editor", **facts, "scopes": sorted(scopes)}
