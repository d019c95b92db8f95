"""Purging: each cache in front is told all that changes have made untrue, at least once."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import policies
import programs
import purged
import pytest
from acts import end, head
from delivery import article_id, bearer, running
from factories import publish
from newsroom import hire
from purged import Cache
from sqlalchemy import select, update

from api import purging
from api.purging import SETTLED, NotPurged, Purger
from api.settings import PREFIX, Settings
from content import purges
from content.db import Database
from content.models.purges import PurgeCursor


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def cache() -> Iterator[Cache]:
    """A cache in front."""
    with purged.running() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    """A clock that stands."""
    return Clock()


@pytest.fixture
def purger(library: Database, cache: Cache, clock: Clock) -> Purger:
    """What tells the cache, from now on."""
    made = Purger(library, cache.url, clock)
    assert made.look() == 0
    return made


def cursor(database: Database, target: str) -> int | None:
    """Return up to where a cache was told everything."""
    with database.read() as session:
        return purges.cursor(session, target)


def tags(database: Database, *slugs: str) -> set[str]:
    """Return the tags of some articles, and the log's."""
    return {"log", *(f"art-{article_id(database, slug)}" for slug in slugs)}


def test_a_new_cache_is_told_what_comes_from_now_on(
    library: Database, cache: Cache, purger: Purger
) -> None:
    assert cursor(library, cache.url) == head(library)
    assert (purger.look(), cache.told) == (0, [])


def test_it_is_told_at_once_and_again_when_no_process_can_be_behind(
    library: Database, cache: Cache, purger: Purger, clock: Clock
) -> None:
    before = head(library)
    publish(library, slug="one")
    assert purger.look() == 1
    assert cache.told == [tags(library, "one")]
    assert cursor(library, cache.url) == before, "nothing is sure yet"
    clock.at = SETTLED - 0.01
    publish(library, slug="two")
    assert purger.look() == 1
    assert cache.told[1] == tags(library, "two")
    clock.at = SETTLED
    assert purger.look() == 1
    assert cache.told[2] == tags(library, "one")
    clock.at = 2 * SETTLED
    assert (purger.look(), purger.look()) == (1, 0)
    assert cache.told[3] == tags(library, "two")
    assert cursor(library, cache.url) == head(library)


def test_what_may_be_everywhere_is_purged_everywhere(
    library: Database, cache: Cache, purger: Purger
) -> None:
    policies.record(library, policies.site("publisher", "Somebody else"))
    purger.look()
    assert cache.tags == {"all", "log"}


def test_who_begins_anew_tells_what_was_missed(
    library: Database, cache: Cache, purger: Purger, clock: Clock
) -> None:
    publish(library, slug="one")
    purger.look()  # and is killed
    end(library, "one")
    cache.told.clear()
    assert Purger(library, cache.url, clock).look() == 1
    assert cache.told == [tags(library, "one")]


@pytest.mark.parametrize("status", [403, 405, 500, 302])
def test_a_cache_that_refuses_is_told_anew(
    library: Database, cache: Cache, purger: Purger, clock: Clock, status: int
) -> None:
    before = head(library)
    publish(library, slug="one")
    cache.status = status
    with pytest.raises(NotPurged, match=str(status)):
        purger.look()
    clock.at = 2 * SETTLED
    assert cursor(library, cache.url) == before
    cache.status = 200
    assert purger.look() == 1
    assert cache.tags == tags(library, "one")


