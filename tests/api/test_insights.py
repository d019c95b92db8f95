"""Insights over HTTP: each question in one answer, bounded, closed to all but editors."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import ledgers
import pytest
from delivery import ARTICLE, OCD, bearer, end, running
from flask import Flask
from flask.testing import FlaskClient
from keyholders import hold
from newsroom import Newsroom, hire
from problems import assert_problem
from queries import counted
from takers import live

from api import memory
from api.settings import Settings
from content import usage
from content.db import Database

pytestmark = pytest.mark.one_engine
INSIGHTS = "/v1/insights"
DEAD_REDIS = "redis://127.0.0.1:1/0"
ADDRESSES = (
    *("corpus", "reviews", "reviews?from=2020-06-01&to=2021-06-01&limit=1", "disclaimers"),
    *("partners", "deliveries", "deliveries?days=30", "recalls", "cache"),
    *("days", "days?from=2026-01-01&to=2026-12-31&series=log", "facts", "matrix?limit=50"),
    *("partners?holds=kept&q=part", "recalls/unconfirmed", "system", "samples", "samples?hours=1"),
)
ROW = re.compile(r"^\| `(caveat_[a-z_]+)(?:\{([a-z]+)\})?` \|", re.MULTILINE)
TYPE = re.compile(r"^# TYPE (caveat_[a-z_]+) ", re.MULTILINE)


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody who works here."""
    return Newsroom(client, library)


def test_each_answer_keeps_its_description_and_no_cache_keeps_it(
    room: Newsroom, library: Database
) -> None:
    live(library, 2)
    for address in ADDRESSES:
        answer = room.ask("auditor", "GET", f"{INSIGHTS}/{address}")
        assert answer.status_code == 200, answer.get_json()
        assert not {"title", "summary"} & set(re.findall(r'"(\w+)":', answer.text))


def test_no_question_costs_more_queries_where_there_is_more(
    room: Newsroom, library: Database, client: FlaskClient
) -> None:
    live(library, 2)
    before = {address: queries(room, client, address) for address in (*ADDRESSES, "/metrics")}
    live(library, 6)
    assert {address: queries(room, client, address) for address in before} == before
    assert max(before.values()) <= 140, "of disclaimers: some for each rule"


def queries(room: Newsroom, client: FlaskClient, address: str) -> int:
    """Return how many queries an address costs, its policy being known."""
    path = address if address.startswith("/") else f"{INSIGHTS}/{address}"
    headers = bearer(room.people["author"][1] if room.id("author") else "")
    client.get(path, headers=headers)
    with counted(client.application) as found:
        assert client.get(path, headers=headers).status_code == 200
    return len(found)


def test_lists_go_on_where_the_page_before_has_ended(room: Newsroom, library: Database) -> None:
    live(library, 4)
    for address, name, parameter in (
        ("partners", "partners", "after"),
        ("deliveries", "endpoints", "after"),
        ("recalls", "recalls", "before"),
        ("recalls/unconfirmed", "partners", "after"),
        ("reviews?from=2021-01-01&to=2022-01-01", "entries", "cursor"),
    ):
        seen, more = list[str](), ""
        sign = "&" if "?" in address else "?"
        while True:
            page = room.ask("author", "GET", f"{INSIGHTS}/{address}{sign}limit=1{more}").get_json()
            seen += [_id(one) for one in page[name]]
            if page["next"] is None:
                break
            more = f"&{parameter}={page['next']}"
        whole = room.ask("author", "GET", f"{INSIGHTS}/{address}").get_json()
        assert seen == [_id(one) for one in whole[name]]
        assert len(seen) == len(set(seen))


def _id(one: dict[str, Any]) -> str:
    """Return what names an entry of any list."""
    return str(one.get("id") or one.get("subject") or one["partner"])


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("days?series=log%0A", "series"),
        ("days?from=2020-01-01&to=2026-01-01", "from"),
        ("days?from=2026-02-01&to=2026-01-01", "from"),
        ("reviews?from=2020-01-01&to=2026-01-01", "from"),
        ("reviews?cursor=bm9uc2Vuc2U", "cursor"),
        ("partners?limit=51", "limit"),
        ("deliveries?days=31", "days"),
        ("partners?holds=odd", "holds"),
        ("samples?hours=169", "hours"),
        ("recalls/unconfirmed?after=bm9uc2Vuc2U", "after"),
        ("recalls?after=x", "after"),
    ],
)
def test_what_cannot_be_asked_is_named(room: Newsroom, asked: str, named: str) -> None:
    problem = assert_problem(room.ask("author", "GET", f"{INSIGHTS}/{asked}"), 400, "bad-request")
    assert problem["errors"][0]["pointer"] == named


