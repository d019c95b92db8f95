"""A desk without HTTP: articles are approved and scheduled, each step in its own transaction."""

from datetime import datetime, timedelta

from factories import NOW, make_manuscript

from content import editors
from content.db import Database
from content.editorial import drafts, releases, workflow


def schedule(database: Database, slug: str, *, at: datetime | None = None) -> str:
    """Schedule a new article, five minutes after ``NOW``; return the release's id."""
    with database.write() as session:
        reviewer = editors.add(session, "A reviewer", role="reviewer", now=NOW)
        manuscript = make_manuscript(slug=slug)
        draft = drafts.create(session, manuscript, by="author", now=NOW)
        draft = workflow.submit(session, draft, by="author", now=NOW)
        draft = workflow.approve(session, draft, {}, by=reviewer, now=NOW)
        when = at or NOW + timedelta(minutes=5)
        release = releases.schedule_draft(session, draft, when, by="publisher", now=NOW)
        session.commit()
        return release.id


def states(database: Database) -> dict[str, tuple[str, int | None, str | None]]:
    """Return how each release stands: its state, the end of its group, why it failed."""
    with database.read() as session:
        found = releases.page(session, "", 1000, None)
        return {one.id: (one.state, one.group_end, one.failure) for one in found}
