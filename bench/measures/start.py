"""How long ``caveat serve`` takes from its start to the first 200 of ``/readyz``."""

import time
from dataclasses import replace
from statistics import median

import msgspec

from bench import installations, processes, servers
from bench.installations import Installation
from bench.measures.trials import Row, Trial
from bench.readers import Connection

MOST = 1.5  # seconds
LOOK = 0.005  # seconds between two looks


class Found(msgspec.Struct):
    """Seconds: the median of some starts, the slowest; and of the processor, all processes."""

    seconds: float
    slowest: float
    cpu: float
    starts: int


def measure(trial: Trial) -> Found:
    """Start it some times; the first start, which compiles, does not count."""
    installation = installations.shipped(trial.folder / "data")
    found = []
    for _ in range(trial.either(2, 5) + 1):
        found.append(_seconds(installation))
        trial.tell(f"start: {found[-1][0]:.2f} s")
    clock, cpu = zip(*found[1:], strict=True)
    return Found(median(clock), max(clock), median(cpu), len(clock))


def _seconds(installation: Installation) -> tuple[float, float]:
    port = servers.free_port()
    settings = replace(installation.settings, port=str(port))
    connection = Connection(f"http://{servers.HOST}:{port}")
    command, log = [servers.command(), "serve"], settings.folder / "serve.log"
    begun = time.monotonic()
    with servers.running(command, log, settings=installations.environment(settings)) as process:
        while connection.get("/readyz").status != 200:
            servers.check_alive(process, log)
            time.sleep(LOOK)
        return time.monotonic() - begun, processes.cpu_seconds(process.pid)


def rows(found: Found) -> list[Row]:
    """Judge the median."""
    return [
        Row(
            "from `caveat serve` to the first 200 of `/readyz`",
            "< 1.5 s",
            f"**{found.seconds:.2f} s** (the slowest of {found.starts}: {found.slowest:.2f} s)",
            found.seconds < MOST,
            why=f"{found.cpu:.1f} s of CPU, most of it for reading the modules that there are",
        )
    ]
