"""Looking for what a text must not say, or not without a source: ``caveat lint``."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from content import claims, markdown, parts, readability
from content.claims import Lint, Remark
from content.claims import texts as claim_texts
from content.claims.copied import Other
from content.claims.packs import LIBRARY
from content.claims.texts import Copy
from content.errors import Finding, Invalid
from content.located import MAX_OCTETS, read_text, readable

FILES = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@dataclass(frozen=True)
class Report:
    """What was said about one file."""

    name: str
    copy: Copy
    remarks: list[Remark]

    def count(self, severity: str) -> int:
        """Return how many remarks are errors, or warnings."""
        return sum(one.severity == severity for one in self.remarks)


@click.command()
@click.argument("files", type=FILES, nargs=-1)
@click.option("--text", "plain", help="Plain text instead: a file, or - for standard input.")
@click.option("--topics", default="", help="Topics of the plain text, such as kratom,sleep.")
@click.option("--conditions", default="", help="Conditions of the plain text, such as ocd.")
@click.option("--locale", default="en", show_default=True, help="Language of the plain text.")
@click.option("--library", type=FOLDER, default=LIBRARY, help="Folder of packs (default: shipped).")
@click.option("--against", type=FILES, help="Text from which no eight words may be copied.")
@click.option("--format", "form", type=click.Choice(("table", "json")), default="table")
def lint(files: tuple[Path, ...], plain: str | None, **options: Any) -> None:
    """Look for claims, words and gaps that should not go out, in Markdown FILES (or --text).

    Exit code 0: no error; 1: at least one; 2: something cannot be read.
    """
    if not files and plain is None:
        raise click.UsageError("name a file, or give --text")
    compiled = Lint(claims.read_packs(options["library"]))
    against = Other(read_text(options["against"])) if options["against"] else None
    copies = list(_copies(files, plain, options))
    reports = [
        Report(name, copy, claims.check_copy(copy, compiled, None, against))
        for name, copy in copies
    ]
    _say_json(reports) if options["form"] == "json" else _say(reports)
    sys.exit(1 if any(report.count("error") for report in reports) else 0)


def _copies(
    files: tuple[Path, ...], plain: str | None, options: dict[str, Any]
) -> Iterator[tuple[str, Copy]]:
    """Yield what is to be looked at; raise ``Invalid`` before anything is said."""
    for file in files:
        manuscript = markdown.parse(read_text(file), str(file), complete=False)
        yield str(file), claim_texts.of_manuscript(manuscript)
    if plain is not None:
        subject = [_names(options[name], f"--{name}") for name in ("topics", "conditions")]
        locale = parts.convert(options["locale"], parts.Tag, "--locale")
        yield plain, claim_texts.of_text(_plain(plain), locale, *subject)


def _names(listed: str, option: str) -> list[str]:
    """Return the names of a list; one that no document could have would look at less, unsaid."""
    names = [name.strip() for name in listed.split(",") if name.strip()]
    found: list[str] = [parts.convert(name, parts.Name, option) for name in names]
    return found


def _plain(source: str) -> str:
    if source != "-":
        return readable(read_text(Path(source)), source)
    octets = sys.stdin.buffer.read(MAX_OCTETS + 1)
    if len(octets) > MAX_OCTETS:
        raise Invalid([Finding("-", f"the text is larger than {MAX_OCTETS} bytes")])
    try:
        return readable(octets.decode("utf-8-sig"), "-")
    except UnicodeDecodeError:
        raise Invalid([Finding("-", "the text is not UTF-8")]) from None


def _say_json(reports: list[Report]) -> None:
    data = [
        {
            "file": report.name,
            "locale": report.copy.locale,
            "counts": {kind: report.count(kind) for kind in ("error", "warning")},
            "findings": [parts.dump(one) for one in report.remarks],
            "readability": [
                {"section": section, **parts.dump(readability.read(text, report.copy.locale))}
                for section, text in report.copy.sections()
            ],
        }
        for report in reports
    ]
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def _say(reports: list[Report]) -> None:
    console = Console()
    for report in reports:
        if console.is_terminal and report.remarks:
            console.print(_table(report))
        elif report.remarks:
            click.echo("\n".join(_line(report.name, one) for one in report.remarks))
        counts = f"{report.count('error')} errors, {report.count('warning')} warnings"
        click.echo(f"{report.name}: {counts}; {_readings(report.copy)}")


def _line(name: str, one: Remark) -> str:
    return f"{name}: {_place(one)}: {one.severity} {one.id}: {one.message}: {one.matched!r}"


def _place(one: Remark) -> str:
    return one.section if one.block is None else f"{one.section}[{one.block}]"


def _readings(copy: Copy) -> str:
    """Say how hard the hardest section is, and by which formula."""
    found = [readability.read(text, copy.locale) for _, text in copy.sections()]
    known = [reading for reading in found if reading.formula]
    if not any(reading.words for reading in found):
        return "no words to read"
    if not known:
        return f"no formula of readability for {copy.locale}"
    values = ", ".join(str(reading.value) for reading in known)
    return f"{known[0].formula} by section: {values} (limit {known[0].limit})"


def _table(report: Report) -> Table:
    """Return the remarks as a table that wraps well in 80 columns."""
    table = Table(title=report.name, show_lines=True)
    table.add_column("Where", max_width=18, overflow="fold")
    table.add_column("What", ratio=1, overflow="fold")
    for one in report.remarks:
        words = Text(one.sentence)
        words.stylize("bold", one.start - one.sentence_start, one.end - one.sentence_start)
        color = "red" if one.severity == "error" else "yellow"
        said = Text.assemble((one.message, color), "\n", words, "\n", (f"→ {one.rewrite}", "dim"))
        table.add_row(Text(f"{_place(one)}\n{one.severity}\n{one.id}"), said)
    return table


COMMANDS = (lint,)
