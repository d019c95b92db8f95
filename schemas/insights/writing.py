"""The shapes of what is written: the corpus, the calendar, disclaimers by use."""

from marshmallow import fields, validate

from content.insights import calendar
from content.rules import LEVELS
from schemas.fields import Out, Query, names, number, whole

MAX_LIMIT = 500


def count(said: str = "") -> fields.Integer:
    """Return a number of things that is always there."""
    return whole(required=True, metadata={"description": said} if said else {})


class ArticlesOut(Out):
    """Articles, in whichever languages they are."""

    total = count("Without test articles, with those that are only drafts.")
    live = count("In at least one language.")
    ended = count("Published once, and live in no language.")
    never_published = count()


class TextStatesOut(Out):
    """Texts (an article in one language), each in one state."""

    live = count()
    expired = count("Live by the log; the last day of display has passed.")
    redacted = count("Live by the log; the text, or what it translates, was deleted by law.")
    suspended = count()
    withdrawn = count()
    replaced = count()
    gone = count()


class LocaleOut(Out):
    """Texts in one language."""

    locale = fields.String(required=True)
    texts = fields.Nested(TextStatesOut, required=True)


class DraftStatesOut(Out):
    """Drafts, each in one state of the workflow."""

    draft = count()
    in_review = count()
    approved = count()
    scheduled = count()
    published = count("As it was published; nobody has changed it since.")


class TopicCountOut(Out):
    """Live articles of one topic."""

    topic = fields.String(required=True)
    articles = count()


class ReviewsOut(Out):
    """Live texts by review; one that is translated, or whose date has passed, counts twice."""

    reviewed = count("It, or what it translates, by a clinician.")
    unreviewed = count("It, or what it translates, by nobody.")
    translation_unreviewed = count()
    lapsed = count("The review's date has passed, and that is recorded.")
    by_no_clinician = count("Neither it nor what it translates.")


class WithholdingOut(Out):
    """A rule that withholds articles: 451 by law, 403 by audience."""

    rule = fields.String(required=True)
    status = count()
    texts = count("Live texts that it can withhold.")
    places = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "Codes of the known places where it holds; null: everywhere."},
    )


class WithheldOut(Out):
    """Live texts that are withheld somewhere, or from somebody."""

    texts = count("By any of the rules.")
    rules = fields.List(fields.Nested(WithholdingOut), required=True)


class CorpusOut(Out):
    """How many articles and texts stand how. Test articles are left out."""

    sequence = count("The newest number of the log.")
    articles = fields.Nested(ArticlesOut, required=True)
    texts = fields.Nested(TextStatesOut, required=True)
    locales = fields.List(fields.Nested(LocaleOut), required=True)
    drafts = fields.Nested(DraftStatesOut, required=True)
    topics = fields.List(fields.Nested(TopicCountOut), required=True)
    reviews = fields.Nested(ReviewsOut, required=True)
    withheld = fields.Nested(WithheldOut, required=True)


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


class RuleUseOut(Out):
    """A rule that requires a disclaimer."""

    rule = fields.String(required=True)
    texts = count("Live texts that it can hold for.")
    places = count("Known places in which it can hold.")


class RaisingOut(RuleUseOut):
    """A rule that raises a disclaimer where it is owed; `level` null: only to be the first."""

    level = fields.String(required=True, allow_none=True, validate=validate.OneOf(LEVELS))


class VersionUseOut(Out):
    """The words of a disclaimer in one language, or that it takes another's."""

    locale = fields.String(required=True)
    version = count()
    sequence = count("Since which number of the log.")
    at = fields.AwareDateTime(required=True)


class DisclaimerUseOut(Out):
    """A disclaimer by use; nobody owes it where `texts` is 0."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    group = fields.String(required=True)
    level = names(*LEVELS, metadata={"description": "Its own; rules may raise it."})
    texts = count("Live texts that owe it to some reader somewhere: an upper bound.")
    rules = fields.List(fields.Nested(RuleUseOut), required=True)
    raised = fields.List(fields.Nested(RaisingOut), required=True)
    versions = fields.List(fields.Nested(VersionUseOut), required=True)
    changes = count("How often its words were changed in any language, the first time included.")
    changed_at = fields.AwareDateTime(required=True)


class DisclaimersUseOut(Out):
    """Each disclaimer by how many live texts owe it, by which rules."""

    sequence = count("The newest number of the log.")
    texts = count("Live texts, as far as lists know them.")
    places = count("Known places.")
    disclaimers = fields.List(fields.Nested(DisclaimerUseOut), required=True)
