"""Make-functions: whole and valid things, of which a test names only what it cares about."""

import shutil
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy.engine import make_url

from content import changes, documents, imports, lapses, signing
from content.corrections import Correction
from content.db import Database
from content.documents import Manuscript
from content.editorial import policy_changes, publishing
from content.signing import Keyring
from content.transparency import checkpoints

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PUBLIC_URL = "http://127.0.0.1:8000"


def make_paragraph(text: str = "Plain words about sleep.") -> dict[str, Any]:
    """Return a paragraph block."""
    return {"type": "paragraph", "spans": [{"text": text, "marks": []}], "text": text}


def make_section(kind: str, **changed: Any) -> dict[str, Any]:
    """Return a section with one paragraph."""
    section = {"kind": kind, "title": f"About {kind}", "standalone": False}
    return {**section, "blocks": [make_paragraph(f"What we say about {kind}.")], **changed}


def make_source(id: str, **changed: Any) -> dict[str, Any]:
    """Return a source, as data."""
    source = {"id": id, "title": f"A trial, {id}", "authors": "Doe J, et al."}
    more = {"container": "A journal", "year": 2020, "doi": f"10.1000/{id}", "url": None}
    return {**source, **more, **changed}


def make_document(**changed: Any) -> dict[str, Any]:
    """Return a document without claims, as data."""
    document: dict[str, Any] = {
        "locale": "en",
        "title": "A title that is long enough to be recognised",
        "summary": "A summary that is long enough to be recognised.",
        "sections": [make_section(kind) for kind in documents.SECTION_KINDS],
        "claims": [],
        "sources": [],
        "review": {
            "status": "unreviewed",
            "reviewed_on": None,
            "searched_on": "2026-11-22",
            "next_review_due": "2027-05-22",
            "provenance": {
                "author": "The test desk",
                "ai_statement": "No AI tools were used.",
                "reviewer_name": None,
                "reviewer_credential": None,
            },
        },
    }
    return {**document, **changed}


def make_manuscript(**changed: Any) -> Manuscript:
    """Return a checked manuscript; names of the document's parts go into the document."""
    front = {
        "slug": "a-test-article",
        "topics": ["sleep"],
        "conditions": ["insomnia"],
        "change_note": "First publication.",
        "display_until": None,
    }
    document = make_document(**{k: v for k, v in changed.items() if k not in front})
    data = {**front, **{k: v for k, v in changed.items() if k in front}, "document": document}
    manuscript: Manuscript = documents.load(data)
    return manuscript


def publish(
    database: Database, *, now: datetime = NOW, correction: Correction | None = None, **changed: Any
) -> int | None:
    """Publish a manuscript in a transaction of its own; return its number."""
    manuscript = make_manuscript(**changed)
    with database.write() as session:
        number = publishing.publish_manuscript(
            session, manuscript, by="test", now=now, restore=True, correction=correction
        )
        session.commit()
    return number


def fill(database: Database, keyring: Keyring) -> None:
    """Import the shipped library: key, policy, articles, lapses."""
    items = imports.read_policy(imports.LIBRARY)
    items.append(policy_changes.site_item("public_url", PUBLIC_URL))
    with database.write() as session:
        key = signing.begin(keyring, keyring.add_new())
        changes.append(session, [key], by="test", now=NOW)
        publishing.publish(session, items=items, by="test", now=NOW)
        for manuscript in imports.read_articles(imports.LIBRARY / "articles"):
            publishing.publish_manuscript(session, manuscript, by="test", now=NOW)
        lapses.record(session, by="test", now=NOW)
        checkpoints.make(session, keyring, now=NOW)
        session.commit()


class Databases:
    """Makes fresh databases quickly, as copies of one that was made before."""

    def __init__(self, folder: Path, server: str | None) -> None:
        self._folder = folder
        self._server = server  # a PostgreSQL URL, or None for SQLite
        self._made: list[str] = []

    def new(self, template: str | None = None) -> str:
        """Return the URL of a new database, a copy of ``template`` (an URL with no one in it)."""
        name = f"caveat_{uuid.uuid4().hex}"
        if self._server is None:
            path = self._folder / f"{name}.db"
            if template:
                shutil.copy(str(make_url(template).database), path)
            return f"sqlite:///{path}"
        # Small files are copied faster than they are logged.
        copy = f' TEMPLATE "{make_url(template).database}" STRATEGY FILE_COPY' if template else ""
        self._say(f'CREATE DATABASE "{name}"{copy}')
        self._made.append(name)
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    def add(self, template: str, more: Callable[[Database], object]) -> str:
        """Return the URL of a copy of ``template`` with more in it, with no one in it."""
        database = Database(self.new(template))
        more(database)
        database.close()
        return database.url

    @property
    def are_files(self) -> bool:
        """Whether these are files of SQLite."""
        return self._server is None

    def drop_all(self) -> None:
        """Drop what was made on the server."""
        if self._made:
            self._say(*(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in self._made))

    def _say(self, *statements: str) -> None:
        engine = sqlalchemy.create_engine(self._server or "", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()
