"""A server is told to reload under load (SIGHUP): nobody's request fails."""

import os
import signal
import time
from collections.abc import Callable

import msgspec

from bench import installations
from bench.errors import BenchError
from bench.measures.trials import Row, Trial
from bench.readers import Readers
from bench.servers import Server

PROCESSES, RELOADS = 2, 3
ARTICLE = "/v1/articles/sleep-habits-and-insomnia"
KEEPERS, OPENERS = 2, 2  # readers that keep a connection, and that open one for each request
GIVE_UP, LOOK, AFTER = 60.0, 0.05, 1.0  # seconds


class Found(msgspec.Struct):
    """Requests, how many of them failed, and how many were made twice, as RFC 9110 lets them."""

    asked: int
    failed: int
    again: int
    reloads: int
    seconds: float  # the slowest reload, until all processes are others


def measure(trial: Trial) -> Found:
    """Reload while it is read."""
    installation = installations.shipped(trial.folder / "data")
    with installation.serving(PROCESSES) as caveat:
        keepers = Readers(caveat.url, lambda: ARTICLE, KEEPERS)
        openers = Readers(caveat.url, lambda: ARTICLE, OPENERS, is_kept=False)
        with keepers.asking(), openers.asking():
            took = [_reload(caveat) for _ in range(trial.either(1, RELOADS))]
    noted = [*keepers.noted, *openers.noted]
    return Found(
        asked=len(noted),
        failed=sum(one.status != 200 for one in noted),
        again=keepers.again + openers.again,
        reloads=len(took),
        seconds=max(took),
    )


def rows(found: Found) -> list[Row]:
    """Judge the failures."""
    return [
        Row(
            f"{found.reloads} rolling reload(s) of {PROCESSES} processes under load",
            "0 failed requests",
            f"**{found.failed}** of {found.asked:,}; {found.again} were asked again on a new "
            f"connection (RFC 9110, 9.2.2); a reload took {found.seconds:.1f} s",
            found.failed == 0,
        )
    ]


def _reload(caveat: Server) -> float:
    """Reload, and return how long it took until all processes were others."""
    before, begun = set(caveat.workers()), time.monotonic()
    os.kill(caveat.pid, signal.SIGHUP)
    _wait_for(lambda: len(now := set(caveat.workers())) == PROCESSES and not now & before)
    took = time.monotonic() - begun
    time.sleep(AFTER)
    return took


def _wait_for(true: Callable[[], bool]) -> None:
    end = time.monotonic() + GIVE_UP
    while not true():
        if time.monotonic() > end:
            raise BenchError(f"a reload took more than {GIVE_UP:.0f} s")
        time.sleep(LOOK)
