"""A partner's own keys and facts over HTTP: made, rotated, revoked; shown once and nowhere else."""

import re
from datetime import timedelta
from typing import Any

import pytest
from delivery import ARTICLE, PEPPER, bearer
from flask.testing import FlaskClient
from keyholders import Holder, hold
from newsroom import Newsroom
from problems import assert_problem

from api import db
from content import credentials
from content.credentials import SITE
from content.db import Database
from content.models.access import Credential

pytestmark = pytest.mark.one_engine
KEYS = "/v1/me/keys"


@pytest.fixture
def mine(library: Database) -> Holder:
    """A partner with an account key."""
    return hold(library)


def test_what_is_stored_of_a_key_is_a_keyed_digest(library: Database, mine: Holder) -> None:
    with library.read() as session:
        [row] = [one for one in session.query(Credential) if one.id == mine.key_id]
    assert row.digest == credentials.digest(mine.key, PEPPER)
    assert row.digest != credentials.digest(mine.key, b"another secret key")
    assert mine.key not in str(vars(row))


def test_a_partner_looks_after_its_own_keys(client: FlaskClient, library: Database) -> None:
    room = Newsroom(client, library)
    mine = hold(library)
    room.people["partner"] = (mine.id, mine.key)
    made = room.ask("partner", "POST", KEYS, json={"kind": "site", "name": "Our pages"})
    site = made.get_json()
    assert (made.status_code, site["kind"], site["key"][:4]) == (201, "site", "cvs_")
    assert client.get(ARTICLE, headers=bearer(site["key"])).status_code == 200
    listed = room.ask("partner", "GET", KEYS)
    assert [(one["kind"], one["name"]) for one in listed.get_json()["keys"]] == [
        ("account", ""),
        ("site", "Our pages"),
    ]
    assert not re.search(r"cv[ks]_", listed.text)
    done = room.ask("partner", "DELETE", f"{KEYS}/{site['id']}")
    assert (done.status_code, done.get_json()["state"]) == (200, "revoked")
    assert client.get(ARTICLE, headers=bearer(site["key"])).status_code == 401


def test_a_rotated_key_stays_good_for_the_overlap(
    client: FlaskClient, library: Database, mine: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = client.post(KEYS, json={"kind": "account", "name": "Importer"}, headers=mine.headers)
    old = named.get_json()
    asked = {"overlap_days": 3}
    made = client.post(f"{KEYS}/{old['id']}/rotate", json=asked, headers=mine.headers)
    new = made.get_json()
    assert (made.status_code, new["name"], new["kind"]) == (201, "Importer", "account")
    for days, statuses in ((2, (200, 200)), (4, (401, 200))):
        later = db.now() + timedelta(days=days)
        monkeypatch.setattr("api.auth.now", lambda later=later: later)
        found = [client.get("/v1/me", headers=bearer(one["key"])) for one in (old, new)]
        assert tuple(one.status_code for one in found) == statuses


def test_a_key_that_is_rotated_at_once_opens_nothing_more(
    client: FlaskClient, mine: Holder
) -> None:
    address = f"{KEYS}/{mine.key_id}/rotate"
    new = client.post(address, json={"overlap_days": 0}, headers=mine.headers).get_json()
    assert_problem(client.get("/v1/me", headers=mine.headers), 401, "unauthorized")
    again = client.post(address, json={}, headers=bearer(new["key"]))
    assert "ended" in assert_problem(again, 409, "conflict")["detail"]


@pytest.mark.parametrize(
    ("body", "pointer", "status"),
    [
        ({}, "/kind", 400),
        ({"kind": "secret"}, "/kind", 400),
        ({"kind": "site", "name": "two\nlines"}, "/name", 400),
        ({"kind": "site", "name": "x" * 201}, "/name", 400),
        ({"kind": "site", "scopes": ["admin"]}, "/scopes", 400),
        ({"kind": "site", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at", 422),
        ({"kind": "site", "expires_at": "tomorrow"}, "/expires_at", 400),
    ],
)
def test_a_key_that_is_asked_for_wrongly_is_told_where(
    client: FlaskClient, mine: Holder, body: dict[str, Any], pointer: str, status: int
) -> None:
    response = client.post(KEYS, json=body, headers=mine.headers)
    kind = "bad-request" if status == 400 else "invalid"
    assert pointer in [one["pointer"] for one in assert_problem(response, status, kind)["errors"]]


def test_a_partner_has_so_many_good_keys_and_no_more(client: FlaskClient, mine: Holder) -> None:
    asked: dict[str, Any] = {"json": {"kind": "site"}, "headers": mine.headers}
    for _ in range(credentials.MAX_GOOD - 1):
        assert client.post(KEYS, **asked).status_code == 201
    assert_problem(client.post(KEYS, **asked), 422, "invalid")
    address = f"{KEYS}/{mine.key_id}/rotate"
    new = client.post(address, json={"overlap_days": 0}, headers=mine.headers)
    assert new.status_code == 201, "a leaked one can be replaced all the same"


def test_a_partner_changes_what_is_its_own_to_change(
    client: FlaskClient, library: Database, mine: Holder
) -> None:
    before = client.get("/v1/me", headers=mine.headers).get_json()
    assert (before["terms"], before["contact"], before["domains"]) == (None, None, [])
    asked = {"contact": "web@partner.example", "domains": ["partner.example"]}
    asked |= {"terms": before["terms_now"]}
    done = client.patch("/v1/me", json=asked, headers=mine.headers)
    assert done.status_code == 200, done.text
    after = client.get("/v1/me", headers=mine.headers).get_json()
    assert done.get_json() == after == {**before, **asked, "terms_at": after["terms_at"]}
    assert after["terms_at"] is not None
    site = hold(library, SITE, of=mine)
    assert client.get(ARTICLE, headers=site.at("https://evil.example")).status_code == 403


@pytest.mark.parametrize(
    ("body", "pointer", "status"),
    [
        ({"terms": 1}, "/terms", 422),
        ({"contact": "nobody"}, "/contact", 422),
        ({"domains": ["https://partner.example/"]}, "/domains/0", 422),
        ({"domains": "partner.example"}, "/domains", 400),
        ({"topics": None}, "/topics", 400),
        ({"channel": "app"}, "/channel", 400),
        ({"plan": "large"}, "/plan", 400),
    ],
)
def test_a_partner_cannot_give_itself_what_is_an_admins_to_give(
    client: FlaskClient, mine: Holder, body: dict[str, Any], pointer: str, status: int
) -> None:
    before = client.get("/v1/me", headers=mine.headers).data
    response = client.patch("/v1/me", json=body, headers=mine.headers)
    kind = "bad-request" if status == 400 else "invalid"
    assert pointer in [one["pointer"] for one in assert_problem(response, status, kind)["errors"]]
    assert client.get("/v1/me", headers=mine.headers).data == before
