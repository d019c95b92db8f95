"""The shapes of keys: what a partner's programs and pages prove who they are with."""

from marshmallow import fields, validate

from content.credentials import KINDS, LONGEST_OVERLAP
from schemas.fields import In, Out, line, names

DAYS = {"description": "Days that the old key stays good, so that nothing fails meanwhile."}
WEEK = 7


class KeyIn(In):
    """A new key: `account`, which is secret, or `site`, which stands in pages."""

    name = line(load_default="")
    kind = names(*KINDS)
    expires_at = fields.AwareDateTime(load_default=None)


class RotateIn(In):
    """How long the old key stays good."""

    overlap_days = fields.Integer(
        strict=True,
        load_default=WEEK,
        validate=validate.Range(min=0, max=LONGEST_OVERLAP.days),
        metadata=DAYS,
    )


class PartnerKeyOut(Out):
    """A key without its secret."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = names(*KINDS)
    state = names("good", "revoked", "ended")
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)


class NewKeyOut(PartnerKeyOut):
    """A key with its secret, which is shown this once."""

    key = fields.String(required=True)


class PartnerKeyListOut(Out):
    """The keys of a partner, oldest first, the revoked ones too."""

    keys = fields.List(fields.Nested(PartnerKeyOut), required=True)
