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
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from bench import corpus
from content import changes, editions, imports, search
from content.contexts import Context
from content.db import Database
from content.documents import Document
from content.editorial import publishing
from content.models.log import Change
from content.policy.files import Item
from content.search import Wanted
from content.signing import Keyring

DISCLAIMER, OWING = "age-limit", 100
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
        corpus.fill(database, keyring, _articles(size))
        before = _editions(database, keyring)
        item = _edited()
        with database.write() as session, _counted(database) as queries:
            begun = time.perf_counter()
            numbers = publishing.publish(
                session, items=[item], by="bench", now=corpus.NOW
            ) or range(0)
            session.commit()
            spent = (time.perf_counter() - begun) * 1e3
        after = _editions(database, keyring)
        changed = sum(after[slug] != before[slug] for slug in before)
        named = _named(database, numbers)
        database.close()
    return Measured(size, spent, len(queries), named, changed)


def _articles(size: int) -> list[tuple[Document, list[str]]]:
    """Return texts with topics by which only some owe the disclaimer."""
    texts = enumerate(corpus.alike(size))
    return [(text, ["kratom" if number < OWING else "sleep"]) for number, text in texts]


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
        for slug in corpus.shown(slugs, f"Reading {len(slugs):,} editions"):
            found[slug] = editions.issue(session, slug, HERE, keyring).digest
            session.expunge_all()
    return found


def _live(session: Session) -> Any:
    return search.walk(session, Wanted(test=True), changes.head(session))


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


if __name__ == "__main__":
    main()
