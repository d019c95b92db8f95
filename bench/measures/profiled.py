"""Where the time of a warm article goes: in the process by itself, and under load by perf.

The first calls the application in this process, without a server and a network. The second lets
Linux' perf look at a process of ``caveat serve`` while wrk asks it: which thread, which library.
Where perf is missing or may not look, that part says so.
"""

import re
import subprocess
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
from werkzeug.test import EnvironBuilder

from api.edge.layer import Edge, create_edge
from bench import cases, installations, load, servers
from bench.installations import Installation
from bench.load import Options, Targets
from bench.measures import ceiling
from bench.measures.ceiling import Constant
from bench.measures.trials import Row, Trial
from bench.profile_get import microseconds

REQUESTS = 50_000
FREQUENCY = 999  # looks a second
SECONDS = 5
PYTHON = 0.05  # of its time a thread has to be in Python to be one that runs it
LIBRARIES = {
    "kernel": r"\[kernel|\[guest|\[vdso",
    "Python": r"libpython|^python",
    "granian": r"granian",
    "libc": r"^libc\.|^libc-|ld-linux|libpthread|libm\.",
}
HIT, UNCHANGED, KEYED = "a hit", "304", "a hit with a partner's key"
CONSTANT = "the constant callable"


class Found(msgspec.Struct):
    """Microseconds of a request; shares of a process' time by library and thread, or why none."""

    inside: dict[str, float]
    libraries: dict[str, float]
    threads: dict[str, float]
    missing: str = ""


def measure(trial: Trial) -> Found:
    """Measure both."""
    installation = installations.shipped(trial.folder / "data")
    inside = _inside(installation, trial.either(REQUESTS // 10, REQUESTS))
    trial.tell(", ".join(f"{name} {cost:.1f} µs" for name, cost in inside.items()))
    try:
        shares = _shares(trial, installation)
    except Unseen as error:
        return Found(inside, {}, {}, str(error))
    return Found(inside, by_library(shares), by_thread(shares))


def rows(_: Found) -> list[Row]:
    """Promise nothing: it is shown in the explanation."""
    return []


class Unseen(Exception):
    """Perf is not here, or may not look; the message says which."""


def _inside(installation: Installation, times: int) -> dict[str, float]:
    """Return the microseconds of requests, called in this thread."""
    edge = create_edge(installation.settings)
    plain = _environ()
    keyed = plain | {"HTTP_AUTHORIZATION": f"Bearer {installation.key}"}
    with closing(edge.app.extensions["caveat"].database):
        answer = _given(edge, plain)
        tag = dict(answer.headers)["ETag"]
        asked = {HIT: plain, UNCHANGED: plain | {"HTTP_IF_NONE_MATCH": tag}, KEYED: keyed}
        found = {name: microseconds(edge, environ, times) for name, environ in asked.items()}
        edge.app.extensions["caveat-meter"].ledger.flush()
    return found | {CONSTANT: microseconds(ceiling.callable_of(answer), plain, times)}


def _environ() -> dict[str, Any]:
    return EnvironBuilder(cases.ARTICLE).get_environ()


def _given(edge: Edge, environ: dict[str, Any]) -> Constant:
    """Return what is given for a request when it was made before."""
    found: list[Any] = []
    for _ in range(3):
        found.clear()
        body = edge(dict(environ), lambda *said: found.extend(said))
        octets = b"".join(body)
    return Constant(found[0], found[1], octets)


def _shares(trial: Trial, installation: Installation) -> dict[tuple[str, str], float]:
    """Return the share of each thread and library in a process that is asked."""
    program = servers.find("perf")
    if program is None:
        raise Unseen("perf is not here; on Debian: apt-get install linux-perf")
    data, seconds = trial.folder / "perf.data", trial.either(1, SECONDS)
    with installation.serving() as caveat:
        article = cases.page(caveat, cases.ARTICLE, "article.json")
        targets = Targets((article.path,), (article.body,))
        sizes = [load.check(caveat, targets) for _ in range(2)][-1]  # once it is at hand
        record = [program, "record", "-q", "-e", "cpu-clock", "-F", str(FREQUENCY)]
        of = ["-p", str(caveat.workers()[0]), "-o", str(data), "--", "sleep", str(seconds)]
        with subprocess.Popen([*record, *of], stderr=subprocess.PIPE, text=True) as recording:
            options = Options(trial.programs.wrk, seconds + 1, trial.options.connections)
            load.run(options, caveat, targets, sizes)
            told = recording.communicate(timeout=seconds + 30)[1]
    if recording.returncode:
        raise Unseen(f"perf could not look: {told.strip().splitlines()[-1:]}")
    shares = parsed(_report(program, data))
    if not shares:
        raise Unseen("perf saw nothing")
    return shares


def _report(program: str, data: Path) -> str:
    command = [program, "report", "-i", str(data), "--stdio", "-q", "-t", "|"]
    sorted_by = ["--no-children", "--sort", "pid,dso"]  # pid is the thread's
    done = subprocess.run([*command, *sorted_by], capture_output=True, text=True, check=False)
    return done.stdout


def parsed(report: str) -> dict[tuple[str, str], float]:
    """Return the shares of a report by thread and library; they add up to about 100."""
    rows = re.findall(r"^ *([\d.]+)% *\|([^|]+)\|([^|\n]+)$", report, re.MULTILINE)
    return {(thread.strip(), library.strip()): float(share) for share, thread, library in rows}


def by_library(shares: dict[tuple[str, str], float]) -> dict[str, float]:
    """Return the shares of what a process is made of, the largest first."""
    found: Counter[str] = Counter()
    for (_, library), share in shares.items():
        named = (name for name, text in LIBRARIES.items() if re.search(text, library))
        found[next(named, "other")] += share  # type: ignore[assignment] # it counts in per cent
    return dict(found.most_common())


def by_thread(shares: dict[tuple[str, str], float]) -> dict[str, float]:
    """Return the shares of the threads that run Python, and of those that only read and write."""
    whole, python = Counter[str](), Counter[str]()
    for (thread, library), share in shares.items():
        whole[thread] += share  # type: ignore[assignment] # as above
        if re.search(LIBRARIES["Python"], library):
            python[thread] += share  # type: ignore[assignment] # as above
    answer = [name for name, share in whole.items() if python[name] > share * PYTHON]
    found = sum(whole[name] for name in answer)
    return {
        "the threads that run Python": found,
        "the threads that read and write connections": whole.total() - found,
    }
