"""The shapes of sources at the desk: what is known of them, and who cites them."""

from marshmallow import fields, validate

from schemas.drafts import NOTICE
from schemas.fields import Out, Query, names, number, whole
from schemas.releases import ReasonIn

CURSOR = {"description": "From `next`. Opaque."}


class SourceListQuery(Query):
    """Which sources, and where in the walk."""

    q = fields.String(
        validate=validate.Length(min=1, max=300),
        metadata={"description": "A part of an id or a DOI."},
    )
    after = fields.String(
        load_default="", validate=validate.Length(max=100), metadata={"description": "From `next`."}
    )
    limit = number(low=1, high=100, load_default=20, metadata={"description": "Sources of a page."})


class MarkOut(Out):
    """That a source was retracted."""

    status = names("retracted")
    notice = fields.String(required=True, metadata=NOTICE)
    url = fields.String(required=True, allow_none=True)


class KnownSourceOut(Out):
    """A source as live articles cite it, with the number of these articles."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    doi = fields.String(required=True, allow_none=True)
    url = fields.String(required=True, allow_none=True)
    articles = whole(required=True)
    mark = fields.Nested(MarkOut, required=True, allow_none=True)


class KnownSourceListOut(Out):
    """Sources, by id."""

    sources = fields.List(fields.Nested(KnownSourceOut), required=True)
    next = fields.String(required=True, allow_none=True)


class CitingQuery(Query):
    """Where in the walk."""

    cursor = fields.String(validate=validate.Length(max=300), metadata=CURSOR)
    limit = number(
        low=1, high=100, load_default=20, metadata={"description": "Articles of a page."}
    )


class RestingClaimOut(Out):
    """A claim that rests on the source; `alone` when on nothing else."""

    id = fields.String(required=True)
    statement = fields.String(required=True)
    evidence_level = fields.String(required=True, allow_none=True)
    alone = fields.Boolean(required=True)


class CitingLiveOut(Out):
    """The text that is live, and the claims in it that rest on the source."""

    revision = whole(required=True)
    claims = fields.List(fields.Nested(RestingClaimOut), required=True)


class CitingDraftOut(Out):
    """The draft, and the claims in it that rest on the source."""

    state = fields.String(required=True)
    version = whole(required=True)
    claims = fields.List(fields.Nested(RestingClaimOut), required=True)


class CitingOut(Out):
    """An article in one locale that cites the source: live, drafted, or both."""

    article = fields.String(required=True)
    locale = fields.String(required=True)
    slug = fields.String(required=True)
    live = fields.Nested(CitingLiveOut, required=True, allow_none=True)
    draft = fields.Nested(CitingDraftOut, required=True, allow_none=True)


class CitingListOut(Out):
    """Who cites a source."""

    source = fields.Nested(KnownSourceOut, required=True)
    articles = fields.List(fields.Nested(CitingOut), required=True)
    next = fields.String(required=True, allow_none=True)


class RetractIn(ReasonIn):
    """That a source was retracted: what readers may be told, and where that was said."""

    notice = fields.String(
        required=True, validate=validate.Length(min=1, max=1000), metadata=NOTICE
    )
    url = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=2000))
