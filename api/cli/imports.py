"""Bringing in: ``caveat import`` takes libraries, manuscripts in bulk, and whole instances."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import click

from api import importing
from api.cli import exports
from api.cli.console import counting
from api.cli.content import bring_in
from api.db import opened
from api.importing import Import
from api.lapses import record_lapses
from api.settings import Settings
from content import canonical, imports, manuscripts, parts
from content.db import Database
from content.editorial.imports import OUTCOMES, REFUSED, Outcome
from content.errors import CaveatError
from content.manuscripts import Item
from content.policy import files

PATHS = click.Path(exists=True, allow_dash=True, path_type=Path)
EVERY = 10_000  # items between two plain lines that say how far it is
SHOWN = 20  # refused items that are shown; a report has them all


@click.command("import")
@click.argument("paths", nargs=-1, type=PATHS, metavar="[PATH]...")
@click.option(
    "--publish/--drafts",
    "live",
    default=None,
    help="Whether manuscripts go live, each through every gate, or become drafts (the default).",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File that gets what has become of each item, a line of JSON for each.",
)
def import_(paths: tuple[Path, ...], live: bool | None, report: Path | None) -> None:
    """Bring in everything at each PATH; run again, it goes on where it stopped.

    PATH is a folder of Markdown, a .md file, or NDJSON (.ndjson, .jsonl, or - for standard input)
    with one manuscript a line: these become drafts, or with --publish they go live. A folder with
    rules, texts and facts is a library, and is published as a whole; without a PATH that is the
    shipped one. A file that caveat export wrote becomes a new instance.

    Exit code 1: some items were refused, and the others were brought in.
    """
    settings = Settings.from_environment()
    if any(exports.is_at(path) for path in paths):
        if len(paths) > 1 or live is not None or report:
            raise click.UsageError("an export is imported alone: it is a whole instance")
        exports.restore(settings, paths[0])
        return
    libraries = [path for path in paths or [imports.LIBRARY] if files.is_in(path)]
    if libraries and live is False:
        raise click.UsageError(f"{libraries[0]} is a library: it is published as a whole")
    others = [path for path in paths if path not in libraries]
    if report and not others:
        raise click.UsageError("--report goes with manuscripts, and there are none")
    if report and report.resolve() in [path.resolve() for path in others]:
        raise click.UsageError(f"{report} is what is imported; name another file as --report")
    with opened(settings) as database:
        for folder in libraries:
            bring_in(database, folder, with_sandbox=settings.flag("sandbox"))
        if others:
            _bring_in_manuscripts(database, others, live=bool(live), report=report)


def _bring_in_manuscripts(
    database: Database, paths: list[Path], *, live: bool, report: Path | None
) -> None:
    counts: Counter[str] = Counter()
    wanted = Import("import", live)
    with ExitStack() as stack:
        file = stack.enter_context(report.open("wb")) if report else None
        advance = stack.enter_context(counting(_size(paths), "Importing"))
        for group in importing.run(database, _read(paths, stack), wanted):
            before = counts.total()
            counts.update(one.outcome for one in group)
            advance(sum(one.item.octets for one in group))
            _tell(group, counts[REFUSED], file)
            if counts.total() // EVERY > before // EVERY:
                _say(f"{counts.total():,} items so far")
    if live:
        record_lapses(database)
    _sum_up(counts, live=live, report=report)


def _read(paths: Iterable[Path], stack: ExitStack) -> Iterator[Item]:
    for path in paths:
        if path == exports.STDIN:
            yield from manuscripts.of_lines(sys.stdin.buffer, "standard input")
        elif path.is_dir():
            yield from manuscripts.of_folder(path)
        elif path.suffix == ".md":
            yield manuscripts.of_file(path)
        else:
            yield from manuscripts.of_lines(stack.enter_context(path.open("rb")), str(path))


def _size(paths: Iterable[Path]) -> int | None:
    """Return how many octets there are to read; None where nobody knows."""
    found = 0
    for path in paths:
        if path == exports.STDIN:
            return None
        if path.is_dir():
            sizes = list(map(manuscripts.size, manuscripts.files(path)))
            if not sizes:
                raise CaveatError(f"{path} has no Markdown files and is no library")
            found += sum(sizes)
        elif path.suffix in (".md", *manuscripts.ENDINGS):
            found += path.stat().st_size
        else:
            endings = ", ".join((".md", *manuscripts.ENDINGS))
            raise CaveatError(f"{path} is neither a folder nor a file ending in {endings}")
    return found


def _tell(group: Iterable[Outcome], refused: int, report: BinaryIO | None) -> None:
    """Write down what has become of a group, and show what was refused unless it is too much."""
    found = list(group)
    shown = SHOWN - (refused - sum(one.outcome == REFUSED for one in found))
    for one in [one for one in found if one.outcome == REFUSED][: max(0, shown)]:
        for finding in one.findings:
            _say(f"{one.item.place}: refused: {finding}")
    if report:
        report.writelines(canonical.encode(_reported(one)) + b"\n" for one in found)
        report.flush()


def _reported(one: Outcome) -> dict[str, object]:
    return {**importing.named(one), "findings": [parts.dump(found) for found in one.findings]}


def _sum_up(counts: Counter[str], *, live: bool, report: Path | None) -> None:
    told = ", ".join(f"{counts[name]:,} {name}" for name in OUTCOMES if counts[name])
    _say(f"{counts.total():,} item{'s' * (counts.total() != 1)}: {told or 'nothing to do'}")
    if not live and counts.total() > counts[REFUSED]:
        _say("drafts are not live; publish them in the newsroom, or import them with --publish")
    if counts[REFUSED]:
        if counts[REFUSED] > SHOWN and not report:
            _say("not all refusals were shown; --report FILE gets them all")
        sys.exit(1)


def _say(line: str) -> None:
    click.echo(line, err=True)


COMMANDS = (import_,)
