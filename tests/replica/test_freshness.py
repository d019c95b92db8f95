"""Delivery reads a standby, and refuses what the primary would refuse as soon as without one."""

import random
from collections.abc import Callable
from contextlib import suppress

import delivery
import pytest
from delivery import ARTICLE, OCD, SLEEP, SLUGS, bearer
from factories import publish
from flask import Flask
from flask.testing import FlaskClient
from keyholders import Holder, hold
from newsroom import hire
from queries import counted
from replicas import BOUND, Pair, await_more, fronted, look, reads, seconds_until

from api.edge.layer import Edge
from content.db import Database
from content.errors import Conflict

OTHER = f"/v1/articles/{SLEEP}"
PLACES = ("US", "US-AL", "GB", "DE", "CA", "AU", "FR", "ES", "IN", "JP", "BR", "US-CA")


def test_delivery_reads_the_standby(pair: Pair, client: FlaskClient, plain: FlaskClient) -> None:
    before = pair.standby.asked()
    for address in (ARTICLE, OTHER, "/v1/articles", "/v1/changes", "/v1/feeds/articles.atom"):
        answer, said = client.get(address), plain.get(address)
        assert (answer.status_code, answer.data) == (200, said.data)
        assert answer.headers["Caveat-Sequence"] == said.headers["Caveat-Sequence"]
    assert pair.standby.asked() > before
    assert reads(client.application)["behind"] == 0


def test_the_standby_is_asked_no_more_than_the_primary_would_be(
    pair: Pair, client: FlaskClient, plain: FlaskClient
) -> None:
    for address in (ARTICLE, "/v1/articles", "/v1/changes"):
        for one in (client, plain):
            look(one, address)
        before = pair.standby.asked()
        with counted(plain.application) as asked:
            look(plain, address)
        assert look(client, address) == 200
        assert pair.standby.asked() - before == len(asked) > 0


def test_without_the_edge_and_for_all_that_is_no_delivery_the_primary_is_read(
    pair: Pair, app: Flask, library: Database
) -> None:
    editor = bearer(hire(library, "admin")[1])
    before = pair.standby.asked()
    assert app.test_client().get(ARTICLE).status_code == 200
    with fronted(app):
        for address in (ARTICLE, "/v1/editorial/drafts", "/v1/insights/corpus"):
            assert app.test_client().get(address, headers=editor).status_code == 200
    assert pair.standby.asked() == before
    assert reads(app)["away"] == 0, "nobody has asked whether it is there"


def test_a_withdrawal_is_seen_within_a_second_however_far_the_standby_is_behind(
    pair: Pair, client: FlaskClient, library: Database
) -> None:
    addresses = [f"{ARTICLE}?jurisdiction={place}" for place in PLACES]
    for address in addresses[:4]:  # the others are asked of Flask, all the time
        assert [client.get(address).status_code for _ in range(3)] == [200] * 3
    with pair.paused():
        delivery.end(library, OCD)
        ask = iter(addresses * 1000)
        assert seconds_until(lambda: client.get(next(ask)).status_code == 410) < BOUND
        assert {client.get(address).status_code for address in addresses} == {410}
        assert reads(client.application)["behind"] > 0


@pytest.mark.parametrize("act", ["revoke", "suspend"])
def test_a_key_that_opens_nothing_any_more_is_refused_within_a_second(
    act: str, pair: Pair, client: FlaskClient, library: Database
) -> None:
    admin, mine = bearer(hire(library, "admin")[1]), hold(library)
    pair.catch_up()
    addresses = [f"{ARTICLE}?jurisdiction={place}" for place in PLACES]
    assert {client.get(one, headers=mine.headers).status_code for one in addresses} == {200}
    with pair.paused():
        end_key(client, admin, mine, act)
        ask, expected = iter(addresses * 1000), 401 if act == "revoke" else 403

        def is_refused() -> bool:
            return client.get(next(ask), headers=mine.headers).status_code == expected

        assert seconds_until(is_refused) < BOUND
        found = {client.get(one, headers=mine.headers).status_code for one in addresses}
        assert found == {expected}


def end_key(client: FlaskClient, admin: dict[str, str], mine: Holder, act: str) -> None:
    """Let an admin revoke a key, or suspend its partner."""
    address = f"/v1/partners/{mine.id}"
    if act == "suspend":
        answer = client.post(f"{address}/suspend", headers=admin)
    else:
        answer = client.delete(f"{address}/keys/{mine.key_id}", headers=admin)
    assert answer.status_code == 200, answer.text


def test_what_is_new_is_given_within_a_second(
    pair: Pair, client: FlaskClient, library: Database
) -> None:
    with pair.paused():
        delivery.revise(library, OCD, title="Another title")
        found = seconds_until(lambda: "Another title" in client.get(ARTICLE).text)
        assert found < BOUND
    await_more(client, "replica")
    assert "Another title" in client.get(ARTICLE).text


def test_what_the_standby_does_not_know_is_no_refusal(
    pair: Pair,
    edge: Edge,
    client: FlaskClient,
    library: Database,
    plain: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They came just now, and are asked for before the tail has looked."""
    monkeypatch.setattr(edge.tail, "_read", lambda: None)
    with pair.paused():
        publish(library, slug="just-now")
        mine, at = hold(library), delivery.head(library)
        moment = delivery.time(library).isoformat().replace("+00:00", "Z")
        for address in (
            *("/v1/articles/just-now", f"/v1/changes?after={at}", f"{ARTICLE}?at={at}"),
            f"/v1/articles?as_of={moment}",
        ):
            answer, said = client.get(address), plain.get(address)
            assert (answer.status_code, answer.data) == (200, said.data), address
        assert client.get(ARTICLE, headers=mine.headers).status_code == 200
    assert reads(client.application)["again"] >= 5


def test_what_is_asked_again_is_paid_for_once(
    pair: Pair, client: FlaskClient, library: Database
) -> None:
    mine = hold(library)
    pair.catch_up()
    left = [
        client.get(f"/v1/articles/none-{number}", headers=mine.headers).headers["RateLimit"]
        for number in range(3)
    ]
    assert len({one.partition(";r=")[2].partition(";")[0] for one in left}) == 3
    assert reads(client.application)["again"] == 3


def test_each_read_is_what_the_primary_says(
    pair: Pair, edge: Edge, client: FlaskClient, library: Database, plain: FlaskClient
) -> None:
    chance = random.Random(4)  # noqa: S311 - the same way each time
    writes: tuple[Callable[[int], object], ...] = (
        lambda number: delivery.revise(library, chance.choice(SLUGS), title=f"Title {number}"),
        lambda number: delivery.end(library, SLEEP, chance.choice(("withdrawn", "suspended"))),
        lambda number: publish(library, slug=f"new-{number}"),
        lambda number: delivery.reword(library),
        lambda number: pair.pause(),
        lambda number: pair.resume(),
    )
    try:
        for number in range(18):
            with suppress(Conflict):  # what is not live cannot end
                chance.choice(writes)(number)
            edge.tail.look()
            for address in chance.sample([ARTICLE, OTHER, "/v1/articles", "/v1/changes"], 2):
                answer, said = client.get(address), plain.get(address)
                assert answer.status_code == said.status_code, (number, address)
                assert answer.status_code != 200 or answer.data == said.data, (number, address)
    finally:
        pair.resume()
    found = reads(client.application)
    assert found["replica"] > 5
    assert found["behind"] > 5
