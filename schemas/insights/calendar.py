"""The shapes of the calendar: what has to be looked at when."""

from marshmallow import fields

from content.insights import calendar
from schemas.fields import Out, Query, names, number
from schemas.insights.numbers import count

MAX_LIMIT = 500


class CalendarQuery(Query):
    """Which days, and where a list goes on."""

    from_ = fields.Date(
        data_key="from",
        metadata={"description": "The first day; left out: from the oldest on, overdue first."},
    )
    to = fields.Date(metadata={"description": "The last day; left out: 90 days from today."})
    cursor = fields.String(metadata={"description": "`next` of the page before."})
    limit = number(
        low=1, high=MAX_LIMIT, load_default=100, metadata={"description": "How many entries."}
    )


class DueOut(Out):
    """How much is due of each kind."""

    review_due = count("Texts to be reviewed anew.")
    display_until = count("Texts on their last day of display.")
    law = count("Laws to be looked up again.")
    help = count("Help lines to be tried again.")
    authority = count("Positions of authorities to be looked up again.")


class DayDueOut(DueOut):
    """What is due on one day."""

    day = fields.Date(required=True)


class EntryOut(Out):
    """Something that is due: a text by slug and language, or a fact by its place and name."""

    day = fields.Date(required=True)
    kind = names(*calendar.KINDS)
    overdue = fields.Boolean(required=True)
    subject = fields.String(
        required=True, metadata={"description": "The article's id, or the code of the place."}
    )
    detail = fields.String(
        required=True, metadata={"description": "The language, or the fact: `law/kratom`."}
    )
    slug = fields.String(required=True, allow_none=True)
    by = fields.String(
        required=True,
        metadata={"description": "Who wrote the live revision, or brought the fact in."},
    )


class CalendarOut(Out):
    """What is due when."""

    today = fields.Date(required=True)
    from_ = fields.Date(required=True, allow_none=True, data_key="from")
    to = fields.Date(required=True)
    overdue = fields.Nested(
        DueOut, required=True, metadata={"description": "All that was due before today."}
    )
    days = fields.List(
        fields.Nested(DayDueOut),
        required=True,
        metadata={"description": "From `from`, or today, on: each day on which something is due."},
    )
    entries = fields.List(fields.Nested(EntryOut), required=True)
    next = fields.String(required=True, allow_none=True)
