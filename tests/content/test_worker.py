"""The worker: what is scheduled happens when it is due, once, whoever dies meanwhile."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import audits
import newsdesk
import pytest
from acts import rename
from factories import NOW, publish
from sqlalchemy import func, select

from api import worker
from api.worker import Job, Worker
from content import work
from content.db import Database
from content.models.log import Change, Publication

KILLS = 100  # of workers, by two killers
RELEASES = 60


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour has passed since everything was scheduled."""
    monkeypatch.setattr("api.worker.now", lambda: NOW + timedelta(hours=1))


def test_what_is_due_is_published_and_what_is_not_waits(small: Database) -> None:
    due = newsdesk.schedule(small, "due")
    later = newsdesk.schedule(small, "later", at=NOW + timedelta(days=1))
    assert worker.publish_due(small) == 1
    states = newsdesk.states(small)
    assert (states[due][0], states[later][0]) == ("published", "scheduled")
    assert worker.publish_due(small) == 0


def test_what_the_gates_refuse_when_it_is_due_has_failed_and_says_why(small: Database) -> None:
    refused = newsdesk.schedule(small, "one")
    good = newsdesk.schedule(small, "two", at=NOW + timedelta(minutes=6))
    publish(small, slug="three")
    rename(small, "three", "one")  # somebody else takes the slug meanwhile
    assert worker.publish_due(small) == 1
    states = newsdesk.states(small)
    assert states[refused][0] == "failed"
    assert "belongs to another article" in (states[refused][2] or "")
    assert states[good][0] == "published"
    done = [(row.actor, row.act, row.subject) for row in audits.rows(small)]
    assert done == [("work", "release.fail", refused), ("work", "release.publish", good)]


def test_many_workers_publish_each_release_once(small: Database) -> None:
    ids = [newsdesk.schedule(small, f"article-{number}") for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(_until_nothing_is_due, small) for _ in range(4)]
    assert sum(one.result() for one in done) == len(ids)
    _assert_each_once(small, ids)


@pytest.mark.no_cover
def test_workers_that_are_killed_publish_each_release_exactly_once(
    small: Database, here: Path
) -> None:
    ids = [newsdesk.schedule(small, f"article-{number}") for number in range(RELEASES)]
    killers = [_killer(small, here) for _ in range(2)]
    assert [process.wait(timeout=120) for process in killers] == [0, 0]
    _assert_each_once(small, ids)


def test_a_worker_leaves_a_heartbeat_and_takes_it_back(small: Database) -> None:
    stopped = threading.Event()
    one = Worker(small, jobs=(), name="here")
    runs = threading.Thread(target=one.run, args=(stopped, 0.01))
    runs.start()
    try:
        for _ in range(500):
            with small.read() as session:
                if (last := work.last_beat(session)) is not None:
                    break
            threading.Event().wait(0.01)
        assert last == NOW + timedelta(hours=1)
        with small.read() as session:
            assert work.alive(session, last) == 1
            assert work.alive(session, last + work.SILENT) == 0
    finally:
        stopped.set()
        runs.join(timeout=30)
    with small.read() as session:
        assert work.last_beat(session) is None


def _until_nothing_is_due(database: Database) -> int:
    count = 0
    while any(state == "scheduled" for state, _, _ in newsdesk.states(database).values()):
        count += worker.publish_due(database)
    return count


def _assert_each_once(database: Database, ids: list[str]) -> None:
    states = newsdesk.states(database)
    assert {states[id][0] for id in ids} == {"published"}
    assert sorted(row.subject for row in audits.rows(database)) == sorted(ids)
    with database.read() as session:
        published = select(Change.subject, func.count()).where(Change.kind == "article.published")
        counts = dict(session.execute(published.group_by(Change.subject)).all())
        ends = set(session.scalars(select(Publication.seq)))
    assert len(counts) >= len(ids)
    assert set(counts.values()) == {1}
    assert {states[id][1] for id in ids} <= ends


def _killer(database: Database, here: Path) -> "subprocess.Popen[bytes]":
    paths = os.pathsep.join([str(here), str(here / "tests")])
    return subprocess.Popen(
        [sys.executable, str(here / "tests" / "crash_worker.py"), database.url, str(KILLS // 2)],
        env={**os.environ, "PYTHONPATH": paths},
    )


def test_a_job_that_fails_keeps_no_other_back(small: Database) -> None:
    """Whatever it fails by; and it is tried again."""
    stopped, done = threading.Event(), []

    def fail(_: Database) -> int:
        raise ValueError("anything")

    def work(_: Database) -> int:
        done.append(1)
        if len(done) == 2:
            stopped.set()
        return 1

    jobs = (Job("fails", 0, fail), Job("works", 0, work))
    thread = threading.Thread(target=Worker(small, jobs).run, args=(stopped, 0.01), daemon=True)
    thread.start()
    thread.join(10)
    stopped.set()
    assert len(done) == 2
