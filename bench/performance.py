"""Measure what Caveat promises, and write the page: ``python bench/performance.py``.

Writes ``docs/performance.md`` with a plot beside it. What a finished measure has found is kept in
``docs/performance.json`` at once, so that an interrupted run goes on where it was, and the page can
be written again without measuring. Everything runs on 127.0.0.1, in a temporary folder, and is
stopped and removed at the end, also after Ctrl-C.
"""

import sys
from pathlib import Path

if __name__ == "__main__":  # as in http.py: that file must not hide Python's own `http`
    sys.path.pop(0)
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import argparse
import tempfile
from collections.abc import Sequence

from bench import performance_page, performance_plot, results, servers
from bench.commands import FAILED, INTERRUPTED, UNUSABLE, heed_signals, say
from bench.errors import BenchError
from bench.measures.table import ASKED_FOR, MEASURES
from bench.measures.trials import Corpora, Peer, Trial
from bench.progress import Progress
from bench.results import Results
from bench.servers import Programs

SIZES = (1_000, 1_000_000)
NAME = "performance"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is missing, write the page, and return the exit code."""
    heed_signals()
    given = parser().parse_args(arguments)
    path = given.results or given.output / f"{NAME}.json"
    try:
        if given.render:
            write(results.read(path), given.output)
            return 0
        programs = servers.programs()
        known = results.begun(path, programs, is_anew=given.again)
    except BenchError as error:
        return say(str(error), UNUSABLE)
    try:
        failed = _measure(given, programs, known, path)
    except KeyboardInterrupt:
        return say(f"interrupted; what is finished is in {path}, all else removed", INTERRUPTED)
    write(known, given.output)
    for line in failed:
        say(line, FAILED)
    return FAILED if failed else 0


def write(known: Results, folder: Path) -> None:
    """Write the page and the plot of some results."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.md").write_text(performance_page.markdown(known), encoding="utf-8")
    (folder / f"{NAME}.svg").write_text(performance_plot.svg(known), encoding="utf-8")


def wanted(given: argparse.Namespace, known: Results) -> list[str]:
    """Return the names of the measures to make: those that are named, else those that are missing.

    One that needs something of the caller is made only where that is given.
    """
    if given.only:
        return [name for name in MEASURES if name in given.only]
    usual = (name for name in MEASURES if name not in ASKED_FOR)
    missing = [name for name in usual if not known.has(name, is_quick=given.quick)]
    return [*missing, *(["scale"] if given.folder else []), *(["peers"] if given.peer else [])]


def _measure(
    given: argparse.Namespace, programs: Programs, known: Results, path: Path
) -> list[str]:
    """Make measures, keep each result at once, and return what failed: the others go on."""
    failed = []
    with Progress(None) as progress:
        for name in wanted(given, known):
            clock = results.Clock()
            progress.step(f"{name} …")
            try:
                found = _found(given, programs, name, progress)
            except BenchError as error:
                failed.append(f"{name}: {error}")
                continue
            known.measures[name] = clock.measured(found, is_quick=given.quick)
            known.write(path)
    return failed


def _found(given: argparse.Namespace, programs: Programs, name: str, progress: Progress) -> object:
    with tempfile.TemporaryDirectory(prefix="caveat-bench-", ignore_cleanup_errors=True) as folder:
        trial = Trial(
            folder=Path(folder),
            programs=programs,
            tell=progress.step,
            is_quick=given.quick,
            peers=tuple(given.peer),
            corpora=Corpora(given.folder, tuple(given.sizes), given.server),
        )
        return MEASURES[name].measure(trial)


def parser() -> argparse.ArgumentParser:
    """Return what understands the command line."""
    found = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    found.add_argument("--output", type=Path, default=Path("docs"), help="folder of the page")
    found.add_argument("--results", type=Path, help="file of what was found; else beside the page")
    found.add_argument("--quick", action="store_true", help="a first look, in some minutes")
    found.add_argument("--again", action="store_true", help="begin anew: forget the results")
    found.add_argument("--render", action="store_true", help="measure nothing, write the page")
    found.add_argument(
        "--only", nargs="+", choices=MEASURES, metavar="NAME", help=f"of {', '.join(MEASURES)}"
    )
    found.add_argument(
        "--peer",
        action="append",
        default=[],
        type=peer,
        metavar="NAME=BASE_URL,ARTICLE_PATH,LIST_PATH",
        help="another server to compare; may be given again",
    )
    found.add_argument("--folder", type=Path, help="of the corpora of scale; they stay there")
    found.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="of these corpora")
    found.add_argument("--server", default="", help="a PostgreSQL server for them; else SQLite")
    return found


def peer(text: str) -> Peer:
    """Return the peer that an option names."""
    name, _, rest = text.partition("=")
    parts = rest.split(",")
    is_right = name and len(parts) == 3 and parts[0].startswith(("http://", "https://"))
    if not (is_right and all(part.startswith("/") for part in parts[1:])):
        message = f"must be NAME=BASE_URL,ARTICLE_PATH,LIST_PATH, not {text!r}"
        raise argparse.ArgumentTypeError(message)
    return Peer(name, parts[0].rstrip("/"), *parts[1:])


if __name__ == "__main__":
    sys.exit(main())
