"""The log by commands: ``caveat changes`` lists what became true together, and undoes it."""

import click

from api.cli.access import acting_editor
from api.db import now, opened
from api.settings import Settings
from content import editors
from content.canonical import MAX_INTEGER
from content.editorial import audit, releases, undoing
from content.editorial.undoing import Group


@click.group()
def changes() -> None:
    """What became true together: list it, undo it."""


@changes.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
def list_groups(limit: int) -> None:
    """List the newest groups of the log: last number, time, who, and how many of which kind."""
    with opened(Settings.from_environment()) as database, database.read() as session:
        for group in undoing.groups(session, limit):
            click.echo(_line(group))


@changes.command()
@click.argument("group", type=click.IntRange(1, MAX_INTEGER))
@click.option("--reason", default="It was changed by mistake.", help="Why; not shown to readers.")
def undo(group: int, reason: str) -> None:
    """Make true again what stood before GROUP, the number of any change in it; needs your token."""
    settings, at = Settings.from_environment(), now()
    with opened(settings) as database, database.write() as session:
        who = acting_editor(session, settings, editors.PUBLISH).id
        made = undoing.undo(session, group, reason, by=who, now=at)
        about, facts = ("release", made.id), {"undone": group, "change": made.group_end}
        audit.note(session, "changes.undo", about, by=who, now=at, reason=reason, detail=facts)
        session.commit()
    if made.state == releases.PUBLISHED:
        click.echo(f"undone as of change {made.group_end}")
    else:
        why = ", and ".join(made.impact["reasons"] if made.impact else [])
        click.echo(f"release {made.id} waits for a second person: {why}")


def _line(group: Group) -> str:
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(group.kinds.items()))
    return f"{group.end}  {group.at.isoformat('T', 'seconds')}  {group.actor}  {kinds}"


COMMANDS = (changes,)
