"""What is counted of answers to a partner's key, and what a partner with nothing left gets."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import delivery
import ledgers
import pytest
from delivery import ARTICLE
from factories import NOW
from flask import Flask
from flask.testing import FlaskClient
from keyholders import Holder, hold, set_facts
from ledgers import given, used
from newsroom import hire
from problems import assert_problem

from api import ledger
from api.ledger import Ledger
from api.settings import Settings
from content import usage
from content.credentials import SITE
from content.db import Database

pytestmark = pytest.mark.one_engine


@pytest.fixture
def mine(library: Database) -> Holder:
    """A partner with an account key."""
    return hold(library)


@pytest.fixture
def book(app: Flask) -> Ledger:
    """What the application has not written yet."""
    return ledgers.of(app)


@pytest.fixture
def admin(library: Database) -> dict[str, str]:
    """The headers of an admin."""
    return delivery.bearer(hire(library, "admin")[1])


@pytest.fixture
def poor(settings: Settings) -> Iterator[FlaskClient]:
    """A caller of an application whose plan has two requests a day."""
    with delivery.running(replace(settings, plans="standard=100,2")) as app:
        yield app.test_client()


def test_a_partner_with_nothing_left_is_told_until_when_and_keeps_its_copy(
    poor: FlaskClient, library: Database
) -> None:
    mine = hold(library)
    assert poor.get(ARTICLE, headers=mine.headers).status_code == 200
    body = {"contact": "web@partner.example"}
    assert poor.patch("/v1/me", json=body, headers=mine.headers).status_code == 200  # counts, too
    for path in (ARTICLE, "/v1/me", "/v1/changes?include=editions"):
        refused = poor.get(path, headers=mine.headers)
        told = assert_problem(refused, 429, "too-many-requests")
        assert told["your_copy"] == "keep"
        assert told["violated-policies"] == ["daily"]
        assert 0 < int(refused.headers["Retry-After"]) <= 24 * 60 * 60
        assert refused.headers["RateLimit"].startswith('"burst";r=98;')
        assert '"daily";r=0;' in refused.headers["RateLimit"]
        assert refused.headers["Cache-Control"] == "no-store"
    assert poor.get(ARTICLE).status_code == 200  # who has no key has no plan
    assert poor.get(ARTICLE, headers=hold(library).headers).status_code == 200


def test_all_account_keys_share_a_quota_and_site_keys_have_one_of_their_own(
    poor: FlaskClient, library: Database
) -> None:
    first = hold(library)
    second, site = hold(library, of=first), hold(library, SITE, of=first)
    statuses = [
        poor.get(ARTICLE, headers=key.headers).status_code for key in [first, second, first]
    ]
    assert statuses == [200, 200, 429]
    statuses = [poor.get(ARTICLE, headers=site.headers).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_a_partner_with_nothing_left_still_hears_of_withdrawals_and_confirms_recalls(
    poor: FlaskClient, library: Database
) -> None:
    mine = hold(library)
    site = hold(library, SITE, of=mine)
    for holder in (mine, site):
        for _ in range(3):
            last = poor.get(ARTICLE, headers=holder.headers)
        assert last.status_code == 429
    assert poor.get("/v1/changes", headers=site.headers).status_code == 429
    paths = ("/v1/changes", "/v1/me/recalls", "/v1/changes?after=1")
    found = [poor.get(path, headers=mine.headers).status_code for path in paths]
    assert found == [200, 200, 429]  # of a quota of its own, which ends, too


def test_pages_of_other_sites_can_read_the_limits(client: FlaskClient, library: Database) -> None:
    site = hold(library, SITE)
    response = client.get(ARTICLE, headers=site.at("https://www.partner.example"))
    exposed = response.headers["Access-Control-Expose-Headers"]
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(exposed.split(", "))
    assert response.headers["Cache-Control"].startswith("private")


def test_what_is_open_to_everybody_is_not_metered(
    client: FlaskClient, library: Database, book: Ledger, mine: Holder
) -> None:
    for path in ("/embed/v1.js", "/healthz", "/openapi.yaml"):
        response = client.get(path, headers=mine.headers)
        assert response.status_code == 200
        assert "RateLimit" not in response.headers  # a shared cache may keep it
    assert used(library, book, mine) == {}


def test_usage_names_routes_and_no_article(
    client: FlaskClient, library: Database, book: Ledger, mine: Holder
) -> None:
    size = len(client.get(ARTICLE, headers=mine.headers).data)
    client.get(f"{ARTICLE}/sections/mechanisms?at=350", headers=mine.headers)
    client.get("/v1/articles/there-is-none", headers=mine.headers)
    client.get("/v1/articles?limit=0", headers=mine.headers)
    rows = used(library, book, mine)
    assert {key: row.cost for key, row in rows.items()} == {
        ("/v1/articles/{slug}", 200): 10,
        ("/v1/articles/{slug}/sections/{kind}", 200): 50,
        ("/v1/articles/{slug}", 404): 10,
        ("/v1/articles", 400): 10,
    }
    assert rows["/v1/articles/{slug}", 200].bytes == size


def test_a_suspended_partner_s_requests_are_counted_and_cost_nothing(
    client: FlaskClient, library: Database, book: Ledger, mine: Holder
) -> None:
    set_facts(library, mine, suspended_at=NOW)
    assert client.get(ARTICLE, headers=mine.headers).status_code == 403
    (row,) = used(library, book, mine).values()
    assert (row.status, row.count, row.cost) == (403, 1, 0)


def test_partners_read_their_own_usage_and_exposures_and_admins_everybody_s(
    client: FlaskClient, library: Database, book: Ledger, mine: Holder, admin: dict[str, str]
) -> None:
    other = hold(library, name="Another partner")
    client.get("/v1/articles", headers=mine.headers)
    book.flush()
    for base, headers in (("/v1/me", mine.headers), (f"/v1/partners/{mine.id}", admin)):
        told = client.get(f"{base}/usage", headers=headers).get_json()
        (one,) = told["usage"]
        assert (told["partner"], one["route"], one["count"]) == (mine.id, "/v1/articles", 1)
        assert len(walk(client, f"{base}/exposures", headers)) == 3
    assert client.get("/v1/me/usage", headers=other.headers).get_json()["usage"] == []
    assert walk(client, "/v1/me/exposures", other.headers) == []
    past = {"from": "2026-01-01", "to": "2026-01-31"}
    told = client.get("/v1/me/usage", query_string=past, headers=mine.headers).get_json()
    assert (told["from"], told["to"], told["usage"]) == (past["from"], past["to"], [])


def walk(client: FlaskClient, path: str, headers: dict[str, str]) -> list[Any]:
    """Return all exposures, read one by one."""
    found: list[Any] = []
    after: dict[str, str] = {}
    while True:
        query = {"limit": "1", **after}
        page = client.get(path, query_string=query, headers=headers).get_json()
        found += page["exposures"]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("usage?from=2026-02-01&to=2026-01-01", "from"),
        ("usage?from=2025-01-01&to=2026-01-01", "from"),
        ("usage?from=yesterday", "from"),
        ("usage?to=0001-01-01&from=0001-01-02", "from"),
        ("exposures?after=x", "after"),
        ("exposures?after=%00", "after"),
        ("exposures?limit=0", "limit"),
    ],
)
def test_a_malformed_question_names_its_parameter(
    client: FlaskClient, mine: Holder, path: str, pointer: str
) -> None:
    told = assert_problem(client.get(f"/v1/me/{path}", headers=mine.headers), 400, "bad-request")
    assert told["errors"][0]["pointer"] == pointer


def test_what_the_database_does_not_take_is_kept_and_written_later(
    client: FlaskClient, library: Database, book: Ledger, mine: Holder, app: Flask, caplog: Any
) -> None:
    client.get(ARTICLE, headers=mine.headers)
    with library.write() as session:  # somebody else writes, for longer than we wait
        app.extensions["caveat"].database.engine.dispose()
        session.connection().exec_driver_sql("ALTER TABLE usage RENAME TO elsewhere")
        session.commit()
    book.write()
    book.write()
    assert len(caplog.records) == 1
    client.get(ARTICLE, headers=mine.headers)
    with library.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE elsewhere RENAME TO usage")
        session.commit()
    (row,) = used(library, book, mine).values()
    assert row.count == 2
    assert given(library, book, mine)[0].count == 2


def test_memory_is_bounded_and_what_is_lost_is_counted(
    client: FlaskClient,
    library: Database,
    book: Ledger,
    mine: Holder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ledger, "MOST", 2)
    client.get("/v1/articles", headers=mine.headers)  # a sum, and three editions
    book.flush()
    with library.read() as session:
        assert usage.tallied(session, usage.LOST) == 2


def test_metrics_tell_what_was_lost_or_let_in_uncounted(
    client: FlaskClient, book: Ledger, admin: dict[str, str]
) -> None:
    book.tally(usage.FAILED_OPEN)
    book.tally(usage.FAILED_OPEN)
    book.flush()
    told = client.get("/metrics", headers=admin).get_data(as_text=True)
    assert "# TYPE caveat_limits_failed_open_total counter" in told
    assert "caveat_limits_failed_open_total 2.0" in told
    assert "caveat_usage_lost_total 0.0" in told
