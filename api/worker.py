"""The worker: what time has to do, so that nobody has to think of it.

Each job is done by one process at a time, in transactions that are whole or not there, so workers
may be several and may die at any moment. A worker that looks leaves a heartbeat: a schedule that
silently never runs would be noticed (``/readyz``, ``/metrics``).
"""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from api import secrets
from api.db import now, opened
from api.lapses import record_lapses
from api.purging import purging
from api.sending.beside import sending
from api.settings import Settings
from content import samples, usage, work
from content.db import Database
from content.editorial import audit, releases, seals
from content.errors import CaveatError, Conflict, Stale
from content.insights import holdings
from content.recalls import watching
from content.signing import Keyring
from content.transparency import checkpoints
from content.webhooks import deliveries

log = logging.getLogger("caveat")
PAUSE = 1.0  # seconds between two looks
BEAT = 10.0  # seconds between two heartbeats


@dataclass(frozen=True)
class Job:
    """Something to look after, and how often: ``run`` returns how many things it has done."""

    name: str
    every: float  # seconds
    run: Callable[[Database], int]


def publish_due(database: Database) -> int:
    """Publish the releases that are due; one that the gates refuse has failed, and says why."""
    with database.read() as session:
        waiting = releases.due(session, now())
    return sum(_publish(database, id) for id in waiting)


def watch_recalls(database: Database) -> int:
    """Bring open recalls up to date, unless another process is at it."""
    with database.read() as session:  # mostly there is none, and no writer has to wait
        if not watching.has_open(session):
            return 0
    with database.write() as session:
        if not work.take_turn(session, work.RECALLS):
            return 0
        count = watching.look(session, now=now())
        session.commit()
    return count


def watch_partners(database: Database) -> int:
    """Open a task for each partner that holds copies and has fallen silent."""
    with database.write() as session:
        if not work.take_turn(session, work.RECALLS):
            return 0
        count = watching.report_silent(session, now=now())
        session.commit()
    return count


def seal_audit(database: Database, keyring: Keyring) -> int:
    """Seal what is new in the audit, each seal by itself, and return how many there were."""
    made = 0
    while True:
        with database.write() as session:
            if seals.seal(session, keyring, now=now()) is None:
                return made
            session.commit()
        made += 1


def make_checkpoint(database: Database, keyring: Keyring) -> int:
    """Make a checkpoint of the log where one is due: each hour, also where nothing is new.

    What is new since the last one is added in parts, so that no writer waits for long.
    """
    grow_tree(database)
    with database.write() as session:
        work.wait_turn(session, work.CHECKPOINTS)
        is_due = checkpoints.is_due(session, now())
        made = checkpoints.make(session, keyring, now=now()) if is_due else None
        session.commit()
    return int(made is not None)


def grow_tree(database: Database) -> None:
    """Add what is new to the tree of the log, each part in a transaction of its own."""
    grown = 1
    while grown:
        with database.write() as session:
            grown = checkpoints.grow(session)
            session.commit()


def forget_deliveries(database: Database) -> int:
    """Forget what became of webhooks' events long ago."""
    with database.write() as session:
        count = deliveries.forget(session, now())
        session.commit()
    return count


def forget_usage(database: Database) -> int:
    """Forget what partners used long ago."""
    with database.write() as session:
        count = usage.forget(session, now())
        session.commit()
    return count


def note_sample(database: Database) -> int:
    """Note how the installation stands, once a minute."""
    with database.write() as session:
        count = samples.note(session, now())
        session.commit()
    return count


def count_holdings(database: Database) -> int:
    """Count what some partners hold, of those that were not counted lately."""
    with database.read() as session:
        if not (ids := holdings.due(session, now())):
            return 0
        found = holdings.count(session, ids, now())
    with database.write() as session:
        holdings.keep(session, found.values())
        session.commit()
    return len(found)


JOBS = (
    Job("releases", PAUSE, publish_due),
    Job("lapses", 60, record_lapses),
    Job("recalls", 5, watch_recalls),
    Job("silent partners", 60 * 60, watch_partners),
    Job("deliveries", 60 * 60, forget_deliveries),
    Job("usage", 60 * 60, forget_usage),
    Job("samples", 10, note_sample),
    Job("holdings", PAUSE, count_holdings),
)


def jobs(settings: Settings) -> tuple[Job, ...]:
    """Return all jobs; the keys are read each time, because they may have been rotated."""

    def seal(database: Database) -> int:
        return seal_audit(database, secrets.keyring(settings))

    def check_point(database: Database) -> int:
        return make_checkpoint(database, secrets.keyring(settings))

    return (*JOBS, Job("seals", 60, seal), Job("checkpoints", 60, check_point))


@dataclass
class Worker:
    """One process at work, known by where it runs."""

    database: Database
    jobs: tuple[Job, ...] = JOBS
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
    looked: dict[str, float] = field(default_factory=dict)  # when, by the monotonic clock

    def look(self) -> dict[str, int]:
        """Do what is due, and return how much of each job that was.

        A job that fails keeps no other back; what it has raised is raised in the end.
        """
        done: dict[str, int] = {}
        failed: list[Exception] = []
        for job in self.jobs:
            try:
                if self._is_due(job):
                    done[job.name] = job.run(self.database)
            except Exception as error:
                failed.append(error)
        if failed:
            raise failed[0]
        return done

    def beat(self) -> None:
        """Leave a sign of life."""
        if self._is_due(Job("beat", BEAT, lambda _: 0)):
            with self.database.write() as session:
                work.beat(session, self.name, now=now())
                session.commit()

    def run(self, stopped: threading.Event, pause: float = PAUSE) -> None:
        """Work until stopped; what fails, as when the database does not answer, is tried again."""
        while not stopped.wait(0):
            try:
                self.beat()
                self.look()
            except Exception as error:
                log.error("the worker could not work: %s: %s", type(error).__name__, error)
            stopped.wait(pause)
        with self.database.write() as session:
            work.leave(session, self.name)
            session.commit()

    def _is_due(self, job: Job) -> bool:
        at = time.monotonic()
        if at - self.looked.get(job.name, -job.every) < job.every:
            return False
        self.looked[job.name] = at
        return True


def keep_working(settings: Settings, stopped: threading.Event, pause: float = PAUSE) -> None:
    """Do an installation's jobs, tell its webhooks and purge its caches, until stopped."""
    with (
        opened(settings) as database,
        sending(settings, database),
        purging(settings, database),
    ):
        Worker(database, jobs(settings)).run(stopped, pause)


def stopping() -> threading.Event:
    """Return what is set when somebody stops this process."""
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    return stopped


def _publish(database: Database, id: str) -> int:
    """Publish one release that is due; return 1, or 0 where another worker has been faster."""
    try:
        with database.write() as session:
            done = releases.publish_due(session, id, by="work", now=now())
            if done:
                audit.note(session, "release.publish", ("release", id), by="work", now=now())
            session.commit()
    except CaveatError as error:
        if type(error) in (Conflict, Stale):  # somebody else wrote meanwhile: look again
            log.info("release %s is tried again: %s", id, error)
            return 0
        log.error("release %s has failed: %s", id, error)
        with database.write() as session:
            if releases.fail(session, id, error, by="work", now=now()):
                audit.note(session, "release.fail", ("release", id), by="work", now=now())
            session.commit()
        return 0
    return int(done)
