"""Background work: ``caveat work`` does what time has to do, until it is stopped."""

import click

from api import purging
from api.db import opened
from api.settings import Settings
from api.worker import PAUSE, Worker, jobs, keep_working, stopping


@click.command("work")
@click.option("--once", is_flag=True, help="Do what is due and end.")
@click.option(
    "--interval",
    type=click.IntRange(1, 24 * 60 * 60),
    default=int(PAUSE),
    show_default=True,
    help="Seconds between two looks.",
)
def work_(once: bool, interval: int) -> None:
    """Publish what is scheduled, record dates that have passed, seal the audit; several may run.

    Caches in front are told what to purge, and partners' webhooks what has changed.
    """
    settings = Settings.from_environment()
    if not once:
        keep_working(settings, stopping(), interval)
        return
    with opened(settings) as database:
        for name, count in Worker(database, jobs(settings)).look().items():
            click.echo(f"{name}: {count}")
        if settings.purged:
            click.echo(f"purges: {purging.once(settings, database)}")


COMMANDS = (work_,)
