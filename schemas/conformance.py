"""The shapes of conformance: what was found on partners' pages."""

from marshmallow import fields, validate

from schemas.fields import Out, Query, names, number, whole

MAX_LIMIT = 100


class LookQuery(Query):
    """Where a list goes on."""

    before = fields.String(
        load_default="",
        validate=validate.Regexp("^[a-z0-9-]{0,80}$"),
        metadata={"description": "`next` of the page before."},
    )
    limit = number(low=1, high=MAX_LIMIT, load_default=20, metadata={"description": "How many."})


class CheckOut(Out):
    """A check, and how it went."""

    id = fields.String(required=True)
    what = fields.String(required=True)
    outcome = fields.String(required=True)


class LookOut(Out):
    """A page that was looked at once, by `caveat conformance`."""

    id = fields.String(required=True)
    url = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    outcome = names("conforms", "fails", "unchecked")
    article = fields.String(required=True, allow_none=True, metadata={"description": "An id."})
    locale = fields.String(required=True, allow_none=True)
    revision = whole(required=True, allow_none=True)
    failed = fields.List(fields.Nested(CheckOut), required=True)


class LookListOut(Out):
    """Looks at a partner's pages, newest first; `next` is where to go on, null at the end."""

    looks = fields.List(fields.Nested(LookOut), required=True)
    next = fields.String(required=True, allow_none=True)
