"""The shapes of what a partner took: how much of it by day, and which revisions."""

from marshmallow import fields

from schemas.fields import Out, Query, number, whole

MAX_DAYS = 100
MAX_LIMIT = 500


class UsageQuery(Query):
    """Which days (UTC)."""

    from_ = fields.Date(
        data_key="from",
        metadata={"description": "The first day; left out: 30 days up to the last one."},
    )
    to = fields.Date(metadata={"description": "The last day; left out: today."})


class UsedOut(Out):
    """Answers of one route and status on one day."""

    day = fields.Date(required=True)
    route = fields.String(required=True, metadata={"examples": ["/v1/articles/{slug}"]})
    status = whole(required=True)
    count = whole(required=True)
    bytes = whole(required=True, metadata={"description": "Of bodies, as they were sent."})
    cost = whole(required=True, metadata={"description": "In units; ten are a request."})


class UsageOut(Out):
    """What the keys of a partner asked for, by day, route and status."""

    partner = fields.String(required=True)
    from_ = fields.Date(required=True, data_key="from")
    to = fields.Date(required=True)
    usage = fields.List(fields.Nested(UsedOut), required=True)


class ExposureQuery(Query):
    """Where the list goes on."""

    after = fields.String(metadata={"description": "`next` of the page before."})
    limit = number(
        low=1, high=MAX_LIMIT, load_default=100, metadata={"description": "How many of them."}
    )


class ExposureOut(Out):
    """A revision that a partner was given, or heard that it has."""

    article = fields.String(required=True)
    locale = fields.String(required=True)
    revision = whole(required=True)
    digest = fields.String(required=True, metadata={"description": "Of the last such edition."})
    first_at = fields.AwareDateTime(required=True)
    last_at = fields.AwareDateTime(required=True)
    count = whole(required=True)


class ExposureListOut(Out):
    """Revisions that a partner was given, by article, locale and number."""

    partner = fields.String(required=True)
    exposures = fields.List(fields.Nested(ExposureOut), required=True)
    next = fields.String(required=True, allow_none=True)
