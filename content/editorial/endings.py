"""Endings: taking an article down, with words for those who read it.

Nothing here commits; what it writes goes through :func:`content.changes.append`.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from content import articles, changes, heads, search
from content.changes import Entry
from content.errors import Conflict, Finding, Invalid
from content.models.log import Publication

ENDINGS = ("withdrawn", "suspended", "replaced", "gone")


def end(  # noqa: PLR0913 - a public act names its notice, its reason and who did it
    session: Session,
    slug: str,
    status: str,
    *,
    notice: str,
    reason: str,
    by: str,
    now: datetime,
    replacement: str | None = None,
) -> range:
    """Take an article down in all its locales: 410 with a public notice from now on.

    ``status`` is one of ``withdrawn``, ``suspended``, ``replaced`` and ``gone``.
    """
    if status not in ENDINGS:
        raise Invalid([Finding("status", f"must be one of {', '.join(ENDINGS)}")])
    if not (notice.strip() and reason.strip()):
        raise Invalid([Finding("", "an ending needs words: a public notice and a reason")])
    article = articles.identify(session, slug)
    live = _standing(session, article, status)
    if not live:
        raise Conflict(f"The article {slug} is not live.")
    if replacement is not None:
        other = articles.identify(session, replacement)
        if other == article or not _standing(session, other, "suspended"):
            raise Invalid([Finding("replacement", "must be another article, and a live one")])
    ended = [_ended(row, status, notice, replacement) for row in live]
    entries = [_ending(row, fact, reason) for row, fact in zip(live, ended, strict=True)]
    numbers = changes.append(session, entries, by=by, now=now)
    for fact in ended:
        search.classify(session, fact)
    heads.follow(session, article)
    return numbers


def _standing(session: Session, article: str, status: str) -> list[Publication]:
    """Return what can end so: what is live, or was only suspended and shall not come back."""
    found = articles.publications(session, article, changes.head(session))
    ending = ("live",) if status == "suspended" else ("live", "suspended")
    return [row for row in found.values() if row.status in ending]


def _ended(row: Publication, status: str, notice: str, replacement: str | None) -> Publication:
    names = ("article", "locale", "revision", "slug", "topics", "conditions")
    same = {name: getattr(row, name) for name in names}
    return Publication(**same, status=status, notice=notice, replacement=replacement)


def _ending(row: Publication, fact: Publication, reason: str) -> Entry:
    kind, notice = f"article.{fact.status}", fact.notice
    return Entry(kind, fact, seen=row.seq, impact="safety", notice=notice, reason=reason)
