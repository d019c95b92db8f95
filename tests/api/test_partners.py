"""Partners over HTTP: an admin adds them, changes what their keys open, suspends and resumes."""

from typing import Any

import audits
import pytest
from delivery import ARTICLE, bearer
from flask.testing import FlaskClient
from keyholders import hold, set_facts
from newsroom import Newsroom
from problems import assert_problem

from content.db import Database
from schemas.partners import PartnerOut

pytestmark = pytest.mark.one_engine
PARTNERS = "/v1/partners"
FACTS = {
    "name": "Sleep Well Clinic",
    "contact": "web@clinic.example",
    "audience": "patients",
    "channel": "health-service",
    "locale": "es",
    "jurisdiction": "US-AL",
    "topics": ["kratom", "sleep"],
    "domains": ["*.clinic.example", "clinic.example"],
    "plan": "trial",
}


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """A newsroom, whose admin knows the partners."""
    return Newsroom(client, library)


def add(room: Newsroom, **facts: Any) -> dict[str, Any]:
    made = room.ask("admin", "POST", PARTNERS, json={"name": "A partner", **facts})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.get_json()
    assert PartnerOut().validate(found) == {}
    return found


def test_a_partner_is_what_was_said_of_it(room: Newsroom) -> None:
    made = add(room, **FACTS)
    assert {name: made[name] for name in FACTS} == FACTS
    assert (made["state"], made["terms"], made["terms_at"]) == ("active", None, None)
    assert room.ask("admin", "GET", f"{PARTNERS}/{made['id']}").get_json() == made


def test_what_is_not_said_of_a_partner_is_the_most_careful(room: Newsroom) -> None:
    made = add(room)
    careful = {"audience": "general", "channel": "unknown", "locale": None, "jurisdiction": None}
    rest = {"topics": None, "domains": [], "plan": "standard", "contact": None}
    assert {name: made[name] for name in {**careful, **rest}} == {**careful, **rest}


def test_partners_are_listed_page_by_page_in_the_order_in_which_they_came(room: Newsroom) -> None:
    made = [add(room, name=f"Partner {number}")["id"] for number in range(4)]
    found, after = [], ""
    while True:
        page = room.ask("admin", "GET", f"{PARTNERS}?limit=2&after={after}").get_json()
        found += [one["id"] for one in page["partners"]]
        if (after := page["next"]) is None:
            break
    assert found == sorted(made)
    assert len(page["partners"]) == 2, "no page is empty"


def test_a_change_leaves_what_it_does_not_name(room: Newsroom) -> None:
    made = add(room, **FACTS)
    changed = {"contact": None, "topics": None, "domains": [], "jurisdiction": "gb"}
    done = room.ask("admin", "PATCH", f"{PARTNERS}/{made['id']}", json=changed)
    assert done.get_json() == {**made, **changed, "jurisdiction": "GB"}


def test_the_keys_stand_for_what_was_changed_from_then_on(
    room: Newsroom, library: Database
) -> None:
    holder = hold(library)
    before = room.client.get(ARTICLE, headers=holder.headers).get_json()["context"]
    asked = {"channel": "app", "jurisdiction": "GB"}
    room.ask("admin", "PATCH", f"{PARTNERS}/{holder.id}", json=asked)
    after = room.client.get(ARTICLE, headers=holder.headers).get_json()["context"]
    assert (before["channel"], after["channel"]) == ("publisher", "app")
    assert after["jurisdiction"]["code"] == "GB"


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({"name": ""}, "/name", "is empty"),
        ({"name": " x"}, "/name", "one line without spaces around it"),
        ({"name": "\x1b[31mred"}, "/name", "one line"),
        ({"name": "x" * 201}, "/name", "has more than 200 characters"),
        ({"contact": "nobody"}, "/contact", "an e-mail address such as"),
        ({"locale": "not a tag"}, "/locale", "a BCP 47 tag"),
        ({"jurisdiction": "Alabama"}, "/jurisdiction", "an ISO 3166 code"),
        ({"topics": []}, "/topics", "is empty"),
        ({"topics": ["Sleep"]}, "/topics/0", "small letters and digits"),
        ({"domains": ["a.example", "https://b.example"]}, "/domains/1", "a host in small letters"),
        ({"domains": ["*.*.example"]}, "/domains/0", "a host in small letters"),
        ({"plan": "huge"}, "/plan", "is none of standard, trial, large"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_what_is_wrong_with_a_partner_is_told_where_and_how(
    room: Newsroom, method: str, body: dict[str, Any], pointer: str, words: str
) -> None:
    known = add(room)
    path = PARTNERS if method == "POST" else f"{PARTNERS}/{known['id']}"
    sent = {"name": "A partner", **body} if method == "POST" else body
    response = room.ask("admin", method, path, json=sent)
    [error] = assert_problem(response, 422, "invalid")["errors"]
    assert error["pointer"] == pointer
    assert words in error["detail"]
    assert room.ask("admin", "GET", PARTNERS).get_json()["partners"] == [known]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/name"),
        ({"name": None}, "/name"),
        ({"name": "A partner", "channel": "telegraph"}, "/channel"),
        ({"name": "A partner", "audience": None}, "/audience"),
        ({"name": "A partner", "topics": "sleep"}, "/topics"),
        ({"name": "A partner", "topic": ["sleep"]}, "/topic"),
        ({"name": "A partner", "suspended_at": None}, "/suspended_at"),
    ],
)
def test_a_partner_of_the_wrong_shape_is_told_where(
    room: Newsroom, body: dict[str, Any], pointer: str
) -> None:
    response = room.ask("admin", "POST", PARTNERS, json=body)
    errors = assert_problem(response, 400, "bad-request")["errors"]
    assert pointer in [one["pointer"] for one in errors]


