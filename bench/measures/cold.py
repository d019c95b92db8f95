"""An article that is in no cache: through Flask, in a corpus of 1,000."""

import msgspec

from bench import installations, reads
from bench.measures.trials import Row, Trial

ARTICLES, REQUESTS = 1_000, 200
SLOWEST, QUERIES = 6.0, 6  # milliseconds of half of the requests, and of each


class Found(msgspec.Struct):
    """Milliseconds, by the clock and of the processor; queries of a request."""

    p50: float
    p95: float
    cpu: float
    queries: int
    articles: int


def measure(trial: Trial) -> Found:
    """Ask for articles by chance, each time with nothing kept."""
    articles = trial.either(ARTICLES // 10, ARTICLES)
    installation = installations.grown(trial.folder / "data", articles)
    asked = reads.measure(
        [installation.settings], trial.either(50, REQUESTS), only=(reads.ARTICLE,)
    )
    for _, (cost,) in asked:
        if cost:
            return Found(cost.p50, cost.p95, cost.cpu, cost.queries, articles)
    raise AssertionError("articles are always read")


def rows(found: Found) -> list[Row]:
    """Judge the clock, and the queries."""
    what = f"an article that is in no cache, of {found.articles:,}"
    measured = f"**{found.p50:.1f} ms** (p95 {found.p95:.1f} ms; {found.cpu:.1f} ms of CPU)"
    return [
        Row(
            what,
            "p50 ≤ 6 ms",
            measured,
            found.p50 <= SLOWEST,
            why="it is read, put together, checked and signed anew",
        ),
        Row("queries for it", f"≤ {QUERIES}", f"**{found.queries}**", found.queries <= QUERIES),
    ]
