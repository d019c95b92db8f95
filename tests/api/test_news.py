"""News between processes that share a Redis: told at once, and missed by nobody for good."""

import time
from collections.abc import Iterator
from dataclasses import replace

import delivery
import pytest
import redis
import services
from delivery import ARTICLE, OCD
from flask import Flask
from flask.testing import FlaskClient
from programs import wait_for

from api import db, news
from api.edge import tail
from api.edge.layer import create_edge
from api.settings import Settings
from content.db import Database

DEAD_REDIS = "redis://127.0.0.1:1/0"


@pytest.fixture
def shared(settings: Settings) -> Settings:
    """An installation whose processes share a Redis."""
    return replace(settings, redis_url=services.redis_url())


@pytest.fixture
def served(shared: Settings) -> Iterator[FlaskClient]:
    """A caller of an application as it is served."""
    edge = create_edge(shared)
    edge.app.wsgi_app = edge  # type: ignore[method-assign]
    yield edge.app.test_client()
    edge.app.extensions["caveat"].database.close()


def test_a_process_looks_as_soon_as_another_has_written(
    served: FlaskClient, shared: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "EVERY", 60.0)
    monkeypatch.setattr(tail, "LEASE", 60.0)
    before = listeners(shared)
    assert [served.get(ARTICLE).status_code for _ in range(2)] == [200, 200]
    wait_for(lambda: listeners(shared) > before)
    with db.opened(shared) as writer:
        delivery.end(writer, OCD)
    begun = time.monotonic()
    wait_for(lambda: served.get(ARTICLE).status_code == 410)
    assert time.monotonic() < begun + 5


def test_who_cannot_tell_has_written_all_the_same(
    settings: Settings, app: Flask, library: Database
) -> None:
    with db.opened(replace(settings, redis_url=DEAD_REDIS)) as writer:
        delivery.end(writer, OCD)
    assert app.test_client().get(ARTICLE).status_code == 410


def test_what_was_rolled_back_is_no_news(library: Database) -> None:
    told: list[int] = []
    writer = Database(library.url, lambda: told.append(1))
    with writer.write() as session:
        session.rollback()
    assert told == []
    delivery.end(writer, OCD)
    assert told == [1]
    writer.close()


def listeners(settings: Settings) -> int:
    """Return how many processes wait for news."""
    with redis.Redis.from_url(settings.redis_url) as asked:
        ((_, count),) = asked.pubsub_numsub(news.CHANNEL)
        return int(count)
