"""The shapes of the matrix: what becomes of each live text in each place; one cell explained."""

from marshmallow import fields, validate

from content.contexts import AUDIENCES, CHANNELS, JURISDICTION
from content.insights.matrix import FACTS, MOST, OUTCOMES
from content.rules import LEVELS
from schemas.contexts import JurisdictionOut
from schemas.drafts import LOCALE
from schemas.fields import Out, Query, names, number, whole
from schemas.insights.numbers import count

NAME = validate.Length(min=1, max=100)


def _choice(values: tuple[str, ...], said: str) -> fields.String:
    about = {"description": f"As this {said} is shown it; left out: the most careful."}
    return fields.String(load_default=values[0], validate=validate.OneOf(values), metadata=about)


class MatrixQuery(Query):
    """Which texts, for whom, and where a list goes on."""

    topic = fields.String(validate=NAME, metadata={"description": "Only texts of this topic."})
    locale = fields.String(
        validate=[validate.Length(max=35), validate.Regexp(LOCALE)],
        metadata={"description": "Only texts in this language."},
    )
    audience = _choice(AUDIENCES, "audience")
    channel = _choice(CHANNELS, "channel")
    cursor = fields.String(
        validate=validate.Length(max=200), metadata={"description": "`next` of the page before."}
    )
    limit = number(low=1, high=MOST, load_default=25, metadata={"description": "How many texts."})


class CellQuery(Query):
    """Where, and for whom."""

    jurisdiction = fields.String(
        required=True,
        validate=validate.Regexp(rf"^({JURISDICTION.pattern})\Z"),
        metadata={"description": "ISO 3166 code, or `001` for worldwide."},
    )
    audience = _choice(AUDIENCES, "audience")
    channel = _choice(CHANNELS, "channel")


class CellOut(Out):
    """What becomes of a text in some places alike."""

    outcome = names(*OUTCOMES)
    places = fields.List(fields.String(), required=True)
    notices = count("How many disclaimers are owed; 0 where it is withheld.")
    extra = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Disclaimers that are not owed in every place."},
    )
    raised = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Disclaimers that are shown earlier than elsewhere."},
    )
    stale = fields.List(names(*FACTS), required=True)
    rule = fields.String(required=True, allow_none=True, metadata={"description": "It withholds."})


class MatrixTextOut(Out):
    """A live text in all places: each stands in one of the `outcomes`."""

    article = fields.String(required=True)
    slug = fields.String(required=True)
    locale = fields.String(required=True)
    common = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Disclaimers that are owed wherever it is shown."},
    )
    outcomes = fields.List(fields.Nested(CellOut), required=True)


class MatrixOut(Out):
    """Live texts by slug, each in all places that are known."""

    sequence = whole(required=True)
    audience = names(*AUDIENCES)
    channel = names(*CHANNELS)
    places = fields.List(fields.Nested(JurisdictionOut), required=True)
    texts = fields.List(fields.Nested(MatrixTextOut), required=True)
    next = fields.String(required=True, allow_none=True)


class WhyOut(Out):
    """A rule, and its reason."""

    rule = fields.String(required=True)
    because = fields.String(required=True)


class MatrixWithheldOut(WhyOut):
    """The rule that withholds a text."""

    status = whole(required=True)
    authority = fields.String(required=True, allow_none=True)


class CellNoticeOut(Out):
    """A disclaimer that is owed, as a reader sees it, and by which rules."""

    id = fields.String(required=True)
    version = whole(required=True)
    group = fields.String(required=True)
    level = names(*LEVELS)
    anchor = fields.String(required=True, allow_none=True)
    short = fields.String(required=True)
    text = fields.String(required=True)
    is_extra = fields.Boolean(required=True)
    is_raised = fields.Boolean(required=True)
    required_by = fields.List(fields.Nested(WhyOut), required=True)
    raised_by = fields.List(fields.Nested(WhyOut), required=True)


class DatedOut(Out):
    """A fact of a place that is past its date."""

    code = fields.String(required=True)
    fact = fields.String(required=True)
    as_of = fields.Date(required=True)
    recheck_by = fields.Date(required=True)
    source = fields.String(required=True)


class MatrixCellOut(Out):
    """What becomes of a live text in one context, and why."""

    sequence = whole(required=True)
    article = fields.String(required=True)
    slug = fields.String(required=True)
    locale = fields.String(required=True)
    context = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    outcome = names(*OUTCOMES)
    withheld = fields.Nested(MatrixWithheldOut, required=True, allow_none=True)
    notices = fields.List(fields.Nested(CellNoticeOut), required=True)
    stale = fields.List(fields.Nested(DatedOut), required=True)
