"""The shapes of a document: sections of typed blocks, inline spans, claims and sources."""

from marshmallow import Schema, fields, validate

from content.documents import SECTION_KINDS
from schemas.fields import Out, Tagged, names, tag, whole

EVIDENCE_LEVELS = ("E0", "E1", "E2", "E3", "E4", "E5", "REG")


class ClaimMarkOut(Out):
    """This text states the claim ``id``."""

    type = tag("claim")
    id = fields.String(required=True)


class LinkMarkOut(Out):
    """This text links to ``href``."""

    type = tag("link")
    href = fields.Url(required=True, schemes={"https"})


class StrongMarkOut(Out):
    """Strong importance."""

    type = tag("strong")


class EmphasisMarkOut(Out):
    """Stress emphasis."""

    type = tag("emphasis")


class SourceMarkOut(Out):
    """A reference to the source ``id``."""

    type = tag("source")
    id = fields.String(required=True)


MARKS: dict[str, type[Schema]] = {
    "claim": ClaimMarkOut,
    "link": LinkMarkOut,
    "strong": StrongMarkOut,
    "emphasis": EmphasisMarkOut,
    "source": SourceMarkOut,
}


class SpanOut(Out):
    """A run of text with the same marks, outermost first."""

    text = fields.String(required=True)
    marks = fields.List(Tagged(MARKS), required=True)


class InlineOut(Out):
    """Rich text of a list item or a table cell, and the same as plain text."""

    spans = fields.List(fields.Nested(SpanOut), required=True)
    text = fields.String(required=True)


class ParagraphOut(InlineOut):
    """A paragraph."""

    type = tag("paragraph")


class HeadingOut(InlineOut):
    """A heading inside a section; the section's own title is level 2."""

    type = tag("heading")
    level = fields.Integer(required=True, strict=True, validate=validate.OneOf([3, 4]))


class ListOut(Out):
    """A flat list."""

    type = tag("list")
    ordered = fields.Boolean(required=True)
    items = fields.List(fields.Nested(InlineOut), required=True)
    text = fields.String(required=True)


class QuoteOut(InlineOut):
    """Words of somebody else."""

    type = tag("quote")


class CalloutOut(InlineOut):
    """A passage set apart."""

    type = tag("callout")
    tone = names("note", "caution")


class TableOut(Out):
    """A table; every row is as long as ``columns``."""

    type = tag("table")
    caption = fields.String(required=True)
    columns = fields.List(fields.Nested(InlineOut), required=True)
    rows = fields.List(fields.List(fields.Nested(InlineOut)), required=True)
    text = fields.String(required=True)


class FigureOut(Out):
    """An image that the publisher serves; Caveat serves no image bytes."""

    type = tag("figure")
    src = fields.Url(required=True, schemes={"https"})
    alt = fields.String(required=True)
    width = whole(required=True, metadata={"description": "CSS pixels"})
    height = whole(required=True, metadata={"description": "CSS pixels"})
    credit = fields.String(required=True)
    licence = fields.String(required=True)
    digest = fields.String(required=True)
    text = fields.String(required=True)


BLOCKS: dict[str, type[Schema]] = {
    "paragraph": ParagraphOut,
    "heading": HeadingOut,
    "list": ListOut,
    "quote": QuoteOut,
    "callout": CalloutOut,
    "table": TableOut,
    "figure": FigureOut,
}


class SectionOut(Out):
    """One of the four sections; ``standalone`` says whether it may be shown alone."""

    kind = names(*SECTION_KINDS)
    title = fields.String(required=True)
    standalone = fields.Boolean(required=True)
    blocks = fields.List(Tagged(BLOCKS), required=True)


class ClaimOut(Out):
    """A statement, how well it is supported, and by which sources."""

    id = fields.String(required=True)
    statement = fields.String(required=True)
    evidence_level = names(*EVIDENCE_LEVELS)
    sources = fields.List(fields.String(), required=True)


class SourceOut(Out):
    """A citation with a DOI, an official URL, or both."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    authors = fields.String(required=True)
    container = fields.String(required=True, allow_none=True)
    year = fields.Integer(required=True, strict=True, allow_none=True)
    doi = fields.String(required=True, allow_none=True)
    url = fields.Url(required=True, allow_none=True, schemes={"https"})


class ProvenanceOut(Out):
    """Who wrote the text, with which tools, and who reviewed it."""

    author = fields.String(required=True)
    ai_statement = fields.String(required=True)
    reviewer_name = fields.String(required=True, allow_none=True)
    reviewer_credential = fields.String(required=True, allow_none=True)


class TranslationOut(Out):
    """Of which revision, in which language, this is a translation, and whether that is reviewed."""

    locale = fields.String(required=True)
    revision = whole(required=True)
    status = names("unreviewed", "reviewed")


class OverrideOut(Out):
    """A finding of the claims lint that a person let pass: which, where, by whom and why."""

    finding = fields.String(required=True)
    message = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    reason = fields.String(required=True)


class ReviewOut(Out):
    """Whether a clinician has reviewed the text, and the dates."""

    status = names("unreviewed", "reviewed")
    reviewed_on = fields.Date(required=True, allow_none=True)
    searched_on = fields.Date(required=True)
    next_review_due = fields.Date(required=True)
    provenance = fields.Nested(ProvenanceOut, required=True)
    translation = fields.Nested(TranslationOut, required=True, allow_none=True)
    overrides = fields.List(fields.Nested(OverrideOut), required=True)
