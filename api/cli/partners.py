"""Partners: ``caveat partners``, who takes content, their keys, and who asks for one."""

from datetime import timedelta
from typing import Any

import click
from sqlalchemy.orm import Session

from api import secrets
from api.db import now, opened
from api.settings import Settings
from content import credentials, key_requests, plans
from content import partners as takers
from content import usage as used
from content.contexts import AUDIENCES, CHANNELS
from content.credentials import KINDS
from content.editorial import audit
from content.models.access import Credential, KeyRequest, Partner

OPTIONS = (
    click.option("--contact", help="E-mail address."),
    click.option("--audience", type=click.Choice(AUDIENCES), help="Who reads."),
    click.option("--channel", type=click.Choice(CHANNELS), help="Where it is shown."),
    click.option("--locale", help="Language tag that its keys fill in."),
    click.option("--jurisdiction", help="ISO 3166 code that its keys fill in."),
    click.option("--topic", "topics", multiple=True, help="Entitled topic; none: all."),
    click.option("--domain", "domains", multiple=True, help="Where its site keys stand."),
    click.option("--plan", help="One of CAVEAT_PLANS."),
)


def _facts(command: Any) -> Any:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@click.group()
def partners() -> None:
    """Partners: add, change, list; their keys, and who asks for one."""


@partners.command()
@click.argument("name")
@_facts
def add(name: str, **facts: Any) -> None:
    """Add the partner NAME and print an account key, which is shown once."""
    settings, at = Settings.from_environment(), now()
    pepper, given = secrets.pepper(settings), {"name": name, **_given(facts)}
    with opened(settings) as database, database.write() as session:
        partner = takers.add(session, given, settings.known_plans, now=at)
        made, key = credentials.add(session, partner, pepper=pepper, now=at, name="first")
        detail = {**takers.told(given), "key": made.id}
        _note(session, "partner.add", ("partner", partner.id), **detail)
        session.commit()
    click.echo(f"partner  {partner.id}  {partner.name}")
    click.echo(f"key      {key}   (shown once)")


@partners.command()
@click.argument("partner_id", metavar="ID")
@click.option("--name", help="Another name.")
@_facts
@click.option("--all-topics", is_flag=True, help="Its keys open every article.")
@click.option("--any-domain", is_flag=True, help="Its site keys may stand anywhere.")
def change(partner_id: str, *, all_topics: bool, any_domain: bool, **facts: Any) -> None:
    """Change what is known of the partner ID; what is not named stays as it is."""
    settings, given = Settings.from_environment(), _given(facts)
    given |= {"topics": None} if all_topics else {}
    given |= {"domains": []} if any_domain else {}
    if not given:
        raise click.UsageError("Say what changes: caveat partners change --help")
    with opened(settings) as database, database.write() as session:
        takers.change(takers.find(session, partner_id), given, settings.known_plans)
        _note(session, "partner.change", ("partner", partner_id), **takers.told(given))
        session.commit()
    click.echo(f"{partner_id} is changed: {', '.join(sorted(given))}")


@partners.command("list")
def list_() -> None:
    """List all partners."""
    with opened(Settings.from_environment()) as database, database.read() as session:
        for one in takers.after(session, ""):
            opens = ",".join(one.topics) if one.topics else "all topics"
            where = f"{one.audience}/{one.channel}"
            click.echo(f"{one.id}  {takers.state(one)}  {one.plan}  {where}  {opens}  {one.name}")


@partners.command()
@click.argument("partner_id", metavar="ID")
def suspend(partner_id: str) -> None:
    """Let the keys of the partner ID open nothing for a while."""
    with opened(Settings.from_environment()) as database, database.write() as session:
        takers.suspend(takers.find(session, partner_id), now())
        _note(session, "partner.suspend", ("partner", partner_id))
        session.commit()
    click.echo(f"{partner_id} is suspended")


@partners.command()
@click.argument("partner_id", metavar="ID")
def resume(partner_id: str) -> None:
    """Let the keys of the partner ID open again what they did."""
    with opened(Settings.from_environment()) as database, database.write() as session:
        takers.resume(takers.find(session, partner_id))
        _note(session, "partner.resume", ("partner", partner_id))
        session.commit()
    click.echo(f"{partner_id} is active")


