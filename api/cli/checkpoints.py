"""Checkpoints: ``caveat checkpoints``, signed roots of the log, and whether they still hold."""

import sys

import click

from api import secrets
from api.cli.check import read_json
from api.db import now, opened
from api.settings import Settings
from api.worker import grow_tree
from content import verifying
from content.errors import CaveatError
from content.transparency import checkpoints as roots
from content.transparency import checks


@click.group()
def checkpoints() -> None:
    """Signed roots of the log, by which a rewritten past is found."""


@checkpoints.command()
def make() -> None:
    """Make one now and print it, to be kept elsewhere; `caveat work` makes one each hour."""
    settings = Settings.from_environment()
    with opened(settings) as database:
        grow_tree(database)
        with database.write() as session:
            made = roots.make(session, secrets.keyring(settings), now=now())
            session.commit()
    if made is None:
        raise CaveatError("there is nothing in the log yet; run: caveat init")
    click.echo(f"{made.sequence}  {made.root}")


@checkpoints.command()
@click.argument("kept", nargs=-1, metavar="[FILE]...")
def verify(kept: tuple[str, ...]) -> None:
    """Read the whole log anew, and tell whether it is what each checkpoint was made of.

    FILEs are answers of /v1/checkpoint that were kept elsewhere. Exit code 0: all hold; 1: not so.
    """
    with opened(Settings.from_environment()) as database, database.read() as session:
        known = [read_json(file) for file in kept]
        for one in known:
            verifying.statement(one)
        report = checks.verify(session, known)
    for fault in report.faults:
        click.echo(fault)
    click.echo(f"{report.checkpoints} checkpoints were compared; up to {report.sequence} they hold")
    if report.faults:
        sys.exit(1)


COMMANDS = (checkpoints,)
