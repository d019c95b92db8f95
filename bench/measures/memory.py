"""What a process of ``caveat serve`` takes: at rest, with 10,000 hot editions, and at most.

It is the proportional set (PSS), in which what processes share counts in parts, so that the sum
over them is right; the resident set (RSS) that ``top`` shows stands beside it. Hot is what was read
twice. Then half of the articles are read twice in a second place: what is kept is bounded.
"""

from contextlib import closing

import msgspec
from sqlalchemy import select

from api.settings import Settings
from bench import installations, processes
from bench.measures.trials import Row, Trial
from bench.readers import read_all
from bench.servers import Server
from content.db import Database
from content.models.heads import Head

HOT = 10_000
REST, FULL = 120, 350  # MB, of a million bytes


class Found(msgspec.Struct):
    """RSS and PSS in MB: at rest, with so many hot editions, and after half as many more."""

    rest: tuple[int, int]
    hot: tuple[int, int]
    more: tuple[int, int]
    editions: int


def measure(trial: Trial) -> Found:
    """Read everything twice, and half of it in another place."""
    editions = trial.either(HOT // 20, HOT)
    installation = installations.grown(trial.folder / "data", int(editions * 1.1))
    paths = _paths(installation.settings, editions)
    with installation.serving() as caveat:
        found = [_taken(caveat)]
        elsewhere = [f"{path}?jurisdiction=US-AL" for path in paths[::2]]
        for some in (paths, elsewhere):
            for _ in range(2):
                read_all(caveat.url, some)
            found.append(_taken(caveat))
            trial.tell(f"{found[-1][0]} MB")
    rest, hot, more = found
    return Found(rest, hot, more, len(paths))


def rows(found: Found) -> list[Row]:
    """Judge the proportional set."""
    kept = int(Settings.edge_megabytes)
    return [
        _row("a process at rest", REST, found.rest),
        _row(f"a process with {found.editions:,} hot editions", FULL, found.hot),
        _row(
            f"the same when {found.editions * 3 // 2:,} were asked for twice: it is bounded, by "
            f"`CAVEAT_EDGE_MEGABYTES` ({kept})",
            FULL,
            found.more,
        ),
    ]


def _row(what: str, most: int, found: tuple[int, int]) -> Row:
    rss, pss = found
    return Row(what, f"≤ {most} MB", f"**{pss} MB** PSS ({rss} MB RSS)", pss <= most)


def _taken(caveat: Server) -> tuple[int, int]:
    """Return RSS and PSS in MB of the process that answers."""
    pss, rss = processes.memory(caveat.workers()[0])
    return round(rss / 1e6), round(pss / 1e6)


def _paths(settings: Settings, most: int) -> list[str]:
    """Return the addresses of articles that are live in English."""
    live = select(Head.slug).where(Head.locale == "en").order_by(Head.slug).limit(most)
    with closing(Database(settings.database)) as database, database.read() as session:
        return [f"/v1/articles/{slug}" for slug in session.scalars(live)]
