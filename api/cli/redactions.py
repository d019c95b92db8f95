"""Redaction by law from the command line: ``caveat redact``, two people and a reason."""

import sys
from collections.abc import Iterable
from datetime import datetime

import click
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.cli.access import acting_editor
from api.db import now, opened
from api.settings import Settings
from content import editors, engines, redactions
from content.canonical import MAX_INTEGER
from content.db import Database
from content.editorial import audit
from content.errors import CaveatError
from content.models.access import Editor
from content.models.redactions import RedactionRequest
from content.redactions import Place

AGAIN = "run: caveat redact erase"
CACHED = "caveat:*"  # the keys of api/caching.py
REDIS_TIMEOUT = 5  # seconds


@click.group()
def redact() -> None:
    """Delete a text by law: one editor requests it, another one confirms."""


@redact.command()
@click.argument("slug")
@click.option("--revision", type=click.IntRange(1, MAX_INTEGER), required=True)
@click.option("--locale", required=True, help="Language of the text.")
@click.option("--reason", required=True, help="Why, for the log; not shown to readers.")
@click.option("--notice", help="What everybody is told in the log.")
def request(slug: str, revision: int, locale: str, reason: str, notice: str | None) -> None:
    """Request that the text of a revision of the article SLUG is deleted."""
    settings, at = Settings.from_environment(), now()
    with opened(settings) as database, database.write() as session:
        editor = acting_editor(session, settings, editors.PUBLISH)
        made = redactions.request(
            session,
            slug,
            locale=locale,
            revision=revision,
            reason=reason,
            notice=notice,
            by=editor.id,
            now=at,
        )
        touched = redactions.places(session, made.digest)
        _note(session, "redaction.request", made, by=editor, reason=made.reason)
        session.commit()
    _show(made, touched)
    click.echo(f"until        {_day(made.requested_at + redactions.OPEN_FOR)}, by another editor:")
    click.echo(f"             caveat redact confirm {made.id}")


@redact.command()
@click.argument("request_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask; it cannot be undone.")
def confirm(request_id: str, yes: bool) -> None:
    """Delete, for ever, what the request ID of another editor asks for."""
    settings = Settings.from_environment()
    with opened(settings) as database:
        if not yes:
            _ask(database, request_id)
        with database.write() as session:
            editor = acting_editor(session, settings, editors.PUBLISH)
            numbers = redactions.confirm(session, request_id, by=editor.id, now=now())
            done = redactions.get(session, request_id)
            _note(session, "redaction.confirm", done, by=editor, reason=done.reason)
            session.commit()
    click.echo(f"redacted as of change {numbers[-1]}")
    for problem in _finish(settings):
        click.echo(f"caveat: {problem}", err=True)


@redact.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@click.option("--before", metavar="ID", help="Go on with those that are older than a request.")
def list_requests(limit: int, before: str | None) -> None:
    """List requests, newest first, and how they stand."""
    at = now()
    with opened(Settings.from_environment()) as database, database.read() as session:
        found, older = redactions.requests(session, limit=limit, before=before)
        for one in found:
            _say_request(one, redactions.state(one, at))
        if older:
            more = f"caveat redact list --limit {limit} --before {found[-1].id}"
            click.echo(f"{older} more: {more}", err=True)


@redact.command()
@click.argument("request_id", metavar="ID")
@click.option("--reason", required=True, help="Why nothing is deleted; not shown to readers.")
def cancel(request_id: str, reason: str) -> None:
    """Close the request ID; nothing is deleted."""
    settings = Settings.from_environment()
    with opened(settings) as database, database.write() as session:
        editor = acting_editor(session, settings, editors.PUBLISH)
        found = redactions.cancel(session, request_id, reason=reason, by=editor.id, now=now())
        _note(session, "redaction.cancel", found, by=editor, reason=found.ended_reason)
        session.commit()
    click.echo(f"{found.id} is cancelled")


@redact.command()
def erase() -> None:
    """Erase what was redacted from the database's files and the shared cache; safe to repeat."""
    settings = Settings.from_environment()
    with opened(settings):
        pass  # which checks that there is a database, and that it is ours
    problems = _finish(settings)
    for problem in problems:
        click.echo(f"caveat: {problem}", err=True)
    if problems:
        sys.exit(2)
    click.echo("erased")


def _note(
    session: Session, act: str, found: RedactionRequest, *, by: Editor, reason: str | None
) -> None:
    about, at = ("redaction", found.id), now()
    facts = {"article": found.article, "revision": found.revision, "digest": found.digest}
    audit.note(
        session, act, about, by=by.id, now=at, locale=found.locale, reason=reason, detail=facts
    )


def _ask(database: Database, request_id: str) -> None:
    """Show what will go and have the slug typed; where nobody can type, say ``--yes``."""
    if not sys.stdin.isatty():
        raise CaveatError("this cannot be undone: say --yes, or run it where you can type")
    with database.read() as session:
        found = redactions.get(session, request_id)
        touched = redactions.places(session, found.digest)
    _show(found, touched)
    if click.prompt("This cannot be undone. Type the slug to confirm", err=True) != found.slug:
        raise CaveatError(f"that is not {found.slug}; nothing was changed")


def _finish(settings: Settings) -> list[str]:
    """Do what a transaction cannot: return what is still to be done, and how."""
    problems = []
    try:
        if not redactions.erase(settings.database):
            problems.append(f"the text is in the database's files while somebody reads; {AGAIN}")
    except SQLAlchemyError as error:
        cause = engines.cause(error)
        problems.append(f"the text may be in the database's files: {cause}; {AGAIN}")
    try:
        empty_cache(settings)
    except RedisError as error:
        problems.append(f"the cache in Redis cannot be emptied: {error}; {AGAIN}")
    return problems


def empty_cache(settings: Settings) -> None:
    """Empty the shared cache: it serves nothing that was redacted, but it still holds it.

    Raise ``RedisError`` where it does not answer.
    """
    if not settings.redis_url:
        return
    with Redis.from_url(settings.redis_url, socket_timeout=REDIS_TIMEOUT) as redis:
        for key in redis.scan_iter(CACHED, count=1000):
            redis.delete(key)


def _say_request(one: RedactionRequest, state: str) -> None:
    what = f"{one.slug}, revision {one.revision} in {one.locale}"
    click.echo(f"{one.id}  {state:<9}  since {_day(one.requested_at)}  {what}")
    click.echo(f"    requested by {one.requested_by}: {one.reason}")
    if one.ended_at:
        why = f": {one.ended_reason}" if one.ended_reason else ""
        click.echo(f"    {state} by {one.ended_by} on {_day(one.ended_at)}{why}")


def _show(found: RedactionRequest, touched: Iterable[Place]) -> None:
    click.echo(f"request      {found.id}")
    click.echo(f"article      {found.slug} ({found.article})")
    click.echo(f"text         revision {found.revision} in {found.locale}, {found.digest}")
    asked = (found.article, found.locale, found.revision)
    for place in touched:
        if (place.article, place.locale, place.revision) != asked:
            click.echo(f"{_what(place):<13}{_where(place)}")


def _what(place: Place) -> str:
    if place.is_translation:
        return "translation"
    return "draft" if place.revision is None else "same text"


def _where(place: Place) -> str:
    name = place.slug or place.article
    number = f", revision {place.revision}" if place.revision is not None else ""
    return f"{name}{number} in {place.locale}"


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


COMMANDS = (redact,)
