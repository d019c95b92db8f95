"""The query of feeds: for whom, about what, and where in the walk."""

from marshmallow import fields, validate

from schemas.articles import DEFAULT_LIMIT, MAX_LIMIT
from schemas.contexts import ContextQuery
from schemas.fields import number

TAG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def _tag(what: str) -> fields.String:
    known = f"Only articles with this {what}; `/v1/topics` lists what there is."
    shape = validate.Regexp(TAG, error="Not lower-case words joined by hyphens.")
    return fields.String(
        validate=[validate.Length(max=100), shape], metadata={"description": known}
    )


class FeedQuery(ContextQuery):
    """A context, what the articles are about, and where in the walk."""

    topic = _tag("topic")
    condition = _tag("condition")
    cursor = fields.String(
        validate=validate.Length(max=200),
        metadata={"description": "From the link to the next page. Opaque; it fixes the number."},
    )
    limit = number(
        low=1,
        high=MAX_LIMIT,
        load_default=DEFAULT_LIMIT,
        metadata={"description": "Articles of a page; what has ended is not counted."},
    )
