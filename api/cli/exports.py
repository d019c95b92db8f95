"""Whole instances: ``caveat export`` writes everything down, and a new one is made of it again."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

import click
from sqlalchemy.orm import Session

from api import secrets
from api.cli.console import counting
from api.db import now, opened
from api.settings import Settings
from content import changes, signing
from content.db import Database
from content.editorial import audit, exports
from content.errors import CaveatError, Finding, Invalid

STDIN = STDOUT = Path("-")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def export(file: Path, force: bool) -> None:
    """Write the whole corpus with its history to FILE, or - for standard output.

    It has the log and the newsroom, and no secret. caveat import makes a new instance of it.
    """
    with opened(Settings.from_environment()) as database, output(file, force=force) as out:
        with database.write() as session:
            _note(session, "instance.export", changes.head(session))
            session.commit()
        with database.read() as session:
            out.writelines(exports.lines(session))
            number = changes.head(session)
    click.echo(f"written up to {number}", err=True)


def is_at(path: Path) -> bool:
    """Return whether an export is at a path."""
    if path == STDIN:
        stdin = cast("BufferedReader", sys.stdin.buffer)  # what Python opens it as
        return exports.is_export(stdin.peek(1000)[:1000])
    if path.is_dir():
        return False
    with path.open("rb") as file:
        return exports.is_export(file.readline(1000))


def restore(settings: Settings, path: Path) -> None:
    """Make a new instance of an export, wholly or not at all."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    try:
        database.migrate()
        with ExitStack() as stack, database.write() as session:
            file = sys.stdin.buffer if path == STDIN else stack.enter_context(path.open("rb"))
            total = None if path == STDIN else path.stat().st_size
            advance = stack.enter_context(counting(total, "Restoring"))
            sequence = exports.restore(session, _lines(file, str(path), advance))
            kid = signing.in_force(session, sequence)
            _note(session, "instance.restore", sequence)
            session.commit()
    finally:
        database.close()
    click.echo(f"the log is here up to {sequence}; next: caveat init, caveat editors add", err=True)
    if not has_key(settings, kid):
        click.echo(f"first copy signing-keys.json here: it has the key {kid}", err=True)


def _note(session: Session, act: str, number: int) -> None:
    audit.note(session, act, ("group", str(number)), by="cli", now=now())


def _lines(file: BinaryIO, name: str, advance: Callable[[int], None]) -> Iterator[bytes]:
    while line := file.readline(exports.LONGEST):
        if len(line) == exports.LONGEST:
            raise Invalid([Finding(name, "has a line that is too long for an export")])
        advance(len(line))
        yield line


def has_key(settings: Settings, kid: str) -> bool:
    """Return whether the private half of a key is here."""
    try:
        return kid in secrets.keyring(settings)
    except CaveatError:
        return False


@contextmanager
def output(file: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Open a file that is there as a whole or not at all, and that only its owner can read."""
    if file == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if file.exists() and not force:
        raise CaveatError(f"{file} is there already; --force writes over it")
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


COMMANDS = (export,)
