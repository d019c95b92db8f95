"""Taking in what an agency sends: ``caveat ingest``."""

import json
import os
import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.db import now, opened
from api.settings import Settings
from content import claims, documents, intake, markdown
from content.claims import Lint, Remark
from content.editorial import audit
from content.errors import CaveatError
from content.intake import Facts, Intake
from content.located import MAX_OCTETS

FILE = click.Path(dir_okay=False, allow_dash=True)
TAKEN = "is there already; --force writes over it"
PLAIN_WIDTH = 200  # characters of a report that goes to no terminal


@click.command()
@click.argument("file", type=FILE)
@click.option("--topics", required=True, help="What it is about, joined by commas; for the lint.")
@click.option("--conditions", default="", help="Which conditions it speaks of, joined by commas.")
@click.option("--locale", default="en", show_default=True, help="The language of the text.")
@click.option("--title", help="The title; default: the text's own, or a guess.")
@click.option("--slug", help="The name in addresses; default: from the title.")
@click.option("--author", help="Who wrote it.")
@click.option("--from", "form", type=click.Choice(list(intake.FORMS)), help="default: by ending")
@click.option("--format", "as_", type=click.Choice(["report", "json"]), default="report")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the draft.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--save", is_flag=True, help="Keep the draft in the database of this installation.")
def ingest(
    file: str,
    form: str | None,
    as_: str,
    output: Path | None,
    force: bool,
    save: bool,
    **facts: str | None,
) -> None:
    """Make a draft of an unstructured text: FILE is plain text, Markdown or HTML, or - to read it.

    What could not be placed is kept and reported. Exit code 0: there is a draft; 2: no usable text.
    """
    _check_output(output, force=force)
    name = "standard input" if file == "-" else file
    found = intake.draft(_octets(file), form or intake.form_of(file), _facts(**facts), name)
    remarks = claims.check(found.manuscript, Lint(claims.read_packs()))
    if save:
        click.echo(_keep(found, output, force=force), err=True)
    elif output:
        _write(found, output, force=force)
    _say_json(found, remarks) if as_ == "json" else _say(found, remarks)


def _facts(**given: str | None) -> Facts:
    names = {key: _names(given.pop(key) or "") for key in ("topics", "conditions")}
    locale = given.pop("locale") or "en"
    return Facts(topics=names["topics"], conditions=names["conditions"], locale=locale, **given)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _octets(file: str) -> bytes:
    """Read at most one octet more than is allowed; what is larger is refused in the domain."""
    if file == "-":
        return sys.stdin.buffer.read(MAX_OCTETS + 1)
    try:
        with Path(file).open("rb") as source:
            return source.read(MAX_OCTETS + 1)
    except OSError as error:
        raise CaveatError(f"{file}: {error.strerror}") from None


def _check_output(output: Path | None, *, force: bool) -> None:
    """Refuse early, before a text is read or a draft is kept."""
    if output and not output.parent.is_dir():
        raise CaveatError(f"{output.parent} is not a folder")
    if output and output.exists() and not force:
        raise CaveatError(f"{output} {TAKEN}")


def _write(found: Intake, output: Path, *, force: bool) -> None:
    """Write the authoring form whole or not at all, and never over another file by mistake."""
    try:
        output.touch(exist_ok=force)
    except FileExistsError:
        raise CaveatError(f"{output} {TAKEN}") from None
    handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}-")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(markdown.serialize(found.manuscript))
        fresh.chmod(output.stat().st_mode & 0o777)
        fresh.replace(output)
    finally:
        fresh.unlink(missing_ok=True)


def _keep(found: Intake, output: Path | None, *, force: bool) -> str:
    """Keep a draft, and write it too where that is wanted: both or neither."""
    with opened(Settings.from_environment()) as database, database.write() as session:
        draft = intake.keep(session, found.manuscript, by="cli", now=now())
        if output:
            _write(found, output, force=force)
        about, locale = ("article", draft.article), draft.locale
        audit.note(session, "article.create", about, by="cli", now=now(), locale=locale)
        session.commit()
        return f"{found.manuscript.slug} is a draft of the article {draft.article}"


def _say_json(found: Intake, remarks: list[Remark]) -> None:
    notes = [("intake", one) for one in found.findings] + [("gap", one) for one in found.gaps]
    data = {
        "document": documents.dump(found.manuscript.document),
        "mapping": documents.dump(found.mapping),
        "findings": [
            *({"from": of, "pointer": one.pointer, "message": one.message} for of, one in notes),
            *({"from": "lint", **documents.dump(one)} for one in remarks),
        ],
    }
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def _say(found: Intake, remarks: list[Remark]) -> None:
    """Print where each part went, and then what an editor should look at."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=PLAIN_WIDTH)
    console.print(_table(found))
    for finding in (*found.findings, *found.gaps):
        console.print(Text(str(finding)), soft_wrap=True)
    for remark in remarks:
        console.print(_line(remark), soft_wrap=True)
    console.print(
        Text(f"{len(found.findings)} notes, {len(found.gaps)} gaps, {len(remarks)} remarks")
    )


def _table(found: Intake) -> Table:
    manuscript = found.manuscript
    table = Table(title=Text(f"{manuscript.document.title} ({manuscript.slug})"))
    for column in ("lines", "part", "text", "section", "sure", "why"):
        table.add_column(column)
    for one in found.mapping:
        first, last = one.lines
        lines = str(first) if first == last else f"{first}-{last}"
        section = (one.section or "") + (" (moved)" if one.moved else "")
        cells = (lines, one.part, one.text, section, f"{one.confidence} %", one.reason)
        table.add_row(*map(Text, cells))
    return table


def _line(remark: Remark) -> Text:
    place = remark.section if remark.block is None else f"{remark.section}[{remark.block}]"
    said = f"{place}: {remark.severity} {remark.id}: {remark.message}: {remark.matched!r}"
    return Text(f"{said}\n    {remark.rewrite}")


COMMANDS = (ingest,)
