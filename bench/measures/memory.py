"""What a process of ``caveat serve`` takes: at rest, with 10,000 hot editions, and at most.

It is the proportional set (PSS), in which what processes share counts in parts, so that the sum
over them is right; the resident set (RSS) that ``top`` shows stands beside it. Hot is what was read
twice. Then half of the articles are read twice in other places, to see whether it ceases to grow.
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
PLACES = ("US-AL", "DE", "TH")
MOST = 0.02  # that the last round adds


class Found(msgspec.Struct):
    """RSS and PSS in MB: at rest, with so many hot editions, and after each further round."""

    rest: tuple[int, int]
    hot: tuple[int, int]
    rounds: list[tuple[int, int]]
    editions: int


def measure(trial: Trial) -> Found:
    """Read everything twice, and half of it in other places, one after the other."""
    editions = trial.either(HOT // 20, HOT)
    installation = installations.grown(trial.folder / "data", int(editions * 1.1))
    paths = _paths(installation.settings, editions)
    with installation.serving() as caveat:
        found = [_taken(caveat)]
        elsewhere = [[f"{path}?jurisdiction={one}" for path in paths[::2]] for one in PLACES]
        for some in (paths, *elsewhere):
            for _ in range(2):
                read_all(caveat.url, some)
            found.append(_taken(caveat))
            trial.tell(f"{found[-1][1]} MB")
    rest, hot, *rounds = found
    return Found(rest, hot, rounds, len(paths))


def rows(found: Found) -> list[Row]:
    """Judge the proportional set, and whether it ceases to grow."""
    sizes = [pss for _, pss in (found.hot, *found.rounds)]
    growth = sizes[-1] / sizes[-2] - 1
    bounded = Row(
        f"the same after {len(found.rounds)} rounds of {found.editions // 2:,} other editions, of "
        f"which `CAVEAT_EDGE_MEGABYTES` ({Settings.edge_megabytes}) and `CAVEAT_CACHE_ENTRIES` "
        f"({Settings.cache_entries}) keep some",
        f"bounded: the last adds ≤ {MOST:.0%}".replace("%", " %"),
        f"**{growth:.1%}**: {', '.join(map(str, sizes))} MB PSS".replace("%", " %"),
        growth <= MOST if found.editions >= HOT else None,  # fewer have room for more
    )
    return [
        _row("a process at rest", REST, found.rest),
        _row(f"a process with {found.editions:,} hot editions", FULL, found.hot),
        bounded,
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
