"""How fast manuscripts come in, and in how much memory: ``python bench/imports.py``.

Files of NDJSON are written, and ``caveat import`` brings each into a new installation with the
shipped policy: as drafts, and with every gate as publications. Wall clock and processor are the
command's own; the memory is the most that it ever had. Then the same file is brought in again. What
was published is written down by ``caveat export``, and a new installation is made of it.
"""

import sys
from pathlib import Path

# As in http.py: that file must not hide Python's own `http`.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import argparse
import os
import resource
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass

import orjson

from bench import corpus, manuscripts
from bench.errors import BenchError
from content.manuscripts import read

SCRIPT = Path(sys.executable).parent / "caveat"
PIPES = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}


@dataclass
class Measured:
    """What one import took."""

    seconds: float  # by the clock
    processor: float  # seconds
    peak: int  # MiB


def main() -> int:
    """Print one row for each import; return 1 when one does not do what it should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drafts", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--publish", type=int, nargs="*", default=[1_000, 10_000])
    given = parser.parse_args()
    print("| what | articles | articles/s | articles/s of processor time | peak MiB |")
    print("| --- | ---: | ---: | ---: | ---: |")
    try:
        for size in given.drafts:
            _measure(size, "drafts", "created")
        for size in given.publish:
            _measure(size, "publish", "published")
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _measure(size: int, how: str, outcome: str) -> None:
    with tempfile.TemporaryDirectory(prefix="caveat-imports-") as folder:
        file = Path(folder) / "articles.ndjson"
        _write(file, size)
        data = Path(folder) / "data"
        for command in (["init"], ["import", _policy(Path(folder))]):
            _run(data, *command)
        for what, expected in (("new", outcome), ("again", "unchanged")):
            told = f"{size:,} items: {size:,} {expected}"
            _say(f"{how}, {what}", size, _timed(data, told, "import", f"--{how}", str(file)))
        if how == "publish":
            whole, other = str(Path(folder) / "all.ndjson"), Path(folder) / "other"
            _say("export", size, _timed(data, "written up to", "export", whole))
            _say("restore", size, _timed(other, "the log is here", "import", whole))


def _say(what: str, size: int, done: Measured) -> None:
    rates = f"{size / done.seconds:,.0f} | {size / done.processor:,.0f}"
    print(f"| {what} | {size:,} | {rates} | {done.peak} |", flush=True)


def _write(file: Path, size: int) -> None:
    """Write the manuscripts; the first must be one, so that no mistake here is measured."""
    read(orjson.dumps(manuscripts.manuscript(0)))
    with file.open("wb") as out:
        for one in corpus.shown(manuscripts.many(size), f"Writing {size:,} articles"):
            out.write(orjson.dumps(one) + b"\n")


def _policy(folder: Path) -> str:
    """Return a library without articles."""
    library = folder / "library"
    keep = shutil.ignore_patterns("*.md", "test", "assertions.yaml")
    shutil.copytree(corpus.imports.LIBRARY, library, ignore=keep)
    return str(library)


def _timed(data: Path, expected: str, *arguments: str) -> Measured:
    begun = time.perf_counter()
    told, used = _run(data, *arguments)
    seconds = time.perf_counter() - begun
    if expected not in told:
        raise BenchError(f"expected {expected!r}, and was told:\n{told}")
    return Measured(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)


def _run(data: Path, *arguments: str) -> tuple[str, resource.struct_rusage]:
    """Run a command; return what it said, and what it alone has used."""
    env = {**os.environ, "CAVEAT_DATA": str(data), "CAVEAT_SANDBOX": "false"}
    with subprocess.Popen([SCRIPT, *arguments], env=env, **PIPES) as done:
        told = done.stderr.read() if done.stderr else ""
        _, status, used = os.wait4(done.pid, 0)
        done.returncode = os.waitstatus_to_exitcode(status)
    if done.returncode:
        raise BenchError(f"caveat {arguments[0]} ended with {done.returncode}:\n{told}")
    return told, used


if __name__ == "__main__":
    raise SystemExit(main())
