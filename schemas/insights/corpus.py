"""The shapes of the corpus: articles and texts by how they stand."""

from marshmallow import fields

from schemas.fields import Out
from schemas.insights.numbers import count


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
