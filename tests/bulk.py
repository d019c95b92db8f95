"""Bulk imports in tests: items, what becomes of them, and what is there then."""

from collections import Counter
from typing import Any

from factories import make_manuscript, make_section
from sqlalchemy import func, select

from api import importing
from api.importing import Import
from content import documents
from content.db import Database
from content.editorial import drafts
from content.editorial.imports import Outcome
from content.manuscripts import Item
from content.models.editorial import Draft

UNFOUNDED = {"id": "c", "statement": "It helps.", "evidence_level": None, "sources": []}


def item(slug: str = "one", **changed: Any) -> Item:
    """Return a manuscript as an item that stands at its slug."""
    return Item(slug, make_manuscript(slug=slug, **changed))


def incomplete(slug: str) -> Item:
    """Return an item whose claim has no source yet: a draft, but no publication."""
    paragraph = {
        "type": "paragraph",
        "spans": [{"text": "It helps.", "marks": [{"type": "claim", "id": "c"}]}],
        "text": "It helps.",
    }
    sections = [make_section(kind) for kind in documents.SECTION_KINDS]
    sections[0]["blocks"] = [paragraph]
    data = documents.dump(make_manuscript(slug=slug))
    data["document"] |= {"sections": sections, "claims": [UNFOUNDED]}
    return Item(slug, documents.load(data, complete=False))


def bring(database: Database, *items: Item, live: bool = False) -> list[Outcome]:
    """Bring items in; return what has become of each."""
    return [one for group in importing.run(database, items, Import("test", live)) for one in group]


def outcomes(database: Database, *items: Item, live: bool = False) -> list[str]:
    """Bring items in; return the outcomes alone."""
    return [one.outcome for one in bring(database, *items, live=live)]


def count(database: Database, table: type[Any]) -> int:
    """Return how many rows a table has."""
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def rows(database: Database, table: type[Any]) -> Counter[tuple[Any, ...]]:
    """Return the rows of a table, but for when they were written."""
    with database.read() as session:
        query = select(*(c for c in table.__table__.columns if c.name not in ("updated_at",)))
        return Counter(tuple(map(repr, row)) for row in session.execute(query))


def draft(database: Database, slug: str = "one", locale: str = "en") -> Draft:
    """Return a draft."""
    with database.read() as session:
        return drafts.find(session, drafts.find_article(session, slug) or "", locale)
