"""History: which editions of an article were in force when, and when it was refused.

The walk goes back from the end of the span: an edition says itself since when it is what it is, and
where there was none, only a change that may have mattered is looked behind.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from content import changes, editions
from content.archives.asking import Asked
from content.contexts import Context
from content.editions import Edition
from content.errors import Gone, NotFound, Refusal, Withheld
from content.models.access import Partner
from content.models.log import Change
from content.models.usage import Exposure
from content.signing import Keyring

ELSEWHERE = "served-in-another-language"


@dataclass(frozen=True)
class Span:
    """From one number to another: one edition, or the reason why there was none."""

    first: int
    last: int
    edition: Edition | None
    refused: str | None = None


def readers(asked: Asked, given: Sequence[Exposure]) -> Iterator[tuple[Context, str | None]]:
    """Yield the contexts to look at: the partner's, or open readers' and all who were given it.

    With each comes the partner's id, None for open readers.
    """
    ids = [asked.partner.id] if asked.partner else sorted({row.partner for row in given})
    partners: list[Partner | None] = [asked.session.get_one(Partner, id) for id in ids]
    for locale in asked.locales:
        for one in partners if asked.partner else [None, *partners]:
            yield asked.context(locale, one), one.id if one else None


def walk(asked: Asked, context: Context, keyring: Keyring) -> Iterator[Span]:
    """Yield what was in force in a context, newest first."""
    at = changes.last_end(asked.session, asked.last)
    while at and at >= asked.first:
        found = _look(asked, context, keyring, at)
        if found is None:
            return
        yield found
        at = changes.last_end(asked.session, found.first - 1)


def _look(asked: Asked, context: Context, keyring: Keyring, at: int) -> Span | None:
    """Return what was in force at a number, and since when; None before it was published."""
    try:
        edition = editions.reproduce(asked.session, asked.slug, context, keyring, at=at)
    except NotFound:
        return None
    except Refusal as error:
        return Span(_candidate(asked, at), at, None, reason(error))
    if edition.body["context"]["locale"] != context.locale:
        return Span(_candidate(asked, at), at, None, ELSEWHERE)
    return Span(edition.body["sequence"], at, edition)


def reason(error: Refusal) -> str:
    """Return in a word why there is no edition: withdrawn, redacted, withheld …"""
    if isinstance(error, Gone):
        return error.reason
    return "withheld" if isinstance(error, Withheld) else "unresolvable"


def _candidate(asked: Asked, at: int) -> int:
    """Return since when at least it was refused: no change since then can have mattered."""
    mine = (Change.subject_type == "article") & (Change.subject == asked.article)
    may_matter = or_(mine, Change.scope == "all")
    query = select(func.max(Change.seq)).where(Change.seq <= at, may_matter)
    newest = asked.session.scalar(query) or 1
    return changes.last_end(asked.session, newest - 1) + 1
