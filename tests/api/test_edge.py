"""The edge: what is given again is what Flask would have answered, to the byte, and counted so."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import delivery
import ledgers
import pytest
from delivery import ARTICLE, OCD, SLEEP, bearer
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from keyholders import Holder, hold
from newsroom import hire
from queries import counted
from requests_of_anybody import REQUESTS
from werkzeug.test import TestResponse
from worlds import FEEDS, TEST, Asked, World

from api.edge import layer
from api.edge.layer import Edge
from api.settings import Settings
from content.credentials import SITE
from content.db import Database
from content.signing import Keyring

OF_EACH = {"Date", "Cache-Status", "RateLimit"}  # headers that an answer has for itself
ROOM = 50_000_000
HIT = "caveat; hit"


def layered(app: Flask) -> Edge:
    """Put the edge in front of an application, one that looks at the log for each request."""
    app.wsgi_app = edge = Edge(app, ROOM)  # type: ignore[method-assign]
    edge.tail.follow = edge.tail.look  # type: ignore[method-assign]
    return edge


@pytest.fixture
def edge(app: Flask) -> Edge:
    """The edge in front of the test's own application, whose client asks it from now on."""
    return layered(app)


@pytest.fixture
def mine(library: Database) -> Holder:
    """A partner with an account key."""
    return hold(library)


