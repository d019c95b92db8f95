"""The shapes of recalls: what partners are asked to confirm, and how far they have come."""

from marshmallow import fields, validate

from content.recalls import BY, STATES
from content.webhooks.endpoints import STATES as OF_WEBHOOKS
from schemas.disclaimers import HelpOut
from schemas.fields import In, Out, Query, names, number, whole

MAX_LIMIT = 100
WORDS = {"description": "What was done, or why; for the report."}
UNKNOWN = {"description": "What no report of ours can know, in sentences."}


class RecallQuery(Query):
    """Where a list goes on."""

    before = fields.String(
        validate=validate.Regexp("^[a-z0-9-]{0,80}$"),
        metadata={"description": "`next` of the page before."},
    )
    limit = number(
        low=1, high=MAX_LIMIT, load_default=20, metadata={"description": "How many of them."}
    )


class ConfirmIn(In):
    """That copies are gone."""

    note = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(max=2000), metadata=WORDS
    )


class ConfirmForIn(In):
    """Whose copies are gone, and how we know."""

    partner = fields.String(required=True, validate=validate.Length(max=80))
    note = fields.String(required=True, validate=validate.Length(min=1, max=2000), metadata=WORDS)


class CloseIn(In):
    """Why a recall ends before everybody has confirmed."""

    reason = fields.String(required=True, validate=validate.Length(min=1, max=2000), metadata=WORDS)


class RecalledOut(Out):
    """The article, by its id and slug; never its title."""

    id = fields.String(required=True)
    slug = fields.String(required=True)


class RecallFactsOut(Out):
    """A withdrawal that partners confirm; `sequence` is its number in the log."""

    id = fields.String(required=True)
    article = fields.Nested(RecalledOut, required=True)
    drill = fields.Boolean(required=True)
    sequence = whole(required=True)
    notice = fields.String(required=True)
    opened_at = fields.AwareDateTime(required=True)
    deadline = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    closed_because = fields.String(required=True, allow_none=True)


class MyRecallOut(RecallFactsOut):
    """A recall as a partner sees it, and how far it is."""

    state = names(*STATES)
    told_at = fields.AwareDateTime(required=True)
    confirmed_at = fields.AwareDateTime(required=True, allow_none=True)
    confirmed_by = fields.String(required=True, allow_none=True, validate=validate.OneOf(BY))
    note = fields.String(required=True, allow_none=True)


class MyRecallListOut(Out):
    """All recalls that have asked a partner, newest first."""

    recalls = fields.List(fields.Nested(MyRecallOut), required=True)


class ConfirmedByOut(Out):
    """By whom it was confirmed: the partner, its own fetch of a 410, an editor for it."""

    partner = whole(required=True)
    fetch = whole(required=True)
    editor = whole(required=True)


class CountsOut(Out):
    """How many partners were asked, and how far they are."""

    asked = whole(required=True)
    told = whole(required=True)
    reminded = whole(required=True)
    overdue = whole(required=True)
    escalated = whole(required=True)
    confirmed = whole(required=True)
    confirmed_by = fields.Nested(ConfirmedByOut, required=True)
    seconds_to_last_confirmation = whole(required=True, allow_none=True)


class PublicRecallOut(RecallFactsOut):
    """A recall as everybody may see it: it names no partner, and keeps the help."""

    partners = fields.Nested(CountsOut, required=True)
    not_known = fields.List(fields.String(), required=True, metadata=UNKNOWN)
    help = fields.List(fields.Nested(HelpOut), required=True)


class PublicRecallListOut(Out):
    """Recalls, newest first; no drills. `next` is where to go on, null at the end."""

    recalls = fields.List(fields.Nested(PublicRecallOut), required=True)
    next = fields.String(required=True, allow_none=True)


class GivenOut(Out):
    """A revision that a partner was given: the digest of the last edition, when, how often."""

    locale = fields.String(required=True)
    revision = whole(required=True)
    digest = fields.String(required=True)
    first_at = fields.AwareDateTime(required=True)
    last_at = fields.AwareDateTime(required=True)
    count = whole(required=True)


class WebhookToldOut(Out):
    """How a webhook was told of a recall."""

    id = fields.String(required=True)
    state = names(*OF_WEBHOOKS)
    told = fields.String(required=True, allow_none=True)
    attempts = whole(required=True)
    delivered_at = fields.AwareDateTime(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)


class ExposedOut(Out):
    """A partner who is asked to confirm."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    contact = fields.String(required=True, allow_none=True)
    state = names(*STATES)
    told_at = fields.AwareDateTime(required=True)
    confirmed_at = fields.AwareDateTime(required=True, allow_none=True)
    confirmed_by = fields.String(required=True, allow_none=True, validate=validate.OneOf(BY))
    note = fields.String(required=True, allow_none=True)
    last_asked_on = fields.Date(required=True, allow_none=True)
    given = fields.List(fields.Nested(GivenOut), required=True)
    webhooks = fields.List(fields.Nested(WebhookToldOut), required=True)


class RecallOut(RecallFactsOut):
    """A recall with everybody who is asked."""

    reason = fields.String(required=True, allow_none=True)
    opened_by = fields.String(required=True)
    closed_by = fields.String(required=True, allow_none=True)
    partners = fields.Nested(CountsOut, required=True)
    exposed = fields.List(fields.Nested(ExposedOut), required=True)
    not_known = fields.List(fields.String(), required=True, metadata=UNKNOWN)


class RecallListOut(Out):
    """Recalls and drills, newest first; `next` is where to go on, null at the end."""

    recalls = fields.List(fields.Nested(RecallOut), required=True)
    next = fields.String(required=True, allow_none=True)
