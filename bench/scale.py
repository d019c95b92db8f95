"""Whether reads cost more in a larger corpus: ``python bench/scale.py FOLDER``.

Corpora of several sizes are made (see :mod:`bench.grow`; one that is there is used), and each is
read through the application without anything in its cache. The tables have the processor's time of
a request, in this process and in the database's, the 95th percentile of the clock's, and what the
database visited: steps of SQLite's machine, rows of all nodes of PostgreSQL's plans. It ends with 1
when a bound does not hold.
"""

import sys
from pathlib import Path

if __name__ == "__main__":  # as in http.py: that file must not hide Python's own `http`
    sys.path.pop(0)
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import argparse
from collections.abc import Iterator, Sequence
from contextlib import suppress

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from api.settings import Settings
from bench import grow, reads
from bench.errors import BenchError
from bench.reads import Cost

SIZES = (1_000, 10_000, 100_000, 1_000_000)
MORE_CPU, MORE_ROWS = 1.2, 1.3  # than the smallest corpus, or the first page
SEARCH, ARTICLE = 100.0, 6.0  # milliseconds: p95 of any search, median of an article
Found = dict[tuple[int, str], Cost]  # by size and what was read


def main() -> int:
    """Print a table for each engine; return 1 when a bound does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="For the corpora; 13 GB for a million articles.")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--server", default="", help="A PostgreSQL server's URL; else SQLite.")
    parser.add_argument("--requests", type=int, default=30, help="Of each kind.")
    given = parser.parse_args()
    found = measure(given.folder, given.sizes, given.server, given.requests)
    print("\n".join(_table(found, given.sizes)))
    broken = list(_broken(found, given.sizes))
    print("\n".join(broken), file=sys.stderr)
    return 1 if broken else 0


def measure(folder: Path, sizes: Sequence[int], server: str, requests: int) -> Found:
    """Make corpora of some sizes, or find them, and return what reads cost in each."""
    corpora = [_settings(folder, size, server) for size in sizes]
    for settings, size in zip(corpora, sizes, strict=True):
        grow.grow(settings, size)
    found: Found = {}
    for name, costs in reads.measure(corpora, requests):
        found |= {(size, name): one for size, one in zip(sizes, costs, strict=True) if one}
    return found


def _settings(folder: Path, size: int, server: str) -> Settings:
    """Return the settings of a corpus; a database is made on a server."""
    where = folder / f"{'postgresql' if server else 'sqlite'}-{size}"
    url = ""
    if server:
        url = make_url(server).set(database=f"caveat_scale_{size}").render_as_string(False)
        _create(server, f"caveat_scale_{size}")
    return Settings(data=str(where), database_url=url, open_delivery="true", secret_key="scale")  # noqa: S106 - it signs nothing that lasts


def _create(server: str, name: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection, suppress(ProgrammingError):  # it is there
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()


def _table(found: Found, sizes: list[int]) -> Iterator[str]:
    yield "| CPU ms, p95 ms, queries, visited | " + " | ".join(f"{size:,}" for size in sizes) + " |"
    yield "| --- |" + " ---: |" * len(sizes)
    for name in dict.fromkeys(name for _, name in found):
        cells = (found.get((size, name)) for size in sizes)
        said = (
            f"{c.cpu:.1f}, {c.p95:.0f}, {c.queries}, {c.visited:,}" if c else "–" for c in cells
        )
        yield f"| {name} | " + " | ".join(said) + " |"


def _broken(found: Found, sizes: list[int]) -> Iterator[str]:
    """Say which bounds do not hold."""
    small, large = min(sizes), max(sizes)
    pairs = [("article", (small, reads.ARTICLE), (large, reads.ARTICLE))]
    pairs += [("page 5,000", (large, reads.FIRST), (large, reads.FAR))]
    for what, one, other in pairs:
        if one in found and other in found:
            few, many = found[one], found[other]
            if many.cpu > MORE_CPU * few.cpu:
                yield f"{what}: {many.cpu:.2f} ms of CPU, not {few.cpu:.2f}"
            if many.visited > MORE_ROWS * few.visited:
                yield f"{what}: {many.visited:,} visited, not {few.visited:,}"
    for (size, name), cost in found.items():
        if name.startswith("search") and cost.p95 > SEARCH:
            yield f"{name} in {size:,}: p95 {cost.p95:.0f} ms"
        if name == reads.ARTICLE and cost.p50 > ARTICLE:
            yield f"{name} in {size:,}: median {cost.p50:.1f} ms"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        sys.exit(f"bench: {error}")
