"""A drill with fifty partners of every kind: all are told who can be, and the report says the rest.

Real servers on both sides: the partners' programs fetch the article, hear of its recall by webhook,
and confirm by their own word or by fetching what is gone. ``pytest -s`` prints how long it took.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from delivery import PEPPER
from factories import publish
from fields import Field, Place
from keyholders import Holder, hold
from programs import wait_for
from publishers import Silent
from werkzeug.serving import make_server

from api import ledger, secrets, worker
from api.app import create_app
from api.db import now
from api.sending.beside import sending
from api.settings import Settings
from content import articles, exposures, partners
from content.contexts import TEST
from content.db import Database
from content.editorial import endings
from content.recalls import opening, reports
from content.signing import Keyring
from content.webhooks import endpoints, events

pytestmark = [pytest.mark.one_engine, pytest.mark.no_cover]
SLUG = "a-drill"
ASKED = f"/v1/articles/{SLUG}?include=test"
FAULTS = {"healthy": 30, "flaky": 6, "resets": 4, "busy": 4, "broken": 2, "gone": 2, "silent": 2}
GOOD = ("healthy", "flaky", "resets", "busy")
HOURS = 24


@dataclass
class Program:
    """A partner's program, behind one of the field's servers."""

    place: Place
    holder: Holder
    http: httpx.Client
    by_word: bool
    is_done: bool = False

    def fetch(self) -> int:
        """Fetch the article."""
        return self.http.get(ASKED, headers=self.holder.headers).status_code

    def react(self) -> None:
        """Confirm once it has heard of the recall."""
        told = [
            one["data"]["recall"] for one in self.place.order if one["type"] == events.RECALL_OPENED
        ]
        if self.is_done or not told:
            return
        if self.by_word:
            done = self.http.post(told[0]["confirm"], headers=self.holder.headers, json={})
            assert done.status_code == 200, done.text
        else:
            assert self.fetch() == 410
        self.is_done = True


def test_everybody_who_can_be_told_confirms_and_the_report_names_the_others(
    small: Database, small_keyring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "EVERY", 0.2)
    settings = installed(small, small_keyring, tmp_path)
    publish(small, slug=SLUG, topics=[TEST], now=now())
    with (
        Field(FAULTS) as field,
        running(settings, small) as base,
        httpx.Client(base_url=base) as http,
    ):
        programs = [join(small, one, number, http) for number, one in enumerate(field.places)]
        assert {one.fetch() for one in programs} == {200}
        wait_for(lambda: active(small) == len(programs))
        wait_for(lambda: exposed(small) == len(programs))
        id = drill(small)
        good = [one for one in programs if one.place.fault in GOOD]
        wait_for(lambda: all(react(one) for one in good))
        wait_for(lambda: report(small, id)["partners"]["confirmed"] == len(good))
        found = report(small, id)
    assert found["partners"]["asked"] == len(programs), "the report is complete"
    assert found["partners"]["confirmed_by"] == {"partner": 22, "fetch": 22, "editor": 0}
    assert all(one["given"] for one in found["exposed"])
    late = {one["name"].split()[0] for one in found["exposed"] if one["state"] != "confirmed"}
    assert late == {"broken", "gone", "silent"}
    assert not any(hook["told"] == "delivered" for hook in hooks(found, "broken", "silent"))
    seconds = found["partners"]["seconds_to_last_confirmation"]
    told = f"{len(good)} of {len(programs)} partners confirmed, the last one after {seconds} s"
    sys.stderr.write(f"\n{told}\n")


def react(program: Program) -> bool:
    """Let a program react; return whether it has confirmed."""
    program.react()
    return program.is_done


def installed(database: Database, keyring: Keyring, folder: Path) -> Settings:
    """Return the settings of an installation that may send to this machine."""
    settings = Settings(
        data=str(folder),
        database_url=database.url,
        secret_key=PEPPER.decode(),
        webhooks_loopback="true",
        open_delivery="true",
    )
    keyring.save(secrets.keyring_path(settings))
    return settings


@contextmanager
def running(settings: Settings, database: Database) -> Iterator[str]:
    """Serve, send and work, each in a thread; give the address."""
    app = create_app(settings)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    stopped = threading.Event()
    jobs = (worker.Job("recalls", 0.5, worker.watch_recalls),)
    working = worker.Worker(database, jobs)
    threads = [
        threading.Thread(target=server.serve_forever, args=(0.05,)),
        threading.Thread(target=working.run, args=(stopped, 0.1)),
    ]
    for one in threads:
        one.start()
    try:
        with sending(settings, database):
            yield f"http://127.0.0.1:{server.port}"
    finally:
        stopped.set()
        server.shutdown()
        for one in threads:
            one.join()
        server.server_close()
        app.extensions["caveat"].database.close()


def join(database: Database, place: Place, number: int, http: httpx.Client) -> Program:
    """Make a partner with a key and a webhook at a place."""
    holder = hold(database, name=f"{place.fault} {number}", now=now())
    with database.write() as session:
        partner = partners.find(session, holder.id)
        about = {"url": place.url, "events": ["rule"]}  # a recall passes all filters
        _, place.secret = endpoints.add(
            session, partner, about, key=PEPPER, loopback=True, now=now()
        )
        session.commit()
    return Program(place, holder, http, by_word=number % 2 == 0)


def exposed(database: Database) -> int:
    """Return how many partners are in the ledger."""
    with database.read() as session:
        article = articles.identify(session, SLUG)
        return len(exposures.of_article(session, article))


def active(database: Database) -> int:
    """Return how many webhooks have said the challenge."""
    with database.read() as session:
        return endpoints.counts(session).get(endpoints.ACTIVE, 0)


def drill(database: Database) -> str:
    """Recall the test article."""
    words = {"notice": "A drill.", "reason": "a drill"}
    with database.write() as session:
        ended = endings.end(session, SLUG, "withdrawn", **words, by="test", now=now())
        asked = {"hours": HOURS, "everyone": False}
        made = opening.open_recall(session, ended, **asked, by="test", now=now())
        session.commit()
        return made.id


def report(database: Database, id: str) -> dict[str, Any]:
    """Return what is known of the drill."""
    with database.read() as session:
        return reports.internal(session, opening.find(session, id))


def hooks(report: dict[str, Any], *faults: str) -> list[dict[str, Any]]:
    """Return the webhooks of the partners that behave in a way."""
    mine = [one for one in report["exposed"] if one["name"].split()[0] in faults]
    return [hook for one in mine for hook in one["webhooks"]]
