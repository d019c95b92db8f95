"""A sender among faults of its own: none of them may keep an event from anybody."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from acts import end
from factories import NOW, publish
from fields import ANSWERS, Field, Place
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.sending import posting, sender
from api.sending.addresses import PublicOnly
from api.sending.sender import Sender
from content import partners
from content.db import Database
from content.models.webhooks import Delivery, Endpoint
from content.webhooks import endpoints

KEY = bytes(range(32))
PATIENCE = 3.0  # seconds
BROKEN = OperationalError("COMMIT", {}, Exception("the database went away"))


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less long for who does not answer."""
    monkeypatch.setattr(posting, "PATIENCE", PATIENCE)


def register(database: Database, *places: Place, **facts: Any) -> list[str]:
    """Make each place the verified endpoint of a partner; return their ids."""
    ids = []
    with database.write() as session:
        for one in places:
            partner = partners.add(session, {"name": one.fault}, ["standard"], now=NOW)
            session.flush()
            about = (session, partner, {"url": one.url, **facts})
            made, one.secret = endpoints.add(*about, key=KEY, loopback=True, now=NOW)
            endpoints.verified(made)
            ids.append(made.id)
        session.commit()
    return ids


@contextmanager
def sending(database: Database, **changed: Any) -> Iterator[Sender]:
    """Run a sender in a thread."""
    times = {"lease": timedelta(seconds=1), "settled": timedelta(0), **changed}
    one = Sender(database, KEY, "one", PublicOnly(loopback=True), **times)
    loop, stopped = asyncio.new_event_loop(), asyncio.Event()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(one.run(stopped))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield one
    finally:
        if thread.is_alive():
            loop.call_soon_threadsafe(stopped.set)
        thread.join(20)