def test_a_suspended_partner_is_let_in_again(room: Newsroom, library: Database) -> None:
    holder = hold(library)
    address = f"{PARTNERS}/{holder.id}"
    assert room.ask("admin", "POST", f"{address}/suspend").get_json()["state"] == "suspended"
    assert_problem(room.client.get(ARTICLE, headers=holder.headers), 403, "forbidden")
    again = room.ask("admin", "POST", f"{address}/suspend")
    assert "already" in assert_problem(again, 409, "conflict")["detail"]
    assert room.ask("admin", "POST", f"{address}/resume").get_json()["state"] == "active"
    assert room.client.get(ARTICLE, headers=holder.headers).status_code == 200
    assert_problem(room.ask("admin", "POST", f"{address}/resume"), 409, "conflict")


def test_an_admin_looks_after_the_keys_of_a_partner(room: Newsroom) -> None:
    address = f"{PARTNERS}/{add(room)['id']}/keys"
    site = room.ask("admin", "POST", address, json={"kind": "site", "name": "Pages"}).get_json()
    new = room.ask("admin", "POST", f"{address}/{site['id']}/rotate", json={"overlap_days": 1})
    room.ask("admin", "DELETE", f"{address}/{site['id']}")
    found = room.ask("admin", "GET", address).get_json()["keys"]
    assert [(one["name"], one["state"]) for one in found] == [
        ("Pages", "revoked"),
        ("Pages", "good"),
    ]
    key = new.get_json()["key"]
    assert room.client.get(ARTICLE, headers=bearer(key)).status_code == 200


def test_a_key_is_found_under_its_own_partner_only(room: Newsroom, library: Database) -> None:
    mine, other = hold(library), hold(library)
    address = f"{PARTNERS}/{mine.id}/keys/{other.key_id}"
    assert_problem(room.ask("admin", "DELETE", address), 404, "not-found")
    assert_problem(room.ask("admin", "POST", f"{address}/rotate", json={}), 404, "not-found")
    assert room.client.get("/v1/me", headers=other.headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "tail"),
    [("GET", ""), ("PATCH", ""), ("POST", "/suspend"), ("POST", "/resume"), ("GET", "/keys")],
)
def test_a_partner_that_there_is_not_is_a_404(room: Newsroom, method: str, tail: str) -> None:
    response = room.ask("admin", method, f"{PARTNERS}/nobody{tail}", json={})
    assert "'nobody'" in assert_problem(response, 404, "not-found")["detail"]


def test_a_partner_is_added_once_however_often_it_is_sent(room: Newsroom) -> None:
    sent: dict[str, Any] = {"json": {"name": "Twice"}, "headers": {"Idempotency-Key": "one"}}
    first, second = (room.ask("admin", "POST", PARTNERS, **sent) for _ in range(2))
    assert first.get_json() == second.get_json()
    assert len(room.ask("admin", "GET", PARTNERS).get_json()["partners"]) == 1


def test_the_audit_says_what_was_done_and_nothing_of_a_person(
    room: Newsroom, library: Database
) -> None:
    made = add(room, **FACTS)
    address = f"{PARTNERS}/{made['id']}"
    room.ask("admin", "PATCH", address, json={"contact": "ada@clinic.example", "locale": "en"})
    key = room.ask("admin", "POST", f"{address}/keys", json={"kind": "site"}).get_json()
    rows = audits.rows(library)
    assert [row.act for row in rows] == ["partner.add", "partner.change", "partner-key.add"]
    assert {row.actor for row in rows} == {room.id("admin")}
    assert rows[1].detail == {"given": ["contact", "locale"], "facts": {"locale": "en"}}
    assert [row.locale for row in rows] == [None] * 3, "that is the language of an article"
    told = str([row.detail for row in rows])
    assert [secret for secret in (key["key"], "web@", "ada@", "Sleep Well") if secret in told] == []


def test_what_a_partner_does_stands_in_the_audit_under_its_id(
    client: FlaskClient, library: Database
) -> None:
    mine = hold(library)
    client.patch("/v1/me", json={"contact": "ada@clinic.example"}, headers=mine.headers)
    made = client.post("/v1/me/keys", json={"kind": "site"}, headers=mine.headers).get_json()
    client.post(f"/v1/me/keys/{made['id']}/rotate", json={}, headers=mine.headers)
    client.delete(f"/v1/me/keys/{made['id']}", headers=mine.headers)
    rows = audits.rows(library)
    acts = ["partner.change", "partner-key.add", "partner-key.rotate", "partner-key.revoke"]
    assert [row.act for row in rows] == acts
    assert {row.actor for row in rows} == {mine.id}
    told = str([row.detail for row in rows])
    assert [secret for secret in (made["key"], "ada@", "cvs_", "cvk_") if secret in told] == []


def test_a_partner_whose_plan_is_no_more_has_the_first_one(
    room: Newsroom, library: Database
) -> None:
    holder = hold(library)
    set_facts(library, holder, plan="of-yesterday")
    me = room.client.get("/v1/me", headers=holder.headers).get_json()
    assert me["plan"] == {"name": "standard", "minute": 600, "day": 100_000}
    kept = room.client.patch("/v1/me", json={"domains": []}, headers=holder.headers)
    assert kept.status_code == 200, "it can change other things all the same"
