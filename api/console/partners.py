"""Partners: how far behind each is, whether it still asks, what it uses; and one of them whole.

Who may read sees what is counted of a partner. Its keys, webhooks, pages and contact are for
admins, as in the API; no page has a secret, and of a webhook's address only the host.
"""

from typing import Any

from flask import Response, flash

from api import insights, keys, partner_webhooks, webhooks
from api import partners as known
from api.auth import caller
from api.console import Console, go, link, page
from api.db import session, writing
from content import partners
from content.editors import ADMIN, READ
from content.models.access import Partner
from schemas.fields import Query
from schemas.insights.partners import KEPT, PartnerListQuery
from schemas.webhooks import DeliveryQuery, ReplayForm

bp = Console("console partners", __name__, url_prefix="/console/partners")
SHOWN = 25  # partners of a page
LOOKS = 10  # pages that were looked at
EVENTS = 50  # deliveries of a page


@bp.get("")
@bp.needs(READ)
@bp.query(PartnerListQuery)
def index(query: dict[str, Any]) -> Response:
    """What `/v1/insights/partners?holds=kept` answers, in the order in which they came."""
    asked = {"words": query.get("words", ""), "silent": query["silent"]}
    listed = insights.partners_now({**query, "limit": SHOWN, "holds": KEPT})
    return page("partners.html", asked=asked, is_first="after" not in query, listed=listed)


@bp.get("/<slug:id>")
@bp.needs(READ)
@bp.query(Query)
def show(query: dict[str, Any], id: str) -> Response:
    """What `/v1/insights/partners/{id}` answers, and to admins what `/v1/partners/{id}` does."""
    who = caller()
    private = _private(partners.find(session(), id)) if who and ADMIN in who.scopes else None
    return page("partner.html", partner=insights.partner_now(id, kept=True), private=private)


@bp.get("/<slug:id>/webhooks/<slug:webhook>")
@bp.needs(ADMIN)
@bp.query(DeliveryQuery)
def show_webhook(query: dict[str, Any], id: str, webhook: str) -> Response:
    """A webhook, and what became of its events, the last attempt first."""
    partner = partners.find(session(), id)
    found = webhooks.delivered(partner, webhook, {**query, "limit": EVENTS})["deliveries"]
    [one] = [one for one in webhooks.listed(partner) if one["id"] == webhook]
    listed = {"deliveries": found, "next": found[-1]["at"] if len(found) == EVENTS else None}
    facts: dict[str, Any] = {"is_first": "before" not in query, "listed": listed}
    return page("webhook.html", partner=partner, webhook=one, **facts)


@bp.post("/<slug:id>/suspend")
@bp.needs(ADMIN)
def suspend(id: str) -> Response:
    """Let a partner's keys open nothing for a while."""
    with writing() as session:
        partner = known.suspended(session, id)
        session.commit()
    flash(f"{partner.name} is suspended: its keys open nothing.")
    return go(link("console partners.show", id=id))


@bp.post("/<slug:id>/resume")
@bp.needs(ADMIN)
def resume(id: str) -> Response:
    """Let them open again what they did."""
    with writing() as session:
        partner = known.resumed(session, id)
        session.commit()
    flash(f"The keys of {partner.name} open again what they did.")
    return go(link("console partners.show", id=id))


@bp.post("/<slug:id>/keys/<slug:key>/revoke")
@bp.needs(ADMIN)
def revoke(id: str, key: str) -> Response:
    """Let a key open nothing, for ever."""
    with writing() as session:
        keys.revoked(session, partners.find(session, id), key)
        session.commit()
    flash("The key is revoked: it opens nothing.")
    return go(link("console partners.show", id=id))


@bp.post("/<slug:id>/webhooks/<slug:webhook>/replay")
@bp.needs(ADMIN)
@bp.form(ReplayForm)
def replay(form: dict[str, Any], id: str, webhook: str) -> Response:
    """Tell a webhook everything once more, from a number on."""
    with writing() as session:
        found = webhooks.replayed(session, partners.find(session, id), webhook, form["after"])
        session.commit()
    flash(f"It is told once more what came after number {found.cursor}.")
    return go(link("console partners.show_webhook", id=id, webhook=webhook))


@bp.post("/<slug:id>/webhooks/<slug:webhook>/enable")
@bp.needs(ADMIN)
def enable(id: str, webhook: str) -> Response:
    """Tell a webhook again that was disabled."""
    with writing() as session:
        webhooks.enabled(session, partners.find(session, id), webhook)
        session.commit()
    flash("It is told again, once its address has said the challenge.")
    return go(link("console partners.show_webhook", id=id, webhook=webhook))


def _private(partner: Partner) -> dict[str, Any]:
    """Return what only admins are told of a partner."""
    return {
        "facts": known.described(partner),
        "terms": partners.terms_version(session()),
        "keys": keys.listed(partner)["keys"],
        "webhooks": webhooks.listed(partner),
        **partner_webhooks.looked(session(), partner.id, {"before": "", "limit": LOOKS}),
    }
