"""Whether reads cost more in a large corpus: what :mod:`bench.scale` measures, and its bounds."""

import msgspec

from bench import reads, scale
from bench.errors import BenchError
from bench.measures.trials import Row, Trial
from bench.reads import Cost

REQUESTS = 30
PAGE = "page 5,000 of a list by topic"


class Read(msgspec.Struct):
    """What one kind of read costs in a corpus of a size (see :class:`bench.reads.Cost`)."""

    size: int
    name: str
    cost: Cost


class Found(msgspec.Struct):
    """All kinds of reads in all corpora."""

    reads: list[Read]
    engine: str

    def cost(self, size: int, name: str) -> Cost | None:
        """Return what a read costs in a corpus."""
        found = (one.cost for one in self.reads if (one.size, one.name) == (size, name))
        return next(found, None)


def measure(trial: Trial) -> Found:
    """Measure all; the corpora stay where they are, to be used again."""
    corpora = trial.corpora
    if corpora.folder is None:
        raise BenchError("scale needs --folder FOLDER, with room for 13 GB, for the corpora")
    found = scale.measure(corpora.folder, corpora.sizes, corpora.server, trial.either(10, REQUESTS))
    engine = "PostgreSQL" if corpora.server else "SQLite"
    return Found([Read(size, name, cost) for (size, name), cost in found.items()], engine)


def rows(found: Found) -> list[Row]:
    """Judge growth of an article and of a far page, and the slowest search."""
    sizes = sorted({one.size for one in found.reads})
    small, large = sizes[0], sizes[-1]
    article = _grown(
        f"an article of {large:,}, beside one of {small:,} ({found.engine})",
        found.cost(small, reads.ARTICLE),
        found.cost(large, reads.ARTICLE),
    )
    page = _grown(
        f"{PAGE}, beside page 1, of {large:,}",
        found.cost(large, reads.FIRST),
        found.cost(large, reads.FAR),
    )
    searches = [one for one in found.reads if one.size == large and one.name.startswith("search")]
    worst = max(searches, key=lambda one: one.cost.p95)
    listed = found.cost(large, reads.FIRST)
    search = Row(
        f"the slowest kind of search of {large:,}: {worst.name.removeprefix('search, ')}",
        f"p95 ≤ {scale.SEARCH:.0f} ms",
        f"**{worst.cost.p95:.0f} ms** ({worst.cost.cpu:.0f} ms of CPU)",
        worst.cost.p95 <= scale.SEARCH,
        why="nothing is in a cache, so the 20 items are put together and signed first: a list of "
        f"them takes {listed.cpu:.0f} ms of CPU, too"
        if listed
        else "",
    )
    return [article, page, search]


def _grown(what: str, few: Cost | None, many: Cost | None) -> Row:
    bar = f"≤ {scale.MORE_CPU} × CPU, ≤ {scale.MORE_ROWS} × rows"
    if few is None or many is None:
        return Row(what, bar, "not there in corpora so small", None)
    cpu, visited = many.cpu / few.cpu, many.visited / few.visited
    measured = f"**{cpu:.2f} ×** CPU ({many.cpu:.1f} ms), **{visited:.2f} ×** ({many.visited:,})"
    return Row(what, bar, measured, cpu <= scale.MORE_CPU and visited <= scale.MORE_ROWS)
