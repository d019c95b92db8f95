"""Who acts: ``caveat editors``, and the token by which an editor proves who they are.

A token comes from the environment or is typed unseen; it is never an argument, because other
people on the machine can read those, and it is never printed again.
"""

import os
import sys

import click
from sqlalchemy.orm import Session

from api import secrets
from api.db import now, opened
from api.settings import TOKEN, Settings
from content import partners
from content.errors import CaveatError
from content.models.access import Editor


@click.group()
def editors() -> None:
    """Editors: add, list, revoke."""


@editors.command()
@click.argument("name")
@click.option("--role", type=click.Choice(partners.ROLES), required=True, help="What they may do.")
def add(name: str, role: str) -> None:
    """Add the editor NAME and print the token, which is shown once."""
    settings = Settings.from_environment()
    pepper, at = secrets.pepper(settings), now()
    with opened(settings) as database, database.write() as session:
        editor = partners.add_editor(session, name, role=role, now=at)
        token = partners.add_secret(session, editor, pepper=pepper, now=at)
        session.commit()
    click.echo(f"editor  {editor.id}  {editor.role}  {editor.name}")
    click.echo(f"token   {token}   (shown once)")


@editors.command("list")
def list_editors() -> None:
    """List all editors with their roles, and whether they can still act."""
    with opened(Settings.from_environment()) as database, database.read() as session:
        for editor, good in partners.editors(session):
            state = "active " if good else "revoked"
            since = editor.created_at.date()
            click.echo(f"{editor.id}  {state}  {editor.role}  since {since}  {editor.name}")


@editors.command()
@click.argument("editor_id", metavar="ID")
def revoke(editor_id: str) -> None:
    """Revoke every token of the editor ID; what they did stays in the log under their id."""
    with opened(Settings.from_environment()) as database, database.write() as session:
        editor = partners.revoke_editor(session, editor_id, now=now())
        session.commit()
    click.echo(f"{editor.id} is revoked")


def acting_editor(session: Session, settings: Settings, *roles: str) -> Editor:
    """Return the editor whose token this is; an admin may do everything, else one of ``roles``.

    Call it before anything else in a session: it may wait for somebody to type, and must not hold
    a lock meanwhile. Raise ``CaveatError`` for no token, a bad one, or a role that may not.
    """
    token = _token()
    caller = partners.find_caller(session, token, pepper=secrets.pepper(settings))
    if caller is None or caller.editor is None:
        raise CaveatError("the token is not one of an editor, or it was revoked")
    editor = caller.editor
    allowed = dict.fromkeys((partners.ADMIN, *roles))
    if editor.role not in allowed:
        raise CaveatError(f"your role is {editor.role}; this needs {' or '.join(allowed)}")
    return editor


def _token() -> str:
    """Return the token from the environment, or as typed where somebody can type."""
    given = os.environ.get(TOKEN, "")
    if not given and sys.stdin.isatty():
        given = str(click.prompt("Your token", hide_input=True, err=True))
    if not given.strip():
        raise CaveatError(f"this asks who you are: put your editor's token into {TOKEN}")
    return given.strip()


COMMANDS = (editors,)
