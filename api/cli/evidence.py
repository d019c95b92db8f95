"""Evidence: ``caveat evidence`` writes one archive about an article, and checks one offline."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import click

from api import secrets
from api.cli.access import acting_editor
from api.cli.check import read_json
from api.cli.console import counting
from api.db import now, opened
from api.front import STYLE
from api.printing import render
from api.settings import TOKEN, Settings
from api.worker import grow_tree, seal_audit
from content import editors
from content.archives import asking, checks, members
from content.archives.writing import Writer
from content.db import Database
from content.editorial import audit
from content.errors import CaveatError
from content.signing import Keyring
from content.transparency import checkpoints

DAY = timedelta(days=1)


@click.group(invoke_without_command=True)
@click.option("--article", "slug", help="Slug of the article, an old one, too.")
@click.option("--partner", help="Id of a partner: nothing of any other is told. Left out: all.")
@click.option("--from", "since", metavar="TIME", help="ISO date or time; UTC where it has no zone.")
@click.option("--to", "until", metavar="TIME", help="The same: a whole day, or the moment before.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="The ZIP file.")
@click.pass_context
def evidence(
    ctx: click.Context,
    slug: str | None,
    partner: str | None,
    since: str | None,
    until: str | None,
    output: Path | None,
) -> None:
    """Write all that can be shown of one article into one archive, to be checked offline.

    It holds what was never public, such as reasons. It notes in the audit that it was taken.
    """
    if ctx.invoked_subcommand:
        return
    if slug is None:
        raise click.UsageError("--article is needed: the slug of an article")
    asked: dict[str, Any] = {
        "partner": partner,
        "since": _time(since, "--from"),
        "until": _time(until, "--to", whole_day=True),
    }
    if asked["since"] and asked["until"] and asked["since"] >= asked["until"]:
        raise CaveatError(f"--from {since!r} is not before --to {until!r}")
    made = _take(slug, asked, output or Path(f"evidence-{slug}-{now():%Y%m%dT%H%M%SZ}.zip"))
    click.echo(made)


@evidence.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keys", help="File or URL of the publisher's keys, as /.well-known/jwks.json.")
def verify(file: Path, keys: str | None) -> None:
    """Check the archive FILE by itself; no installation is needed.

    Exit code 0: whole and genuine; 1: not so, and what; 2: unreadable.
    """
    with file.open("rb") as octets:
        report = checks.check(octets, read_json(keys) if keys else None)
    for fault in report.faults:
        click.echo(fault)
    for remark in dict.fromkeys(report.remarks):
        click.echo(f"note: {remark}")
    click.echo(", ".join(f"{count} {name}" for name, count in report.counts.items()))
    if report.faults:
        sys.exit(1)
    click.echo(f"genuine as of {report.facts['sequence']}, made {report.facts['made_at']}")


def _take(slug: str, asked: dict[str, Any], output: Path) -> Path:
    settings = Settings.from_environment()
    keyring = secrets.keyring(settings)
    if output.exists():
        raise CaveatError(f"{output} is there already; nothing was written")
    with opened(settings) as database, _whole(output) as file:
        by = _note(database, settings, slug, asked, keyring)
        with database.read() as session, counting(None, "Taking evidence") as step:
            found = asking.ask(session, slug, **asked)
            facts: dict[str, Any] = {"by": by, "now": now(), "version": version("caveat")}
            writer = Writer(file, facts["now"], step)
            members.write(writer, found, keyring, **facts, pages=pages)
    return output


def _note(
    database: Database, settings: Settings, slug: str, asked: dict[str, Any], keyring: Keyring
) -> str:
    """Note that evidence is taken, and have all that is told sealed; return who takes it."""
    grow_tree(database)
    with database.write() as session:
        known = os.environ.get(TOKEN)
        by = acting_editor(session, settings, editors.AUDIT).id if known else "cli"
        checkpoints.make(session, keyring, now=now())
        found = asking.ask(session, slug, **asked)
        detail = {
            "partner": asked["partner"],
            "from": asking.time(found.since),
            "to": asking.time(found.until),
        }
        about = ("article", found.article)
        audit.note(session, "evidence.take", about, by=by, now=now(), detail=detail)
        session.commit()
    seal_audit(database, keyring)
    return by


def pages(facts: dict[str, Any]) -> dict[str, bytes]:
    """Return the page of an archive, and what it says as plain text."""
    named = {"index.html": "evidence.html", "README.txt": "evidence.txt"}
    return {name: render(one, **facts, style=STYLE).encode() for name, one in named.items()}


@contextmanager
def _whole(output: Path) -> Iterator[IO[bytes]]:
    """Give a file that gets its name when all is written, and never another one's."""
    number, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")  # of mode 600
    try:
        with os.fdopen(number, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.link(name, output)  # which refuses what is there, unlike a rename
    finally:
        Path(name).unlink()


def _time(text: str | None, name: str, *, whole_day: bool = False) -> datetime | None:
    """Read an ISO date or time; a date is its beginning, or with ``whole_day`` its end."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
        at = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        return at + DAY if whole_day and _is_date(text) else at
    except (ValueError, OverflowError):
        message = f"{name} {text!r} is no ISO date or time; write 2026-11-24 or 2026-11-24T12:00Z"
        raise CaveatError(message) from None


def _is_date(text: str) -> bool:
    """Return whether it is a date alone, in any of the ISO forms that are read."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


COMMANDS = (evidence,)
