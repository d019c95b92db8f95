"""The shapes of what is seen of a draft: the query that opens a preview, and its edition."""

from marshmallow import fields, validate

from schemas.articles import EditionOut
from schemas.fields import MAX_NUMBER, Out, Query, names, nothing, number, whole

SIGNATURE = r"^[0-9a-f]{64}$"


class SignedQuery(Query):
    """What makes an address of a preview good."""

    expires = number(
        low=0,
        high=MAX_NUMBER,
        required=True,
        metadata={"description": "When it ends, in Unix seconds."},
    )
    signature = fields.String(
        required=True,
        validate=validate.Length(max=200),
        metadata={"description": "Of id, format and end.", "pattern": SIGNATURE},
    )


class PreviewRevisionOut(Out):
    """Which revision it would be; it was never published."""

    number = whole(required=True)
    published_at = nothing()
    change_note = fields.String(required=True)
    supersedes = whole(required=True, allow_none=True)


class PreviewLinksOut(Out):
    """A preview is not to be found anywhere, and nothing leads to it."""

    self_ = nothing(data_key="self")
    canonical = nothing()
    html = nothing()
    revisions = nothing()
    keys = fields.String(required=True)


class PreviewIntegrityOut(Out):
    """A digest to compare by, and no signature: nobody vouches for a draft."""

    digest = fields.String(required=True)
    kid = nothing()
    jws = nothing()


class PreviewEditionOut(EditionOut):
    """A draft as the edition that it would be: marked everywhere, not published, not signed."""

    status = names("preview")
    revision = fields.Nested(PreviewRevisionOut, required=True)
    links = fields.Nested(PreviewLinksOut, required=True)
    integrity = fields.Nested(PreviewIntegrityOut, required=True)
