"""What readers are told in the place of an article that must not be shown (any more)."""

from api.db import installation, session
from content import changes
from content.errors import Gone, Withheld
from schemas.renditions.feeds import Ended


def describe(article: str, slug: str, locale: str, refusal: Gone | Withheld) -> Ended:
    """Return an ending as feeds and ninjs tell it, since the newest change about the article."""
    gone = refusal if isinstance(refusal, Gone) else None
    instead = gone.replacement if gone else None
    base = installation().settings.public_url
    return Ended(
        article=article,
        slug=slug,
        locale=locale,
        reason=gone.reason if gone else "withheld",
        since=changes.newest_about(session(), article).at,
        notice=gone.notice if gone else None,
        your_copy="remove" if gone else "remove-here",
        replacement=f"{base}/v1/articles/{instead}.html" if instead else None,
        help=refusal.help,
    )
