"""The shapes of diffs: what changed between two revisions of an article."""

from typing import Any

from marshmallow import fields, validate

from content.documents import SECTION_KINDS
from schemas.articles import ArticleRefOut, NoticeOut, RevisionOut, RightsOut, SurfacesOut
from schemas.contexts import ContextOut, ContextQuery
from schemas.disclaimers import DisclaimerOut, HelpOut
from schemas.fields import MAX_NUMBER, Out, names, number, whole


class DiffQuery(ContextQuery):
    """A context, and two revisions."""

    from_ = number(
        low=1,
        high=MAX_NUMBER,
        data_key="from",
        required=True,
        metadata={"description": "The number of the older revision.", "examples": [1]},
    )
    to = number(
        low=1,
        high=MAX_NUMBER,
        metadata={"description": "The number of the newer one; left out: the one that is live."},
    )


class RunOut(Out):
    """A run of words: in both texts, only in the older, or only in the newer."""

    op = names("equal", "removed", "added")
    text = fields.String(required=True)


def runs() -> fields.List[Any]:
    """Return a field of runs of words."""
    return fields.List(fields.Nested(RunOut), required=True)


class BlockDiffOut(Out):
    """A block of either revision; `changed` where its words or the marks in them differ."""

    op = names("equal", "removed", "added", "changed")
    type = fields.String(required=True)
    words = runs()


class SectionDiffOut(Out):
    """What changed in a section."""

    kind = names(*SECTION_KINDS)
    title = runs()
    blocks = fields.List(fields.Nested(BlockDiffOut), required=True)


class DiffLinksOut(Out):
    """This diff, as data and as a page, and the revisions that it compares."""

    self_ = fields.String(data_key="self", required=True)
    html = fields.String(required=True)
    from_ = fields.String(data_key="from", required=True)
    to = fields.String(required=True)


class DiffOut(Out):
    """What changed between two revisions, with every disclaimer that either of them owes.

    One whose words differ stands twice: as the newer revision has it, then as the older one does.
    """

    article = fields.Nested(ArticleRefOut, required=True)
    context = fields.Nested(ContextOut, required=True)
    sequence = whole(required=True)
    from_ = fields.Nested(RevisionOut, data_key="from", required=True)
    to = fields.Nested(RevisionOut, required=True)
    title = runs()
    summary = runs()
    sections = fields.List(
        fields.Nested(SectionDiffOut), required=True, validate=validate.Length(equal=4)
    )
    disclaimers = fields.List(
        fields.Nested(DisclaimerOut), required=True, validate=validate.Length(min=1)
    )
    notices = fields.List(fields.Nested(NoticeOut), required=True)
    surfaces = fields.Nested(SurfacesOut, required=True)
    help = fields.List(fields.Nested(HelpOut), required=True)
    rights = fields.Nested(RightsOut, required=True)
    links = fields.Nested(DiffLinksOut, required=True)
