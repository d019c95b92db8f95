"""A synthetic newsroom and its partners: a month of both, for ``caveat demo --lively``.

Everybody and everything in it is made up and says so: names end in "(synthetic)", partners live at
``.example``, and each text has the topic ``synthetic``, whose rule in ``library`` makes it owe a
notice that no reader's copy can lose. The acts are those of any newsroom, done in the order of
their moments (:mod:`content.lively.script`); only what the outside would have brought (usage, the
ledger, deliveries, pages that were looked at) is written down as it would have been found.

Nothing here commits: a month that was interrupted has never been.
"""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import imports, sandbox
from content.editorial import drafts, publishing
from content.errors import Conflict
from content.imports import LIBRARY
from content.lively import field, minutes, newsroom
from content.lively.script import MONTH, Means, Script, Watched
from content.models.log import Article

FOLDER = Path(__file__).parent / "library"
BY = "demo"  # by whom the library came
LABEL = "Synthetic data: everybody and everything here is made up"

__all__ = ["LABEL", "MONTH", "Means", "fill", "is_played"]


def is_played(session: Session) -> bool:
    """Return whether the month is there; raise ``Conflict`` for articles that are not of it."""
    if drafts.find_article(session, newsroom.slug(next(iter(newsroom.LIVE)))):
        return True
    if session.scalar(select(Article.id).limit(1)):
        raise Conflict("there are articles already, and a month must begin before them")
    return False


def fill(means: Means, watched: Watched, *, with_sandbox: bool) -> None:
    """Let a month have passed since the shipped library came, up to the moment of ``means``."""
    _begin(means, with_sandbox=with_sandbox)
    script = Script(means)
    partners = field.play(script, newsroom.play(script))
    script.run(watched)
    minutes.note(means, partners)


def _begin(means: Means, *, with_sandbox: bool) -> None:
    session, now = means.session, means.ago(MONTH.days)
    library = imports.read_policy(LIBRARY)
    tests = sandbox.read_policy(library) if with_sandbox else []
    for items in (library, sandbox.read_policy(library, FOLDER), tests):
        publishing.publish(session, items=items, by=BY, now=now)
    for manuscript in imports.read_articles(LIBRARY / "articles"):
        publishing.publish_manuscript(session, manuscript, by=BY, now=now)
    for plan in sandbox.read_plans() if with_sandbox else []:
        sandbox.carry_out(session, plan, by=BY, now=now)
