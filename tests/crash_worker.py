"""Workers that are killed: a process that forks one after another and lets each live shortly.

Started by ``tests/content/test_worker.py``. Arguments: database URL, how many workers are killed.
Forking from a process that has everything imported makes a worker start within milliseconds, so
that kills fall into its work and not into its start.
"""

import os
import random
import signal
import sys
import time

from api.worker import Worker, publish_due
from content.db import Database
from content.editorial import releases


def main(url: str, kills: str) -> None:
    """Kill that many workers at random moments; then work until nothing is due any more."""
    dice = random.Random(kills)  # noqa: S311 - reproducible, not secret
    for _ in range(int(kills)):
        child = os.fork()
        if child == 0:
            _work(url)
        time.sleep(dice.uniform(0.005, 0.12))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    database = Database(url)
    while _scheduled(database):  # the other killer's worker may hold one just now
        publish_due(database)


def _scheduled(database: Database) -> int:
    with database.read() as session:
        return releases.scheduled(session)


def _work(url: str) -> None:
    database = Database(url)
    worker = Worker(database)
    while True:
        worker.looked.clear()
        worker.look()


if __name__ == "__main__":
    main(*sys.argv[1:])
