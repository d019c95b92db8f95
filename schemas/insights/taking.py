"""The shapes of who takes it: partners, deliveries, recalls."""

from marshmallow import fields, validate

from content.partners import ACTIVE, SUSPENDED
from content.webhooks import deliveries, endpoints
from schemas.fields import Out, Query, names, number
from schemas.insights.writing import count

MAX_LIMIT = 50
MAX_DAYS = deliveries.KEPT.days
PERMILLE = {"description": "Of 1,000; null where there was none."}
AFTER = {"description": "`next` of the page before."}
ID = validate.Regexp("^[a-z0-9-]{0,80}$")


def permille() -> fields.Integer:
    """Return a share of what may be nothing."""
    return fields.Integer(
        strict=True,
        required=True,
        allow_none=True,
        validate=validate.Range(min=0, max=1000),
        metadata=PERMILLE,
    )


def maybe() -> fields.Integer:
    """Return a number of something that may never have been."""
    return fields.Integer(strict=True, required=True, allow_none=True, validate=validate.Range(0))


class PartnersQuery(Query):
    """Where a list goes on."""

    after = fields.String(validate=ID, metadata=AFTER)
    limit = number(
        low=1, high=MAX_LIMIT, load_default=20, metadata={"description": "How many partners."}
    )


class PlanUseOut(Out):
    """Requests a minute and a day of each pool of keys."""

    name = fields.String(required=True)
    minute = count()
    day = count()


class KeysOut(Out):
    """Keys by state."""

    good = count()
    ended = count()
    revoked = count()


class HoldsOut(Out):
    """Texts that a partner was given with its keys, by how they stand now."""

    texts = count("Articles, each in one language.")
    current = count("The live revision, since it went live.")
    behind = count("Live, and not asked for since it went live as it is.")
    ended = count("Not shown any more, and no 410 was seen at its address since.")
    seen = count("Not shown any more, and a 410 was seen; the four make up `texts`.")
    revisions_behind = count("The most that a text is behind, by the revisions' numbers.")
    behind_since = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "When the first went live of what it is behind of."},
    )


class OpenRecallsOut(Out):
    """Recalls and drills that a partner has to confirm."""

    open = count()
    drills = count()


class HooksOut(Out):
    """A partner's webhooks by state, and what waits for them."""

    pending = count()
    active = count()
    disabled = count()
    numbers_behind = count("Of the active one that is furthest behind in the log.")
    events_waiting = count("That will be sent again.")
    waiting_since = fields.AwareDateTime(required=True, allow_none=True)


class SpentOut(Out):
    """Answers to a partner's keys."""

    answers = count()
    bytes = count()
    cost = count("In units; ten are a request.")
    unchanged = count("304.")
    refused = count("429.")
    failed = count("5xx.")


class SpansOut(Out):
    """Usage up to now: days are those of UTC, today included."""

    today = fields.Nested(SpentOut, required=True)
    days_7 = fields.Nested(SpentOut, required=True)
    days_30 = fields.Nested(SpentOut, required=True)


class BusiestOut(Out):
    """The day of the last thirty that cost most; compare it with ten times `plan.day`."""

    day = fields.Date(required=True)
    cost = count("In units; ten are a request.")


class PartnerInsightOut(Out):
    """How far behind a partner is, what it uses, whether it still asks."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    audience = fields.String(required=True)
    channel = fields.String(required=True)
    topics = fields.List(fields.String(), required=True, allow_none=True)
    state = names(ACTIVE, SUSPENDED)
    plan = fields.Nested(PlanUseOut, required=True)
    keys = fields.Nested(KeysOut, required=True)
    last_asked_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "The day (UTC), for anything."}
    )
    last_given_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "When it was given an edition, or heard that it has it."},
    )
    is_silent = fields.Boolean(
        required=True,
        metadata={"description": "It holds copies, and has not asked within `max_offline`."},
    )
    holds = fields.Nested(HoldsOut, required=True)
    recalls = fields.Nested(OpenRecallsOut, required=True)
    webhooks = fields.Nested(HooksOut, required=True)
    usage = fields.Nested(SpansOut, required=True)
    busiest_day = fields.Nested(BusiestOut, required=True, allow_none=True)


class PartnerCountsOut(Out):
    """All partners."""

    total = count()
    suspended = count()
    silent = count("Hold copies, and have not asked within `max_offline`.")


class PartnersInsightOut(Out):
    """Partners in the order in which they came; `sequence` is the newest number of the log."""

    sequence = count()
    all = fields.Nested(PartnerCountsOut, required=True)
    partners = fields.List(fields.Nested(PartnerInsightOut), required=True)
    next = fields.String(required=True, allow_none=True)


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


class RecallsQuery(Query):
    """Where a list goes on."""

    before = fields.String(validate=ID, metadata=AFTER)
    limit = number(
        low=1, high=MAX_LIMIT, load_default=20, metadata={"description": "How many recalls."}
    )


class RecallInsightOut(Out):
    """A recall or a drill: how many partners are how far."""

    id = fields.String(required=True)
    article = fields.String(required=True)
    slug = fields.String(required=True)
    drill = fields.Boolean(required=True)
    sequence = count("Of the withdrawal, in the log.")
    opened_at = fields.AwareDateTime(required=True)
    deadline = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    is_overdue = fields.Boolean(required=True)
    asked = count()
    told = count()
    reminded = count()
    overdue = count()
    escalated = count()
    confirmed = count()
    seconds_to_last_confirmation = maybe()


class RecallSumsOut(Out):
    """Recalls together; drills apart."""

    open = count()
    open_drills = count()
    unconfirmed = count("Partners who have to confirm an open recall.")
    overdue = count("Those of them whose deadline has passed.")
    last_drill_at = fields.AwareDateTime(required=True, allow_none=True)
    days_since_drill = maybe()


class RecallsInsightOut(Out):
    """Recalls and drills, newest first."""

    all = fields.Nested(RecallSumsOut, required=True)
    recalls = fields.List(fields.Nested(RecallInsightOut), required=True)
    next = fields.String(required=True, allow_none=True)
