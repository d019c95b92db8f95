"""Load: one run of wrk against one server, and what it cost that server."""

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mean
from typing import Any

import httpx

from bench import processes
from bench.errors import BenchError
from bench.servers import Server

SCRIPT = Path(__file__).with_name("rotate.lua")
HITS = Path(__file__).with_name("hits.lua")
WARM = 1  # seconds before the first run of a case
SLACK = 30  # seconds that wrk may take beyond its time


@dataclass(frozen=True)
class Targets:
    """What one server is asked for: paths in turn, all with the same headers."""

    paths: tuple[str, ...]
    bodies: tuple[bytes, ...]  # the same for both servers
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    play: int = 0  # bytes by which the heads of answers to one request may differ


@dataclass(frozen=True)
class Options:
    """How wrk is run."""

    wrk: str
    seconds: int
    connections: int

    def warming(self) -> "Options":
        """Return the same for a run that is not counted."""
        return replace(self, seconds=WARM)

    def threads(self) -> int:
        """Return how many threads wrk gets: half of the cores, the other half is the server's."""
        return max(1, min(self.connections, len(os.sched_getaffinity(0)) // 2))


@dataclass(frozen=True)
class Run:
    """What one run of wrk has shown."""

    rate: float  # requests per second
    p50: float  # milliseconds
    p99: float  # milliseconds
    cpu: float  # milliseconds of the server's processes per request


def check(server: Server, targets: Targets) -> list[int]:
    """Return the size of every answer with its head; raise :class:`BenchError` for a wrong one."""
    sizes = []
    with httpx.Client(base_url=server.url, trust_env=False, timeout=10) as client:
        del client.headers["Accept"]  # wrk sends none
        for path, body in zip(targets.paths, targets.bodies, strict=True):
            answer = client.get(path, headers={"Accept-Encoding": "identity", **targets.headers})
            expected = body if targets.status == httpx.codes.OK else b""
            if answer.status_code != targets.status or answer.content != expected:
                message = f"{server.name} answered {answer.status_code} with other bytes to {path}"
                raise BenchError(message)
            sizes.append(_head(answer) + answer.num_bytes_downloaded)
    return sizes


def compare(
    options: Options,
    repeats: int,
    sides: Mapping[Server, Targets],
    told: Callable[[Server, Run], object],
) -> dict[Server, list[Run]]:
    """Load servers in turn, each run first in every other repeat: what drifts hits all alike.

    ``told`` is called after each run. Raise :class:`BenchError` when an answer is not as it should
    be, also before all runs.
    """
    sizes = {}
    for server, targets in sides.items():
        check(server, targets)
        _wrk(options.warming(), server, targets)
        sizes[server] = check(server, targets)  # as it is answered from now on
    runs: dict[Server, list[Run]] = {server: [] for server in sides}
    for repeat in range(repeats):
        for server in sides if repeat % 2 == 0 else reversed(list(sides)):
            runs[server].append(run(options, server, sides[server], sizes[server]))
            told(server, runs[server][-1])
    return runs


def run(options: Options, server: Server, targets: Targets, sizes: list[int]) -> Run:
    """Load a server; raise :class:`BenchError` when a single answer was not as it should be."""
    before = _cpu_seconds(server)
    found = _wrk(options, server, targets)
    used = _cpu_seconds(server) - before
    _check_answers(options, server, sizes, found, targets.play)
    return Run(
        rate=found["requests"] / found["microseconds"] * 1e6,
        p50=found["p50"] / 1e3,
        p99=found["p99"] / 1e3,
        cpu=used / found["requests"] * 1e3,
    )


def _cpu_seconds(server: Server) -> float:
    """Return what a server has used; nothing of one elsewhere."""
    return processes.cpu_seconds(server.pid) if server.pid else 0.0


def _head(answer: httpx.Response) -> int:
    """Return how many bytes came before the body."""
    first = f"{answer.http_version} {answer.status_code} {answer.reason_phrase}\r\n"
    fields = [len(name) + len(value) + 4 for name, value in answer.headers.raw]
    return len(first) + sum(fields) + 2


def hit_rate(options: Options, server: Server, targets: Targets) -> float:
    """Return how many of 1 answers a cache in front gives out of what it keeps."""
    found = _wrk(options, server, targets, HITS)
    if found["refused"] or not found["answers"]:
        raise BenchError(f"{server.name} failed under load: {found}")
    return float(found["hits"] / found["answers"])


def _wrk(
    options: Options, server: Server, targets: Targets, script: Path = SCRIPT
) -> dict[str, Any]:
    command = [
        options.wrk,
        f"-t{options.threads()}",
        f"-c{options.connections}",
        f"-d{options.seconds}s",
        "--timeout=10s",
        f"-s{script}",
        *(f"-H{name}: {value}" for name, value in targets.headers.items()),
        server.url,
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".paths") as paths:
        paths.write("\n".join(targets.paths) + "\n")
        paths.flush()
        environment = {**os.environ, "BENCH_PATHS": paths.name}
        limit = options.seconds + SLACK
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, env=environment, timeout=limit, check=False
            )
        except subprocess.TimeoutExpired:
            raise BenchError(f"wrk did not end within {limit} seconds") from None
    return _parsed(done, server.name)


def _parsed(done: "subprocess.CompletedProcess[str]", server: str) -> dict[str, Any]:
    for line in done.stdout.splitlines():
        if line.startswith("BENCH "):
            found: dict[str, Any] = json.loads(line.removeprefix("BENCH "))
            return found
    raise BenchError(f"wrk failed against {server}: {(done.stderr or done.stdout).strip()[-500:]}")


def _check_answers(
    options: Options, server: Server, sizes: list[int], found: dict[str, Any], play: int
) -> None:
    """Count refusals and broken connections, and tell by the bytes whether all else was right.

    wrk counts only statuses from 400 on; a redirect or a 304 in place of an article, or the
    reverse, shows in the number of bytes.
    """
    count = found["requests"]
    told = {name: found[name] for name in ("refused", "broken", "late") if found[name]}
    if told or not count:
        raise BenchError(f"{server.name} failed under load, of {count} requests: {told}")
    # Answers under way when time was up are in the bytes only, and a turn may be incomplete.
    turns = len(sizes) * options.threads() + options.connections
    play = turns * (max(sizes) - min(sizes)) + play * count
    least = count * mean(sizes) - play
    most = count * mean(sizes) + play + options.connections * max(sizes)
    if not least <= found["octets"] <= most:
        raise BenchError(f"{server.name} sent {found['octets']} bytes in {count} answers")
