"""The shapes of editions and of revisions. They describe what ``content`` makes."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from content.documents import SECTION_KINDS
from content.excerpts import FIELDS
from schemas.contexts import LOCALE_PATTERN, ContextOut, ContextQuery, IncludeQuery
from schemas.disclaimers import DisclaimerOut, HelpOut
from schemas.documents import ClaimOut, ReviewOut, SectionOut, SourceOut
from schemas.fields import MAX_NUMBER, Out, listed, names, number, whole
from schemas.moments import MomentQuery
from schemas.renditions.formats import HEADINGS

FIELDS_HELP = f"Comma-separated names from: {', '.join(FIELDS)}. All else is always there."
FIELDS_PATTERN = listed(FIELDS)


class SectionQuery(ContextQuery, MomentQuery):
    """A context, a moment or a revision."""

    revision = number(
        low=1,
        high=MAX_NUMBER,
        metadata={"description": "Pin the text of this revision; never its disclaimers."},
    )


class ArticleQuery(ContextQuery, MomentQuery):
    """A context, a moment, and what part of the article."""

    revision = number(
        low=1,
        high=MAX_NUMBER,
        metadata={"description": "Pin the text of this revision; never its disclaimers."},
    )
    fields_ = fields.String(
        data_key="fields",
        metadata={
            "description": FIELDS_HELP,
            "pattern": FIELDS_PATTERN,
            "examples": ["title,sections"],
        },
    )


class PinnedQuery(ContextQuery):
    """A context, for a revision that the path names."""

    fields_ = fields.String(
        data_key="fields", metadata={"description": FIELDS_HELP, "pattern": FIELDS_PATTERN}
    )


class PageQuery(ContextQuery, MomentQuery):
    """A context, for a page to be read by people; it is always whole."""

    revision = number(low=1, high=MAX_NUMBER, metadata={"description": "Pin a revision."})


class HtmlQuery(PageQuery):
    """A page, or a piece of HTML for a page that is not ours."""

    fragment = fields.String(
        validate=validate.Equal("1", error="write 'fragment=1', or leave it out for a page"),
        metadata={"description": "`1`: only the article, for another page.", "enum": ["1"]},
    )
    heading = number(
        low=min(HEADINGS),
        high=max(HEADINGS),
        metadata={"description": "Level of the title's heading in a fragment; left out: 2."},
    )

    @validates_schema
    def check_heading(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a level of headings for a page, which has its own."""
        if "heading" in data and "fragment" not in data:
            message = "it goes with 'fragment=1'; the title of a page is always <h1>"
            raise ValidationError(message, "heading")


class RevisionsQuery(IncludeQuery):
    """Which language."""

    locale = fields.String(
        metadata={"description": "BCP 47 tag of the language.", "pattern": LOCALE_PATTERN}
    )


class ArticleRefOut(Out):
    """The article's identity and where it is published."""

    id = fields.UUID(required=True)
    slug = fields.String(required=True)
    topics = fields.List(fields.String(), required=True)
    conditions = fields.List(fields.String(), required=True)


class RevisionOut(Out):
    """Which revision this is."""

    number = whole(required=True)
    published_at = fields.AwareDateTime(required=True)
    change_note = fields.String(required=True)
    supersedes = whole(required=True, allow_none=True)


class NoticeOut(Out):
    """A group of disclaimers under one heading."""

    group = fields.String(required=True)
    label = fields.String(required=True)
    items = fields.List(fields.String(), required=True)


class SurfacesOut(Out):
    """What a card has to show, and whether a notification may carry the title."""

    card = fields.List(fields.String(), required=True)
    notification = fields.Boolean(required=True)


class RightsOut(Out):
    """What a partner may do, and has to do."""

    licence = fields.String(required=True)
    attribution = fields.String(required=True)
    modification_allowed = fields.Boolean(required=True)
    indexing = names("canonical", "noindex", "free")
    terms = fields.List(fields.String(), required=True)


class FreshnessOut(Out):
    """How long a copy is good, counted from the reader's last successful check."""

    recheck_after = fields.String(required=True, metadata={"description": "ISO 8601 duration"})
    max_offline = fields.String(required=True, metadata={"description": "ISO 8601 duration"})
    display_until = fields.Date(required=True, allow_none=True)


class LinksOut(Out):
    """Where else to look; `self` is the full-context URL."""

    self_ = fields.String(data_key="self", required=True)
    canonical = fields.String(required=True)
    html = fields.String(required=True)
    revisions = fields.String(required=True)
    keys = fields.String(required=True)


class IntegrityOut(Out):
    """SHA-256 of the canonical bytes without this member, and a detached JWS over them."""

    digest = fields.String(required=True)
    kid = fields.String(required=True)
    jws = fields.String(required=True)


class EditionHeadOut(Out):
    """What an edition has besides its text and its disclaimers."""

    schema_ = fields.String(data_key="$schema", required=True)
    format = whole(required=True)
    id = fields.String(required=True)
    article = fields.Nested(ArticleRefOut, required=True)
    status = names("published")
    context = fields.Nested(ContextOut, required=True)
    revision = fields.Nested(RevisionOut, required=True)
    sequence = whole(required=True)
    title = fields.String()
    summary = fields.String()
    claims = fields.List(fields.Nested(ClaimOut))
    sources = fields.List(fields.Nested(SourceOut))
    notices = fields.List(fields.Nested(NoticeOut), required=True, validate=validate.Length(min=1))
    surfaces = fields.Nested(SurfacesOut, required=True)
    review = fields.Nested(ReviewOut, required=True)
    help = fields.List(fields.Nested(HelpOut), required=True)
    rights = fields.Nested(RightsOut, required=True)
    freshness = fields.Nested(FreshnessOut, required=True)
    links = fields.Nested(LinksOut, required=True)
    integrity = fields.Nested(IntegrityOut, required=True)


class EditionTextOut(EditionHeadOut):
    """The text of an edition, or those fields of it that were asked for."""

    sections = fields.List(fields.Nested(SectionOut), validate=validate.Length(equal=4))
    fields_ = fields.List(
        fields.String(), data_key="fields", metadata={"description": "Only in a part: what it has."}
    )


class EditionOut(EditionTextOut):
    """An edition: a revision with every disclaimer that it owes in one context, signed."""

    disclaimers = fields.List(
        fields.Nested(DisclaimerOut), required=True, validate=validate.Length(min=1)
    )


class SectionEditionOut(EditionHeadOut):
    """One section as an edition; `summary` is there unless the section may stand alone."""

    section = names(*SECTION_KINDS)
    sections = fields.List(
        fields.Nested(SectionOut), required=True, validate=validate.Length(equal=1)
    )
    disclaimers = fields.List(
        fields.Nested(DisclaimerOut), required=True, validate=validate.Length(min=1)
    )


class RevisionEntryOut(Out):
    """A revision that has been live, and where to read it."""

    number = whole(required=True)
    published_at = fields.AwareDateTime(required=True)
    change_note = fields.String(required=True)
    digest = fields.String(required=True)
    href = fields.String(required=True)


class ArticleKeyOut(Out):
    """Slug and id of an article."""

    id = fields.UUID(required=True)
    slug = fields.String(required=True)


class RevisionListOut(Out):
    """All revisions of an article that have been live, newest first."""

    article = fields.Nested(ArticleKeyOut, required=True)
    locale = fields.String(required=True)
    sequence = whole(required=True)
    revisions = fields.List(fields.Nested(RevisionEntryOut), required=True)
