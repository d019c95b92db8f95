"""The system over HTTP: whether it works, how it stood, and what was slow."""

from datetime import timedelta

import ledgers
import pytest
from delivery import ARTICLE, OCD, end
from factories import publish
from flask import Flask
from flask.testing import FlaskClient
from newsroom import Newsroom

from api import db, slowness
from content import samples, usage, work
from content.db import Database
from content.models.samples import Sample

pytestmark = pytest.mark.one_engine
INSIGHTS = "/v1/insights"


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody who works here."""
    return Newsroom(client, library)


def test_samples_say_how_it_stood_and_the_system_how_it_stands(
    room: Newsroom, library: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = db.now().replace(second=30)
    for ago in (200, 190, 180, 2, 1, 0):
        at = begun - timedelta(minutes=ago)
        if ago == 1:
            end(library, OCD)
        with library.write() as session:
            usage.add(session, [usage.Summed(at.date().isoformat(), usage.HIT, 3)])
            usage.add(session, [usage.Summed(at.date().isoformat(), usage.MISS, 1)])
            work.beat(session, "here:1", now=at)
            assert (samples.note(session, at), samples.note(session, at)) == (1, 0)
            session.commit()
    monkeypatch.setattr("api.system.now", lambda: begun)
    steps = room.ask("author", "GET", f"{INSIGHTS}/samples?hours=4").get_json()["steps"]
    assert len(steps) == 60
    filled = [one for one in steps if one["sequence"]]
    assert [one["hits"] for one in filled] == [0, 3, 3, 9]
    assert (steps[-1]["permille_hits"], steps[-1]["workers"], steps[-1]["changes"]) == (750, 1, 2)
    assert steps[30]["workers"] is None
    system = room.ask("author", "GET", f"{INSIGHTS}/system").get_json()
    assert (system["sequence"], system["is_ready"]) == (steps[-1]["sequence"], True)
    assert [(one["name"], one["is_alive"]) for one in system["workers"]] == [("here:1", True)]
    with library.write() as session:
        samples.note(session, begun + samples.KEPT)
        assert session.query(Sample).count() == 1, "older ones are forgotten"
        session.rollback()


def test_what_is_not_ready_is_said_in_a_sentence_each(room: Newsroom, library: Database) -> None:
    publish(library, slug="short", display_until="2026-11-24", title="Shown for a short while only")
    found = room.ask("author", "GET", f"{INSIGHTS}/system").get_json()
    assert not found["is_ready"]
    assert "dates have passed" in found["wrong"][0]
    assert found["queue"]["dates_overdue"] >= 1


def test_a_slow_statement_is_counted_and_logged_without_its_values(
    room: Newsroom, app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(slowness, "MILLISECONDS", 0)
    room.client.get(f"{ARTICLE}?locale=en")
    assert "slow statement, 0 ms: SELECT" in caplog.text
    assert OCD not in caplog.text
    monkeypatch.undo()
    ledgers.of(app).flush()
    slow = room.ask("author", "GET", f"{INSIGHTS}/system").get_json()["slow"]
    assert slow["today"] == slow["ever"] > 0
