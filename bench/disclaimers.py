"""What changing one disclaimer costs, and whom it changes: ``python bench/disclaimers.py``.

Two corpora are made, of 1,000 and of 10,000 articles, of which 100 owe the disclaimer. Its words
are changed, and then every edition of the corpus is compared with what it was before. The cost must
not grow with the articles that do not owe it.
"""

import sys
from pathlib import Path

# As in http.py: that file must not hide Python's own `http`.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import track
from sqlalchemy import event
from sqlalchemy.orm import Session

from content import (
    articles,
    canonical,
    changes,
    documents,
    editions,
    heads,
    imports,
    markdown,
    policy_changes,
    signing,
)
from content.changes import Entry
from content.contexts import Context
from content.db import Database
from content.documents import Manuscript
from content.models.log import Article, Body, Change, Publication, Revision
from content.policy_files import Item
from content.signing import Keyring

DISCLAIMER, OWING = "age-limit", 100
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SAMPLE = imports.LIBRARY / "articles" / "sleep-habits-and-insomnia.md"
HERE = Context("en", "GB")


@dataclass
class Measured:
    """What one change did in a corpus of one size."""

    size: int
    milliseconds: float
    queries: int
    named: int
    changed: int


def main() -> None:
    """Print one row for each size of the corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    sizes = parser.parse_args().sizes
    rows = [_measure(size) for size in sizes]
    print("| articles | owe it | ms for the change | statements | named in the log | changed |")
    print("| --- | --- | --- | --- | --- | --- |")
    for one in rows:
        figures = f"{one.milliseconds:.0f} | {one.queries} | {one.named} | {one.changed}"
        print(f"| {one.size:,} | {OWING} | {figures} |")


def _measure(size: int) -> Measured:
    with tempfile.TemporaryDirectory(prefix="caveat-disclaimers-") as folder:
        database, keyring = Database(f"sqlite:///{folder}/caveat.db"), Keyring([])
        _fill(database, keyring, size)
        before = _editions(database, keyring)
        item = _edited()
        with database.write() as session, _counted(database) as queries:
            begun = time.perf_counter()
            numbers = policy_changes.write(session, [item], by="bench", now=NOW) or range(0)
            session.commit()
            spent = (time.perf_counter() - begun) * 1e3
        after = _editions(database, keyring)
        changed = sum(after[slug] != before[slug] for slug in before)
        named = _named(database, numbers)
        database.close()
    return Measured(size, spent, len(queries), named, changed)


def _fill(database: Database, keyring: Keyring, size: int) -> None:
    """Put the shipped policy and a corpus into an empty database."""
    database.migrate()
    items = imports.read_policy(imports.LIBRARY)
    items.append(policy_changes.site_item("public_url", "http://127.0.0.1:8000"))
    with database.write() as session:
        key = signing.begin(keyring, keyring.add_new())
        changes.append(session, [key], by="bench", now=NOW)
        policy_changes.write(session, items, by="bench", now=NOW)
        session.commit()
    sample = markdown.parse(SAMPLE.read_text(encoding="utf-8"))
    numbers = range(size)
    for start in _shown(numbers[::500], f"Publishing {size:,} articles"):
        with database.write() as session:
            for number in numbers[start : start + 500]:
                _publish(session, sample, number)
            session.commit()


def _publish(session: Session, sample: Manuscript, number: int) -> None:
    """Publish without the gates: what is measured comes later."""
    title = f"{sample.document.title}, number {number}"
    document = msgspec.structs.replace(sample.document, title=title)
    octets = documents.encode(document)
    article = Article(id=articles.new_id(NOW))
    digest = canonical.digest(octets)
    made = {"created_at": NOW, "created_by": "bench", "change_note": "First publication."}
    session.add_all([article, Body(digest=digest, octets=octets)])
    session.flush()
    session.add(Revision(article=article.id, locale="en", number=1, digest=digest, **made))
    session.flush()
    fact = Publication(
        article=article.id,
        locale="en",
        status="live",
        revision=1,
        slug=f"article-{number}",
        topics=["kratom" if number < OWING else "sleep"],
        conditions=["insomnia"],
    )
    changes.append(session, [Entry("article.published", fact)], by="bench", now=NOW)
    heads.follow(session, article.id)


def _edited() -> Item:
    """Return the disclaimer with other words."""
    items = imports.read_policy(imports.LIBRARY)
    (item,) = (one for one in items if one.key == ("disclaimer", DISCLAIMER, "en"))
    fact: Any = item.fact
    fact.data = {**fact.data, "text": fact.data["text"] + " Please."}
    return item


def _editions(database: Database, keyring: Keyring) -> dict[str, str]:
    """Return the digest of every article's edition by its slug."""
    found = {}
    with database.read() as session:
        slugs = [row.slug for row in session.scalars(_live(session))]
        for slug in _shown(slugs, f"Reading {len(slugs):,} editions"):
            found[slug] = editions.issue(session, slug, HERE, keyring).digest
            session.expunge_all()
    return found


def _live(session: Session) -> Any:
    return articles.select_live(changes.head(session), None)


def _named(database: Database, numbers: range) -> int:
    with database.read() as session:
        kinds = [session.get_one(Change, number).kind for number in numbers]
    return kinds.count(changes.AFFECTED)


@contextmanager
def _counted(database: Database) -> Iterator[list[str]]:
    found: list[str] = []

    def add(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(database.engine, "before_cursor_execute", add)
    yield found
    event.remove(database.engine, "before_cursor_execute", add)


def _shown(items: Any, what: str) -> Any:
    """Show how far a long loop is; plain lines elsewhere than on a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        console.print(what)
        return items
    return track(items, what, console=console, transient=True)


if __name__ == "__main__":
    main()
