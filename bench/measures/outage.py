"""PostgreSQL is killed under load and started again: who is answered, and when all is as before."""

import itertools
import time

import msgspec

from bench import installations, postgresql
from bench.errors import BenchError
from bench.measures.flood import Locked
from bench.measures.trials import Row, Trial, percent
from bench.postgresql import Postgresql
from bench.readers import Connection, Noted, Readers, one_to_each, slugs
from bench.servers import Server

PROCESSES, ARTICLES, WARM = 2, 20, 100
AWAY = 30  # seconds without a database
READERS, PAUSE = 4, 0.005  # threads, and seconds between two requests of each
LEAST, BACK = 0.99, 5.0  # of the requests; seconds
GIVE_UP = 60.0  # seconds


class Found(msgspec.Struct):
    """Requests for what is at hand, while the database was away; seconds until all is as before."""

    asked: int
    answered: int
    stale: int  # of these, said to be
    away: int
    back: float


def measure(trial: Trial) -> Found:
    """Kill it while warm addresses are read."""
    away = trial.either(5, AWAY)
    with postgresql.running(trial.folder / "postgresql") as database:
        installation = installations.shipped(trial.folder / "data", database.url)
        with installation.serving(PROCESSES) as caveat:
            warm = _warm(caveat)
            paths = Locked(itertools.cycle(warm))
            with Readers(caveat.url, paths, READERS, pause=PAUSE).asking() as readers:
                time.sleep(2)
                killed, returned = _outage(database, away)
                trial.tell("PostgreSQL is back")
                back = _until_normal(caveat, returned)
                time.sleep(2)
    noted = [one for one in readers.noted if killed <= one.at < returned]
    given = [one for one in noted if one.status == 200]
    return Found(
        asked=len(noted),
        answered=len(given),
        stale=sum("stale-if-error" in one.cache for one in given),
        away=away,
        back=max(back, _last_odd(readers.noted, returned)),
    )


def rows(found: Found) -> list[Row]:
    """Judge what was answered, and the return."""
    rate = found.answered / found.asked
    return [
        Row(
            f"warm requests while PostgreSQL is killed for {found.away} s",
            "≥ 99 % answered",
            f"**{percent(rate)}** of {found.asked:,}; {found.stale:,} were said to be stale",
            rate >= LEAST,
        ),
        Row(
            "from its return until every answer is fresh and new articles are read",
            "≤ 5 s",
            f"**{found.back:.2f} s**",
            found.back <= BACK,
        ),
    ]


def _warm(caveat: Server) -> list[str]:
    """Return addresses that every process has at hand."""
    places = ("", "?jurisdiction=US", "?jurisdiction=US-AL", "?jurisdiction=DE", "?jurisdiction=TH")
    known = slugs(caveat.url, ARTICLES)
    warm = [f"/v1/articles/{slug}{place}" for place in places for slug in known][:WARM]
    for connection in one_to_each(caveat):
        for path in warm * 2:
            connection.get(path)
    return warm


def _outage(database: Postgresql, seconds: int) -> tuple[float, float]:
    """Kill it, wait, start it again; return when it was killed and when it was back."""
    killed = time.monotonic()
    database.kill()
    time.sleep(seconds)
    database.start()
    return killed, time.monotonic()


def _until_normal(caveat: Server, returned: float) -> float:
    """Return how long it takes until what nobody has at hand is read: both processes say so."""
    end, number = returned + GIVE_UP, 0
    fresh, since = 0, returned
    while fresh < 4 * PROCESSES:
        if time.monotonic() > end:
            raise BenchError(f"nothing new is read {GIVE_UP:.0f} s after PostgreSQL was back")
        number += 1
        connection = Connection(caveat.url)  # any process
        answer = connection.get(f"/v1/articles?limit={number % 20 + 1}&topic=sleep&q=n{number}")
        connection.close()
        fresh = fresh + 1 if answer.status == 200 else 0
        since = answer.at if fresh == 1 else since
    return since - returned


def _last_odd(noted: list[Noted], returned: float) -> float:
    """Return how long after the return an answer was stale, or none."""
    odd = [one.at for one in noted if one.status != 200 or "stale-if-error" in one.cache]
    return max([at for at in odd if at > returned], default=returned) - returned
