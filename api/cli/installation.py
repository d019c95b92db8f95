"""Setting up and describing an installation: init, settings, openapi, keys, heads."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from fcntl import LOCK_EX, flock
from pathlib import Path

import click
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from api import openapi, secrets
from api.app import create_app
from api.cli.access import note_editor
from api.db import now, opened
from api.settings import Settings, describe
from content import changes, credentials, editors, heads, imports, policy, signing
from content.db import Database
from content.editorial import audit, policy_changes, publishing
from content.errors import CaveatError
from content.models.log import ClaimPack
from content.policy import files
from content.signing import Keyring


@click.command()
def init() -> None:
    """Make or upgrade the database and the keys; record the public URL; print an admin token."""
    settings = Settings.from_environment()
    token = set_up(settings)
    address = make_url(settings.database).render_as_string(hide_password=True)
    click.echo(f"database  {address}")
    click.echo(f"keys      {settings.folder}")
    if token:
        click.echo(f"admin     {token}   (shown once)")


@click.command("settings")
def settings_() -> None:
    """List all settings with their defaults and what they are for."""
    for name, default, help in describe():
        click.echo(f"{name}={default}\n    {help}")


@click.command("openapi")
@click.option(
    "--output", type=click.Path(dir_okay=False), help="File to write; else standard output."
)
def openapi_(output: str | None) -> None:
    """Print the OpenAPI description that the API serves."""
    text = described()
    if output is None:
        click.echo(text, nl=False)
    else:
        with click.open_file(output, "w", encoding="utf-8", atomic=True) as file:
            file.write(text)


@click.command("schemas")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def schemas_(folder: Path) -> None:
    """Write the JSON Schemas of this version into FOLDER; one that is there is never changed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in openapi.SCHEMAS:
        text = json.dumps(openapi.json_schema(name), indent=1, sort_keys=True, ensure_ascii=False)
        path = folder / f"{name}.json"
        if path.exists() and path.read_text(encoding="utf-8") != f"{text}\n":
            raise CaveatError(f"{path} has another shape; give the new one the next minor number")
        path.write_text(f"{text}\n", encoding="utf-8")
        click.echo(path)


# One in 64 keys has a name that begins with a hyphen, and any letter may follow, such as -h.
HYPHENED = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


@click.group()
def keys() -> None:
    """Signing keys: list, rotate, revoke."""


@keys.command("list")
def list_keys() -> None:
    """List all keys with their states."""
    with opened(Settings.from_environment()) as database, database.read() as session:
        for row in signing.states(session):
            click.echo(f"{row.kid}  {row.state}  since {row.seq}")


@keys.command()
@click.option("--reason", required=True, help="Why, for the log.")
def rotate(reason: str) -> None:
    """Begin to sign with a new key and retire the one in force; old signatures stay good."""
    settings = Settings.from_environment()
    keyring = secrets.keyring(settings)
    with opened(settings) as database, database.write() as session:
        kid = _save_new(settings, keyring)
        old = signing.in_force(session, changes.head(session))
        end = signing.end(session, old, compromised=False, reason=reason)
        changes.append(session, [end, signing.begin(keyring, kid)], by="cli", now=now())
        about, facts = ("signing-key", kid), {"retired": old}
        audit.note(session, "key.rotate", about, by="cli", now=now(), reason=reason, detail=facts)
        session.commit()
    click.echo(f"now signing with {kid}; {old} is retired")


@keys.command(context_settings=HYPHENED)
@click.argument("kid")
@click.option("--reason", required=True, help="Why, for the log.")
def revoke(kid: str, reason: str) -> None:
    """Revoke a compromised key: what it signed is signed anew by the key in force."""
    settings = Settings.from_environment()
    keyring = secrets.keyring(settings)
    with opened(settings) as database, database.write() as session:
        entries = [signing.end(session, kid, compromised=True, reason=reason)]
        if signing.in_force(session, changes.head(session)) == kid:
            entries.append(signing.begin(keyring, _save_new(settings, keyring)))
        changes.append(session, entries, by="cli", now=now())
        audit.note(session, "key.revoke", ("signing-key", kid), by="cli", now=now(), reason=reason)
        session.commit()
    click.echo(f"{kid} is revoked")


@click.command("heads")
def heads_() -> None:
    """Rebuild the projection of what is live from the log."""
    with opened(Settings.from_environment()) as database, database.write() as session:
        count = heads.rebuild(session)
        session.commit()
    click.echo(f"{count} heads")


def set_up(settings: Settings, at: datetime | None = None) -> str | None:
    """Bring an installation into being, or up to date; return an admin token on the first run.

    The log begins ``at`` that moment, now unless a demo is to have a past.
    """
    with alone(settings):
        return _set_up(settings, at or now())


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Let one process at a time make an installation.

    Of two at once, one would lose the private key that the log names.
    """
    settings.folder.mkdir(parents=True, exist_ok=True)
    with (settings.folder / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


def _set_up(settings: Settings, at: datetime) -> str | None:
    database = Database(settings.database)
    migrated = database.migrate()
    secrets.make_pepper(settings)
    keyring = _keyring(settings)
    with database.write() as session:
        first, kid = not signing.states(session), keyring.newest()
        if first:
            changes.append(session, [signing.begin(keyring, kid)], by="init", now=at)
        if migrated:  # a step of the schema may leave the projection to be made anew
            heads.rebuild(session)
        items = [policy_changes.site_item("public_url", settings.public_url)]
        if not policy.current(session, ClaimPack, changes.head(session)):
            items += files.read_packs(imports.LIBRARY)  # no text passes without a lint
        numbers = publishing.publish(session, items=items, by="init", now=at)
        if first:
            audit.note(session, "key.begin", ("signing-key", kid), by="init", now=at)
        if numbers:
            about = ("group", str(numbers[-1]))
            audit.note(session, "policy.import", about, by="init", now=at)
        token = _admin(session, settings, at) if first else None
        session.commit()
    database.close()
    return token


def described() -> str:
    """Return the OpenAPI description; it needs an app, and the app a database that may be empty."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=folder)
        set_up(settings)
        with create_app(settings).app_context():
            return openapi.document()


def _admin(session: Session, settings: Settings, at: datetime) -> str:
    editor = editors.add(session, "First admin", role="admin", now=at)
    made, token = credentials.add(session, editor, pepper=secrets.pepper(settings), now=at)
    note_editor(session, editor, made, by="init", now=at)
    return token


def _keyring(settings: Settings) -> Keyring:
    path = secrets.keyring_path(settings)
    if settings.signing_keys or path.exists():
        return secrets.keyring(settings)
    keyring = Keyring([])
    keyring.add_new()
    keyring.save(path)
    return keyring


def _save_new(settings: Settings, keyring: Keyring) -> str:
    """Make a key and save it before the log names it, so that it can never be lost."""
    if settings.signing_keys:
        raise click.UsageError("CAVEAT_SIGNING_KEYS is set; add the new key there and restart")
    kid = keyring.add_new()
    keyring.save(secrets.keyring_path(settings))
    return kid


COMMANDS = (init, settings_, openapi_, schemas_, keys, heads_)
