"""The shapes of the audit: who did what; and of its seals."""

from marshmallow import fields, validate

from schemas.fields import MAX_NUMBER, Out, Query, number, whole

MAX_LIMIT, MAX_SEALS = 1000, 100


def _same(what: str, example: str) -> fields.String:
    return fields.String(
        validate=validate.Length(min=1, max=200),
        metadata={"description": what, "examples": [example]},
    )


def _time(what: str) -> fields.String:
    return fields.String(
        validate=validate.Length(max=40),
        metadata={"description": what, "examples": ["2026-11-24T12:00:00Z"]},
    )


class WantedQuery(Query):
    """Which rows; what is left out narrows nothing."""

    actor = _same("An editor's id, or the name of a program such as `cli`.", "cli")
    act = _same("What was done.", "article.publish")
    subject_type = _same("What kind of thing it was done to.", "article")
    subject = _same("The id of what it was done to.", "019a0000-0000-7000-8000-000000000001")
    since = _time("From this time on (RFC 3339).")
    until = _time("Before this time (RFC 3339).")


class AuditQuery(WantedQuery):
    """Where to go on, and which rows."""

    after = number(
        low=0,
        high=MAX_NUMBER,
        load_default=0,
        metadata={"description": "The last number that you have seen; 0 for everything."},
    )
    limit = number(
        low=1, high=MAX_LIMIT, load_default=100, metadata={"description": "At most this many."}
    )


class SealQuery(Query):
    """Where to go on."""

    after = number(
        low=0,
        high=MAX_NUMBER,
        load_default=0,
        metadata={"description": "The last seal that you have seen; 0 for all."},
    )
    limit = number(
        low=1, high=MAX_SEALS, load_default=20, metadata={"description": "At most this many."}
    )


class AboutOut(Out):
    """What something was done to."""

    type = fields.String(required=True)
    id = fields.String(required=True)


class AuditRowOut(Out):
    """One act. The digest that seals it is SHA-256 of the canonical JSON (RFC 8785) of all this."""

    number = whole(required=True, metadata={"description": "Dense, in the order of commits."})
    at = fields.AwareDateTime(required=True)
    actor = fields.String(required=True)
    act = fields.String(required=True)
    subject = fields.Nested(AboutOut, required=True)
    locale = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    detail = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    request_id = fields.String(required=True, allow_none=True)


class FurtherOut(Out):
    """Where the next ones are, also when there are none yet."""

    next = fields.String(required=True)


class AuditOut(Out):
    """Who did what, oldest first."""

    newest = whole(required=True, metadata={"description": "The newest number there is."})
    rows = fields.List(fields.Nested(AuditRowOut), required=True)
    links = fields.Nested(FurtherOut, required=True)


class SealOut(Out):
    """What a seal says, and its signature.

    `digest` is SHA-256 of the canonical JSON of all but `digest`, `kid` and `jws`, and `jws` is a
    detached JWS over its text by a key of `/.well-known/jwks.json`.
    """

    number = whole(required=True)
    first = whole(required=True, metadata={"description": "The first row that it vouches for."})
    last = whole(required=True, metadata={"description": "The last row that it vouches for."})
    at = fields.AwareDateTime(required=True)
    previous = fields.String(
        required=True, allow_none=True, metadata={"description": "The digest of the seal before."}
    )
    digests = fields.Dict(
        keys=fields.String(),
        values=fields.String(allow_none=True),
        required=True,
        metadata={"description": "Of each row, by its number; null: nobody could read it."},
    )
    digest = fields.String(required=True)
    kid = fields.String(required=True)
    jws = fields.String(required=True)


class SealListOut(Out):
    """The seals of the audit, oldest first."""

    seals = fields.List(fields.Nested(SealOut), required=True)
    links = fields.Nested(FurtherOut, required=True)
