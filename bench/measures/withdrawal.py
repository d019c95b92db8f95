"""How soon a withdrawn article answers 410: in the slowest of four processes, and behind Varnish.

Articles are at hand in every process, or in Varnish, and are asked for all along. One after the
other is withdrawn, as ``caveat withdraw`` does it; the time runs from just before its commit.
"""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

import msgspec

from api.db import now
from bench import fronts, installations, servers
from bench.errors import BenchError
from bench.installations import Installation
from bench.measures.trials import Row, Trial
from bench.readers import Connection, fetch, one_to_each, slugs
from content.db import Database
from content.editorial import endings

PROCESSES = 4
PAUSE = 0.002  # seconds between two requests of a reader
GIVE_UP, AFTER = 30.0, 1.5  # seconds: until it has to be gone, and for which it has to stay so
IN_PROCESSES, IN_VARNISH = 1.0, 2.0  # seconds
GONE = 410


class Found(msgspec.Struct):
    """Seconds until the last 200 or the first 410, whichever is later, of each withdrawal."""

    processes: list[float]
    varnish: list[float]


@dataclass
class Watch:
    """A reader that asks for an article until it is gone, and a while longer."""

    connection: Connection
    path: str
    last_given: float = 0.0
    first_gone: float = 0.0
    _stopped: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        """Ask until stopped."""
        while not self._stopped.wait(PAUSE):
            answer = self.connection.get(self.path)
            if answer.status == 200:
                self.last_given = answer.at
            elif answer.status == GONE and not self.first_gone:
                self.first_gone = answer.at

    def stop(self) -> None:
        """Stop asking."""
        self._stopped.set()


def measure(trial: Trial) -> Found:
    """Withdraw articles from four processes, then behind Varnish."""
    count = trial.either(2, 10)
    installation = installations.shipped(trial.folder / "data")
    with installation.serving(PROCESSES) as caveat:
        paths = [f"/v1/articles/{slug}" for slug in slugs(caveat.url, 2 * count)]
        connections = one_to_each(caveat)
        direct = [_withdraw(installation, connections, path) for path in paths[:count]]
    trial.tell(f"withdrawn in {max(direct):.2f} s")
    return Found(direct, _behind(trial, installation, paths[count:]))


def rows(found: Found) -> list[Row]:
    """Judge the slowest."""
    return [
        _row("the slowest of 4 processes", found.processes, IN_PROCESSES),
        _row("the shipped Varnish", found.varnish, IN_VARNISH),
    ]


def _row(where: str, seconds: list[float], most: float) -> Row:
    return Row(
        f"from a withdrawal to 410 in {where}",
        f"≤ {most:.0f} s",
        f"**{max(seconds):.2f} s** (the slowest of {len(seconds)})",
        max(seconds) <= most,
    )


def _behind(trial: Trial, installation: Installation, paths: list[str]) -> list[float]:
    port = servers.free_port()
    told = {"surrogate_keys": "varnish", "purge_urls": f"http://{servers.HOST}:{port}/"}
    with ExitStack() as stack:
        caveat = stack.enter_context(installation.serving(PROCESSES, **told))
        folder = trial.folder / "varnish"
        front = stack.enter_context(fronts.varnish(folder, caveat.url, port=port))
        stack.enter_context(installation.working(**told))
        _wait_for(lambda: fetch(f"{caveat.url}/readyz")["work"]["workers"] == 1)
        return [_withdraw(installation, [Connection(front.url)], path) for path in paths]


def _withdraw(installation: Installation, connections: list[Connection], path: str) -> float:
    """Withdraw an article that is read, and return how long it was given after that."""
    watches = [Watch(one, path) for one in connections]
    for connection in connections * 3:
        connection.get(path)
    threads = [threading.Thread(target=one.ask) for one in watches]
    for thread in threads:
        thread.start()
    try:
        _wait_for(lambda: all(one.last_given for one in watches))
        begun = _end(installation, path.rpartition("/")[2])
        _wait_for(lambda: all(one.first_gone for one in watches))
        time.sleep(AFTER)
    finally:
        for one in watches:
            one.stop()
        for thread in threads:
            thread.join()
    return max(max(one.first_gone, one.last_given) for one in watches) - begun


def _end(installation: Installation, slug: str) -> float:
    """Withdraw an article, and return when its commit began."""
    words = {"notice": "It was withdrawn.", "reason": "A bench.", "by": "bench"}
    with (
        closing(Database(installation.settings.database)) as database,
        database.write() as session,
    ):
        endings.end(session, slug, "withdrawn", **words, now=now())
        begun = time.monotonic()
        session.commit()
    return begun


def _wait_for(true: Callable[[], bool]) -> None:
    end = time.monotonic() + GIVE_UP
    while not true():
        if time.monotonic() > end:
            raise BenchError(f"a withdrawal was not seen within {GIVE_UP:.0f} s")
        time.sleep(PAUSE)
