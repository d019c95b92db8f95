"""Sending to a field of partners with every fault, by a sender that is killed again and again."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import policies
import pytest
from acts import end, head
from factories import NOW, Databases, publish
from fields import Field, Place
from sqlalchemy import select

from content import changes, partners
from content.db import Database
from content.models.webhooks import Endpoint
from content.webhooks import endpoints

KEY = bytes(range(32))
FAULTS = {"healthy": 20, "flaky": 6, "resets": 4, "busy": 4, "broken": 4, "silent": 3}
FAULTS |= {"drips": 2, "gone": 2, "redirects": 2, "changes": 3}
GOOD = ("healthy", "flaky", "resets", "busy")
MOST_KILLS, CHANGES_BETWEEN = 20, 20
PATIENCE = 600  # seconds; a slow machine with other work needs minutes
BREATH = 0.05  # seconds after some changes; SQLite lets nobody else write meanwhile otherwise


@pytest.fixture
def changes_made(request: pytest.FixtureRequest, databases: Databases) -> int:
    """How many changes; ``--examples`` asks for more, and a server has fewer every time."""
    return request.config.getoption("--examples") or (120 if databases.are_files else 60)


@pytest.mark.no_cover
def test_every_healthy_endpoint_gets_every_event_whoever_dies(
    small: Database, here: Path, tmp_path: Path, changes_made: int
) -> None:
    with Field(FAULTS) as field:
        before = register(small, field)
        let_names_change(small, field)
        notes = tmp_path / "addresses"
        with senders(small, here, notes) as kill:
            kills = min(MOST_KILLS, changes_made // CHANGES_BETWEEN)
            for turn in range(1, kills + 1):
                taken = field.taken()
                while head(small) - before < turn * changes_made // kills:
                    change(small, head(small))
                wait_for(lambda taken=taken: field.taken() > taken)
                kill()
            expected = groups(small, before)
            patience = PATIENCE + changes_made // 10
            wait_for(lambda: all(has(one, expected) for one in field.of(*GOOD)), patience)
            wait_for(lambda: states(small, field, "gone") == {"disabled"})
        assert field.forbidden.hits == 0
        assert set(notes.read_text().split()) == {"127.0.0.1"}
        assert all(one.events.total() == 0 for one in field.of("broken", "redirects"))


def register(database: Database, field: Field) -> int:
    """Make each place the endpoint of a partner; return the number before the first event."""
    with database.write() as session:
        for number, one in enumerate(field.places):
            facts = {"name": f"{one.fault} {number}"}
            partner = partners.add(session, facts, ["standard"], now=NOW)
            session.flush()
            about = (session, partner, {"url": one.url})
            _, one.secret = endpoints.add(*about, key=KEY, loopback=True, now=NOW)
        session.commit()
        return changes.head(session)


def let_names_change(database: Database, field: Field) -> None:
    """Give some endpoints names that lead elsewhere each time; https alone has names otherwise."""
    with database.write() as session:
        for one in field.of("changes"):
            mine = select(Endpoint).where(Endpoint.url == one.url)
            session.scalars(mine).one().url = f"http://changes.test:{one.port}/hook"
        session.commit()


def change(database: Database, number: int) -> None:
    """Publish two articles, end one now and then, and change a law, which affects them all."""
    publish(database, slug=f"article-{number}")
    if number % 4 == 0:
        end(database, f"article-{number}")
    publish(database, slug="one", title=f"Title {number}")
    policies.record(database, policies.law("GB", f"text {number}", "regulated"))
    time.sleep(BREATH)


def groups(database: Database, after: int) -> set[int]:
    """Return the ends of all groups after a number."""
    with database.read() as session:
        query = select(changes.Change.group_end).where(changes.Change.seq > after)
        return set(session.scalars(query))


def has(place: Place, expected: set[int]) -> bool:
    """Return whether a place has every event."""
    return {data["data"]["sequence"] for data in place.order} >= expected


def states(database: Database, field: Field, fault: str) -> set[str]:
    """Return the states of the endpoints that behave in a way."""
    urls = [one.url for one in field.of(fault)]
    with database.read() as session:
        return set(session.scalars(select(Endpoint.state).where(Endpoint.url.in_(urls))))


def wait_for(holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, "it took too long"
        time.sleep(0.1)


@contextmanager
def senders(database: Database, here: Path, notes: Path) -> Iterator[Callable[[], None]]:
    """Run two senders; give what kills one of them at once and starts another."""
    dice = random.Random(3)  # noqa: S311 - reproducible, not secret
    running = [start(database, here, f"s{number}", notes) for number in range(2)]

    def kill() -> None:
        one = running.pop(dice.randrange(len(running)))
        one.send_signal(signal.SIGKILL)
        one.wait()
        running.append(start(database, here, f"s{time.monotonic_ns()}", notes))

    try:
        yield kill
    finally:
        for one in running:
            one.kill()
            one.wait()


def start(database: Database, here: Path, name: str, notes: Path) -> "subprocess.Popen[bytes]":
    """Start a sender in a process of its own."""
    paths = os.pathsep.join([str(here), str(here / "tests")])
    program = [sys.executable, str(here / "tests" / "crash_sender.py")]
    return subprocess.Popen(
        [*program, database.url, KEY.hex(), name, str(notes)],
        env={**os.environ, "PYTHONPATH": paths},
    )
