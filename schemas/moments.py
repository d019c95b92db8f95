"""Moments: how a query asks for the past, by a number of the log or by a time."""

from marshmallow import fields, validate

from schemas.fields import MAX_NUMBER, Query, number

AT_HELP = "As it stood at the end of this number's group. Today's refusals hold."


class MomentQuery(Query):
    """When: left out, now. At most one of the two."""

    at = number(low=1, high=MAX_NUMBER, metadata={"description": AT_HELP})
    as_of = fields.String(
        validate=validate.Length(max=40),
        metadata={
            "description": "The same by time (RFC 3339, with `Z` or an offset), not in the future.",
            "examples": ["2026-11-24T12:00:00Z"],
        },
    )
