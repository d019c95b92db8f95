"""The shapes around embeds: the query of a page in an iframe, and the files to load."""

from marshmallow import fields, validate

from schemas.contexts import ContextQuery
from schemas.fields import MAX_NUMBER, Out, Query, number

FORMS = ("element", "iframe", "fragment")


class EmbedQuery(ContextQuery):
    """A context, and a revision where one is pinned; without a moment, because it stays current."""

    revision = number(low=1, high=MAX_NUMBER, metadata={"description": "Pin a revision."})


class TryQuery(Query):
    """What the page of snippets is asked to show."""

    article = fields.String()
    locale = fields.String()
    jurisdiction = fields.String()
    channel = fields.String()
    form = fields.String(validate=validate.OneOf(FORMS))


class LatestOut(Out):
    """A file whose bytes may change."""

    href = fields.String(required=True)


class PinnedOut(Out):
    """A file whose bytes never change, and the hash by which a page pins it."""

    href = fields.String(required=True)
    integrity = fields.String(
        required=True, metadata={"description": "For the attribute of that name (SRI)."}
    )


class EmbedFilesOut(Out):
    """What an embed loads."""

    version = fields.String(required=True)
    script = fields.Nested(PinnedOut, required=True)
    style = fields.Nested(PinnedOut, required=True)
    latest = fields.Nested(LatestOut, required=True)
