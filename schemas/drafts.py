"""The shapes of the desk: drafts, what is done with them, findings, comments, articles."""

from marshmallow import fields, validate

from content.corrections import TYPES as CORRECTIONS
from content.editorial.comments import MAX_TEXT
from content.editorial.workflow import ACTS, STATES
from content.recalls import RECALL
from content.recalls.opening import HOURS, LONGEST_HOURS
from schemas.fields import In, Out, Query, names, number, whole
from schemas.manuscripts import ManuscriptOut

LOCALE = r"^[a-z]{2,8}(-[A-Za-z0-9]{2,8})*$"
WORDS = validate.Length(min=1, max=2000)
NOTICE = {"description": "Public: what readers are told."}
REASON = {"description": "Not public: for the newsroom and its audit."}


class DraftListQuery(Query):
    """Which drafts, and where in the walk."""

    state = fields.String(
        validate=validate.OneOf(STATES), metadata={"description": "Only drafts in this state."}
    )
    locale = fields.String(
        validate=[validate.Length(max=35), validate.Regexp(LOCALE)],
        metadata={"description": "Only drafts in this language."},
    )
    words = fields.String(
        data_key="q",
        validate=validate.Length(max=100),
        metadata={"description": "Only drafts with these characters in their title or slug."},
    )
    cursor = fields.String(
        validate=validate.Length(max=200), metadata={"description": "From `next`. Opaque."}
    )
    limit = number(low=1, high=100, load_default=20, metadata={"description": "Drafts of a page."})


class DraftHeadOut(Out):
    """Where a draft stands: its state, its version, and what can be done now."""

    article = fields.String(required=True)
    locale = fields.String(required=True)
    slug = fields.String(required=True)
    title = fields.String(required=True)
    version = whole(required=True, metadata={"description": "Also its `ETag`."})
    status = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "How the text stands for its readers: `live`, `suspended`, `withdrawn`, "
            "`replaced` or `gone`; null when it was never published."
        },
    )
    state = names(*STATES)
    acts = fields.List(fields.String(validate=validate.OneOf(list(ACTS))), required=True)
    revision = whole(required=True, allow_none=True)
    authors = fields.List(fields.String(), required=True)
    approved_by = fields.String(required=True, allow_none=True)
    release = fields.String(required=True, allow_none=True)
    outdated = fields.Boolean(
        required=True, metadata={"description": "What it translates has moved on since."}
    )
    updated_at = fields.AwareDateTime(required=True)
    updated_by = fields.String(required=True)


class DraftOut(DraftHeadOut):
    """A draft with its text."""

    manuscript = fields.Nested(ManuscriptOut, required=True)


class DraftListOut(Out):
    """Drafts, oldest articles first."""

    drafts = fields.List(fields.Nested(DraftHeadOut), required=True)
    next = fields.String(required=True, allow_none=True)


class StandingOut(Out):
    """How an article stands in one locale for its readers."""

    locale = fields.String(required=True)
    status = fields.String(required=True)
    slug = fields.String(required=True)
    revision = whole(required=True)
    sequence = whole(required=True)


class DeskArticleOut(Out):
    """An article: its drafts, how it stands, and what can be done with it as a whole."""

    id = fields.String(required=True)
    acts = fields.List(fields.String(), required=True)
    drafts = fields.List(fields.Nested(DraftHeadOut), required=True)
    published = fields.List(fields.Nested(StandingOut), required=True)


class LintQuery(Query):
    """Whose text it is."""

    article = fields.String(
        validate=validate.Length(min=1, max=100),
        metadata={"description": "The article's id; left out: one that is new."},
    )


class PlaceOut(Out):
    """A place in a text: its line, from 1, and a range of characters (code points), from 0."""

    line = whole(required=True)
    start = whole(required=True)
    end = whole(required=True)


