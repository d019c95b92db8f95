"""The audit by commands: ``caveat audit`` lists, exports, seals and verifies who did what.

``caveat audit edition`` shows an auditor what readers were given.
"""

import re
import sys
from typing import Any

import click

from api import moments, secrets
from api.db import opened
from api.settings import Settings
from api.worker import seal_audit
from content import contexts, editions
from content.canonical import MAX_INTEGER
from content.editorial import audit as rows
from content.editorial import audit_export, seal_checks, seals
from content.editorial.audit import Wanted
from content.models.audit import AuditRow

SEAL = re.compile(r"([1-9]\d{0,14}):(sha256:[0-9a-f]{64})", re.ASCII)


@click.group()
def audit() -> None:
    """Who did what, with seals that show later changes; and what readers were given."""


def narrowing(command: Any) -> Any:
    """Give a command the options that narrow which rows are wanted."""
    for name, help in (
        ("--until", "Before this time, such as 2026-11-24T12:00:00Z."),
        ("--since", "From this time on."),
        ("--subject", "Done to the thing with this id."),
        ("--subject-type", "Done to this kind of thing, such as article."),
        ("--act", "Only this act, such as article.publish."),
        ("--actor", "Done by this editor (an id) or program, such as cli."),
    ):
        command = click.option(name, help=help)(command)
    return command


@audit.command("list")
@narrowing
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@click.option("--before", type=click.IntRange(1, MAX_INTEGER), help="Only rows before this number.")
def list_rows(limit: int, before: int | None, **asked: str | None) -> None:
    """List who did what, newest first."""
    with opened(Settings.from_environment()) as database, database.read() as session:
        for row in rows.find_newest(session, _wanted(asked), limit=limit, before=before):
            click.echo(_line(row))


@audit.command()
@narrowing
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
def export(file: str, **asked: str | None) -> None:
    """Write rows, and the seals that vouch for them, as lines of JSON to FILE (- prints them)."""
    wanted = _wanted(asked)
    settings, lines = Settings.from_environment(), audit_export.lines
    with opened(settings) as database, click.open_file(file, "wb", atomic=True) as whole:
        whole.writelines(lines(database, wanted))


@audit.command()
def seal() -> None:
    """Seal what is new now; `caveat work` does it every minute."""
    settings = Settings.from_environment()
    with opened(settings) as database:
        made = seal_audit(database, secrets.keyring(settings))
        with database.read() as session:
            newest = seals.newest(session)
    click.echo(f"{made} seals were made")
    if newest:
        click.echo(f"newest  {newest.number}:{newest.digest}")


@audit.command()
@click.option(
    "--seal",
    "written_down",
    multiple=True,
    metavar="NUMBER:DIGEST",
    help="A seal as you have written it down elsewhere.",
)
def verify(written_down: tuple[str, ...]) -> None:
    """Tell what has changed since it was sealed. Exit code 0: nothing; 1: something, and what."""
    known = dict(map(_seal, written_down))
    with opened(Settings.from_environment()) as database, database.read() as session:
        report = seal_checks.verify(session, known)
    for remark in report.remarks:
        click.echo(f"note: {remark}")
    for fault in report.faults:
        click.echo(fault)
    click.echo(f"{report.seals} seals vouch for {report.rows} rows")
    if report.unsealed:
        click.echo(f"{report.unsealed} rows are not sealed yet, since {report.unsealed_since}")
    if report.newest:
        click.echo(f"newest  {report.newest}")
    if report.faults:
        sys.exit(1)


@audit.command()
@click.argument("slug")
@click.option("--at", type=click.IntRange(1), required=True, help="Number of the log.")
@click.option("--locale", help="BCP 47 tag; left out: the site's default.")
@click.option("--jurisdiction", help="ISO 3166 code; left out: worldwide.")
@click.option("--audience", help="Left out: general.")
@click.option("--channel", help="Left out: unknown.")
def edition(slug: str, at: int, **asked: str | None) -> None:
    """Print the edition of SLUG as it was given at a number, also what is refused today."""
    settings = Settings.from_environment()
    keyring = secrets.keyring(settings)
    context = contexts.parse(**asked)
    with opened(settings) as database, database.read() as session:
        found = editions.reproduce(session, slug, context, keyring, at=at)
    sys.stdout.buffer.write(found.octets)


def _wanted(asked: dict[str, str | None]) -> Wanted:
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    for name in given.keys() & {"since", "until"}:
        given[name] = moments.parse(given[name], f"--{name}")
    return Wanted(**given)


def _seal(text: str) -> tuple[int, str]:
    found = SEAL.fullmatch(text)
    if not found:
        raise click.UsageError(f"--seal {text!r} is not NUMBER:DIGEST, as verify prints it")
    return int(found[1]), found[2]


def _line(row: AuditRow) -> str:
    what = f"{row.act}  {row.subject_type} {row.subject}"
    where = f" in {row.locale}" if row.locale else ""
    why = f": {row.reason}" if row.reason else ""
    return f"{row.number}  {row.at.isoformat(' ', 'seconds')}  {row.actor}  {what}{where}{why}"


COMMANDS = (audit,)
