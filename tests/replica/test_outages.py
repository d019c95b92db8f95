"""A standby that is killed, that hangs, or is none: the primary answers, and operators know."""

import logging
import threading
import time
from dataclasses import replace
from pathlib import Path

import audits
import delivery
import patients
import pytest
from delivery import ARTICLE, OCD, SLEEP, bearer
from flask.testing import FlaskClient
from newsroom import hire
from programs import free_port, wait_for
from replicas import BOUND, Pair, await_more, fronted, look, reads, seconds_until

from api.doctoring import PROBLEM, WARNING, databases
from api.settings import Settings
from content import replica
from content.db import Database
from content.signing import Keyring

OTHER = f"/v1/articles/{SLEEP}"
PLACES = ("US", "US-AL", "GB", "DE", "CA", "AU")


def test_a_standby_that_is_killed_fails_no_request(
    pair: Pair, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "caveat")
    found, ended = set[int](), threading.Event()

    def ask() -> None:
        mine = client.application.test_client()
        while not ended.is_set():
            found.add(look(mine, "/v1/articles?limit=3"))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        pair.standby.kill()
        await_more(client, "away")
        pair.standby.start()
        await_more(client, "replica")
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert found == {200}
    told = [record.getMessage().partition(":")[0] for record in caplog.records]
    assert told == ["the replica is not read", "the replica is read again"]


def test_a_standby_that_hangs_keeps_nobody_waiting_for_long(
    pair: Pair, client: FlaskClient, library: Database
) -> None:
    pair.standby.freeze()
    try:
        delivery.end(library, OCD)
        begun = time.monotonic()
        seconds_until(lambda: client.get(ARTICLE).status_code == 410)
        for place in PLACES:
            assert look(client, f"{OTHER}?jurisdiction={place}") == 200
        assert time.monotonic() < begun + BOUND + 2 * replica.ANSWER
    finally:
        pair.standby.thaw()
    await_more(client, "replica")


def test_a_standby_that_was_promoted_is_not_read(
    pair: Pair, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    database: Database = client.application.extensions["caveat"].database
    with pair.parted():
        other = Database(pair.of_standby(database.url))
        delivery.end(other, OCD)
        other.close()
        assert look(client, ARTICLE) == 200, "although it has a higher number"
        assert [one.getMessage() for one in caplog.records] == [
            "the replica is not read: is no standby"
        ]
    await_more(client, "replica")


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("itself", "is no standby"),
        ("another log", "has another log"),
        ("no Caveat", 'relation "counter" does not exist'),
        ("nobody", "Connection refused"),
    ],
)
def test_what_is_no_standby_of_this_database_is_not_read(
    name: str,
    cause: str,
    pair: Pair,
    library: Database,
    alone: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = {
        "itself": library.url,
        "another log": pair.of_standby(pair.foreign()),
        "no Caveat": pair.standby.url,
        "nobody": f"postgresql://caveat@127.0.0.1:{free_port()}/caveat",
    }[name]
    with delivery.running(replace(alone, replica_url=url)) as app, fronted(app):
        client = app.test_client()
        wait_for(lambda: look(client, ARTICLE) == 200 and caplog.records)
        assert look(client, ARTICLE) == 200
        assert reads(app)["replica"] == 0
        app.extensions["caveat"].replica.close()
    told = [record.getMessage() for record in caplog.records]
    assert [cause in one for one in told] == [True]


def test_metrics_tell_how_far_it_is_behind(
    pair: Pair, client: FlaskClient, library: Database, plain: FlaskClient
) -> None:
    editor = bearer(hire(library, "auditor")[1])
    pair.catch_up()
    with pair.paused():
        behind = 0 - delivery.head(library)
        delivery.end(library, OCD)
        audits.note(library)
        behind += delivery.head(library)
        told = client.get("/metrics", headers=editor).text
    assert f'caveat_replica_behind{{of="log"}} {behind}.0' in told
    assert 'caveat_replica_behind{of="audit"} 1.0' in told
    assert 'caveat_replica_reads_total{result="again"} 0.0' in told
    assert 'caveat_replica_behind{of="log"} 0.0' in client.get("/metrics", headers=editor).text
    assert "caveat_replica_behind{" not in plain.get("/metrics", headers=editor).text
    pair.standby.kill()
    told = client.get("/metrics", headers=editor).text
    pair.standby.start()
    assert 'caveat_replica_behind{of="log"} +Inf' in told


def test_the_doctor_looks_at_it(
    pair: Pair,
    library: Database,
    keyring: Keyring,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patient, url = patients.make(library, keyring, tmp_path), pair.of_standby(library.url)
    assert patient.is_well("replica"), "there is none"
    assert patient.is_well("replica", replica_url=url)
    assert patient.ails("replica", "is no standby", replica_url=library.url) == PROBLEM
    away = f"postgresql://caveat@127.0.0.1:{free_port()}/caveat"
    assert patient.ails("replica", "refused", "all reads", replica_url=away) == PROBLEM
    monkeypatch.setattr(databases, "FAR_BEHIND", 0)
    with pair.paused():
        audits.note(library)
        told = "0 changes and 1 acts of the audit behind"
        assert patient.ails("replica", told, replica_url=url) == WARNING
