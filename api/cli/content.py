"""Working with content from the command line: publish, withdraw, and bringing in a library."""

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from api.cli.access import acting_editor
from api.cli.console import progress
from api.db import now, opened
from api.lapses import record_lapses
from api.settings import Settings
from content import articles, changes, corrections, editors, imports, markdown, sandbox
from content.corrections import Correction
from content.db import Database
from content.documents import Manuscript
from content.editorial import audit, endings, gate, publishing
from content.errors import Ended
from content.located import read_text
from content.policy.files import Item

FILES = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", type=FILES, nargs=-1, required=True)
@click.option("--restore", is_flag=True, help="Bring back an article that was taken down.")
@click.option(
    "--override",
    "asked",
    multiple=True,
    metavar="FINDING=REASON",
    help="Let an error of the claims lint pass; needs your token, and readers see the reason.",
)
@click.option(
    "--correction",
    "kind",
    type=click.Choice(corrections.TYPES),
    help="Say that what was live was unclear or wrong; readers see the words from now on.",
)
@click.option("--correction-text", "words", help="What readers are told of it.")
def publish(
    files: tuple[Path, ...],
    restore: bool,
    asked: tuple[str, ...],
    kind: str | None,
    words: str | None,
) -> None:
    """Publish Markdown FILES; nothing is published unless all of them are right."""
    at = now()
    correction = _correction(len(files), kind, words, at)
    manuscripts = [markdown.parse(read_text(file), str(file)) for file in files]
    given = [_override(text) for text in asked]
    reasons = dict(given)
    if len(reasons) < len(given):
        raise click.UsageError("--override names one finding twice; give it one reason")
    if reasons and len(files) > 1:
        raise click.UsageError("--override goes with one file: a finding is one of its text")
    settings = Settings.from_environment()
    with opened(settings) as database, database.write() as session:
        overrides = gate.NONE
        if reasons:
            editor = acting_editor(session, settings, editors.REVIEW)
            overrides = gate.Overrides(editor, reasons)
        numbers = [
            publishing.publish_manuscript(
                session,
                manuscript,
                by=overrides.by.name if overrides.by else "cli",
                now=at,
                restore=restore,
                overrides=overrides,
                correction=correction,
            )
            for manuscript in manuscripts
        ]
        by = overrides.by.id if overrides.by else "cli"
        for manuscript, number in zip(manuscripts, numbers, strict=True):
            facts = {"overrides": reasons, "correction": kind}
            _note_published(session, manuscript, number, by=by, **facts)
        session.commit()
    for manuscript, number in zip(manuscripts, numbers, strict=True):
        _say_published(manuscript, number)


@click.command()
@click.argument("slug")
@click.option("--notice", required=True, help="What readers are told.")
@click.option("--reason", required=True, help="Why, for the log; not shown to readers.")
@click.option(
    "--status", type=click.Choice(endings.ENDINGS), default="withdrawn", show_default=True
)
@click.option("--replacement", help="Slug of the article to read instead.")
def withdraw(slug: str, notice: str, reason: str, status: str, replacement: str | None) -> None:
    """Take the article SLUG down: 410 with the notice from now on."""
    with _database() as database, database.write() as session:
        numbers = endings.end(
            session,
            slug,
            status,
            notice=notice,
            reason=reason,
            replacement=replacement,
            by="cli",
            now=now(),
        )
        facts = {"slug": slug, "status": status, "notice": notice, "replacement": replacement}
        audit.note(
            session,
            "article.withdraw",
            ("article", articles.identify(session, slug)),
            by="cli",
            now=now(),
            reason=reason,
            detail={**facts, "change": numbers[-1]},
        )
        session.commit()
    click.echo(f"{slug} is {status} as of change {numbers[-1]}")


def _override(text: str) -> tuple[str, str]:
    finding, _, reason = text.partition("=")
    if not (finding and reason.strip()):
        raise click.UsageError(f"--override {text!r} is not FINDING=REASON; see: caveat lint")
    return finding, reason.strip()


def _correction(files: int, kind: str | None, words: str | None, at: datetime) -> Correction | None:
    if kind is None and words is None:
        return None
    if kind is None or words is None:
        raise click.UsageError("--correction and --correction-text go together")
    if files > 1:
        raise click.UsageError("--correction goes with one file: it speaks of one text")
    return corrections.make(kind, words, at)


def bring_in(database: Database, folder: Path, *, with_sandbox: bool) -> None:
    """Import a folder: everything is checked first; run again, it goes on where it stopped.

    The sandbox comes last, so that real editions have the numbers that they have without it.
    """
    policy = imports.read_policy(folder)
    manuscripts = imports.read_articles(folder / "articles")
    tests = _read_tests(policy) if with_sandbox else []
    _write_policy(database, policy)
    for manuscript in progress(manuscripts, len(manuscripts), "Publishing"):
        try:
            with database.write() as session:
                number = publishing.publish_manuscript(session, manuscript, by="import", now=now())
                _note_published(session, manuscript, number, by="import")
                session.commit()
            _say_published(manuscript, number)
        except Ended as error:
            _say(str(error))
    record_lapses(database)
    if tests:
        _bring_in_sandbox(database, tests)


def _read_tests(policy: list[Item]) -> list[Item]:
    """Return the policy of the sandbox, nothing where it cannot be."""
    if sandbox.goes_with(policy):
        return sandbox.read_policy(policy)
    _say("no sandbox: its test articles are in English, which this site does not serve")
    return []


def _bring_in_sandbox(database: Database, policy: list[Item]) -> None:
    """Bring in the test articles, each in one piece; those that are known are left."""
    _write_policy(database, policy)
    for plan in sandbox.read_plans():
        with database.write() as session:
            is_new = sandbox.carry_out(session, plan, by="import", now=now())
            if is_new:
                about = ("article", articles.identify(session, plan.slug))
                facts = {"slug": plan.slug, "change": changes.head(session)}
                audit.note(session, "sandbox.add", about, by="import", now=now(), detail=facts)
            session.commit()
        _say(f"{plan.slug} is in the sandbox {'now' if is_new else 'already'}")
    record_lapses(database)


def _write_policy(database: Database, policy: list[Item]) -> None:
    with database.write() as session:
        numbers = publishing.publish(session, items=policy, by="import", now=now())
        if numbers:
            about = ("group", str(numbers[-1]))
            audit.note(session, "policy.import", about, by="import", now=now())
        session.commit()
    _say(f"{len(numbers or ())} rules, texts and facts")


def _database() -> AbstractContextManager[Database]:
    return opened(Settings.from_environment())


def _note_published(
    session: Session, manuscript: Manuscript, number: int | None, *, by: str, **detail: Any
) -> None:
    """Note that a text was published; that it was live already is no act."""
    if number is None:
        return
    about = ("article", articles.identify(session, manuscript.slug))
    facts = {"slug": manuscript.slug, "change": number, **detail}
    locale = manuscript.document.locale
    audit.note(session, "article.publish", about, by=by, now=now(), locale=locale, detail=facts)


def _say_published(manuscript: Manuscript, number: int | None) -> None:
    fact = f"published as change {number}" if number else "is live already"
    _say(f"{manuscript.slug} in {manuscript.document.locale} {fact}")


def _say(line: str) -> None:
    click.echo(line, err=True)


COMMANDS = (publish, withdraw)
