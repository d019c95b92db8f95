"""The shapes of a text's history: its revisions, what was done with its draft, and what changed."""

from marshmallow import fields, validate

from content.documents import SECTION_KINDS
from schemas.diffs import SectionDiffOut, runs
from schemas.fields import MAX_NUMBER, Out, Query, names, number, whole


class HistoryQuery(Query):
    """Where in the walk."""

    before = number(low=1, high=MAX_NUMBER, metadata={"description": "From `next`: older ones."})
    limit = number(low=1, high=100, load_default=20, metadata={"description": "Of a page."})


class ActListQuery(HistoryQuery):
    """Where in the walk, and whether every save is listed."""

    saves = fields.Boolean(
        load_default=True, metadata={"description": "`false` leaves out that it was saved."}
    )


class CompareQuery(Query):
    """Which two texts; what is left out is the draft as it is now."""

    from_ = number(
        low=1,
        high=MAX_NUMBER,
        data_key="from",
        metadata={"description": "The number of the older revision.", "examples": [1]},
    )
    to = number(
        low=1,
        high=MAX_NUMBER,
        metadata={"description": "The number of the newer one."},
    )


class EventOut(Out):
    """What became of a revision: how it stands since a number of the log."""

    sequence = whole(required=True)
    status = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    notice = fields.String(required=True, allow_none=True)


class PastOut(Out):
    """A revision; its text is not `kept` where it was deleted by law."""

    number = whole(required=True)
    change_note = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True)
    kept = fields.Boolean(required=True)
    events = fields.List(fields.Nested(EventOut), required=True)


class PastListOut(Out):
    """Revisions, newest first, those too that were never published."""

    revisions = fields.List(fields.Nested(PastOut), required=True)
    next = whole(required=True, allow_none=True)


class ActOut(Out):
    """What somebody did; `version` is what the draft became by it, null for the whole article."""

    number = whole(required=True)
    act = fields.String(required=True)
    by = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    version = whole(required=True, allow_none=True)


class ActListOut(Out):
    """What was done, newest first."""

    acts = fields.List(fields.Nested(ActOut), required=True)
    next = whole(required=True, allow_none=True)


class ListedDiffOut(Out):
    """What changed of a claim or a source, in words."""

    id = fields.String(required=True)
    op = names("equal", "removed", "added", "changed")
    words = runs()


class ComparedOut(Out):
    """What changed between two texts of an article, word by word; null: the draft."""

    from_ = whole(data_key="from", required=True, allow_none=True)
    to = whole(required=True, allow_none=True)
    title = runs()
    summary = runs()
    sections = fields.List(
        fields.Nested(SectionDiffOut),
        required=True,
        validate=validate.Length(equal=len(SECTION_KINDS)),
    )
    claims = fields.List(fields.Nested(ListedDiffOut), required=True)
    sources = fields.List(fields.Nested(ListedDiffOut), required=True)
