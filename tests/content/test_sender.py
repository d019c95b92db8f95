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
from acts import end
from factories import NOW, publish
from fields import Field, Place
from sqlalchemy import select

from content import changes, partners
from content.db import Database
from content.models.webhooks import Endpoint
from content.webhooks import endpoints

KEY = bytes(range(32))
FAULTS = {"healthy": 20, "flaky": 6, "resets": 4, "busy": 4, "broken": 4, "silent": 3}
FAULTS |= {"drips": 3, "gone": 3, "redirects": 3}
GOOD = ("healthy", "flaky", "resets", "busy")
CHANGES, KILLS = 1000, 20
PATIENCE = 120  # seconds


@pytest.mark.no_cover
def test_every_healthy_endpoint_gets_every_event_whoever_dies(small: Database, here: Path) -> None:
    with Field(FAULTS) as field:
        before = register(small, field)
        with senders(small, here) as kill:
            for number in range(CHANGES // 10):
                ten_changes(small, number)
                if number % (CHANGES // 10 // KILLS) == 0:
                    kill()
            expected = groups(small, before)
            wait_for(lambda: all(has(one, expected) for one in field.of(*GOOD)))
            wait_for(lambda: states(small, field, "gone") == {"disabled"})
        assert len(expected) == CHANGES
        assert field.forbidden.hits == 0
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


def ten_changes(database: Database, number: int) -> None:
    """Publish an article, end one now and then, and change words of the policy."""
    publish(database, slug=f"article-{number}")
    if number % 10 == 9:
        end(database, f"article-{number - 5}")
    else:
        publish(database, slug=f"other-{number}")
    for turn in range(8):
        policies.record(database, policies.law("GB", f"text {number}-{turn}", "regulated"))


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


def wait_for(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends, "it took too long"
        time.sleep(0.1)


@contextmanager
def senders(database: Database, here: Path) -> Iterator[Callable[[], None]]:
    """Run two senders; give what kills one of them at once and starts another."""
    dice = random.Random(3)  # noqa: S311 - reproducible, not secret
    running = [start(database, here, f"s{number}") for number in range(2)]

    def kill() -> None:
        one = running.pop(dice.randrange(len(running)))
        one.send_signal(signal.SIGKILL)
        one.wait()
        running.append(start(database, here, f"s{time.monotonic_ns()}"))

    yield kill
    for one in running:
        one.kill()
        one.wait()


def start(database: Database, here: Path, name: str) -> "subprocess.Popen[bytes]":
    """Start a sender in a process of its own."""
    paths = os.pathsep.join([str(here), str(here / "tests")])
    program = [sys.executable, str(here / "tests" / "crash_sender.py")]
    return subprocess.Popen(
        [*program, database.url, KEY.hex(), name], env={**os.environ, "PYTHONPATH": paths}
    )
