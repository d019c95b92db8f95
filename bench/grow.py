"""Fill a database with any number of articles: ``python bench/grow.py FOLDER --articles 1000000``.

A thousand articles, each with words of its own, are published by the product into a small database:
some are changed, translated or withdrawn. The rows that this wrote, of all tables of the log and of
what is made of it, are the pattern of a batch: each further batch is the same rows with other ids,
names, digests, numbers and times, so that the log goes on densely. Interrupted, it goes on where it
was when it is run again.
"""

import sys
from pathlib import Path

if __name__ == "__main__":  # as in http.py: that file must not hide Python's own `http`
    sys.path.pop(0)
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import argparse
import time
from collections.abc import Iterator
from contextlib import closing

from rich.console import Console
from rich.progress import Progress

from api import secrets
from api.settings import Settings
from bench import corpus, patterns
from bench.errors import BenchError
from bench.rows import writer
from content import changes
from content.db import Database
from content.signing import Keyring

TEMPLATES = 1_000  # distinct texts


def main() -> None:
    """Fill the database, and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="For the signing keys, and for the database if SQLite.")
    parser.add_argument("--articles", type=int, default=1_000)
    parser.add_argument("--database", default="", help="Its URL, empty or begun; else SQLite.")
    given = parser.parse_args()
    begun = time.perf_counter()
    grow(Settings(data=given.folder, database_url=given.database), given.articles)
    print(f"{given.articles:,} articles after {time.perf_counter() - begun:,.0f} s")


def grow(settings: Settings, articles: int, templates: int = TEMPLATES) -> None:
    """Bring a database that is empty, or was begun so, to a number of articles (whole batches).

    Raise ``BenchError`` for a database that holds anything else.
    """
    size = min(templates, articles)
    pattern = patterns.make(size)
    with closing(Database(settings.database)) as database:
        _begin(database, settings)
        with writer(database, pattern) as rows:
            for batch in _shown(range(rows.done, -(-articles // size)), size):
                rows.write(batch)
            rows.analyze()


def _begin(database: Database, settings: Settings) -> None:
    """Put the key and the policy into an empty database."""
    database.migrate()
    with database.read() as session:
        if changes.head(session):
            return
    settings.folder.mkdir(parents=True, exist_ok=True)
    keyring = Keyring([])
    corpus.fill(database, keyring, [], now=patterns.START)
    keyring.save(secrets.keyring_path(settings))


def _shown(batches: range, size: int) -> Iterator[int]:
    """Show how far it is: a bar on a terminal, a line for each tenth elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        step = max(1, len(batches) // 10)
        for count, batch in enumerate(batches):
            yield batch
            if (count + 1) % step == 0:
                console.print(f"{(batch + 1) * size:,} articles")
        return
    with Progress(console=console) as bar:
        yield from bar.track(batches, description="Articles")


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"bench: {error}")
