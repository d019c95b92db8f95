"""The shapes of a snapshot: lines of JSON, told apart by their `type`."""

from marshmallow import fields, validate

from schemas.articles import FIELDS_HELP, FIELDS_PATTERN
from schemas.contexts import ContextQuery
from schemas.disclaimers import DisclaimerOut
from schemas.fields import MAX_NUMBER, Out, Tagged, number, tag, whole
from schemas.lists import ArticleItemOut
from schemas.moments import AT_HELP

MAX_LIMIT = 500  # articles of a part


class SnapshotQuery(ContextQuery):
    """For whom, as of which number, what of each article, and which part."""

    at = number(
        low=1,
        high=MAX_NUMBER,
        metadata={"description": f"{AT_HELP} Left out: you are sent on to the newest number."},
    )
    fields_ = fields.String(
        data_key="fields", metadata={"description": FIELDS_HELP, "pattern": FIELDS_PATTERN}
    )
    limit = number(
        low=1,
        high=MAX_LIMIT,
        load_default=MAX_LIMIT,
        metadata={"description": "Articles of a part; one with long articles has fewer."},
    )
    cursor = fields.String(
        validate=validate.Length(max=200),
        metadata={"description": "With `at`, from the link to the next part. Opaque."},
    )


class AskedOut(Out):
    """The context of a snapshot as it was asked for; each edition says what was served."""

    locale = fields.String(required=True)
    jurisdiction = fields.String(required=True)
    audience = fields.String(required=True)
    channel = fields.String(required=True)


class CountsOut(Out):
    """How many lines of each type a part has, and how many articles are left out of it."""

    texts = whole(required=True)
    editions = whole(required=True)
    withheld = whole(required=True, metadata={"description": "Not to be shown today."})


class SnapshotLinksOut(Out):
    """The next part, where there is one; and in the end, how to follow what changes."""

    next = fields.String(required=True, allow_none=True)
    changes = fields.String(required=True, metadata={"description": "With whole editions."})
    differences = fields.String(required=True, metadata={"description": "With what differs."})


class HeaderLineOut(Out):
    """The first line."""

    type = tag("header")
    schema_ = fields.String(data_key="$schema", required=True)
    format = whole(required=True)
    sequence = whole(required=True)
    context = fields.Nested(AskedOut, required=True)
    fields_ = fields.List(
        fields.String(), data_key="fields", metadata={"description": "Only where some are asked."}
    )
    counts = fields.Nested(CountsOut, required=True)


class TextLineOut(Out):
    """A disclaimer of editions that follow, and its key."""

    type = tag("text")
    key = fields.String(required=True)
    text = fields.Nested(DisclaimerOut, required=True)


class EditionLineOut(Out):
    """An edition whose disclaimers are keys of texts that came before."""

    type = tag("edition")
    edition = fields.Nested(ArticleItemOut, required=True)


class EndLineOut(Out):
    """The last line: a part that does not end with it was cut off."""

    type = tag("end")
    counts = fields.Nested(CountsOut, required=True)
    links = fields.Nested(SnapshotLinksOut, required=True)


LINES = {
    "header": HeaderLineOut,
    "text": TextLineOut,
    "edition": EditionLineOut,
    "end": EndLineOut,
}


class SnapshotOut(Out):
    """The lines of a part, here as a list; what is sent has one on each line."""

    lines = fields.List(Tagged(LINES), required=True)
