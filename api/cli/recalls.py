"""Recalls: ``caveat recalls``, withdrawals that partners confirm, and drills of them."""

import json
from typing import Any

import click
from sqlalchemy.orm import Session

from api.db import now, opened
from api.settings import Settings
from content import articles
from content.editorial import audit, endings
from content.models.recalls import Recall
from content.recalls import opening, reports

HOURS = click.option(
    "--hours",
    type=click.IntRange(1, opening.LONGEST_HOURS),
    default=opening.HOURS,
    show_default=True,
    help="That partners have to confirm.",
)
SHOWN = 100  # recalls of a list


@click.group()
def recalls() -> None:
    """Recalls: withdraw so that partners confirm; see who has; try it in a drill."""


@recalls.command("open")
@click.argument("slug")
@click.option("--notice", required=True, help="What readers are told.")
@click.option("--reason", required=True, help="Why, for the log; not shown to readers.")
@HOURS
def open_(slug: str, **words: Any) -> None:
    """Withdraw the article SLUG; those who were given it have to confirm."""
    _open(slug, is_drill=False, everyone=False, **words)


@recalls.command()
@click.argument("slug")
@click.option("--everyone", is_flag=True, help="Ask every active partner, whoever has it.")
@HOURS
def drill(slug: str, *, everyone: bool, hours: int) -> None:
    """Do all of it with the test article SLUG; readers see nothing of it."""
    words = {"notice": "This is a drill: a test article is recalled.", "reason": "A drill."}
    _open(slug, is_drill=True, everyone=everyone, hours=hours, **words)


@recalls.command("list")
def list_() -> None:
    """List recalls and drills, newest first."""
    with opened(Settings.from_environment()) as database, database.read() as session:
        for one in opening.page(session, None, SHOWN):
            count = reports.public(session, one)["partners"]
            said = f"{count['confirmed']} of {count['asked']} confirmed"
            click.echo(f"{one.id}  {_state(one)}  {said}  {one.deadline:%F %H:%M}  {one.slug}")


@recalls.command()
@click.argument("recall_id", metavar="ID")
@click.option("--public", is_flag=True, help="What everybody may know; it names no partner.")
def report(recall_id: str, *, public: bool) -> None:
    """Print all that is known of the recall ID, as JSON."""
    with opened(Settings.from_environment()) as database, database.read() as session:
        found = opening.find(session, recall_id)
        made = reports.public(session, found) if public else reports.internal(session, found)
    click.echo(json.dumps(made, indent=2, ensure_ascii=False))


def _open(
    slug: str, *, is_drill: bool, everyone: bool, notice: str, reason: str, hours: int
) -> None:
    with opened(Settings.from_environment()) as database, database.write() as session:
        if is_drill:
            opening.expect_test(session, articles.identify(session, slug))
        words = {"notice": notice, "reason": reason}
        numbers = endings.end(session, slug, "withdrawn", **words, by="cli", now=now())
        made = opening.open_recall(
            session, numbers, hours=hours, everyone=everyone, by="cli", now=now()
        )
        _note(session, made, reason)
        session.commit()
        count = len(opening.asked(session, made.id))
    click.echo(f"recall {made.id}: {slug} is withdrawn as of change {numbers[-1]}")
    click.echo(f"partners asked to confirm until {made.deadline:%F %H:%M} UTC: {count}")


def _note(session: Session, made: Recall, reason: str) -> None:
    detail = {"slug": made.slug, "change": made.sequence, "recall": made.id}
    about = ("article", made.article)
    audit.note(
        session, "article.withdraw", about, by="cli", now=now(), reason=reason, detail=detail
    )


def _state(one: Recall) -> str:
    kind = "drill" if one.is_drill else "recall"
    return f"{kind}  {'closed' if one.closed_at else 'open'}"


COMMANDS = (recalls,)
