"""The shapes of recalls, as dashboards ask how far they are."""

from marshmallow import fields, validate

from content.recalls import CONFIRMED, STATES
from schemas.fields import Out, Query, names, number
from schemas.insights.numbers import count, maybe

MAX_LIMIT = 50
AFTER = {"description": "`next` of the page before."}
ID = validate.Regexp("^[a-z0-9-]{0,80}$")


class RecallsQuery(Query):
    """Where a list goes on."""

    before = fields.String(validate=ID, metadata=AFTER)
    limit = number(
        low=1, high=MAX_LIMIT, load_default=20, metadata={"description": "How many recalls."}
    )


class UnconfirmedQuery(Query):
    """Of recalls or of drills, and where the list goes on."""

    drills = fields.Boolean(load_default=False, metadata={"description": "Left out: of recalls."})
    after = fields.String(metadata=AFTER)
    limit = number(
        low=1, high=MAX_LIMIT, load_default=20, metadata={"description": "How many partners."}
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


class UnconfirmedOut(Out):
    """A partner who has not confirmed that its copies are gone: it may still show them."""

    recall = fields.String(required=True)
    slug = fields.String(required=True)
    partner = fields.String(required=True)
    name = fields.String(required=True)
    state = names(*(one for one in STATES if one != CONFIRMED))
    told_at = fields.AwareDateTime(required=True)
    deadline = fields.AwareDateTime(required=True)
    is_overdue = fields.Boolean(required=True)
    last_asked_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "The day (UTC), for anything."}
    )


class UnconfirmedListOut(Out):
    """Who may still show what was withdrawn: of the oldest open recall first."""

    all = fields.Nested(RecallSumsOut, required=True)
    partners = fields.List(fields.Nested(UnconfirmedOut), required=True)
    next = fields.String(required=True, allow_none=True)
