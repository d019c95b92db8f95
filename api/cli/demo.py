"""``caveat demo``: a first look, with the shipped articles and, if asked for, a lively newsroom."""

import json
import os
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec
from sqlalchemy.orm import Session

from api import secrets
from api.cli.access import note_editor
from api.cli.console import progress
from api.cli.content import bring_in
from api.cli.installation import set_up
from api.cli.serving import check_port, run
from api.db import now, opened
from api.lapses import record_lapses
from api.settings import PREFIX, Settings
from content import credentials, editors, imports, lively, partners
from content.credentials import ACCOUNT, SITE
from content.db import Database
from content.editorial import audit
from content.errors import CaveatError, Conflict
from content.signing import write_private

PLAIN, LIVELY = "caveat-demo", "caveat-demo-lively"  # folders
REMEMBERED = "demo.json"  # what was printed, in the folder
ELSEWHERE = "choose another folder with --data"


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--data", help=f"Folder that keeps everything.  [default: {PLAIN}, or {LIVELY}]")
@click.option("--lively", "is_lively", is_flag=True, help="Add a synthetic newsroom and partners.")
@click.option("--json", "as_json", is_flag=True, help="Print the facts as one JSON line.")
def demo(port: int, data: str | None, *, is_lively: bool, as_json: bool) -> None:
    """Serve the shipped articles from an embedded database; run again, it goes on from there."""
    folder = Path(data or (LIVELY if is_lively else PLAIN)).absolute()
    known = _known(folder)
    if known and is_lively and "label" not in known:
        raise CaveatError(f"{folder} has a demo without a newsroom; {ELSEWHERE}")
    settings = _settings(folder, port, lively.LABEL if is_lively else known.get("label", ""))
    check_port(settings)
    if known:
        set_up(settings)
    else:
        known = _begin_lively(settings) if is_lively else _begin(settings)
    with opened(settings) as database:
        record_lapses(database)
    facts = {"url": settings.public_url, **known}
    click.echo(json.dumps(facts) if as_json else _welcome(facts))
    run(settings)


def _settings(folder: Path, port: int, label: str) -> Settings:
    return Settings(
        data=str(folder),
        port=str(port),
        public_url=f"http://127.0.0.1:{port}",
        open_delivery="true",
        background_work="true",
        webhooks_loopback="true",
        sandbox=os.environ.get(f"{PREFIX}SANDBOX", Settings.sandbox),
        plans=os.environ.get(f"{PREFIX}PLANS", Settings.plans),
        label=label,
    )


def _known(folder: Path) -> dict[str, str]:
    """Return what the demo of a folder has printed; nothing where none was made to its end."""
    path = folder / REMEMBERED
    if not path.exists():
        return {}
    try:
        found: dict[str, str] = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except (msgspec.MsgspecError, OSError):
        found = {}
    if not {"admin_token", "partner_key"} <= found.keys():
        raise CaveatError(f"{path} is not what a demo has written; {ELSEWHERE}")
    return found


def _begin(settings: Settings) -> dict[str, str]:
    """Make the demo's installation; one that was interrupted goes on where it was."""
    token = set_up(settings)
    with opened(settings) as database:
        bring_in(database, imports.LIBRARY, with_sandbox=settings.flag("sandbox"))
        return _remember(database, settings, token)


def _begin_lively(settings: Settings) -> dict[str, str]:
    """Make an installation with a month behind it, in which nothing is there or all of it."""
    at = now()
    token = set_up(settings, at - lively.MONTH)
    with opened(settings) as database:
        with database.write() as session:
            if not _is_played(session):
                _play(session, settings, at)
                session.commit()
        return _remember(database, settings, token)


def _is_played(session: Session) -> bool:
    try:
        return lively.is_played(session)
    except Conflict as error:
        raise CaveatError(f"{error}; {ELSEWHERE}") from None


def _play(session: Session, settings: Settings, at: datetime) -> None:
    click.echo("Playing a month of a synthetic newsroom and its partners …", err=True)
    pepper, keyring = secrets.pepper(settings), secrets.keyring(settings)
    means = lively.Means(session, at, pepper, keyring, settings.known_plans)
    watched = partial(progress, description="A synthetic month")
    lively.fill(means, watched, with_sandbox=settings.flag("sandbox"))


def _remember(database: Database, settings: Settings, token: str | None) -> dict[str, str]:
    facts = {"admin_token": token or _new_admin(database, settings)}
    facts |= _partner(database, settings)
    facts |= {"label": settings.label} if settings.label else {}
    write_private(settings.folder / REMEMBERED, json.dumps(facts))
    return facts


def _partner(database: Database, settings: Settings) -> dict[str, str]:
    """Add a partner, and return a key of each kind."""
    at, pepper = now(), secrets.pepper(settings)
    facts: dict[str, Any] = {"name": "Demo partner", "audience": "adults", "channel": "publisher"}
    facts["jurisdiction"] = "US"
    with database.write() as session:
        partner = partners.add(session, facts, settings.known_plans, now=at)
        found = {
            named: credentials.add(session, partner, pepper=pepper, now=at, kind=kind)[1]
            for named, kind in (("partner_key", ACCOUNT), ("site_key", SITE))
        }
        audit.note(session, "partner.add", ("partner", partner.id), by="demo", now=at)
        session.commit()
    return found


def _new_admin(database: Database, settings: Settings) -> str:
    """Return a fresh token where an interrupted first run has already spent the printed one."""
    at = now()
    with database.write() as session:
        editor = editors.add(session, "Demo admin", role="admin", now=at)
        made, token = credentials.add(session, editor, pepper=secrets.pepper(settings), now=at)
        note_editor(session, editor, made, by="demo", now=at)
        session.commit()
    return token


def _welcome(facts: dict[str, str]) -> str:
    article = f"{facts['url']}/v1/articles/kratom-and-ocd-evidence"
    site_key = facts.get("site_key", "(none: this demo was made before there were any)")
    label = f"\n  {facts['label']}.\n" if facts.get("label") else ""
    return f"""
Caveat serves its demo on {facts["url"]}   (Ctrl-C stops it)
{label}
  console       {facts["url"]}/console   (sign in with the admin token)
  admin token   {facts["admin_token"]}
  partner key   {facts["partner_key"]}
  site key      {site_key}

  curl '{article}?jurisdiction=US-AL'
  curl -H 'Authorization: Bearer {facts["partner_key"]}' {article}
  curl -H 'Authorization: Bearer {site_key}' {article}
"""


COMMANDS = (demo,)
