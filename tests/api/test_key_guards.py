"""Who comes in with which key: every route, every kind of key, pages, and what a wrong one gets."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from delivery import ARTICLE, bearer
from flask.testing import FlaskClient
from keyholders import Holder, hold, set_facts
from newsroom import hire
from problems import assert_problem
from sqlalchemy import event

from api import db
from api.account import Account
from api.guards import DELIVERY, GUARDS, OPEN
from content import credentials
from content.credentials import SITE
from content.db import Database
from content.editors import ROLES

pytestmark = pytest.mark.one_engine
KEYS = "/v1/me/keys"
OWN = {  # every route that needs an account key; a new one has to be written down here
    ("PATCH", "/v1/me"),
    ("GET", "/v1/me/keys"),
    ("POST", "/v1/me/keys"),
    ("POST", "/v1/me/keys/<slug:id>/rotate"),
    ("DELETE", "/v1/me/keys/<slug:id>"),
    ("GET", "/v1/me/recalls"),
    ("GET", "/v1/me/recalls/<slug:id>"),
    ("POST", "/v1/me/recalls/<slug:id>/confirm"),
    ("GET", "/v1/me/usage"),
    ("GET", "/v1/me/exposures"),
    ("GET", "/v1/me/webhooks"),
    ("POST", "/v1/me/webhooks"),
    *((method, "/v1/me/webhooks/<slug:id>") for method in ("GET", "PATCH", "DELETE")),
    *(
        ("POST", f"/v1/me/webhooks/<slug:id>/{act}")
        for act in ("secret", "enable", "replay", "test")
    ),
    ("GET", "/v1/me/webhooks/<slug:id>/deliveries"),
}
SAMPLES = {"locale": "en", "number": "1", "place": "US", "version": "1.0.0"}  # by converter
PAGE = "https://www.partner.example"


@pytest.fixture
def mine(library: Database) -> Holder:
    """A partner with an account key."""
    return hold(library)


@pytest.fixture
def other(library: Database) -> Holder:
    """Another partner with an account key."""
    return hold(library, name="Another partner")


def routes(client: FlaskClient) -> list[tuple[str, str, str]]:
    """Return the guard, the method and the path of every route that there is."""
    found = []
    for rule in client.application.url_map.iter_rules():
        guard = GUARDS[rule.endpoint.partition(".")[0] if "." in rule.endpoint else "front"]
        path = re.sub(r"<(?:(\w+):)?\w+>", lambda part: SAMPLES.get(part[1], "x"), rule.rule)
        methods = (rule.methods or set()) - {"OPTIONS"}
        found += [(guard, method, path) for method in sorted(methods)]
    return found


def test_every_route_has_a_guard(client: FlaskClient) -> None:
    assert set(client.application.blueprints) == set(GUARDS)


def test_what_has_no_guard_answers_nobody(
    client: FlaskClient, mine: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(GUARDS, "Topics")
    for headers in ({}, mine.headers):
        assert_problem(client.get("/v1/topics", headers=headers), 500, "internal-error")


def test_every_route_of_partners_is_written_down(client: FlaskClient) -> None:
    app = client.application
    own = {name for name, found in app.blueprints.items() if isinstance(found, Account)}
    found = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint.partition(".")[0] in own
    }
    assert found == OWN


@pytest.mark.parametrize("who", ["nobody", "wrong", "site", *ROLES])
def test_a_route_of_partners_is_closed_to_everybody_else(
    client: FlaskClient, library: Database, mine: Holder, who: str
) -> None:
    callers = {"nobody": {}, "wrong": bearer("cvk_nobody-has-this-one")}
    callers["site"] = hold(library, SITE, of=mine).headers
    headers = callers[who] if who in callers else bearer(hire(library, who)[1])
    for method, rule in OWN:
        path = rule.replace("<slug:id>", mine.key_id)
        response = client.open(path, method=method, headers=headers, json={})
        if who in ("nobody", "wrong"):
            assert_problem(response, 401, "unauthorized")
        else:
            assert_problem(response, 403, "forbidden")
        assert response.headers["Cache-Control"] == "no-store"
    assert state(client, mine, mine.key_id) == "good"


def test_a_site_key_reads_what_is_delivered_and_nothing_else(
    client: FlaskClient, library: Database
) -> None:
    headers = hold(library, SITE).headers
    walked = set()
    for guard, method, path in routes(client):
        response = client.open(path, method=method, headers=headers)
        if guard in (OPEN, DELIVERY) and method in ("GET", "HEAD"):
            assert response.status_code not in (401, 403), (method, path)
        else:
            assert response.status_code == 403, (method, path)
        walked.add((guard, response.status_code == 403))
    assert {guard for guard, refused in walked if refused} >= {"editor", "account", "caller"}
    assert client.get(ARTICLE, headers=headers).status_code == 200


def test_a_partner_cannot_touch_the_keys_of_another(
    client: FlaskClient, library: Database, mine: Holder, other: Holder
) -> None:
    theirs = hold(library, SITE, of=other)
    for id in (other.key_id, theirs.key_id):
        for method, address in (("POST", f"{KEYS}/{id}/rotate"), ("DELETE", f"{KEYS}/{id}")):
            response = client.open(address, method=method, headers=mine.headers, json={})
            unknown = address.replace(id, "00000000-0000-7000-8000-000000000000")
            nothing = client.open(unknown, method=method, headers=mine.headers, json={})
            assert_problem(response, 404, "not-found")
            assert said(response, id) == said(nothing, "00000000-0000-7000-8000-000000000000")
        assert state(client, other, id) == "good"
    [only] = client.get(KEYS, headers=mine.headers).get_json()["keys"]
    assert only["id"] == mine.key_id


def test_a_partner_cannot_touch_what_is_for_admins(
    client: FlaskClient, mine: Holder, other: Holder
) -> None:
    for id in (mine.id, other.id):
        for method, tail in (("GET", ""), ("PATCH", ""), ("GET", "/keys"), ("POST", "/keys")):
            address = f"/v1/partners/{id}{tail}"
            response = client.open(address, method=method, headers=mine.headers, json={})
            assert_problem(response, 403, "forbidden")


def test_unknown_expired_and_revoked_keys_get_the_same_answer_at_the_same_cost(
    client: FlaskClient, library: Database, mine: Holder
) -> None:
    soon = db.now() + timedelta(microseconds=1)
    ended = hold(library, of=mine, expires_at=soon, now=db.now() - timedelta(days=1))
    revoked = hold(library, of=mine)
    client.delete(f"{KEYS}/{revoked.key_id}", headers=mine.headers)
    told, asked = set(), []
    engine = client.application.extensions["caveat"].database.engine
    for key in (ended.key, revoked.key, credentials.new_secret("cvk"), "cvs_" + "x" * 36):
        statements: list[str] = []

        def note(*facts: Any, statements: list[str] = statements) -> None:
            statements.append(facts[2])

        event.listen(engine, "before_cursor_execute", note)
        response = client.get(ARTICLE, headers=bearer(key))
        event.remove(engine, "before_cursor_execute", note)
        assert_problem(response, 401, "unauthorized")
        headers = tuple(sorted(response.headers.items()))
        told.add((headers, re.sub(rb'"request_id":"\w+"', b"", response.data)))
        asked.append(statements)
    assert len(told) == 1
    assert all(statements == asked[0] for statements in asked)
    assert any("credentials" in statement for statement in asked[0])


@pytest.mark.parametrize("origin", [PAGE, "null", "", "http://127.0.0.1:8000", "what is this"])
@pytest.mark.parametrize("path", [ARTICLE, "/v1/me", KEYS, "/v1/articles", "/healthz"])
def test_an_account_key_in_a_page_is_refused_whatever_the_page(
    client: FlaskClient, mine: Holder, path: str, origin: str
) -> None:
    response = client.get(path, headers=mine.at(origin))
    body = assert_problem(response, 403, "secret-in-page")
    assert "revoke" in body["detail"]
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://partner.example", 200),
        ("http://partner.example", 200),
        ("https://partner.example:8443", 200),
        ("HTTPS://Partner.Example", 200),
        ("https://a.apps.example", 200),
        ("https://a.b.apps.example", 200),
        ("https://apps.example", 403),
        ("https://evilapps.example", 403),
        ("https://www.partner.example", 403),
        ("https://partner.example.evil.example", 403),
        ("https://evil.example", 403),
        ("https://partner.example@evil.example", 403),
        ("https://partner.example/", 403),
        ("https://partner.example:port", 403),
        ("https://[::1", 403),
        ("file://partner.example", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_a_site_key_is_for_pages_of_the_partners_domains(
    client: FlaskClient, library: Database, origin: str, status: int
) -> None:
    site = hold(library, SITE, domains=["partner.example", "*.apps.example"])
    for path in (ARTICLE, "/v1/articles", "/healthz"):
        response = client.get(path, headers=site.at(origin))
        assert response.status_code == status
        assert response.headers["Access-Control-Allow-Origin"] == "*", "a page can read why"
    assert client.get(ARTICLE, headers=site.headers).status_code == 200, "programs send no Origin"


@pytest.mark.parametrize("origin", [PAGE, "null", "what is this"])
def test_a_site_key_of_a_partner_without_domains_may_stand_anywhere(
    client: FlaskClient, library: Database, origin: str
) -> None:
    assert client.get(ARTICLE, headers=hold(library, SITE).at(origin)).status_code == 200


def test_a_page_may_ask_whether_it_may_send_a_key(client: FlaskClient, library: Database) -> None:
    asked = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization,if-none-match",
    }
    response = client.options(ARTICLE, headers=asked)
    assert response.status_code == 200
    allowed = response.headers["Access-Control-Allow-Headers"].lower().replace(" ", "").split(",")
    assert {"authorization", "if-none-match"} <= set(allowed)
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Access-Control-Allow-Credentials" not in response.headers
    read = client.get(ARTICLE, headers=hold(library, SITE).at(PAGE))
    exposed = read.headers["Access-Control-Expose-Headers"]
    assert {"ETag", "Caveat-Sequence"} <= set(exposed.split(", "))


@pytest.mark.parametrize("kind", ["account", "site"])
def test_the_keys_of_a_suspended_partner_open_nothing(
    client: FlaskClient, library: Database, kind: str
) -> None:
    holder = hold(library, kind)
    set_facts(library, holder, suspended_at=db.now())
    for path in (ARTICLE, "/v1/articles", "/v1/changes", "/v1/me", KEYS, "/healthz", "/"):
        response = client.get(path, headers=holder.headers)
        assert "suspended" in assert_problem(response, 403, "forbidden")["detail"]
    set_facts(library, holder, suspended_at=None)
    assert client.get(ARTICLE, headers=holder.headers).status_code == 200


def state(client: FlaskClient, holder: Holder, key: str) -> str:
    """Return the state of one of a partner's keys, as the partner sees it."""
    keys = client.get(KEYS, headers=holder.headers).get_json()["keys"]
    found: str = next(one["state"] for one in keys if one["id"] == key)
    return found


def said(response: Any, id: str) -> dict[str, Any]:
    """Return what a problem says, but for the id that was asked for."""
    body: dict[str, Any] = json.loads(response.text.replace(id, "…"))
    return {name: value for name, value in body.items() if name != "request_id"}
