"""Background work: ``caveat work`` records what time has changed, so that editions say so."""

import logging
import signal
import threading

import click
from sqlalchemy.exc import DBAPIError

from api.db import now, opened
from api.settings import Settings
from content import lapses, work
from content.db import Database

log = logging.getLogger("caveat")


@click.command("work")
@click.option("--once", is_flag=True, help="Do what is due and end.")
@click.option(
    "--interval",
    type=click.IntRange(1, 24 * 60 * 60),
    default=60,
    show_default=True,
    help="Seconds between two looks.",
)
def work_(once: bool, interval: int) -> None:
    """Record dates that have passed, until stopped; several workers share the work."""
    with opened(Settings.from_environment()) as database:
        if once:
            click.echo(f"{record_lapses(database)} dates have passed")
            return
        stopped = _stopped()
        while not stopped.is_set():
            _look(database)
            stopped.wait(interval)


def record_lapses(database: Database) -> int:
    """Record what is overdue, unless another process is at it, and return how much it was."""
    with database.write() as session:
        if not work.take_turn(session, work.LAPSES):
            return 0
        recorded = lapses.record(session, by="work", now=now())
        session.commit()
    for one in recorded:  # readers are sent elsewhere meanwhile, but a number may be wrong
        if one.what.startswith("help "):
            log.warning("%s had to be checked by %s", one.what, one.day)
    return len(recorded)


def _look(database: Database) -> None:
    """Look once; a database that does not answer is asked again later."""
    try:
        record_lapses(database)
    except DBAPIError as error:
        log.error("the database failed: %s", type(error).__name__)


def _stopped() -> threading.Event:
    """Return what is set when somebody stops this process."""
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    return stopped


COMMANDS = (work_,)
