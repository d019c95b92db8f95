"""The shapes of disclaimers: in an edition, and in the registry."""

from marshmallow import fields, validate

from content.disclaimers import GROUPS
from content.rules import LEVELS
from schemas.contexts import LOCALE_PATTERN, IncludeQuery
from schemas.fields import Out, names, number, whole
from schemas.moments import MomentQuery


class ActionOut(Out):
    """Something a reader can do at once."""

    type = names("call", "text", "link")
    label = fields.String(required=True)
    value = fields.String(required=True, metadata={"description": "tel:, sms: or https: address"})


class HelpOut(Out):
    """A service that helps, in the reader's place."""

    kind = names("emergency", "crisis", "poison", "directory")
    label = fields.String(required=True)
    phrase = fields.String(required=True)
    actions = fields.List(fields.Nested(ActionOut), required=True)


class DisplayOut(Out):
    """How a disclaimer is shown: an unknown level means `alert`."""

    level = names(*LEVELS)
    anchor = fields.String(required=True, allow_none=True)


class DisclaimerOut(Out):
    """A disclaimer that is owed, in words."""

    id = fields.String(required=True)
    version = whole(required=True)
    kind = fields.String(required=True)
    group = names(*GROUPS)
    obligation = names("mandatory", "conditional")
    locale = fields.String(required=True)
    dir = names("ltr", "rtl")
    short = fields.String(required=True)
    text = fields.String(required=True)
    actions = fields.List(fields.Nested(ActionOut), required=True)
    display = fields.Nested(DisplayOut, required=True)
    required_by = fields.List(fields.String(), required=True)


class VariantOut(Out):
    """Other words for a state."""

    state = fields.String(required=True)
    short = fields.String(required=True)
    text = fields.String(required=True)


class RegisteredDisclaimerOut(Out):
    """A disclaimer in the registry: its words with their slots."""

    id = fields.String(required=True)
    version = whole(required=True)
    locale = fields.String(required=True)
    kind = fields.String(required=True)
    group = names(*GROUPS)
    obligation = names("mandatory", "conditional")
    display = fields.Nested(DisplayOut, required=True)
    short = fields.String(required=True)
    text = fields.String(required=True)
    variants = fields.List(fields.Nested(VariantOut), required=True)


class DisclaimerListOut(Out):
    """The registry at one number."""

    sequence = whole(required=True)
    disclaimers = fields.List(fields.Nested(RegisteredDisclaimerOut), required=True)


class DisclaimerQuery(MomentQuery):
    """Which language of the registry."""

    locale = fields.String(
        metadata={"description": "BCP 47 tag; left out: all languages.", "pattern": LOCALE_PATTERN}
    )


class WhereUsedQuery(IncludeQuery):
    """Where in the walk."""

    cursor = fields.String(
        validate=validate.Length(max=300),
        metadata={"description": "From `links.next`. Opaque."},
    )
    limit = number(
        low=1, high=1000, load_default=100, metadata={"description": "At most this many."}
    )


class UseOut(Out):
    """A live article that owes the disclaimer to some reader."""

    id = fields.UUID(required=True)
    slug = fields.String(required=True)
    locale = fields.String(required=True)


class UseLinksOut(Out):
    """Where the walk goes on."""

    next = fields.String(required=True, allow_none=True)


class WhereUsedOut(Out):
    """Where a disclaimer is used, now."""

    sequence = whole(required=True)
    disclaimer = fields.String(required=True)
    articles = fields.List(fields.Nested(UseOut), required=True)
    links = fields.Nested(UseLinksOut, required=True)