class FindingOut(Out):
    """Something that stands between a text and its publication, or that should be better."""

    gate = fields.String(required=True)
    severity = names("error", "warning")
    pointer = fields.String(required=True)
    detail = fields.String(required=True)
    id = fields.String(required=True, allow_none=True)
    rewrite = fields.String(required=True, allow_none=True)
    sentence = fields.String(
        required=True, allow_none=True, metadata={"description": "What the lint remarks on."}
    )
    remark = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The lint's part of `detail`, without sentence and rewrite."},
    )
    place = fields.Nested(
        PlaceOut,
        required=True,
        allow_none=True,
        metadata={"description": "In the Markdown that was sent to be looked at; else null."},
    )


class FindingListOut(Out):
    """What every gate says; `publishable` when none of it is an error."""

    publishable = fields.Boolean(required=True)
    findings = fields.List(fields.Nested(FindingOut), required=True)


class ApproveIn(In):
    """Findings of the lint that may pass, by their ids, each with a reason that readers see."""

    overrides = fields.Dict(
        keys=fields.String(validate=validate.Length(max=100)),
        values=fields.String(validate=WORDS),
        load_default=dict,
        validate=validate.Length(max=20),
    )


class RequestChangesIn(In):
    """What should change."""

    comment = fields.String(required=True, validate=validate.Length(min=1, max=MAX_TEXT))


class CorrectIn(In):
    """What was unclear or wrong, as readers are told."""

    type = names(*CORRECTIONS)
    text = fields.String(required=True, validate=validate.Length(min=1, max=300), metadata=NOTICE)


class TranslateIn(In):
    """Into which language."""

    locale = fields.String(
        required=True, validate=[validate.Length(max=35), validate.Regexp(LOCALE)]
    )


class PublishedOut(Out):
    """What became true: the numbers of the group in the log, none when it was so already."""

    first = whole(required=True, allow_none=True)
    last = whole(required=True, allow_none=True)


class SuspendIn(In):
    """Why an article is taken down until somebody has looked at it."""

    notice = fields.String(required=True, validate=WORDS, metadata=NOTICE)
    reason = fields.String(required=True, validate=WORDS, metadata=REASON)


class WithdrawIn(SuspendIn):
    """Why an article is taken down for good, and what takes its place."""

    status = fields.String(
        load_default="withdrawn",
        validate=validate.OneOf(["withdrawn", "replaced", "gone"]),
        metadata={"description": "Left out: `withdrawn`."},
    )
    replacement = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(max=80)
    )
    severity = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf([RECALL]),
        metadata={"description": "`recall`: partners that were given it have to confirm."},
    )
    hours = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(min=1, max=LONGEST_HOURS),
        metadata={"description": f"That they have to confirm a recall; left out: {HOURS}."},
    )
    everyone = fields.Boolean(
        load_default=False,
        metadata={"description": "In a drill: ask every active partner, whoever has it."},
    )
    drill = fields.Boolean(
        load_default=False,
        metadata={"description": "Refuse it unless this is a test article, which readers miss."},
    )


class WithdrawnOut(PublishedOut):
    """What became true, and the recall that was opened, if one was."""

    recall = fields.String(required=True, allow_none=True)


class CommentIn(In):
    """What somebody says about a draft, at a place in it or about a finding."""

    text = fields.String(required=True, validate=validate.Length(min=1, max=MAX_TEXT))
    pointer = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=500),
        metadata={"description": "A JSON Pointer into the manuscript."},
    )
    finding = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=100))


class CommentOut(Out):
    """A comment; `version` is that of the draft when it was said."""

    id = fields.String(required=True)
    text = fields.String(required=True)
    pointer = fields.String(required=True, allow_none=True)
    finding = fields.String(required=True, allow_none=True)
    version = whole(required=True)
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True)
    resolved_at = fields.AwareDateTime(required=True, allow_none=True)
    resolved_by = fields.String(required=True, allow_none=True)


class CommentListOut(Out):
    """Comments, oldest first."""

    comments = fields.List(fields.Nested(CommentOut), required=True)
