"""The report: medians of the runs as a Markdown table, with a line about the machine."""

import os
import platform
import re
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

from bench.load import Options, Run
from bench.servers import Programs

COLUMNS = (
    ("case", "---"),
    ("Caveat requests/s", "---:"),
    ("nginx requests/s", "---:"),
    ("ratio", "---:"),
    ("Caveat p50 / p99 ms", "---:"),
    ("nginx p50 / p99 ms", "---:"),
    ("Caveat CPU ms/request", "---:"),
    ("nginx CPU ms/request", "---:"),
    ("errors", "---:"),
)


@dataclass(frozen=True)
class Result:
    """The runs of one case."""

    name: str
    caveat: list[Run]
    nginx: list[Run]


def markdown(results: list[Result], *, machine: str, options: Options, workers: int) -> str:
    """Return the table and the lines that say how it came about."""
    rows = [[name for name, _ in COLUMNS], [rule for _, rule in COLUMNS]]
    rows += [_row(result) for result in results]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{machine}\n\n{_method(results, options, workers)}\n\n{table}"


def machine(programs: Programs) -> str:
    """Describe machine and versions in one line, in general words."""
    cores, load_now = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    known = ", ".join(f"{name} {one}" for name, one in versions(programs).items())
    return f"{system()}, {cores} cores, {memory()} GiB, load {load_now:.1f} at the start; {known}."


def versions(programs: Programs) -> dict[str, str]:
    """Return the versions of what is measured, and of what measures."""
    return {
        "Python": platform.python_version(),
        "Caveat": version("caveat"),
        "granian": version("granian"),
        "nginx": told(programs.nginx),
        "wrk": told(programs.wrk),
    }


def _method(results: list[Result], options: Options, workers: int) -> str:
    rates = [[run.rate for run in runs] for one in results for runs in (one.caveat, one.nginx)]
    spread = max(max(some) / min(some) for some in rates)
    return (
        f"{len(rates[0])} runs of {options.seconds} s, their medians (runs of one case differ by "
        f"up to {spread:.1f} times); wrk with {options.threads()} thread(s) and "
        f"{options.connections} connections; {workers} process(es) of each server."
    )


def _row(result: Result) -> list[str]:
    ours, theirs = _rate(result.caveat), _rate(result.nginx)
    return [
        result.name,
        f"{ours:,.0f}",
        f"{theirs:,.0f}",
        f"{ours / theirs:.3f}",
        _latency(result.caveat),
        _latency(result.nginx),
        f"{median(run.cpu for run in result.caveat):.3f}",
        f"{median(run.cpu for run in result.nginx):.3f}",
        "0",  # a run with a single error does not get here
    ]


def _rate(runs: list[Run]) -> float:
    return median(run.rate for run in runs)


def _latency(runs: list[Run]) -> str:
    p50, p99 = median(run.p50 for run in runs), median(run.p99 for run in runs)
    return f"{p50:.2f} / {p99:.2f}"


def system() -> str:
    """Return the name of the operating system."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return platform.system()
    return f"{release['NAME']} {release.get('VERSION_ID', '')}".strip()


def memory() -> int:
    """Return the machine's memory in GiB."""
    found = re.search(r"MemTotal: +(\d+) kB", Path("/proc/meminfo").read_text())
    return round(int(found[1]) / 1024**2) if found else 0


def told(program: str, flag: str = "-v") -> str:
    """Return the version that a program tells; wrk tells it with an exit code of 1."""
    done = subprocess.run([program, flag], capture_output=True, text=True, timeout=10, check=False)
    found = re.search(r"\d+\.\d+(\.\d+)?", done.stdout + done.stderr)
    return found[0] if found else "unknown"
