"""The shapes of the facts of places by their age."""

from marshmallow import fields, validate

from content.insights.facts import KINDS, SORTS
from schemas.fields import Out, Query, names, whole
from schemas.insights.numbers import count


class FactsQuery(Query):
    """Which facts, in which order."""

    kind = fields.String(
        validate=validate.OneOf(KINDS), metadata={"description": "Only those of this kind."}
    )
    sort = fields.String(
        load_default="recheck_by",
        validate=validate.OneOf(SORTS),
        metadata={"description": "By code (`place`), or by a day, the oldest first."},
    )


class PlaceFactOut(Out):
    """What is known of a place, since when, and until when that is to be relied on."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    within = fields.String(required=True, allow_none=True)
    kind = names(*KINDS)
    fact = fields.String(required=True, metadata={"description": "Such as `law/kratom`."})
    status = fields.List(
        fields.String(), required=True, metadata={"description": "Of a law; else empty."}
    )
    text = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What readers are told, in the site's language; null of help."},
    )
    as_of = fields.Date(required=True, metadata={"description": "Checked on that day."})
    age = fields.Integer(
        strict=True, required=True, metadata={"description": "Days since it was checked."}
    )
    recheck_by = fields.Date(required=True)
    overdue = fields.Boolean(
        required=True, metadata={"description": "Whether that day has passed."}
    )
    lapsed = fields.Boolean(
        required=True, metadata={"description": "Whether readers are told so: the log has it."}
    )
    confidence = fields.String(required=True)
    source = fields.String(required=True)
    sequence = count("Its number in the log.")
    by = fields.String(required=True, metadata={"description": "Who has brought it in."})


class FactsOut(Out):
    """All dated facts of all places."""

    sequence = whole(required=True)
    today = fields.Date(required=True)
    facts = fields.List(fields.Nested(PlaceFactOut), required=True)
