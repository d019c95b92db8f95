"""The shapes of partners: how far behind each is, and what it uses."""

from marshmallow import fields, validate

from content.partners import ACTIVE, SUSPENDED
from schemas.fields import Out, Query, names, number
from schemas.insights.numbers import count

MAX_LIMIT = 50
NOW, KEPT = "now", "kept"
AFTER = {"description": "`next` of the page before."}
ID = validate.Regexp("^[a-z0-9-]{0,80}$")


class PartnersQuery(Query):
    """Where a list goes on."""

    after = fields.String(validate=ID, metadata=AFTER)
    limit = number(
        low=1, high=MAX_LIMIT, load_default=20, metadata={"description": "How many partners."}
    )


class PartnerQuery(Query):
    """Whether what a partner holds is counted for this answer."""

    holds = fields.String(
        load_default=NOW,
        validate=validate.OneOf([NOW, KEPT]),
        metadata={
            "description": "`now`: counted for this answer, which takes long where partners hold "
            "much; `kept`: as the worker has counted it, some minutes ago."
        },
    )


class PartnerListQuery(PartnerQuery, PartnersQuery):
    """Which partners."""

    words = fields.String(
        data_key="q",
        validate=validate.Length(max=100),
        metadata={"description": "Only those with these words in their name."},
    )
    silent = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Only those that hold copies, by what the worker has counted, and have "
            "not asked within `max_offline`."
        },
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
    counted_at = fields.AwareDateTime(required=True)


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


class LookedOut(Out):
    """What was found on a partner's pages in the last thirty days, by the newest look at each."""

    pages = count()
    failing = count("That did not show what their article owes.")
    looked_at = fields.AwareDateTime(required=True, metadata={"description": "The newest look."})


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
    conformance = fields.Nested(
        LookedOut,
        required=True,
        allow_none=True,
        metadata={"description": "Null: no page of its was looked at."},
    )
    usage = fields.Nested(SpansOut, required=True)
    busiest_day = fields.Nested(BusiestOut, required=True, allow_none=True)


class UsedDayOut(SpentOut):
    """What a partner used on one day (UTC)."""

    day = fields.Date(required=True)


class OnePartnerInsightOut(PartnerInsightOut):
    """The same of one partner, and what it used on each of the last thirty days."""

    sequence = count("The newest number of the log.")
    days = fields.List(fields.Nested(UsedDayOut), required=True)


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