def wait_for(holds: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, "it took too long"
        time.sleep(0.05)


def once(error: Exception, act: Callable[..., Any]) -> Callable[..., Any]:
    """Return an act that fails the first time."""
    left = [error]

    def run(*given: Any) -> Any:
        if left:
            raise left.pop()
        return act(*given)

    return run


def test_who_cannot_be_let_go_of_is_looked_after_again(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another endpoint, that is slow, keeps the sender busy all the while."""
    with Field({"healthy": 1, "silent": 1}) as field:
        register(small, *field.places)
        let_go = Sender._let_go

        def fail(self: Sender, session: Any, id: str, *rest: Any) -> None:
            monkeypatch.setattr(Sender, "_let_go", let_go)
            raise BROKEN

        monkeypatch.setattr(Sender, "_let_go", fail)
        publish(small, slug="one")
        healthy = field.of("healthy")[0]
        with sending(small):
            wait_for(lambda: healthy.events.total() == 1)
            wait_for(lambda: Sender._let_go is let_go)
            publish(small, slug="two")
            wait_for(lambda: healthy.events.total() == 2)


@pytest.mark.parametrize("error", [BROKEN, PoolTimeout(), ValueError("anything")])
def test_a_sender_goes_on_whatever_has_failed(
    small: Database, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(Sender, "_waiting", once(error, Sender._waiting))
    monkeypatch.setattr(Sender, "_extend", once(error, Sender._extend))
    with Field({"healthy": 1}) as field:
        register(small, *field.places)
        publish(small, slug="one")
        with sending(small, lease=timedelta(seconds=0.1)):
            wait_for(lambda: field.taken() == 1)


@pytest.mark.one_engine
def test_names_that_nobody_resolves_delay_nobody(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Event()
    found = socket.getaddrinfo

    def resolve(host: str, *rest: Any, **more: Any) -> Any:
        if host.endswith(".test"):
            done.wait(30)
        return found(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with Field({"healthy": 1, "silent": 40}) as field:
        register(small, *field.places)
        with small.write() as session:
            for one in field.of("silent"):
                mine = select(Endpoint).where(Endpoint.url == one.url)
                session.scalars(mine).one().url = f"http://name-{one.port}.test/hook"
            session.commit()
        publish(small, slug="one")
        try:
            with sending(small):
                wait_for(lambda: field.taken() == 1, 20)
        finally:
            done.set()


@pytest.mark.one_engine
def test_slow_ones_make_room_for_who_waits(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow one that takes everything has always something more to be told.

    Without turns, all of them would be told all before the one that waits.
    """
    monkeypatch.setattr(sender, "AT_ONCE", 2)
    monkeypatch.setattr(sender, "TURN", 0.2)
    with Field({"slow": 3, "healthy": 1}) as field:
        slow = Field._answer

        async def answer(self: Field, place: Place, *given: Any) -> Any:
            await asyncio.sleep(0.3 if place.fault == "slow" else 0)
            return await slow(self, place, *given)

        monkeypatch.setattr(Field, "_answer", answer)
        register(small, *field.places)
        for number in range(40):
            publish(small, slug=f"article-{number}")
        with sending(small):
            wait_for(lambda: field.of("healthy")[0].events.total() == 40, 60)
            assert sum(one.events.total() for one in field.of("slow")) < 3 * 40 / 2


@pytest.mark.one_engine
def test_an_answer_that_makes_no_sense_is_a_failure_as_any(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        ANSWERS, "broken", (503, {"Retry-After": f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT"}, b"")
    )
    with Field({"broken": 1}) as field:
        [id] = register(small, *field.places)
        publish(small, slug="one")
        with sending(small):
            wait_for(lambda: attempts(small, id) == [(503, 1)])


@pytest.mark.one_engine
def test_what_an_old_address_says_means_nothing_for_the_new_one(small: Database) -> None:
    with Field({"gone": 1, "healthy": 1}) as field:
        gone, healthy = field.places
        [id] = register(small, gone)
        publish(small, slug="one")
        healthy.secret = gone.secret
        answer = Field._misbehave

        async def move(self: Field, place: Place, writer: Any) -> Any:
            if place is gone:
                await asyncio.to_thread(change_url, small, id, healthy.url)
            return await answer(self, place, writer)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Field, "_misbehave", move)
            with sending(small):
                wait_for(lambda: healthy.events.total() == 1)


def change_url(database: Database, id: str, url: str) -> None:
    """Have an endpoint told at another address."""
    with database.write() as session:
        endpoints.change(session.get_one(Endpoint, id), {"url": url}, loopback=True)
        session.commit()


def attempts(database: Database, endpoint: str) -> list[tuple[int | None, int]]:
    """Return the status and the number of attempts of each event of an endpoint."""
    with database.read() as session:
        mine = select(Delivery.status, Delivery.attempts).where(Delivery.endpoint == endpoint)
        return [(status, count) for status, count in session.execute(mine)]


@pytest.mark.one_engine
def test_an_ending_that_was_not_wanted_is_told_to_who_wants_it_before_it_got_there(
    small: Database,
) -> None:
    """What went first is left out of what follows; this one did not go."""
    with Field({"healthy": 1}) as field:
        [id] = register(small, *field.places, events=["rule"])
        publish(small, slug="one")
        ended = end(small, "one")
        with small.write() as session:
            one = session.get_one(Endpoint, id)
            one.urgent_cursor = ended[-1]  # of what follows it was told nothing yet
            endpoints.change(one, {"events": None}, loopback=True)
            session.commit()
        with sending(small):
            wait_for(lambda: field.taken() == 2)
        types = [one["type"] for one in field.places[0].order]
        assert types == ["article.published", "article.withdrawn"]


@pytest.mark.one_engine
def test_an_ending_that_went_first_is_not_told_twice(small: Database) -> None:
    with Field({"healthy": 1}) as field:
        register(small, *field.places)
        publish(small, slug="one")
        end(small, "one")
        publish(small, slug="two")
        with sending(small):
            wait_for(lambda: field.taken() == 3)
        types = [one["type"] for one in field.places[0].order]
        assert types == ["article.withdrawn", "article.published", "article.published"]
