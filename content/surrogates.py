"""Surrogate keys: the tags by which caches find what a change may have made untrue.

An answer about one article has its tag; a list, a feed or the log itself has :data:`LOG`, because
anything may alter it; and each has :data:`ALL`. A change touches some of these tags. The caches of
this program and those in front of it use the same ones.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from content import changes
from content.models.log import Change

LOG = "log"
ALL = "all"


def of_article(id: str) -> str:
    """Return the tag of what is told about an article."""
    return f"art-{id}"


def touched(found: Iterable[Change]) -> frozenset[str]:
    """Return the tags of all that some changes may have altered."""
    tags = set()
    for change in found:
        tags.add(LOG)
        if change.subject_type == "article":
            tags.add(of_article(change.subject))
        elif change.scope == "all" and change.subject_type in changes.EVERYWHERE:
            tags.add(ALL)
    return frozenset(tags)


def touched_between(session: Session, after: int, at: int) -> frozenset[str]:
    """Return the tags of all that the changes in ``(after, at]`` may have altered."""
    return touched(session.scalars(changes.select_after(after, at)))
