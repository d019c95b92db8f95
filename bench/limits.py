"""Whether limits hold over processes, and what metering costs: ``python bench/limits.py``.

``caveat serve`` runs with four processes, one Redis and a plan, and is asked from the beginning of
a minute on until it has refused for a while. Then Redis is killed while it is asked. In the end the
limiter, the counting and the ledger are timed by themselves.
"""

import sys
from pathlib import Path

# As in http.py: that file must not hide Python's own `http`.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import argparse
import http.client
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from api import ledger
from api.leases import Alone, Lessor, Shared
from api.ledger import Carried, Ledger
from api.limits import MINUTE, Limits
from bench import servers
from bench.errors import BenchError
from content.credentials import ACCOUNT
from content.db import Database
from content.plans import UNITS, Plan

PROCESSES, CLIENTS = 4, 8
ADDRESS = "/v1/topics"  # a small answer: it is the counting that is looked at
MOST_OFF = 0.05  # of the quota
REPEATS = 100_000
CAVEAT = Path(sys.executable).with_name("caveat")


class Asking:
    """Clients that ask again and again, and count what they are answered."""

    def __init__(self, port: int, key: str) -> None:
        self.port, self.headers = port, {"Authorization": f"Bearer {key}"}
        self.found: Counter[str] = Counter()
        self._stopped = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Ask until the block ends."""
        threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        yield
        self._stopped.set()
        for thread in threads:
            thread.join()

    def _ask(self) -> None:
        found: Counter[str] = Counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        while not self._stopped.is_set():
            try:
                connection.request("GET", ADDRESS, headers=self.headers)
                response = connection.getresponse()
                response.read()
                found[str(response.status)] += 1
            except OSError:
                found["no answer"] += 1
                connection.close()
        self.found += found


def main(minute: int, seconds: int) -> int:
    """Run all; return 1 where a limit did not hold."""
    with tempfile.TemporaryDirectory() as folder, _redis(Path(folder)) as (redis, url):
        environment = _environment(Path(folder), url, minute)
        key = _install(environment)
        port = int(environment["CAVEAT_PORT"])
        with _serving(environment, port):
            let_in = _hold(port, key, minute)
            found = _kill(port, key, redis, seconds)
    off = abs(let_in - minute) / minute
    _say(f"{PROCESSES} processes, {minute:,} requests a minute: {let_in:,} let in, {off:.1%} off")
    answered, rest = found["200"], found.total() - found["200"]
    _say(f"Redis killed after half of {seconds} s: {answered:,} were answered, {rest} were not")
    for name, microseconds in _costs().items():
        _say(f"{name}: {microseconds:.1f} microseconds a request")
    return int(off > MOST_OFF or rest > 0)


def _hold(port: int, key: str, minute: int) -> int:
    """Return how many requests of a minute are let in."""
    time.sleep(MINUTE - time.time() % MINUTE)
    asking = Asking(port, key)
    with asking.running():
        time.sleep(MINUTE - 5)  # it ends before the next minute begins
    if not asking.found["429"]:
        raise BenchError(f"only {asking.found.total()} requests were made; give a smaller --minute")
    return asking.found["200"]


def _kill(port: int, key: str, redis: "subprocess.Popen[bytes]", seconds: int) -> Counter[str]:
    """Return what is answered while Redis dies."""
    time.sleep(MINUTE - time.time() % MINUTE)
    asking = Asking(port, key)
    with asking.running():
        time.sleep(seconds / 2)
        redis.kill()
        time.sleep(seconds / 2)
    return asking.found


def _costs() -> dict[str, float]:
    """Return what metering costs by itself, in microseconds a request."""
    with tempfile.TemporaryDirectory() as folder, _redis(Path(folder)) as (_, url):
        return {
            "limits in one process": _limits(Alone()),
            "limits with Redis": _limits(Shared(url)),
            "usage and ledger": _ledger(),
        }


def _limits(lessor: Lessor) -> float:
    limits, plan = Limits(lessor, lambda: None), Plan("bench", 1_000_000, 1_000_000_000)

    def ask() -> None:
        taken = limits.take("a partner", ACCOUNT, plan)
        limits.settle(taken, UNITS)
        limits.headers(taken)

    return _timed(ask)


def _ledger() -> float:
    ledger.EVERY = None  # nothing is to be written
    book = Ledger(Database("sqlite://"))
    editions = (Carried("an article", "en", 1, "sha256:a-digest"),)
    route = "/v1/articles/{slug}"

    def note() -> None:
        book.count("a partner", route, 200, 70_000, UNITS, time.time(), editions)

    return _timed(note)


def _timed(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    for _ in range(REPEATS):
        act()
    return (time.perf_counter() - began) / REPEATS * 1e6


@contextmanager
def _redis(folder: Path) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    program = shutil.which("redis-server")
    if program is None:
        raise BenchError("redis-server not found on PATH; on Debian: apt-get install redis-server")
    port = servers.free_port()
    arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL)
    try:
        time.sleep(1)
        yield process, f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()


def _environment(folder: Path, redis: str, minute: int) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("CAVEAT_")}
    return own | {
        "CAVEAT_DATA": str(folder / "data"),
        "CAVEAT_REDIS_URL": redis,
        "CAVEAT_PLANS": f"bench={minute},100000000",
        "CAVEAT_WORKERS": str(PROCESSES),
        "CAVEAT_PORT": str(servers.free_port()),
    }


def _install(environment: dict[str, str]) -> str:
    """Make an installation with the shipped library, and return a partner's key."""
    _run(environment, "init")
    _run(environment, "import")
    return _run(environment, "partners", "add", "Bench").split("key")[1].split()[0]


def _run(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [CAVEAT, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchError(f"caveat {arguments[0]}: {done.stderr}")
    return done.stdout


@contextmanager
def _serving(environment: dict[str, str], port: int) -> Iterator[None]:
    process = subprocess.Popen([CAVEAT, "serve"], env=environment, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + servers.START
        while not servers.answers(f"http://127.0.0.1:{port}/healthz"):
            if time.monotonic() > end:
                raise BenchError("the server does not answer")
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(servers.STOP)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minute", type=int, default=6000, help="requests a minute of the plan")
    parser.add_argument("--seconds", type=int, default=10, help="of asking while Redis dies")
    asked = parser.parse_args()
    try:
        sys.exit(main(asked.minute, asked.seconds))
    except BenchError as error:
        sys.exit(f"bench: {error}")
