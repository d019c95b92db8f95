"""Who acts: ``caveat editors``, ``caveat tokens``, and how an editor proves who they are.

A token comes from the environment or is typed unseen; it is never an argument, because other
people on the machine can read those, and it is never printed again.
"""

import os
import sys
from datetime import datetime, timedelta
from typing import Any

import click
from sqlalchemy.orm import Session

from api import secrets
from api.db import now, opened
from api.settings import TOKEN, Settings
from content import credentials
from content import editors as people
from content.editorial import audit
from content.errors import CaveatError
from content.models.access import Credential, Editor


@click.group()
def editors() -> None:
    """Editors: add, list, revoke."""


@editors.command()
@click.argument("name")
@click.option("--role", type=click.Choice(people.ROLES), required=True, help="What they may do.")
def add(name: str, role: str) -> None:
    """Add the editor NAME and print the token, which is shown once."""
    settings = Settings.from_environment()
    pepper, at = secrets.pepper(settings), now()
    with opened(settings) as database, database.write() as session:
        editor = people.add(session, name, role=role, now=at)
        made, token = credentials.add(session, editor, pepper=pepper, now=at)
        note_editor(session, editor, made, by="cli", now=at)
        session.commit()
    click.echo(f"editor  {editor.id}  {editor.role}  {editor.name}")
    click.echo(f"token   {token}   (shown once)")


@editors.command("list")
def list_editors() -> None:
    """List all editors with their roles, and whether they can still act."""
    with opened(Settings.from_environment()) as database, database.read() as session:
        for editor, good in people.everybody(session, now()):
            state = "active " if good else "revoked"
            since = editor.created_at.date()
            click.echo(f"{editor.id}  {state}  {editor.role}  since {since}  {editor.name}")


@editors.command("role")
@click.argument("editor_id", metavar="ID")
@click.argument("role", type=click.Choice(people.ROLES))
def give(editor_id: str, role: str) -> None:
    """Give the editor ID another ROLE; tokens that there are can do no more than it."""
    with opened(Settings.from_environment()) as database, database.write() as session:
        facts = {"before": people.find(session, editor_id).role, "role": role}
        editor = people.give(session, editor_id, role=role)
        audit.note(session, "editor.role", ("editor", editor.id), by="cli", now=now(), detail=facts)
        session.commit()
    click.echo(f"{editor.id} is {editor.role}")


@editors.command()
@click.argument("editor_id", metavar="ID")
def revoke(editor_id: str) -> None:
    """Revoke every token of the editor ID; what they did stays in the log under their id."""
    with opened(Settings.from_environment()) as database, database.write() as session:
        editor = people.revoke(session, editor_id, now=now())
        audit.note(session, "editor.revoke", ("editor", editor.id), by="cli", now=now())
        session.commit()
    click.echo(f"{editor.id} is revoked")


@click.group()
def tokens() -> None:
    """Tokens of an editor: add, list, revoke."""


@tokens.command("add")
@click.argument("editor_id", metavar="EDITOR")
@click.option("--name", default="", help="What it is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(people.SCOPES),
    help="What it may do, once for each; none: all that the role may.",
)
@click.option("--days", type=click.IntRange(1, 3650), help="After how many days it ends.")
def add_token(editor_id: str, name: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Add a token of EDITOR and print it; it is shown once."""
    settings, at = Settings.from_environment(), now()
    ends = at + timedelta(days=days) if days else None
    with opened(settings) as database, database.write() as session:
        editor, pepper = people.find(session, editor_id), secrets.pepper(settings)
        facts: dict[str, Any] = {"name": name, "scopes": scopes or None, "expires_at": ends}
        made, token = credentials.add(session, editor, pepper=pepper, now=at, **facts)
        about, detail = ("token", made.id), credentials.described(made)
        audit.note(session, "token.add", about, by="cli", now=at, detail=detail)
        session.commit()
    click.echo(f"id     {made.id}")
    click.echo(f"token  {token}   (shown once)")


@tokens.command("list")
@click.argument("editor_id", metavar="EDITOR")
def list_tokens(editor_id: str) -> None:
    """List the tokens of EDITOR: what each may do, until when, and when it was last used."""
    at = now()
    with opened(Settings.from_environment()) as database, database.read() as session:
        for one in credentials.of(session, people.find(session, editor_id)):
            may = ",".join(one.scopes) if one.scopes is not None else "all of the role"
            last = one.last_used_at.isoformat("T", "minutes") if one.last_used_at else "never"
            ends = f"  ends {one.expires_at.date()}" if one.expires_at else ""
            click.echo(f"{one.id}  {one.state(at)}  {may}  used {last}{ends}  {one.name}")


@tokens.command("revoke")
@click.argument("editor_id", metavar="EDITOR")
@click.argument("token_id", metavar="TOKEN")
def revoke_token(editor_id: str, token_id: str) -> None:
    """Revoke TOKEN, an id, of EDITOR."""
    with opened(Settings.from_environment()) as database, database.write() as session:
        editor = people.find(session, editor_id)
        found = credentials.revoke(session, editor, token_id, now=now())
        about, detail = ("token", found.id), {"editor": found.editor}
        audit.note(session, "token.revoke", about, by="cli", now=now(), detail=detail)
        session.commit()
    click.echo(f"{found.id} is revoked")


def note_editor(
    session: Session, editor: Editor, token: Credential, *, by: str, now: datetime
) -> None:
    """Note that an editor was added together with a first token."""
    facts = {"role": editor.role, "token": token.id}
    audit.note(session, "editor.add", ("editor", editor.id), by=by, now=now, detail=facts)


def acting_editor(session: Session, settings: Settings, scope: str) -> Editor:
    """Return the editor whose token this is, if it may do what ``scope`` says.

    Call it before anything else in a session: it may wait for somebody to type, and must not hold
    a lock meanwhile. Raise ``CaveatError`` for no token, a bad one, or one that may not.
    """
    token = _token()
    pepper = secrets.pepper(settings)
    caller = credentials.find_caller(session, token, pepper=pepper, now=now())
    if caller is None or caller.editor is None:
        raise CaveatError("the token is not one of an editor, has ended, or was revoked")
    if scope not in caller.scopes:
        may = ", ".join(sorted(caller.scopes))
        needs = f"the scope {scope!r}, which {', '.join(people.roles_with(scope))} have"
        who = f"your role is {caller.editor.role}, your token may {may}"
        raise CaveatError(f"{who}; this needs {needs}")
    return caller.editor


def _token() -> str:
    """Return the token from the environment, or as typed where somebody can type."""
    given = os.environ.get(TOKEN, "")
    if not given and sys.stdin.isatty():
        given = str(click.prompt("Your token", hide_input=True, err=True))
    if not given.strip():
        raise CaveatError(f"this asks who you are: put your editor's token into {TOKEN}")
    return given.strip()


COMMANDS = (editors, tokens)
