"""Webhooks, as partners look after them: where to be told, what became of it, and once more."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response
from sqlalchemy.orm import Session

from api.account import Account, holder
from api.db import installation, now, session, writing
from api.editorial import answer, noted
from content.models.access import Partner
from content.models.webhooks import Delivery, Endpoint
from content.webhooks import deliveries, endpoints
from schemas.fields import Query
from schemas.webhooks import (
    DeliveryListOut,
    DeliveryQuery,
    NewWebhookOut,
    ReplayIn,
    WebhookIn,
    WebhookListOut,
    WebhookOut,
)

bp = Account(
    "Webhooks", __name__, url_prefix="/v1/me/webhooks", description="To be told of changes."
)
FACTS = ("id", "url", "name", "events", "topics", "state", "reason", "cursor")
TIMES = ("failing_since", "paused_until", "created_at")
OF_DELIVERY = ("type", "state", "attempts", "status", "error", "milliseconds")


@bp.get("")
@bp.closed
@bp.query(Query)
@bp.response(200, WebhookListOut)
@bp.doc(operationId="listWebhooks", summary="List my webhooks")
def index(query: dict[str, Any]) -> Response:
    """Never their secrets."""
    found = endpoints.of(session(), holder(session()))
    return answer({"webhooks": [_described(one) for one in found]})


@bp.post("")
@bp.closed
@bp.body(WebhookIn)
@bp.response(201, NewWebhookOut)
@bp.doc(operationId="addWebhook", summary="Be told of changes at an address")
def add(body: dict[str, Any]) -> Response:
    """It is asked to say a challenge first. The secret is in this answer alone."""
    here = installation()
    local = here.settings.flag("webhooks_loopback")
    with writing() as session:
        about = (session, holder(session), body)
        made, secret = endpoints.add(*about, key=here.pepper, loopback=local, now=now())
        noted(session, "webhook.add", "webhook", made.id)
        session.commit()
    return answer({**_described(made), "secret": secret}, 201)


@bp.get("/<slug:id>")
@bp.closed
@bp.query(Query)
@bp.response(200, WebhookOut)
@bp.doc(operationId="getWebhook", summary="Show a webhook")
def show(query: dict[str, Any], id: str) -> Response:
    """How far it was told, and why it is not told, if it is not."""
    return answer(_described(endpoints.find(session(), holder(session()), id)))


@bp.patch("/<slug:id>")
@bp.closed
@bp.body(WebhookIn)
@bp.response(200, WebhookOut)
@bp.doc(operationId="changeWebhook", summary="Change a webhook")
def change(body: dict[str, Any], id: str) -> Response:
    """What is not named stays as it is. Another address has to say the challenge, too."""
    loopback = installation().settings.flag("webhooks_loopback")
    with writing() as session:
        found = endpoints.find(session, holder(session), id)
        endpoints.change(found, body, loopback=loopback)
        noted(session, "webhook.change", "webhook", id)
        session.commit()
    return answer(_described(found))


@bp.delete("/<slug:id>")
@bp.closed
@bp.query(Query)
@bp.response(200, WebhookOut)
@bp.doc(operationId="deleteWebhook", summary="Be told no more")
def delete(query: dict[str, Any], id: str) -> Response:
    """With everything that is known of its events."""
    with writing() as session:
        found = endpoints.find(session, holder(session), id)
        gone = _described(found)
        deliveries.forget_endpoint(session, id)
        session.delete(found)
        noted(session, "webhook.delete", "webhook", id)
        session.commit()
    return answer(gone)


@bp.post("/<slug:id>/secret")
@bp.closed
@bp.query(Query)
@bp.response(201, NewWebhookOut)
@bp.doc(operationId="rotateWebhookSecret", summary="Replace a webhook's secret")
def rotate(query: dict[str, Any], id: str) -> Response:
    """For a day events are signed with both secrets."""
    with writing() as session:
        found = endpoints.find(session, holder(session), id)
        secret = endpoints.rotate(found, key=installation().pepper, now=now())
        noted(session, "webhook.rotate", "webhook", id)
        session.commit()
    return answer({**_described(found), "secret": secret}, 201)


@bp.post("/<slug:id>/enable")
@bp.closed
@bp.query(Query)
@bp.response(200, WebhookOut)
@bp.doc(operationId="enableWebhook", summary="Be told again")
def enable(query: dict[str, Any], id: str) -> Response:
    """After it was disabled; it goes on where it stopped, once it has said the challenge."""
    with writing() as session:
        found = enabled(session, holder(session), id)
        session.commit()
    return answer(_described(found))


def enabled(session: Session, partner: Partner, id: str) -> Endpoint:
    """Let a webhook be told again, and note it in the audit; the caller commits."""
    found = endpoints.find(session, partner, id)
    endpoints.enable(found)
    deliveries.retry_all(session, id, now())
    noted(session, "webhook.enable", "webhook", id)
    return found


@bp.post("/<slug:id>/replay")
@bp.closed
@bp.body(ReplayIn)
@bp.response(200, WebhookOut)
@bp.doc(operationId="replayWebhook", summary="Be told everything once more, from a number on")
def replay(body: dict[str, Any], id: str) -> Response:
    """With the same ids as the first time."""
    with writing() as session:
        found = replayed(session, holder(session), id, body["after"])
        session.commit()
    return answer(_described(found))


def replayed(session: Session, partner: Partner, id: str, after: int) -> Endpoint:
    """Let a webhook be told everything once more, and note it; the caller commits."""
    found = endpoints.find(session, partner, id)
    endpoints.replay(session, found, after)
    noted(session, "webhook.replay", "webhook", id, after=after)
    return found


@bp.post("/<slug:id>/test")
@bp.closed
@bp.query(Query)
@bp.response(202, WebhookOut)
@bp.doc(operationId="testWebhook", summary="Be sent a test event")
def test(query: dict[str, Any], id: str) -> Response:
    """`webhook.test`, within a second, if the address has said the challenge."""
    with writing() as session:
        found = endpoints.find(session, holder(session), id)
        deliveries.send_test(session, found, now())
        noted(session, "webhook.test", "webhook", id)
        session.commit()
    return answer(_described(found), 202)


@bp.get("/<slug:id>/deliveries")
@bp.closed
@bp.query(DeliveryQuery)
@bp.response(200, DeliveryListOut)
@bp.doc(operationId="listDeliveries", summary="List what became of a webhook's events")
def attempts(query: dict[str, Any], id: str) -> Response:
    """The last attempt first."""
    return answer(delivered(holder(session()), id, query))


def delivered(partner: Partner, id: str, query: dict[str, Any]) -> dict[str, Any]:
    """Return what became of the events of a partner's webhook, as data."""
    found = endpoints.find(session(), partner, id)
    rows = deliveries.page(session(), found.id, query.get("before"), query["limit"])
    return {"deliveries": [_delivery(one) for one in rows]}


def listed(partner: Partner) -> list[dict[str, Any]]:
    """Return a partner's webhooks as data for others: by the host; the address may be a secret."""
    return [hidden(one) for one in endpoints.of(session(), partner)]


def hidden(one: Endpoint) -> dict[str, Any]:
    """Return a webhook as data for others than its partner."""
    told = {name: value for name, value in _described(one).items() if name != "url"}
    return {**told, "host": urlsplit(one.url).hostname, "failures": one.failures}


def _described(one: Endpoint) -> dict[str, Any]:
    return {**{name: getattr(one, name) for name in FACTS}, **_times(one, TIMES)}


def _delivery(one: Delivery) -> dict[str, Any]:
    facts = {name: getattr(one, name) for name in OF_DELIVERY}
    id = deliveries.message_id(one.endpoint, one.event)
    return {"id": id, "sequence": max(one.event, 0), **facts, **_times(one, ("at", "next_at"))}


def _times(one: Endpoint | Delivery, names: tuple[str, ...]) -> dict[str, str | None]:
    return {name: at.isoformat() if (at := getattr(one, name)) else None for name in names}