@pytest.fixture(scope="module")
def behind(
    world: World, keyring: Keyring, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    """A client of another application over the same library, with the edge in front."""
    folder = tmp_path_factory.mktemp("edge")
    with delivery.running(delivery.installed(world.database, keyring, folder)) as app:
        layered(app)
        yield app.test_client()


def status(response: TestResponse) -> str:
    """Return what the edge says that it did."""
    return response.headers.get("Cache-Status", "")


def told(response: TestResponse) -> tuple[int, dict[str, str], Any]:
    """Return all of an answer that is the same for everybody who asks so."""
    headers = {name: value for name, value in response.headers if name not in OF_EACH}
    body: Any = response.data
    if response.is_json and response.status_code >= 400 and body:
        body = {name: value for name, value in response.json.items() if name != "request_id"}
        headers.pop("Content-Length")
    return response.status_code, headers, body


@pytest.mark.no_cover
def test_it_answers_whatever_anybody_asks_as_flask_does(
    world: World, behind: FlaskClient, examples: int
) -> None:
    @settings(
        max_examples=examples * 8, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    @given(asked=REQUESTS, coding=st.sampled_from(["", "gzip, br", "gzip;q=0"]))
    @example(asked=Asked(), coding="gzip")
    @example(asked=Asked(key="adults"), coding="")
    @example(asked=Asked(slug=TEST), coding="")
    @example(asked=Asked(slug=TEST, is_live=False), coding="")
    @example(asked=Asked(slug=SLEEP, rule=2), coding="")
    @example(asked=Asked(slug=SLEEP), coding="")
    @example(asked=Asked(slug="nothing-of-that-name"), coding="")
    @example(asked=Asked(route=FEEDS[1], method="HEAD"), coding="gzip")
    @example(asked=Asked(route="/v1/articles", rule=1), coding="gzip")
    def ask(asked: Asked, coding: str) -> None:
        world.become(asked)
        headers = {"Accept-Encoding": coding}
        of_flask = world.send(asked, more=headers)
        for _ in range(3):  # made, given to the next, given to all
            assert told(world.send(asked, behind, headers)) == told(of_flask)
        if tag := of_flask.headers.get("ETag"):
            headers["If-None-Match"] = f'"another", W/{tag}'
            expected = told(world.send(asked, more=headers))
            assert told(world.send(asked, behind, headers)) == expected

    ask()


def test_what_is_given_again_asks_the_database_for_nothing(
    app: Flask, edge: Edge, client: FlaskClient
) -> None:
    assert status(client.get(ARTICLE)) == "caveat; fwd=uri-miss; stored"
    edge.tail.follow = lambda: None  # type: ignore[method-assign]
    with counted(app) as queries:
        assert status(client.get(ARTICLE)) == HIT
        assert status(client.head(ARTICLE)) == HIT
    assert queries == []


def test_a_reader_who_has_it_makes_it_known_to_others(edge: Edge, client: FlaskClient) -> None:
    tag = client.get(ARTICLE).headers["ETag"]
    edge.store.move_on(10_000_000, frozenset(["all"]))
    edge.store.move_on(0, frozenset())
    again = client.get(ARTICLE, headers={"If-None-Match": tag})
    assert (again.status_code, status(again)) == (304, "caveat; fwd=uri-miss; stored")
    whole = client.get(ARTICLE)
    assert (whole.status_code, status(whole), whole.json["article"]["slug"]) == (200, HIT, OCD)


def test_a_time_does_where_there_is_no_tag(edge: Edge, client: FlaskClient) -> None:
    modified = client.get(ARTICLE).headers["Last-Modified"]
    assert client.get(ARTICLE, headers={"If-Modified-Since": modified}).status_code == 304
    long_ago = {"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}
    assert client.get(ARTICLE, headers=long_ago).status_code == 200
    other = {"If-None-Match": '"another"', "If-Modified-Since": modified}
    assert client.get(ARTICLE, headers=other).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-9"},
        {"If-Match": '"another"'},
        {"Cache-Control": "no-cache"},
        {"If-Unmodified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"},
    ],
)
def test_what_asks_for_more_than_a_finished_answer_goes_to_flask(
    edge: Edge, client: FlaskClient, headers: dict[str, str]
) -> None:
    for _ in range(2):
        client.get(ARTICLE)
    assert status(client.get(ARTICLE, headers=headers)) != HIT


def test_a_change_drops_what_it_touches_and_nothing_else(
    edge: Edge, client: FlaskClient, library: Database
) -> None:
    addresses = [ARTICLE, f"/v1/articles/{SLEEP}", "/v1/articles?limit=2", "/v1/changes?limit=1"]
    for address in addresses:
        assert client.get(address).status_code == 200
    delivery.revise(library, SLEEP, title="Sleep, told anew for its readers")
    assert [status(client.get(address)) == HIT for address in addresses] == [True, *[False] * 3]
    delivery.reword(library)
    assert [status(client.get(address)) == HIT for address in addresses] == [False] * 4


def test_what_was_taken_down_is_gone_at_once_and_stays_counted(
    app: Flask, edge: Edge, client: FlaskClient, library: Database, mine: Holder
) -> None:
    assert client.get(ARTICLE, headers=mine.headers).status_code == 200
    delivery.end(library, OCD)
    for _ in range(3):
        assert client.get(ARTICLE, headers=mine.headers).status_code == 410
    used = ledgers.used(library, ledgers.of(app), mine)
    assert {key: row.count for key, row in used.items()} == {
        ("/v1/articles/{slug}", 200): 1,
        ("/v1/articles/{slug}", 410): 3,
    }


def test_partners_with_the_same_entitlements_share_answers_and_are_counted_apart(
    app: Flask, edge: Edge, client: FlaskClient, library: Database
) -> None:
    one, other = hold(library, name="One"), hold(library, name="Other")
    found = [client.get(ARTICLE, headers=who.headers) for who in (one, one, other, other)]
    assert [status(response) == HIT for response in found] == [False, True, False, True]
    assert len({response.data for response in found}) == 1
    left = [response.headers["RateLimit"].partition('"daily";r=')[2] for response in found]
    assert [text.partition(";")[0] for text in left] == ["99999", "99998"] * 2
    for who in (one, other):
        (row,) = ledgers.used(library, ledgers.of(app), who).values()
        assert (row.count, row.bytes) == (2, 2 * len(found[0].data))
        assert [seen.count for seen in ledgers.given(library, ledgers.of(app), who)] == [2]


def test_partners_with_other_entitlements_share_nothing(
    edge: Edge, client: FlaskClient, library: Database
) -> None:
    everything = hold(library, name="One")
    sleep_only = hold(library, name="Other", topics=["sleep"])
    for _ in range(2):
        assert client.get(ARTICLE, headers=everything.headers).status_code == 200
        assert client.get(ARTICLE, headers=sleep_only.headers).status_code == 403
        assert client.get(ARTICLE).status_code == 200


def test_a_key_that_was_revoked_opens_nothing_any_more(
    edge: Edge, client: FlaskClient, mine: Holder
) -> None:
    spare = client.post(
        "/v1/me/keys", json={"name": "spare", "kind": "account"}, headers=mine.headers
    ).json
    headers = bearer(spare["key"])
    for _ in range(2):
        assert client.get(ARTICLE, headers=headers).status_code == 200
    client.delete(f"/v1/me/keys/{spare['id']}", headers=mine.headers)
    assert client.get(ARTICLE, headers=headers).status_code == 401


def test_a_key_ends_by_the_clock(
    edge: Edge, client: FlaskClient, library: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=5)
    mine = hold(library, expires_at=soon)
    found = [client.get(ARTICLE, headers=mine.headers) for _ in range(2)]
    assert status(found[1]) == HIT
    monkeypatch.setattr(time, "time", lambda: soon.timestamp() + 1)
    assert status(client.get(ARTICLE, headers=mine.headers)) != HIT


def test_a_site_key_is_known_by_the_page_it_comes_from(
    edge: Edge, client: FlaskClient, library: Database
) -> None:
    site = hold(library, kind=SITE, domains=["partner.example"])
    page = {**site.headers, "Origin": "https://partner.example"}
    assert [client.get(ARTICLE, headers=page).status_code for _ in range(2)] == [200, 200]
    elsewhere = {**site.headers, "Origin": "https://elsewhere.example"}
    assert [client.get(ARTICLE, headers=elsewhere).status_code for _ in range(2)] == [403, 403]


def test_an_account_key_in_a_page_is_refused_however_well_it_is_known(
    edge: Edge, client: FlaskClient, mine: Holder
) -> None:
    page = mine.at("https://partner.example")
    for _ in range(3):
        assert client.get(ARTICLE, headers=mine.headers).status_code == 200
        assert client.get(ARTICLE, headers=page).status_code == 403


@pytest.mark.parametrize("odd", ["Bearer \xff\udcff", "", "Bearer", "x" * 10_000])
def test_an_odd_key_is_nobodys(edge: Edge, client: FlaskClient, odd: str) -> None:
    environ = {"HTTP_AUTHORIZATION": odd}
    assert [client.get(ARTICLE, environ_overrides=environ).status_code for _ in range(2)] == [
        401,
        401,
    ]


def test_limits_hold_for_what_is_given_again(settings: Settings, library: Database) -> None:
    with delivery.running(replace(settings, plans="standard=5,1000")) as app:
        layered(app)
        mine, client = hold(library), app.test_client()
        found = [client.get(ARTICLE, headers=mine.headers) for _ in range(8)]
        assert [response.status_code for response in found] == [200] * 5 + [429] * 3
        known = {**mine.headers, "If-None-Match": found[0].headers["ETag"]}
        assert client.get(ARTICLE, headers=known).status_code == 429


def test_many_who_miss_at_once_cost_one_answer(
    app: Flask, edge: Edge, library: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer, "PATIENCE", 60.0)  # however slow this machine is
    waiting, entered = threading.Event(), []

    def slow() -> None:
        entered.append(1)
        waiting.wait(5)

    app.before_request_funcs.setdefault(None, []).insert(0, slow)
    with ThreadPoolExecutor(8) as threads:
        asking = [threads.submit(app.test_client().get, ARTICLE) for _ in range(8)]
        threading.Timer(0.3, waiting.set).start()
        assert [one.result().status_code for one in asking] == [200] * 8
    assert len(entered) == 1


def test_an_editor_sees_what_was_just_written(
    edge: Edge, client: FlaskClient, library: Database
) -> None:
    token = bearer(hire(library, "admin")[1])
    for _ in range(3):
        assert status(client.get(ARTICLE, headers=token)) == "caveat; fwd=miss"
