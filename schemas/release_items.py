"""The shapes of what can be in a release: texts, and changes of policy."""

from typing import Any

from marshmallow import Schema, fields

from schemas.fields import Out, Tagged, tag, whole

SEEN = {"description": "The number in the log of what it replaces; 0 where there was none."}
VALUES = [  # that a fact of the site may have
    {"type": "string"},
    {"type": "boolean"},
    {"type": "array", "items": {"type": "string"}},
    {"type": "object", "additionalProperties": {}},
    {"type": "null"},
]
DATA = {"description": "What becomes true; null when something is true no longer."}


class DraftItemOut(Out):
    """The draft of an article in one locale, which is approved by then."""

    type = tag("article")
    article = fields.String(required=True)
    locale = fields.String(required=True)


class RestoreItemOut(Out):
    """An article that was taken down and comes back, in all its locales."""

    type = tag("restore")
    article = fields.String(required=True)
    seen = whole(allow_none=True, metadata=SEEN)


class EarlierItemOut(Out):
    """A live article in one locale, as it was published by the change `sequence` of the log."""

    type = tag("earlier")
    article = fields.String(required=True)
    locale = fields.String(required=True)
    sequence = whole(required=True)
    seen = whole(allow_none=True, metadata=SEEN)


class PolicyItemOut(Out):
    """Something of policy: ``data`` is as an import's file says it."""

    data: fields.Field[Any] = fields.Dict(required=True, allow_none=True, metadata=DATA)
    seen = whole(allow_none=True, metadata=SEEN)


class DisclaimerItemOut(PolicyItemOut):
    """The words of a disclaimer in one locale, or `{fallback: locale}`."""

    type = tag("disclaimer")
    id = fields.String(required=True)
    locale = fields.String(required=True)


class RuleItemOut(PolicyItemOut):
    """A rule."""

    type = tag("rule")
    id = fields.String(required=True)


class MentionItemOut(PolicyItemOut):
    """The words by which a text is found to mention something, by locale."""

    type = tag("mention")
    id = fields.String(required=True)


class JurisdictionItemOut(PolicyItemOut):
    """A fact about a place: `place`, `help`, `law/<topic>` or `authority/<name>`."""

    type = tag("jurisdiction")
    code = fields.String(required=True)
    fact = fields.String(required=True)


class SiteItemOut(PolicyItemOut):
    """A fact about the publisher."""

    type = tag("site")
    id = fields.String(required=True)
    data = fields.Raw(required=True, metadata={**DATA, "anyOf": VALUES})


class SourceItemOut(PolicyItemOut):
    """What is known of a source: that it was retracted."""

    type = tag("source")
    id = fields.String(required=True)


POLICY_ITEMS: dict[str, type[Schema]] = {
    "disclaimer": DisclaimerItemOut,
    "rule": RuleItemOut,
    "mention": MentionItemOut,
    "jurisdiction": JurisdictionItemOut,
    "site": SiteItemOut,
    "source": SourceItemOut,
}
ITEMS: dict[str, type[Schema]] = {
    "article": DraftItemOut,
    "restore": RestoreItemOut,
    "earlier": EarlierItemOut,
    **POLICY_ITEMS,
}


class Item(Tagged):
    """Something in a release; the domain reads it, and says what is wrong with it."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return value
