"""The shapes of what a draft would owe, and why."""

from marshmallow import fields, validate

from schemas.contexts import CHOICES, CONTEXT_HELP, ContextOut
from schemas.disclaimers import DisclaimerOut, DisplayOut
from schemas.fields import Out, Query, whole
from schemas.rules import RuleOut

DONE = ("raised", "required")  # what a rule does


def _part(name: str) -> fields.String:
    facts = {"description": CONTEXT_HELP[name], **CHOICES[name]}
    return fields.String(metadata=facts)


class OwedQuery(Query):
    """By whom it is read; the language is the draft's."""

    jurisdiction = _part("jurisdiction")
    audience = _part("audience")
    channel = _part("channel")


class OwedDisclaimerOut(DisclaimerOut):
    """A disclaimer that would be owed; `raised_by` are the rules that have it shown earlier."""

    raised_by = fields.List(fields.String(), required=True)
    own_display = fields.Nested(DisplayOut, required=True)


class OwedRuleOut(RuleOut):
    """A rule that applies, and by which values each key of its `when` was met.

    No values: who reads, or where, is not known, and such a reader is owed all.
    """

    did = fields.List(fields.String(validate=validate.OneOf(DONE)), required=True)
    met_by = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)


class OwedWithheldOut(Out):
    """The rule that withholds the text from this reader: 451 by law, 403 by audience."""

    rule = fields.String(required=True)
    because = fields.String(required=True)
    status = whole(required=True)
    authority = fields.String(required=True, allow_none=True)


class OwedOut(Out):
    """What a draft would owe to one reader if it were published now, and by which rules."""

    sequence = whole(required=True)
    context = fields.Nested(ContextOut, required=True)
    withheld = fields.Nested(OwedWithheldOut, required=True, allow_none=True)
    disclaimers = fields.List(fields.Nested(OwedDisclaimerOut), required=True)
    rules = fields.List(fields.Nested(OwedRuleOut), required=True)
