"""Limits of several processes, held together by a Redis, and without it when it has died."""

import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import asking
import delivery
import pytest
import redises
from delivery import ARTICLE
from keyholders import hold
from redises import OwnRedis

from api import leases
from api.leases import Shared
from api.limits import Limits
from api.settings import Settings
from content import usage
from content.credentials import ACCOUNT
from content.db import Database
from content.plans import UNITS, Plan

pytestmark = pytest.mark.one_engine
MOMENT = 1_900_022_430.0


@pytest.fixture
def own(tmp_path: Path) -> Iterator[OwnRedis]:
    """A Redis of the test's own."""
    with redises.running(tmp_path) as server:
        yield server


def ask_at_once(own: OwnRedis, minute: int, tries: int, processes: int = 4) -> list[int]:
    """Return how many requests several processes have let in, of as many as each has tried."""
    arguments = [own.url, str(minute), str(tries), str(MOMENT)]
    started = [
        subprocess.Popen(
            [sys.executable, asking.__file__, *arguments], stdout=subprocess.PIPE, text=True
        )
        for _ in range(processes)
    ]
    return [int(one.communicate(timeout=60)[0]) for one in started]


@pytest.mark.no_cover
@pytest.mark.parametrize(("minute", "tries"), [(6000, 1600), (60, 40)])
def test_four_processes_hold_one_limit_within_five_per_cent(
    own: OwnRedis, minute: int, tries: int
) -> None:
    let_in = ask_at_once(own, minute, tries)
    assert minute * 0.95 <= sum(let_in) <= minute * 1.05, let_in
    assert ask_at_once(own, minute, tries, processes=1) == [0]  # a restart gives nothing anew


@pytest.mark.no_cover
def test_less_than_the_quota_is_never_refused_for_more_than_what_others_have_in_hand(
    own: OwnRedis,
) -> None:
    assert ask_at_once(own, 6000, 1400) == [1400] * 4


@pytest.mark.no_cover  # it must not take long
def test_without_redis_all_are_let_in_at_once_and_it_is_told_once(
    own: OwnRedis, caplog: pytest.LogCaptureFixture
) -> None:
    now, failed = [0.0], []
    limits = Limits(Shared(own.url, lambda: now[0]), lambda: failed.append(1), lambda: MOMENT)
    plan = Plan("standard", 100, 1000)

    def let_in() -> int:
        found = [limits.take("a partner", ACCOUNT, plan) for _ in range(500)]
        for taken in found:
            limits.settle(taken, UNITS)
        return sum(not taken.broken for taken in found)

    assert not limits.take("a partner", ACCOUNT, plan).broken
    own.kill()
    began = time.monotonic()
    with caplog.at_level(logging.WARNING, "caveat"):
        assert let_in() == 500
        assert time.monotonic() - began < 2
        assert len(failed) >= 480  # some were in hand
        assert len(caplog.records) == 1
        own.start()
        now[0] += leases.REST
        for _ in range(2):
            let_in()
        assert limits.take("a partner", ACCOUNT, plan).broken == ("burst",)
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "limits are not held",
        "limits are held again",
    ]


def test_partners_are_answered_when_redis_is_killed_and_metrics_tell_how_often(
    own: OwnRedis, settings: Settings, library: Database
) -> None:
    mine = hold(library)
    plan = {"plans": "standard=60,1000", "redis_url": own.url}
    with delivery.running(replace(settings, **plan)) as app:
        client = app.test_client()
        assert client.get(ARTICLE, headers=mine.headers).headers["RateLimit"]
        own.kill()
        for _ in range(5):
            response = client.get(ARTICLE, headers=mine.headers)
            assert response.status_code == 200
            assert "RateLimit" not in response.headers
            assert "RateLimit-Policy" in response.headers
        app.extensions["caveat-meter"].ledger.flush()
    with library.read() as session:
        assert usage.tallied(session, usage.FAILED_OPEN) == 5
