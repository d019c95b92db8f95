"""What tests of corrections do to an article, and what its editions say of them."""

from datetime import timedelta
from typing import Any

import policies
from factories import NOW, publish

from content import lapses
from content.contexts import Context
from content.db import Database
from content.editions import Edition
from content.models.log import Fact

NOTICE = "correction-notice"
WRONG, UNCLEAR = "We gave the wrong number of trials.", "We meant adults only."
GERMAN = Context("de", "GB")
ENGLISH = {"locale": "en", "revision": 1, "status": "unreviewed"}


def notice(edition: Edition) -> dict[str, Any] | None:
    """Return what an edition says of corrections."""
    found = [entry for entry in edition.body["disclaimers"] if entry["id"] == NOTICE]
    return found[0] if found else None


def told(edition: Edition) -> tuple[str, str]:
    """Return what an edition says of corrections, and how visibly."""
    found = notice(edition)
    assert found is not None
    return found["text"], found["display"]["level"]


def pass_days(database: Database, days: int) -> list[str]:
    """Record what has passed some days later; return what it was."""
    with database.write() as session:
        due = lapses.record(session, by="test", now=NOW + timedelta(days=days))
        session.commit()
    return [one.what for one in due]


def translate(database: Database, **changed: Any) -> None:
    of = {"locale": "de", "title": "Ein Titel, der lang genug ist", "translation": ENGLISH}
    assert publish(database, slug="one", **{**of, **changed})


def worded(state: str, text: str = "It was wrong.") -> list[Fact]:
    """Return words of the notice with others, which say nothing, in one state."""
    found: list[Any] = policies.disclaimer(NOTICE, "So: {correctionText}")
    for one in found:
        one.data["variants"] = [{"state": state, "short": "x", "text": text}]
    return found
