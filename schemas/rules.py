"""The shapes of rules: when a disclaimer is owed, shown earlier, or an article withheld."""

from marshmallow import fields

from schemas.fields import Out, whole
from schemas.moments import MomentQuery


class RuleQuery(MomentQuery):
    """When."""


class RaiseOut(Out):
    """Which disclaimer is shown earlier, and how."""

    disclaimer = fields.String(required=True)
    level = fields.String(required=True, allow_none=True)
    anchor = fields.String(required=True, allow_none=True)
    first = fields.Boolean(required=True)


class WithholdOut(Out):
    """That the article is not shown: 451 by law, 403 by audience."""

    status = whole(required=True)
    authority = fields.String(required=True, allow_none=True)
    worldwide = fields.Boolean(required=True)


class RuleOut(Out):
    """One rule: all keys of `when` have to hold, each by any of its values."""

    id = fields.String(required=True)
    because = fields.String(required=True)
    when = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    require = fields.List(fields.String(), required=True)
    raise_ = fields.Nested(RaiseOut, data_key="raise", required=True, allow_none=True)
    withhold = fields.Nested(WithholdOut, required=True, allow_none=True)


class RuleListOut(Out):
    """The rules at one number."""

    sequence = whole(required=True)
    rules = fields.List(fields.Nested(RuleOut), required=True)
