"""Reviews: who wrote, translated and checked a text, and the dates that readers should know."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from content.errors import Finding
from content.parts import Day, Line, Part, Tag


class Provenance(Part):
    """Who wrote the text, with which tools, and who reviewed it."""

    author: Line
    ai_statement: Line
    reviewer_name: Line | None = None
    reviewer_credential: Line | None = None


class Review(Part):
    """Whether a clinician has reviewed the text, and the dates that readers should know.

    In a draft the dates may still be missing; such a text cannot be published.
    """

    status: Literal["unreviewed", "reviewed"]
    searched_on: Day | None
    next_review_due: Day | None
    provenance: Provenance
    reviewed_on: Day | None = None


class Translation(Part):
    """Of which text a document is a translation, and whether somebody has reviewed that."""

    locale: Tag  # of the source
    revision: Annotated[int, Meta(ge=1, le=2**53 - 1)]  # of the source, in that locale
    status: Literal["unreviewed", "reviewed"]


def check(review: Review) -> Iterator[Finding]:
    """Yield what types cannot say about a review."""
    named = review.provenance.reviewer_name and review.provenance.reviewer_credential
    if review.status == "reviewed" and not (review.reviewed_on and named):
        yield Finding("/review", "a reviewed text names its reviewer, the credential and the day")
    if review.status == "unreviewed" and (review.reviewed_on or review.provenance.reviewer_name):
        yield Finding("/review", "an unreviewed text must not name a reviewer or a review day")
    for name in ("searched_on", "reviewed_on", "next_review_due"):
        if not is_day(getattr(review, name)):
            yield Finding(f"/review/{name}", "is not a day of the calendar")


def gaps(review: Review) -> Iterator[Finding]:
    """Yield what a review still needs before its text can be published."""
    for name in ("searched_on", "next_review_due"):
        if getattr(review, name) is None:
            yield Finding(f"/review/{name}", "is missing: a day such as 2026-11-23")


def is_day(day: str | None) -> bool:
    """Return whether a day is one of the calendar, or not given."""
    try:
        return day is None or bool(date.fromisoformat(day))
    except ValueError:
        return False
