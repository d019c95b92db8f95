"""What readers are told in the place of an article that must not be shown (any more)."""

from api.db import installation, session
from content import changes, contexts
from content.contexts import Context
from content.errors import Gone, Withheld
from schemas.renditions.feeds import Ended


def describe(article: str, slug: str, served: Context, refusal: Gone | Withheld) -> Ended:
    """Return an ending as feeds and ninjs tell it, since the newest change about the article."""
    gone = refusal if isinstance(refusal, Gone) else None
    instead = gone.replacement if gone else None
    return Ended(
        article=article,
        slug=slug,
        url=page(slug, served),
        locale=served.locale,
        reason=gone.reason if gone else "withheld",
        since=changes.newest_about(session(), article).at,
        notice=gone.notice if gone else None,
        your_copy="remove" if gone else "remove-here",
        replacement=page(instead, served) if instead else None,
        help=refusal.help,
    )


def page(slug: str, served: Context) -> str:
    """Return the address of the page of what has ended or replaces it; of a test, both are."""
    test = contexts.included(test=served.test)
    return f"{installation().settings.public_url}/v1/articles/{slug}.html{test}"