def test_reads_of_the_cache_are_counted_whoever_asks(
    room: Newsroom, library: Database, app: Flask
) -> None:
    for _ in range(3):
        room.client.get(ARTICLE)
    ledgers.of(app).flush()
    found = room.ask("author", "GET", f"{INSIGHTS}/cache").get_json()
    assert found["today"] == {"hits": 2, "misses": 1, "unanswered": 0, "permille_hits": 666}
    assert (found["shared"], found["process"]["entries"]) == (False, 1)
    end(library, OCD)
    assert room.client.get(ARTICLE).status_code == 410
    ledgers.of(app).flush()
    assert room.ask("author", "GET", f"{INSIGHTS}/cache").get_json()["ever"]["misses"] == 2


def test_reads_that_redis_does_not_answer_are_misses(room: Newsroom, settings: Settings) -> None:
    with running(replace(settings, redis_url=DEAD_REDIS)) as app:
        app.test_client().get(ARTICLE)
        ledgers.of(app).flush()
        headers = bearer(room.people["author"][1] if room.id("author") else "")
        found = app.test_client().get(f"{INSIGHTS}/cache", headers=headers).get_json()
    assert found["today"] == {"hits": 0, "misses": 1, "unanswered": 1, "permille_hits": 0}
    assert (found["shared"], found["process"]) == (True, None)


def test_what_is_dropped_to_make_room_is_counted() -> None:
    kept = memory.Memory(threshold=2)
    for number in range(5):
        kept.set(str(number), number)
    assert (kept.entries, kept.dropped, kept.most) == (3, 2, 2)


def test_sums_of_a_day_are_those_of_all_partners(
    room: Newsroom, library: Database, app: Flask
) -> None:
    for holder in (hold(library), hold(library)):
        for _ in range(2):
            assert room.client.get(ARTICLE, headers=holder.headers).status_code == 200
        room.client.get("/v1/articles/none", headers=holder.headers)
    ledgers.of(app).flush()
    found = room.ask("author", "GET", f"{INSIGHTS}/days?series=usage").get_json()["days"][-1]
    with library.read() as session:
        brute = session.query(usage.Usage).all()
    sums = {name: found["usage"][name] for name in ("bytes", "cost")}
    assert sums == {name: sum(getattr(row, name) for row in brute) for name in sums}
    assert found["usage"]["answers"] == sum(row.count for row in brute) == 6


def test_the_table_of_metrics_has_every_metric_and_no_other(
    client: FlaskClient, library: Database, here: Path
) -> None:
    live(library, 2)
    answer = client.get("/metrics", headers=bearer(hire(library, "auditor")[1]))
    assert answer.status_code == 200
    told = answer.text
    rows = ROW.findall((here / "docs" / "operating.md").read_text())
    assert sorted(name for name, _ in rows) == sorted(TYPE.findall(told))
    labels = dict(re.findall(r"^(caveat_[a-z_]+)\{([a-z]+)=", told, re.MULTILINE))
    documented = {name: label for name, label in rows if label}
    assert {**documented, **labels} == documented, "a label that no table has"
    for name, label in documented.items():
        assert labels.get(name, label) == label


def test_metrics_count_answers_by_status_and_reads_of_the_cache(
    client: FlaskClient, library: Database, app: Flask
) -> None:
    holder = hold(library)
    tag = client.get(ARTICLE, headers=holder.headers).headers["ETag"]
    client.get(ARTICLE, headers={**holder.headers, "If-None-Match": tag})
    ledgers.of(app).flush()
    told = client.get("/metrics", headers=bearer(hire(library, "auditor")[1])).text
    for line in (
        'caveat_answers_total{status="200"} 1.0',
        'caveat_answers_total{status="304"} 1.0',
        'caveat_cache_reads_total{result="hit"} 1.0',
        'caveat_cache_reads_total{result="unanswered"} 0.0',
        "caveat_texts_live 4.0",
        'caveat_partners{state="active"} 1.0',
        "caveat_drill_age_seconds +Inf",
    ):
        assert line in told.splitlines()
