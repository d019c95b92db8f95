"""Crashes: processes that are killed at any moment lose nothing that they had reported."""

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from content import changes, editions
from content.contexts import Context
from content.db import Database
from content.models.log import Publication
from content.signing import Keyring

SHARE = 100  # publications of each of the two processes
KILLS = 5  # of each process


class Writer:
    """One process that is started again, where it was, each time that it was killed."""

    def __init__(self, url: str, name: str, here: Path) -> None:
        self.name = name
        self.reported = 0
        self.killed = 0
        self._url = url
        self._here = here
        self._dice = random.Random(name)  # noqa: S311 - reproducible, not secret

    def run(self) -> None:
        """Let the process work until all is published."""
        while self.reported < SHARE:
            self._run_once(self._next_death())

    def _next_death(self) -> int:
        """Return after how many more reports to kill; never, once it was killed often enough."""
        each = 2 * (SHARE - self.reported) // (KILLS - self.killed + 2)
        return self._dice.randint(1, max(1, each)) if self.killed < KILLS else SHARE + 1

    def _run_once(self, reports: int) -> None:
        with self._start() as process:
            assert process.stdout is not None
            for line in process.stdout:
                self.reported = int(line)
                reports -= 1
                if reports == 0:
                    self.killed += 1
                    threading.Timer(self._dice.random() / 20, process.kill).start()
        if process.returncode not in (0, -9):
            raise RuntimeError(f"{self.name} ended with {process.returncode}")

    def _start(self) -> subprocess.Popen[str]:
        script = str(self._here / "tests" / "crash_writer.py")
        arguments = [self._url, self.name, str(self.reported + 1), str(SHARE)]
        paths = os.pathsep.join([str(self._here), str(self._here / "tests")])
        return subprocess.Popen(
            [sys.executable, script, *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": paths},
        )


@pytest.mark.no_cover
def test_nothing_that_was_reported_is_lost_when_processes_are_killed(
    small: Database, small_keyring: Keyring, here: Path
) -> None:
    with small.read() as session:
        before = changes.head(session)
    writers = [Writer(small.url, name, here) for name in ("left", "right")]
    threads = [threading.Thread(target=writer.run) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=180)
    assert [(writer.reported, writer.killed) for writer in writers] == [(SHARE, KILLS)] * 2
    with small.read() as session:
        head = changes.head(session)
        numbers = [row.seq for row in session.scalars(changes.select_after(0, head))]
        published = {row.slug: row.seq for row in session.scalars(select(Publication))}
        served = {
            slug: editions.issue(session, slug, Context("en"), small_keyring).body["sequence"]
            for slug in (f"{w.name}-{n}" for w in writers for n in range(1, SHARE + 1))
        }
    assert numbers == list(range(1, head + 1))
    assert head == before + 2 * SHARE, "published once, however often the process was started"
    assert served == published
