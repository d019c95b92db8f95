"""The shapes of previews: leave to look at a draft, and the addresses to do so."""

from marshmallow import fields, validate

from content.contexts import AUDIENCES, CHANNELS, JURISDICTION
from content.editorial.previews import LONGEST, MAX_NOTE, SHORTEST, USUAL
from schemas.contexts import CONTEXT_HELP
from schemas.fields import In, Out, Query, Shared, names


def _part(name: str, rule: validate.Validator) -> fields.String:
    told = {"description": CONTEXT_HELP[name]}
    return fields.String(load_default=None, validate=rule, metadata=told)


class For(Shared):
    """For whom a text is shown; the language is the draft's."""

    jurisdiction = _part("jurisdiction", validate.Regexp(f"^({JURISDICTION.pattern})$"))
    audience = _part("audience", validate.OneOf(AUDIENCES))
    channel = _part("channel", validate.OneOf(CHANNELS))


class ShownQuery(For, Query):
    """For whom a text is shown; the language is the draft's."""


class PreviewIn(For, In):
    """For whom, and for how long; the language is the draft's."""

    expires_in = fields.Integer(
        strict=True,
        load_default=USUAL,
        validate=validate.Range(min=SHORTEST, max=LONGEST),
        metadata={"description": "Seconds until it ends; left out: a day."},
    )
    note = fields.String(
        load_default=None,
        validate=validate.Length(max=MAX_NOTE),
        metadata={"description": "For the newsroom: who gets it, and why."},
    )


class PreviewOut(Out):
    """Leave to look at a draft; it shows the draft as it is when somebody looks."""

    id = fields.String(required=True)
    article = fields.UUID(required=True)
    locale = fields.String(required=True)
    jurisdiction = fields.String(required=True)
    audience = names(*AUDIENCES)
    channel = names(*CHANNELS)
    note = fields.String(required=True, allow_none=True)
    state = names("good", "revoked", "ended")
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)
    revoked_by = fields.String(required=True, allow_none=True)


class PreviewListOut(Out):
    """The previews of a draft, newest first, those that are over too."""

    previews = fields.List(fields.Nested(PreviewOut), required=True)


class PreviewUrlsOut(Out):
    """The addresses of a preview, by format; whoever has one can look."""

    html = fields.String(required=True)
    md = fields.String(required=True)
    jsonld = fields.String(required=True)
    ninjs = fields.String(required=True)
    json = fields.String(required=True)


class NewPreviewOut(PreviewOut):
    """A preview with its addresses, which are shown this once."""

    urls = fields.Nested(PreviewUrlsOut, required=True)
