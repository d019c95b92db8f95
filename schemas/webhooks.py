"""The shapes of webhooks: where a partner wants to be told, and what became of each event."""

from marshmallow import fields

from content.models.webhooks import DELIVERED, FAILED, WAITING
from content.webhooks.endpoints import STATES
from schemas.fields import MAX_NUMBER, In, Out, Query, names, number, whole

URL = {"description": "An https address that answers the challenge."}
EVENTS = {
    "description": "Kinds of changes, such as `article.withdrawn`, or what they are about, such as "
    "`article` or `rule`; null: all.",
    "examples": [["article", "rule.changed"]],
}
TOPICS = {"description": "Topics of the articles; null: all that the keys open."}
MAX_LIMIT = 200


class WebhookIn(In):
    """Where to tell what, or what of it changes."""

    url = fields.String(metadata=URL)
    name = fields.String(metadata={"description": "What it is for."})
    events = fields.List(fields.String(), allow_none=True, metadata=EVENTS)
    topics = fields.List(fields.String(), allow_none=True, metadata=TOPICS)


class ReplayIn(In):
    """From where on everything is told once more."""

    after = whole(required=True, metadata={"description": "A number of the log; 0: all of it."})


class ReplayForm(In):
    """The same as a form sends it."""

    after = number(low=0, high=MAX_NUMBER, required=True)


class WebhookOut(Out):
    """An endpoint; `cursor` is the number up to which it was told."""

    id = fields.String(required=True)
    url = fields.String(required=True)
    name = fields.String(required=True)
    events = fields.List(fields.String(), required=True, allow_none=True, metadata=EVENTS)
    topics = fields.List(fields.String(), required=True, allow_none=True, metadata=TOPICS)
    state = names(*STATES)
    reason = fields.String(required=True, allow_none=True)
    cursor = whole(required=True)
    failing_since = fields.AwareDateTime(required=True, allow_none=True)
    paused_until = fields.AwareDateTime(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)


class PartnerWebhookOut(WebhookOut):
    """A partner's endpoint as admins see it: its host, for the rest of it may be a secret."""

    class Meta(WebhookOut.Meta):
        """Leave the address out."""

        exclude = ("url",)

    host = fields.String(required=True)
    failures = whole(required=True, metadata={"description": "One after another, now."})


class PartnerWebhookListOut(Out):
    """The endpoints of a partner, oldest first."""

    webhooks = fields.List(fields.Nested(PartnerWebhookOut), required=True)


class NewWebhookOut(WebhookOut):
    """An endpoint with the secret by which it knows our events, which is shown this once."""

    secret = fields.String(required=True)


class WebhookListOut(Out):
    """The endpoints of a partner, oldest first."""

    webhooks = fields.List(fields.Nested(WebhookOut), required=True)


class DeliveryQuery(Query):
    """Which attempts."""

    before = fields.AwareDateTime(metadata={"description": "Only those before a moment."})
    limit = number(low=1, high=MAX_LIMIT, load_default=50, metadata={"description": "How many."})


class DeliveryOut(Out):
    """An event, and how sending it went the last time."""

    id = fields.String(required=True, metadata={"description": "Its `webhook-id`."})
    sequence = whole(required=True)
    type = fields.String(required=True)
    state = names(DELIVERED, WAITING, FAILED)
    attempts = whole(required=True)
    at = fields.AwareDateTime(required=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)
    status = whole(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)
    milliseconds = whole(required=True)


class DeliveryListOut(Out):
    """Events, the last attempt first; kept for 30 days."""

    deliveries = fields.List(fields.Nested(DeliveryOut), required=True)
