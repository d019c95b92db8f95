"""Measure Caveat beside an nginx that serves the same bytes: ``python bench/http.py``.

Everything runs on 127.0.0.1, in a temporary folder, and is stopped and removed at the end, also
after Ctrl-C. The table goes to standard output, progress to standard error.
"""

import sys
from pathlib import Path

# Python puts the folder of a script first on its path, where this file would hide Python's `http`.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import argparse
import os
import tempfile
from collections.abc import Callable, Sequence
from functools import partial

from bench import cases, load, report, servers
from bench.commands import FAILED, INTERRUPTED, UNUSABLE, heed_signals, say
from bench.errors import BenchError
from bench.progress import Progress
from bench.servers import Server

LOWEST, HIGHEST = 1024, 65534  # the port after it is nginx's


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark and return the exit code."""
    heed_signals()
    given = _parser().parse_args(arguments)
    try:
        programs = servers.programs()
        servers.check_ports(given.port, given.port + 1)
    except BenchError as error:
        return say(str(error), UNUSABLE)
    try:
        text = _run(given, programs)
    except BenchError as error:
        return say(str(error), FAILED)
    except KeyboardInterrupt:
        return say("interrupted; everything is stopped and removed", INTERRUPTED)
    print(text)
    if given.output:
        given.output.write_text(text + "\n", encoding="utf-8")
    return 0


def _run(given: argparse.Namespace, programs: servers.Programs) -> str:
    machine = report.machine(programs)
    options = load.Options(programs.wrk, given.seconds, given.connections)
    with tempfile.TemporaryDirectory(prefix="caveat-bench-") as name:
        folder = Path(name)
        with servers.caveat(folder / "data", given.port, given.workers) as caveat:
            found = cases.collect(caveat)
            place = cases.write_files(found, folder / "www")
            with servers.nginx(programs, folder, place, given.port + 1, given.workers) as nginx:
                results = _measure(options, given.repeats, found, caveat, nginx)
    return report.markdown(results, machine=machine, options=options, workers=given.workers)


def _measure(
    options: load.Options, repeats: int, found: list[cases.Case], caveat: Server, nginx: Server
) -> list[report.Result]:
    """Run every case against both servers."""
    results = []
    with Progress(len(found) * repeats * 2) as progress:
        for case in found:
            sides = {server: case.targets(server) for server in (caveat, nginx)}
            told = partial(_tell, progress, case.name)
            runs = load.compare(options, repeats, sides, told)
            results.append(report.Result(case.name, runs[caveat], runs[nginx]))
    return results


def _tell(progress: Progress, case: str, server: Server, run: load.Run) -> None:
    progress.step(f"{case}: {server.name} {run.rate:,.0f} requests/s")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=_between(1, 60), default=5, help="length of each run")
    parser.add_argument("--repeats", type=_between(1, 25), default=3, help="runs of each case")
    parser.add_argument(
        "--workers",
        type=_between(1, 64),
        default=len(os.sched_getaffinity(0)),
        help="processes of each server",
    )
    parser.add_argument("--connections", type=_between(1, 512), default=16, help="kept open by wrk")
    parser.add_argument(
        "--port",
        type=_between(LOWEST, HIGHEST),
        default=8790,
        help="of Caveat; nginx takes the next",
    )
    parser.add_argument("--output", type=Path, help="file that gets the table too")
    return parser


def _between(lowest: int, highest: int) -> Callable[[str], int]:
    """Return the type of an option that is a whole number between two bounds."""

    def number(text: str) -> int:
        if not text.isdecimal() or not lowest <= int(text) <= highest:
            message = f"must be a whole number from {lowest} to {highest}, not {text!r}"
            raise argparse.ArgumentTypeError(message)
        return int(text)

    return number


if __name__ == "__main__":
    sys.exit(main())
