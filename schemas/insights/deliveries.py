"""The shapes of deliveries: what becomes of webhooks' events."""

from marshmallow import fields

from content.webhooks import deliveries, endpoints
from schemas.fields import Out, names, number
from schemas.insights.numbers import count, maybe, permille
from schemas.insights.partners import PartnersQuery

MAX_DAYS = deliveries.KEPT.days


class DeliveriesQuery(PartnersQuery):
    """Of how many days, and where the list of endpoints goes on."""

    days = number(
        low=1,
        high=MAX_DAYS,
        load_default=7,
        metadata={"description": "How many days up to now; events are kept for 30."},
    )


class WebhookStatesOut(Out):
    """Webhooks by state."""

    pending = count()
    active = count()
    disabled = count()


class EventsOut(Out):
    """What became of events, by the day of their last attempt; waiting ones however old."""

    delivered = count()
    failed = count("Given up.")
    waiting = count("Will be sent again.")
    at_once = count("Delivered by the first attempt.")
    attempts = count("Of all of them.")
    permille_delivered = permille()
    p50_ms = maybe()
    p95_ms = maybe()
    waiting_since = fields.AwareDateTime(required=True, allow_none=True)


class EndpointInsightOut(Out):
    """A webhook by its id and host; the rest of its address may be a secret."""

    id = fields.String(required=True)
    partner = fields.String(required=True)
    host = fields.String(required=True)
    state = names(*endpoints.STATES)
    reason = fields.String(required=True, allow_none=True)
    numbers_behind = count("Of the log.")
    failures = count("One after another, now.")
    paused_until = fields.AwareDateTime(required=True, allow_none=True)
    events = fields.Nested(EventsOut, required=True)


class FailureOut(Out):
    """An event that was not taken the last time."""

    id = fields.String(required=True)
    endpoint = fields.String(required=True)
    partner = fields.String(required=True)
    type = fields.String(required=True)
    state = names("waiting", "failed")
    attempts = count()
    at = fields.AwareDateTime(required=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)
    status = fields.Integer(strict=True, required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)


class DeliveriesOut(Out):
    """What becomes of webhooks' events: all together, then by endpoint, oldest first."""

    since = fields.AwareDateTime(required=True)
    webhooks = fields.Nested(WebhookStatesOut, required=True)
    events = fields.Nested(EventsOut, required=True)
    last_failures = fields.List(fields.Nested(FailureOut), required=True)
    endpoints = fields.List(fields.Nested(EndpointInsightOut), required=True)
    next = fields.String(required=True, allow_none=True)
