"""The shapes of policy at the desk."""

from marshmallow import fields, validate

from schemas.fields import Out, Query, Tagged, whole
from schemas.release_items import POLICY_ITEMS

NAME = validate.Length(min=1, max=100)


def _only(what: str) -> fields.String:
    return fields.String(validate=NAME, metadata={"description": f"Only those with this {what}."})


class PolicyQuery(Query):
    """Which of them; by the names that this kind has."""

    id = _only("id")
    locale = _only("language, of disclaimers")
    code = _only("place, of facts of jurisdictions")
    fact = _only("name, of facts of jurisdictions, such as `help` or `law/kratom`")


class PolicyListOut(Out):
    """What stands, each as an item of a release; `seen` is the number of its row in the log."""

    sequence = whole(required=True)
    items = fields.List(Tagged(POLICY_ITEMS), required=True)
