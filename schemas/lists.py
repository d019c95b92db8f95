"""The shapes of lists of articles: what they are narrowed to, and compound documents."""

from typing import get_args

from marshmallow import fields, validate

from content.evidence import EvidenceLevel
from content.search import MOST
from schemas.articles import FIELDS_HELP, FIELDS_PATTERN, EditionTextOut
from schemas.contexts import ContextQuery
from schemas.disclaimers import DisclaimerOut
from schemas.fields import Out, number, whole
from schemas.moments import MomentQuery

MAX_LIMIT = 100  # items of a page
DEFAULT_LIMIT = 20
ORDERS = ("newest", "oldest", "relevance")
TAG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def about(what: str) -> fields.String:
    """Return the parameter that narrows an answer to articles with a tag."""
    known = f"Only articles with this {what}; `/v1/topics` lists what there is."
    shape = validate.Regexp(TAG, error="Not lower-case words joined by hyphens.")
    return fields.String(
        validate=[validate.Length(max=100), shape], metadata={"description": known}
    )


class AboutQuery(ContextQuery):
    """A context, what the articles are about, and where in the walk."""

    topic = about("topic")
    condition = about("condition")
    cursor = fields.String(
        validate=validate.Length(max=200),
        metadata={"description": "From the link to the next page. Opaque; it fixes the number."},
    )
    limit = number(
        low=1,
        high=MAX_LIMIT,
        load_default=DEFAULT_LIMIT,
        metadata={"description": "Articles of a page; what has ended is not counted."},
    )


class ArticleListQuery(AboutQuery, MomentQuery):
    """Which articles, in which order, and what of each."""

    evidence = fields.String(
        validate=validate.OneOf(get_args(EvidenceLevel)),
        metadata={"description": "Only articles with a claim of this evidence level."},
    )
    review = fields.String(
        validate=validate.OneOf(["unreviewed", "reviewed"]),
        metadata={"description": "Only articles whose text a clinician has (not) reviewed."},
    )
    updated_since = fields.String(
        validate=validate.Length(max=40),
        metadata={
            "description": "Only texts published from this time on (RFC 3339). To follow all "
            "changes, also of disclaimers, read `/v1/changes`.",
            "examples": ["2026-11-24T12:00:00Z"],
        },
    )
    q = fields.String(
        validate=validate.Length(min=1, max=200),
        metadata={
            "description": "Only articles that have all these words, whatever their case and "
            f"marks. Of more than {MOST} matches, the newest {MOST} are ranked."
        },
    )
    sort = fields.String(
        validate=validate.OneOf(ORDERS),
        metadata={
            "description": "By publication; with `q` by relevance: words in the title first, then "
            "in title and summary, then anywhere, the newest first among equals."
        },
    )
    fields_ = fields.String(
        data_key="fields",
        metadata={
            "description": f"{FIELDS_HELP} Left out: title and summary.",
            "pattern": FIELDS_PATTERN,
        },
    )


class ArticleItemOut(EditionTextOut):
    """An edition in a list: its disclaimers are keys of the list's `texts`."""

    disclaimers = fields.List(fields.String(), required=True, validate=validate.Length(min=1))


class PageLinksOut(Out):
    """This page, and the next one where there is one."""

    self_ = fields.String(data_key="self", required=True)
    next = fields.String(required=True, allow_none=True)


class HighlightOut(Out):
    """A passage of an item with words of the query, and where they stand in it."""

    section = fields.String(
        required=True, allow_none=True, metadata={"description": "Null for title and summary."}
    )
    text = fields.String(required=True)
    ranges = fields.List(
        fields.List(whole(), validate=validate.Length(equal=2)),
        required=True,
        metadata={"description": "Start and end of each word, as offsets in code points."},
    )


class SearchOut(Out):
    """How matches were ranked, and the highlights of each item by its article's id."""

    ranked_within = whole(
        required=True, metadata={"description": "So many of the newest matches are ranked."}
    )
    highlights = fields.Dict(
        keys=fields.UUID(), values=fields.List(fields.Nested(HighlightOut)), required=True
    )


class ArticleListOut(Out):
    """Articles at one number of the log; replace keys by texts to get each edition back."""

    schema_ = fields.String(data_key="$schema", required=True)
    format = whole(required=True)
    sequence = whole(required=True)
    items = fields.List(fields.Nested(ArticleItemOut), required=True)
    texts = fields.Dict(keys=fields.String(), values=fields.Nested(DisclaimerOut), required=True)
    withheld = whole(required=True, metadata={"description": "Left out of this page by a rule."})
    search = fields.Nested(SearchOut, metadata={"description": "Only with `q`."})
    links = fields.Nested(PageLinksOut, required=True)
