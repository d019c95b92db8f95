"""Caveat beside nginx with the same bytes as files, and beside a callable that does nothing.

Each kind of request is made of three servers in turn: Caveat, nginx, and the constant callable of
:mod:`bench.measures.ceiling`, which gives what Caveat has just given. All have as many processes.
"""

from contextlib import ExitStack
from functools import partial
from statistics import median

import httpx
import msgspec

from bench import cases, installations, load, servers
from bench.cases import Case
from bench.load import Run, Targets
from bench.measures import ceiling
from bench.measures.ceiling import Constant
from bench.measures.trials import Row, Trial
from bench.servers import Server

ARTICLE, KEYED, UNCHANGED, LIST = "article", "key", "304", "list"
NAMES = {
    ARTICLE: "a warm article, open delivery",
    KEYED: "the same with a partner's key: limits, usage, ledger",
    UNCHANGED: "the same by a reader who has it: 304",
    LIST: "a warm list of 20",
}
BARS = {ARTICLE: 0.65, KEYED: 0.45, UNCHANGED: 0.50, LIST: 0.60}
SLOWEST, TIMES = 5.0, 3.0  # milliseconds of p99, and times that of nginx


class Side(msgspec.Struct):
    """A server's medians: requests/s, microseconds of its processor for each, milliseconds."""

    rate: float
    cpu: float
    p50: float
    p99: float


class Beside(msgspec.Struct):
    """What the three did with one kind of request, whose body has so many bytes."""

    size: int
    caveat: Side
    nginx: Side
    constant: Side
    spread: float  # how many times the fastest of a server's runs is the slowest

    @property
    def ratio(self) -> float:
        """How much of nginx Caveat reaches."""
        return self.caveat.rate / self.nginx.rate

    @property
    def of_constant(self) -> float:
        """How much of the ceiling Caveat reaches."""
        return self.caveat.rate / self.constant.rate

    @property
    def ceiling(self) -> float:
        """How much of nginx the constant callable reaches."""
        return self.constant.rate / self.nginx.rate


class Found(msgspec.Struct):
    """By kind of request; and the constant callable of an article with one thread."""

    cases: dict[str, Beside]
    one_thread: Side


def measure(trial: Trial) -> Found:
    """Measure all kinds of requests."""
    installation = installations.shipped(trial.folder / "data")
    with ExitStack() as stack:
        caveat = stack.enter_context(installation.serving(trial.workers))
        asked = dict(zip(NAMES, cases.of_twenty(caveat), strict=True))
        www = cases.write_files(list(asked.values()), trial.folder / "www")
        port = servers.free_port()
        nginx = stack.enter_context(
            servers.nginx(trial.programs, trial.folder, www, port, trial.workers)
        )
        found = {name: _compare(trial, case, caveat, nginx) for name, case in asked.items()}
        return Found(found, _one_thread(trial, asked[ARTICLE], caveat))


def rows(found: Found) -> list[Row]:
    """Judge the ratios, and the slowest requests for an article."""
    ratios = [_row(name, found.cases[name]) for name in NAMES]
    ours, theirs = found.cases[ARTICLE].caveat.p99, found.cases[ARTICLE].nginx.p99
    slow = Row(
        "p99 of a warm article, 16 connections that ask as fast as they can",
        "≤ 5 ms, or ≤ 3 × nginx",
        f"{ours:.2f} ms; nginx {theirs:.2f} ms",
        ours <= SLOWEST or ours <= TIMES * theirs,
        why=f"they wait for each other (p50 {found.cases[ARTICLE].caveat.p50:.2f} ms)",
    )
    return [*ratios, slow]


def answer_of(server: Server, targets: Targets) -> Constant:
    """Return what a server answers, once it has it at hand."""
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as client:
        del client.headers["Accept"]  # as wrk asks
        headers = {"Accept-Encoding": "identity", **targets.headers}
        found = [client.get(targets.paths[0], headers=headers) for _ in range(3)][-1]
    pairs = [(name.decode(), value.decode()) for name, value in found.headers.raw]
    return Constant(f"{found.status_code} {found.reason_phrase}", pairs, found.content)


def side(runs: list[Run]) -> Side:
    """Return the medians of some runs."""
    return Side(
        rate=median(run.rate for run in runs),
        cpu=median(run.cpu for run in runs) * 1e3,
        p50=median(run.p50 for run in runs),
        p99=median(run.p99 for run in runs),
    )


def spread(runs: list[Run]) -> float:
    """Return how many times the fastest of a server's runs is the slowest."""
    rates = [run.rate for run in runs]
    return max(rates) / min(rates)


def _compare(trial: Trial, case: Case, caveat: Server, nginx: Server) -> Beside:
    targets = {one: case.targets(one) for one in (caveat, nginx)}
    answer = answer_of(caveat, targets[caveat])
    with ceiling.constant(trial.folder, answer, trial.workers) as constant:
        targets[constant] = targets[caveat]
        runs = load.compare(
            trial.options, trial.repeats, targets, partial(tell_run, trial, case.name)
        )
    return Beside(
        size=len(answer.body),
        caveat=side(runs[caveat]),
        nginx=side(runs[nginx]),
        constant=side(runs[constant]),
        spread=max(spread(some) for some in runs.values()),
    )


def _one_thread(trial: Trial, case: Case, caveat: Server) -> Side:
    targets = case.targets(caveat)
    answer = answer_of(caveat, targets)
    told = partial(tell_run, trial, "one thread")
    with ceiling.constant(trial.folder, answer, trial.workers, threads=1) as constant:
        runs = load.compare(trial.options, trial.repeats, {constant: targets}, told)
    return side(runs[constant])


def tell_run(trial: Trial, what: str, server: Server, run: Run) -> None:
    """Show what a run has come to."""
    trial.tell(f"{what}: {server.name} {run.rate:,.0f} requests/s")


def _row(name: str, found: Beside) -> Row:
    bar, ours, theirs = BARS[name], found.caveat.rate, found.nginx.rate
    if found.ratio >= bar:
        why = ""
    elif found.ceiling < bar:
        why = f"no Python callable reaches it here: the constant one has {found.ceiling:.2f}"
    else:
        why = f"the constant callable has {found.ceiling:.2f}: the difference is our own work"
    same = f"the same {found.size:,} bytes" if found.size else "the same"
    return Row(
        f"{NAMES[name]}, beside nginx with {same}",
        f"≥ {bar:.2f}",
        f"**{found.ratio:.2f}** ({ours:,.0f} of {theirs:,.0f} requests/s)",
        found.ratio >= bar,
        f"**{found.of_constant:.2f}** of it; it has {found.ceiling:.2f} of nginx",
        why,
    )
