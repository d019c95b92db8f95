"""The shapes of a manuscript: a document with its slug, topics, conditions and a note."""

from marshmallow import fields

from schemas.documents import (
    EVIDENCE_LEVELS,
    ProvenanceOut,
    SectionOut,
    SourceOut,
    TranslationOut,
)
from schemas.fields import Out, names


class DraftClaimOut(Out):
    """A claim, whose level and sources may still be missing."""

    id = fields.String(required=True)
    statement = fields.String(required=True)
    evidence_level = names(*EVIDENCE_LEVELS, allow_none=True)
    sources = fields.List(fields.String(), required=True)


class DraftReviewOut(Out):
    """Who has checked the text, and the dates, which may still be missing."""

    status = names("unreviewed", "reviewed")
    reviewed_on = fields.Date(required=True, allow_none=True)
    searched_on = fields.Date(required=True, allow_none=True)
    next_review_due = fields.Date(required=True, allow_none=True)
    provenance = fields.Nested(ProvenanceOut, required=True)


class DocumentOut(Out):
    """The whole text of one article in one locale."""

    locale = fields.String(required=True)
    title = fields.String(required=True)
    summary = fields.String(required=True)
    sections = fields.List(fields.Nested(SectionOut), required=True)
    claims = fields.List(fields.Nested(DraftClaimOut), required=True)
    sources = fields.List(fields.Nested(SourceOut), required=True)
    review = fields.Nested(DraftReviewOut, required=True)
    translation = fields.Nested(
        TranslationOut, metadata={"description": "Of what it is a translation; not of an original."}
    )


class ManuscriptOut(Out):
    """A document together with what its publication needs."""

    slug = fields.String(required=True)
    topics = fields.List(fields.String(), required=True)
    conditions = fields.List(fields.String(), required=True)
    change_note = fields.String(required=True)
    display_until = fields.Date(
        metadata={"description": "The last day on which it may be shown; for ever without."}
    )
    document = fields.Nested(DocumentOut, required=True)
