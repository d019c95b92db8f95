"""The shapes of disclaimers by use."""

from marshmallow import fields, validate

from content.rules import LEVELS
from schemas.fields import Out, names
from schemas.insights.numbers import count


class RuleUseOut(Out):
    """A rule that requires a disclaimer."""

    rule = fields.String(required=True)
    texts = count("Live texts that it can hold for.")
    places = count("Known places in which it can hold.")


class RaisingOut(RuleUseOut):
    """A rule that raises a disclaimer where it is owed; `level` null: only to be the first."""

    level = fields.String(required=True, allow_none=True, validate=validate.OneOf(LEVELS))


class VersionUseOut(Out):
    """The words of a disclaimer in one language, or that it takes another's."""

    locale = fields.String(required=True)
    version = count()
    sequence = count("Since which number of the log.")
    at = fields.AwareDateTime(required=True)


class DisclaimerUseOut(Out):
    """A disclaimer by use; nobody owes it where `texts` is 0."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    group = fields.String(required=True)
    level = names(*LEVELS, metadata={"description": "Its own; rules may raise it."})
    texts = count("Live texts that owe it to some reader somewhere: an upper bound.")
    rules = fields.List(fields.Nested(RuleUseOut), required=True)
    raised = fields.List(fields.Nested(RaisingOut), required=True)
    versions = fields.List(fields.Nested(VersionUseOut), required=True)
    changes = count("How often its words were changed in any language, the first time included.")
    changed_at = fields.AwareDateTime(required=True)


class DisclaimersUseOut(Out):
    """Each disclaimer by how many live texts owe it, by which rules."""

    sequence = count("The newest number of the log.")
    texts = count("Live texts, as far as lists know them.")
    places = count("Known places.")
    disclaimers = fields.List(fields.Nested(DisclaimerUseOut), required=True)