def test_one_that_is_away_delays_no_other(
    library: Database, cache: Cache, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    away = f"http://127.0.0.1:{programs.free_port()}/"
    known = replace(settings, purge_urls=f"{away} {cache.url}")
    with caplog.at_level(logging.WARNING, "caveat"), purging.purging(known, library):
        programs.wait_for(lambda: cursor(library, away) and cursor(library, cache.url))
        publish(library, slug="one")
        programs.wait_for(lambda: cursor(library, cache.url) == head(library))
        programs.wait_for(lambda: caplog.text)
    assert cache.tags == tags(library, "one")
    assert cursor(library, away) != head(library)
    (told,) = caplog.messages
    assert told.startswith(f"{away} is not purged: ConnectError")


def test_that_it_fails_and_works_again_is_told_once(
    library: Database,
    cache: Cache,
    purger: Purger,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(purging, "REST", 0.01)
    cache.status, stopped = 503, threading.Event()
    publish(library, slug="one")
    thread = threading.Thread(target=purger.run, args=(stopped,))
    with caplog.at_level(logging.WARNING, "caveat"):
        thread.start()
        try:
            programs.wait_for(lambda: caplog.messages)
            stopped.wait(0.1)
            cache.status = 200
            programs.wait_for(lambda: len(caplog.messages) == 2)
        finally:
            stopped.set()
            thread.join(10)
    assert caplog.messages == [
        f"{cache.url} is not purged: NotPurged: it answers 503 to PURGE",
        f"{cache.url} is purged again",
    ]


def test_of_two_that_purge_the_slower_one_moves_nothing_back(
    library: Database, cache: Cache, purger: Purger, clock: Clock
) -> None:
    publish(library, slug="one")
    purger.look()
    later = Clock()
    other = Purger(library, cache.url, later)
    publish(library, slug="two")
    other.look()
    later.at = SETTLED
    other.look()
    assert cursor(library, cache.url) == head(library)
    cache.told.clear()
    clock.at = SETTLED
    purger.look()
    assert cache.told == [tags(library, "two")], "what it had not told yet"
    assert cursor(library, cache.url) == head(library)


def test_many_tags_go_in_parts_and_too_many_as_everything(
    library: Database, cache: Cache, purger: Purger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "AT_ONCE", 2)
    slugs = [f"slug-{number}" for number in range(4)]
    for slug in slugs:
        publish(library, slug=slug)
    assert purger.look() == 3
    assert max(map(len, cache.told)) == 2
    assert cache.tags == tags(library, *slugs)
    for name in ("MANY_TAGS", "MANY_CHANGES"):
        with monkeypatch.context() as patch:
            patch.setattr(purges, name, 3)
            cache.told.clear()
            Purger(library, cache.url).look()
            assert cache.told == [{"all"}], name


def test_every_header_is_short(library: Database, cache: Cache) -> None:
    longest = len(f"art-{'x' * 36} ") * purging.AT_ONCE
    assert longest < 8000, "Varnish takes 8 KB"


def test_a_log_that_was_set_back_makes_everything_unsure(
    library: Database, cache: Cache, purger: Purger, clock: Clock
) -> None:
    with library.write() as session:
        session.execute(update(PurgeCursor).values(seq=head(library) + 1000))
        session.commit()
    assert purger.look() == 1
    clock.at = SETTLED
    purger.look()
    assert cache.told == [{"all"}, {"all"}]
    assert cursor(library, cache.url) == head(library)
    publish(library, slug="one")
    purger.look()
    assert cache.told[2] == tags(library, "one")


def test_begun_by_several_at_once_it_has_one_cursor(library: Database, cache: Cache) -> None:
    makers = [threading.Thread(target=Purger(library, cache.url).look) for _ in range(4)]
    for one in makers:
        one.start()
    for one in makers:
        one.join(30)
    with library.read() as session:
        assert session.scalars(select(PurgeCursor.seq)).all() == [head(library)]


def test_metrics_and_readiness_tell_how_far_each_cache_is_behind(
    library: Database, cache: Cache, settings: Settings, purger: Purger, clock: Clock
) -> None:
    publish(library, slug="one")
    behind = head(library) - (cursor(library, cache.url) or 0)
    known = replace(settings, purge_urls=f"{cache.url} http://new.example/")
    with running(known) as app:
        client, token = app.test_client(), bearer(hire(library, "auditor")[1])
        told = client.get("/metrics", headers=token).text.splitlines()
        assert f'caveat_purge_behind{{target="{cache.url}"}} {float(behind)}' in told
        assert 'caveat_purge_behind{target="http://new.example/"} +Inf' in told
        (late,) = (
            line
            for line in told
            if line.startswith(f'caveat_purge_late_seconds{{target="{cache.url}')
        )
        assert float(late.split()[1]) > 0
        assert client.get("/readyz").json["work"]["unpurged"] == behind
        purger.look()
        clock.at = SETTLED
        purger.look()
        told = client.get("/metrics", headers=token).text.splitlines()
        assert f'caveat_purge_behind{{target="{cache.url}"}} 0.0' in told
        assert f'caveat_purge_late_seconds{{target="{cache.url}"}} 0.0' in told
        assert client.get("/readyz").json["work"]["unpurged"] == 0


def test_work_once_purges_what_is_due(
    library: Database, cache: Cache, settings: Settings, tmp_path: Path
) -> None:
    known = replace(settings, purge_urls=cache.url)
    env = {PREFIX + name.upper(): value for name, value in vars(known).items()}
    assert programs.run_inside("work", "--once", env=env).returncode == 0
    publish(library, slug="one")
    done = programs.run_inside("work", "--once", env=env)
    assert done.returncode == 0, done.stderr
    assert "purges: 2" in done.stdout.splitlines()
    assert cache.tags == tags(library, "one")
    assert cursor(library, cache.url) == head(library)
    cache.status = 500
    end(library, "one")
    done = programs.run_inside("work", "--once", env=env)
    assert done.returncode == 2
    assert "500" in done.stderr
    assert "Traceback" not in done.stderr
