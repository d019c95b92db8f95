"""What it costs to see the impact of a change before it is published: ``python bench/impact.py``.

A corpus of articles about many topics is made, so that there are many kinds of texts. Then the
impact of some changes is measured: of a rule, of words, of a help line, of a fact in every edition.
"""

import sys
from pathlib import Path

# As in http.py: that file must not hide Python's own `http`.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import argparse
import tempfile
import time
from copy import deepcopy
from typing import Any

from bench import corpus
from content.db import Database
from content.documents import Document
from content.editorial import impact, policy_items
from content.editorial.release_items import Items
from content.parts import convert
from content.signing import Keyring

TOPICS = ("kratom", "sleep", "stress", "tea", "exercise", "diet", "ageing")


def main() -> None:
    """Print one row for each change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000)
    size = parser.parse_args().size
    print(f"{size:,} articles")
    print("| change | articles touched | editions that change | ms |")
    print("| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory(prefix="caveat-impact-") as folder:
        database = Database(f"sqlite:///{folder}/caveat.db")
        corpus.fill(database, Keyring([]), articles(size))
        for name, item in _changes(database).items():
            print(f"| {name} | {_row(database, item)} |")
        database.close()


def articles(size: int) -> list[tuple[Document, list[str]]]:
    """Return texts about one, two or three topics, so that they are of some forty kinds."""
    texts = enumerate(corpus.alike(size))
    return [(text, _topics(number)) for number, text in texts]


def _topics(number: int) -> list[str]:
    first, second, third = number % 7, number // 7 % 7, number // 49 % 7
    return list(dict.fromkeys(TOPICS[one] for one in (first, second, third)))


def _changes(database: Database) -> dict[str, dict[str, Any]]:
    because: dict[str, Any] = {"because": "A test.", "when": {"topics": ["tea"]}}
    words = _standing(database, "disclaimer", id="age-limit", locale="en")
    words["data"]["text"] += " Please."
    helps = _standing(database, "jurisdiction", code="US", fact="help")
    helps["data"]["crisis"]["phrase"]["en"] += " now"
    publisher = {"type": "site", "id": "publisher", "data": "Another desk"}
    hide = {"type": "rule", "id": "a-test", "data": {**because, "withhold": {"status": 403}}}
    return {"a rule": hide, "words": words, "a help line": helps, "the publisher": publisher}


def _standing(database: Database, kind: str, **asked: str) -> dict[str, Any]:
    with database.read() as session:
        [item] = policy_items.standing(session, kind, **asked)
    return deepcopy(item)


def _row(database: Database, item: dict[str, Any]) -> str:
    with database.read() as session:
        begun = time.perf_counter()
        items = policy_items.read(session, [*enumerate(convert([item], Items))])
        found = impact.measure(session, items)
        spent = (time.perf_counter() - begun) * 1e3
    return f"{len(found.articles):,} | {found.changed:,} of {found.editions:,} | {spent:.0f}"


if __name__ == "__main__":
    main()
