"""What tests do to a database, each in a transaction of its own, and what they read from it."""

from datetime import datetime
from typing import Any

from factories import NOW, make_manuscript, make_section, publish

from content import articles, changes, corrections, documents, editions
from content.contexts import Context
from content.db import Database
from content.editions import Edition
from content.editorial import drafts, endings, publishing
from content.signing import Keyring

EN = Context("en", "GB")


def issue(database: Database, keyring: Keyring, context: Context = EN, **asked: Any) -> Edition:
    """Return an edition, of the article ``one`` unless another is named."""
    with database.read() as session:
        return editions.issue(session, asked.pop("slug", "one"), context, keyring, **asked)


def end(database: Database, slug: str = "one", **changed: Any) -> range:
    """Take an article down; return the numbers of the group."""
    said = {"status": "withdrawn", "notice": "An error was found.", "reason": "private"}
    with database.write() as session:
        numbers = endings.end(session, slug, **{**said, **changed}, by="test", now=NOW)
        session.commit()
    return numbers


def revise(database: Database, title: str, **changed: Any) -> int:
    """Publish the article again with another text; return its number."""
    sections = [make_section(kind, title=title) for kind in documents.SECTION_KINDS]
    number = publish(database, slug="one", sections=sections, **changed)
    assert number is not None
    return number


def correct(
    database: Database, text: str, type: str = "correction", now: datetime = NOW, **changed: Any
) -> int:
    """Publish an article with a correction, ``one`` unless another is named; return its number."""
    said = corrections.make(type, text, now)
    number = publish(database, now=now, correction=said, **{"slug": "one", **changed})
    assert number is not None
    return number


def rename(database: Database, old: str, new: str) -> None:
    """Publish an article as it is under another slug."""
    with database.write() as session:
        article = articles.identify(session, old)
        draft = session.get_one(drafts.Draft, (article, "en"))
        manuscript = make_manuscript(slug=new)
        draft = drafts.save(session, draft, manuscript, by="test", now=NOW)
        revision = drafts.freeze(session, draft, by="test", now=NOW)
        publishing.publish(
            session, [publishing.Text(manuscript, revision, restore=True)], by="test", now=NOW
        )
        session.commit()


def head(database: Database) -> int:
    """Return the newest number."""
    with database.read() as session:
        return changes.head(session)
