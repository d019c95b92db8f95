"""The shapes of policy at the desk."""

from marshmallow import fields, validate

from content.disclaimers import GROUPS
from schemas.disclaimers import UseOut
from schemas.drafts import WORDS
from schemas.fields import MAX_NUMBER, In, Out, Query, Tagged, number, whole
from schemas.release_items import POLICY_ITEMS
from schemas.releases import TITLE

NAME = validate.Length(min=1, max=100)


def _only(what: str) -> fields.String:
    return fields.String(validate=NAME, metadata={"description": f"Only those with this {what}."})


class NamesQuery(Query):
    """Which of them; by the names that this kind has."""

    id = _only("id")
    locale = _only("language, of disclaimers")
    code = _only("place, of facts of jurisdictions")
    fact = _only("name, of facts of jurisdictions, such as `help` or `law/kratom`")


class PolicyQuery(NamesQuery):
    """Which of them; by names, or by words."""

    words = fields.String(
        data_key="q",
        validate=NAME,
        metadata={"description": "Only those with these characters in a name or a text."},
    )


class PolicyVersionsQuery(NamesQuery):
    """Of which, and where in the walk."""

    before = number(low=1, high=MAX_NUMBER, metadata={"description": "From `next`: older ones."})
    limit = number(low=1, high=100, load_default=20, metadata={"description": "Of a page."})


class PolicyUseQuery(Query):
    """Of what, and where in the walk."""

    id = fields.String(
        required=True, validate=NAME, metadata={"description": "Of the disclaimer or rule."}
    )
    cursor = fields.String(
        validate=validate.Length(max=200), metadata={"description": "From `next`. Opaque."}
    )
    limit = number(low=1, high=100, load_default=50, metadata={"description": "Of a page."})


class RegistryQuery(Query):
    """What of the registry, as a page shows it."""

    kind = fields.String(load_default="disclaimer", validate=validate.OneOf(["disclaimer", "rule"]))
    group = fields.String(validate=validate.OneOf(GROUPS))
    words = fields.String(data_key="q", validate=NAME)


class UseQuery(Query):
    """Where the two walks of an item's page are: through texts, and through versions."""

    cursor = fields.String(validate=validate.Length(max=200))
    before = number(low=1, high=MAX_NUMBER)


class ProposalIn(In):
    """About a change of policy that is written as a form; the data is in fields of its own."""

    title = fields.String(required=True, validate=TITLE)
    reason = fields.String(required=True, validate=WORDS)
    seen = number(low=0, high=MAX_NUMBER, required=True)
    ends = fields.Boolean(load_default=False)


class PolicyListOut(Out):
    """What stands, each as an item of a release; `seen` is the number of its row in the log."""

    sequence = whole(required=True)
    items = fields.List(Tagged(POLICY_ITEMS), required=True)


class PolicyVersionOut(Out):
    """What one change of the log has said; `item` has `data` null where it ended."""

    item = Tagged(POLICY_ITEMS, required=True)
    version = whole(
        required=True, allow_none=True, metadata={"description": "Of a disclaimer's words."}
    )
    sequence = whole(required=True)
    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)


class PolicyVersionsOut(Out):
    """All that was ever said of it, newest first."""

    versions = fields.List(fields.Nested(PolicyVersionOut), required=True)
    next = whole(required=True, allow_none=True)


class PolicyUseOut(Out):
    """Live texts that it concerns for some reader, by slug and language."""

    sequence = whole(required=True)
    articles = fields.List(fields.Nested(UseOut), required=True)
    next = fields.String(required=True, allow_none=True)