@partners.command()
@click.argument("partner_id", metavar="ID")
@click.option("--add", "kind", type=click.Choice(KINDS), help="Make one of this kind.")
@click.option("--name", default="", help="What the new one is for.")
@click.option("--rotate", metavar="KEY", help="Replace the one with this id.")
@click.option("--days", type=click.IntRange(0, 30), default=7, help="Overlap of a rotation.")
@click.option("--revoke", metavar="KEY", help="Revoke the one with this id.")
def keys(partner_id: str, *, kind: str, name: str, rotate: str, days: int, revoke: str) -> None:
    """List the keys of the partner ID, or add, rotate or revoke one."""
    _check_one(add=kind, rotate=rotate, revoke=revoke)
    settings, secret = Settings.from_environment(), None
    pepper = secrets.pepper(settings)
    with opened(settings) as database, database.write() as session:
        partner = takers.find(session, partner_id)
        if kind:
            secret = _add(session, partner, pepper, kind=kind, name=name)
        elif rotate:
            secret = _rotate(session, partner, pepper, rotate, days)
        elif revoke:
            credentials.revoke(session, partner, revoke, now=now())
            _note(session, "partner-key.revoke", ("partner-key", revoke), partner=partner.id)
        found = credentials.of(session, partner)
        session.commit()
    for one in found:
        click.echo(_line(one))
    if secret:
        click.echo(f"key  {secret}   (shown once)")


@partners.command()
@click.argument("partner_id", metavar="ID")
@click.option("--days", type=click.IntRange(1, 400), default=30, show_default=True)
def usage(partner_id: str, *, days: int) -> None:
    """Show what the partner ID asked for: a line for each day, route and status."""
    today = now().date()
    with opened(Settings.from_environment()) as database, database.read() as session:
        takers.find(session, partner_id)
        found = used.of_partner(session, partner_id, today - timedelta(days=days - 1), today)
    for one in found:
        cost = f"{one.cost / plans.UNITS:.1f} requests"
        sent = f"{one.count} answers  {one.bytes} bytes  {cost}"
        click.echo(f"{one.day}  {one.status}  {sent}  {one.route}")


@partners.command()
@click.option("--all", "every", is_flag=True, help="List also what was decided.")
@click.option("--approve", metavar="ID", help="Make a partner of this one.")
@click.option("--decline", metavar="ID", help="Give no key to this one.")
@click.option("--forget", metavar="ID", help="Delete this one with all that stands in it.")
def requests(*, every: bool, approve: str, decline: str, forget: str) -> None:
    """List who asks for a key, or answer or delete one of the requests."""
    _check_one(approve=approve, decline=decline, forget=forget)
    settings = Settings.from_environment()
    with opened(settings) as database, database.write() as session:
        if asked := approve or decline or forget:
            found = key_requests.find(session, asked)
            if approve:
                _approve(session, found, settings)
            elif decline:
                key_requests.decline(found, by="cli", now=now())
                _note(session, "key-request.decline", ("key-request", asked))
            else:
                key_requests.forget(session, found)
                _note(session, "key-request.forget", ("key-request", asked))
        left = key_requests.after(session, "", waiting=not every)
        session.commit()
    for one in left:
        click.echo(_asked(one))


def _check_one(**asked: str | None) -> None:
    given = [f"--{name}" for name, value in asked.items() if value]
    if len(given) > 1:
        raise click.UsageError(f"Give one of {' and '.join(given)} at a time.")


def _add(session: Session, partner: Partner, pepper: bytes, **facts: Any) -> str:
    made, key = credentials.add(session, partner, pepper=pepper, now=now(), **facts)
    _note(session, "partner-key.add", ("partner-key", made.id), **credentials.described(made))
    return key


def _rotate(session: Session, partner: Partner, pepper: bytes, id: str, days: int) -> str:
    overlap = timedelta(days=days)
    made, key = credentials.rotate(session, partner, id, overlap, pepper=pepper, now=now())
    _note(session, "partner-key.rotate", ("partner-key", made.id), partner=partner.id, replaces=id)
    return key


def _approve(session: Session, found: KeyRequest, settings: Settings) -> None:
    made = key_requests.approve(session, found, settings.known_plans, by="cli", now=now())
    _note(session, "key-request.approve", ("key-request", found.id), partner=made.id)


def _line(one: Credential) -> str:
    ends = f"  ends {one.expires_at.date()}" if one.expires_at else ""
    return f"{one.id}  {one.state(now())}  {one.kind}{ends}  {one.name}".rstrip()


def _asked(one: KeyRequest) -> str:
    """Return a request on one line."""
    state, said = key_requests.state(one), " ".join(one.purpose.split())
    who = f"{one.facts['name']} <{one.facts['contact']}>"
    return f"{one.id}  {one.created_at.date()}  {state}  {who}: {said}"


def _given(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what somebody has said, as the domain takes it."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in facts.items()
        if value not in (None, ())
    }


def _note(session: Session, act: str, about: tuple[str, str], **detail: Any) -> None:
    audit.note(session, act, about, by="cli", now=now(), detail=detail or None)


COMMANDS = (partners,)
