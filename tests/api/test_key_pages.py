"""The pages at which anybody asks for a key: bounded, safe with hostile text, nothing is lost."""

import re
from html import unescape
from typing import Any

import audits
import pytest
from delivery import ARTICLE, PEPPER, bearer, record
from flask.testing import FlaskClient
from newsroom import Newsroom
from problems import assert_problem
from werkzeug.test import TestResponse

from content import credentials, key_requests, partners
from content.db import Database
from content.models.access import Credential, KeyRequest, Partner
from content.models.log import SiteFact

pytestmark = pytest.mark.one_engine
REQUESTS = "/v1/key-requests"
HOSTILE = '"><script>alert(1)</script>{{ 7 * 7 }}'
ASKED = {
    "name": "Sleep Well Clinic",
    "contact": "web@clinic.example",
    "channel": "health-service",
    "audience": "patients",
    "jurisdiction": "US-AL",
    "locale": "es",
    "domains": "Clinic.example\n*.clinic.example",
    "purpose": "Pages about sleep for our patients.\nSpanish first.",
}
SAME = ("name", "contact", "audience", "channel", "locale", "jurisdiction")


@pytest.fixture
def terms(library: Database) -> str:
    """The version of the terms in force."""
    with library.read() as session:
        return str(partners.terms_version(session))


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """A newsroom, whose admin answers requests."""
    return Newsroom(client, library)


def ask(client: FlaskClient, version: str, **changed: Any) -> TestResponse:
    sent = {**ASKED, "terms": version, **changed}
    return client.post(
        "/keys", data={name: said for name, said in sent.items() if said is not None}
    )


def asked(client: FlaskClient, terms: str, **changed: Any) -> str:
    """Ask for a key; return the address at which the answer will be."""
    response = ask(client, terms, **changed)
    assert response.status_code == 303, response.text
    return response.headers["Location"]


def waiting(room: Newsroom) -> list[dict[str, Any]]:
    found = room.ask("admin", "GET", f"{REQUESTS}?state=waiting").get_json()
    listed: list[dict[str, Any]] = found["requests"]
    return listed


def answer(room: Newsroom, act: str) -> TestResponse:
    """Answer the only request that waits."""
    [one] = waiting(room)
    return room.ask("admin", "POST", f"{REQUESTS}/{one['id']}/{act}")


def key_in(page: TestResponse) -> str | None:
    found = re.search(r'class="key"><code>(cvk_\w+)</code>', page.text)
    return found[1] if found else None


def test_whoever_asks_gets_a_key_when_an_admin_approves(
    client: FlaskClient, room: Newsroom, terms: str
) -> None:
    address = asked(client, terms)
    assert "Keep the address of this page" in client.get(address).text
    [told] = waiting(room)
    assert {name: told[name] for name in SAME} == {name: ASKED[name] for name in SAME}
    assert told["purpose"] == ASKED["purpose"]
    assert told["domains"] == ["clinic.example", "*.clinic.example"]
    made = answer(room, "approve")
    assert (made.status_code, made.get_json()["terms"]) == (201, int(terms))
    page = client.get(address)
    assert key_in(page) is None, "looking is not taking"
    assert "Show my key" in page.text
    key = key_in(client.post(address))
    assert key is not None
    me = client.get("/v1/me", headers=bearer(key)).get_json()
    assert {name: me[name] for name in SAME} == {name: ASKED[name] for name in SAME}
    assert client.get(ARTICLE, headers=bearer(key)).status_code == 200


def test_the_key_is_shown_once(
    client: FlaskClient, room: Newsroom, terms: str, library: Database
) -> None:
    address = asked(client, terms)
    answer(room, "approve")
    assert key_in(client.post(address))
    again = client.post(address)
    assert again.status_code == 409
    for page in (again, client.get(address)):
        assert key_in(page) is None
        assert "was shown here already" in page.text
    with library.read() as session:
        assert len(session.query(Credential).filter(Credential.partner.is_not(None)).all()) == 1


def test_a_key_that_is_not_there_yet_cannot_be_taken(client: FlaskClient, terms: str) -> None:
    page = client.post(asked(client, terms))
    assert (page.status_code, key_in(page)) == (409, None)
    assert "Somebody will look at it" in page.text


def test_who_is_declined_is_told_whom_to_write_to(
    client: FlaskClient, room: Newsroom, terms: str
) -> None:
    address = asked(client, terms)
    assert answer(room, "decline").get_json()["state"] == "declined"
    for page in (client.get(address), client.post(address)):
        assert "https://caveat.example/contact" in page.text
        assert key_in(page) is None
    assert waiting(room) == []


@pytest.mark.parametrize("second", ["approve", "decline"])
@pytest.mark.parametrize("first", ["approve", "decline"])
def test_a_request_is_decided_once(
    client: FlaskClient, room: Newsroom, terms: str, first: str, second: str
) -> None:
    asked(client, terms)
    [one] = waiting(room)
    assert room.ask("admin", "POST", f"{REQUESTS}/{one['id']}/{first}").status_code < 300
    again = room.ask("admin", "POST", f"{REQUESTS}/{one['id']}/{second}")
    assert "already" in assert_problem(again, 409, "conflict")["detail"]


def test_requests_are_listed_page_by_page(client: FlaskClient, room: Newsroom, terms: str) -> None:
    for number in range(3):
        asked(client, terms, name=f"Number {number}")
    first = room.ask("admin", "GET", f"{REQUESTS}?limit=2").get_json()
    rest = room.ask("admin", "GET", f"{REQUESTS}?limit=2&after={first['next']}").get_json()
    found = [one["name"] for one in first["requests"] + rest["requests"]]
    assert sorted(found) == ["Number 0", "Number 1", "Number 2"]
    assert rest["next"] is None
    assert_problem(room.ask("admin", "POST", f"{REQUESTS}/nothing/approve"), 404, "not-found")


@pytest.mark.parametrize(
    ("field", "said", "words"),
    [
        ("name", "", "is needed"),
        ("name", "x" * 201, "has more than 200 characters"),
        ("contact", "nobody", "must be an e-mail address"),
        ("contact", None, "is needed"),
        ("channel", "telegraph", "is not known"),
        ("audience", "", "is needed"),
        ("jurisdiction", "Alabama", "is malformed"),
        ("locale", "?", "is malformed"),
        ("domains", "https://clinic.example/", "must be a host"),
        ("purpose", "Because.", "has fewer than 10 characters"),
        ("purpose", "x" * 2001, "has more than 2000 characters"),
        ("purpose", "Enough words, and \x1b[31m red.", "must be text without control characters"),
        ("terms", None, "must be version"),
        ("terms", "1", "must be version"),
        ("terms", "9" * 400, "must be version"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    client: FlaskClient, terms: str, field: str, said: str | None, words: str
) -> None:
    page = ask(client, terms, **{field: said})
    assert (page.status_code, page.mimetype) == (422, "text/html")
    [told] = re.findall(rf'id="wrong-{field}">([^<]*)<', page.text)
    assert words in unescape(told)
    assert len(re.findall('id="wrong-', page.text)) == 1
    assert len(re.findall('aria-invalid="true"', page.text)) == 1
    assert 'role="alert"' in page.text
    kept = {name: value for name, value in ASKED.items() if name != field}
    for name in ("name", "contact", "purpose"):
        if name in kept:
            assert kept[name] in unescape(page.text)


def test_everything_that_is_wrong_is_said_at_once(client: FlaskClient) -> None:
    page = client.post("/keys", data={"contact": "nobody", "locale": "?"})
    wrong = set(re.findall('id="wrong-([a-z]+)"', page.text))
    assert wrong == {"name", "contact", "channel", "audience", "locale", "purpose", "terms"}


def test_hostile_text_is_shown_as_text(client: FlaskClient, room: Newsroom, terms: str) -> None:
    page = ask(client, terms, name=HOSTILE, domains=HOSTILE, purpose=HOSTILE + "</textarea>")
    assert page.status_code == 422
    for shown in (page.text, client.get(asked(client, terms, name=HOSTILE)).text):
        assert "<script" not in shown
        assert HOSTILE in unescape(shown)
    assert waiting(room)[0]["name"] == HOSTILE


@pytest.mark.parametrize("extra", [{"plan": "large"}, {"topics": "sleep"}, {"state": "approved"}])
def test_nobody_can_ask_for_more_than_the_form_has(
    client: FlaskClient, room: Newsroom, terms: str, extra: dict[str, str]
) -> None:
    asked(client, terms, **extra)
    made = answer(room, "approve").get_json()
    assert (made["plan"], made["topics"], made["state"]) == ("standard", None, "active")


def test_only_so_many_requests_wait(
    client: FlaskClient, room: Newsroom, terms: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_requests, "MAX_WAITING", 1)
    asked(client, terms)
    full = ask(client, terms)
    assert full.status_code == 409
    assert "Too many requests wait" in full.text
    assert ASKED["contact"] in full.text
    answer(room, "decline")
    asked(client, terms)


def test_a_form_without_end_is_refused(client: FlaskClient, terms: str) -> None:
    assert ask(client, terms, purpose="x" * 2_000_000).status_code == 413
    assert client.post("/keys", json=ASKED).status_code == 422


def test_the_pages_keep_their_secret(client: FlaskClient, room: Newsroom, terms: str) -> None:
    address = asked(client, terms)
    pages = [client.get("/keys"), ask(client, terms), ask(client, terms, name="")]
    pages += [client.get(address), client.post(address), client.get("/keys/requests/cvr_x")]
    for page in pages:
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in page.headers["X-Robots-Tag"]
        assert page.headers["X-Frame-Options"] == "DENY"
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "Access-Control-Allow-Origin" not in page.headers, "no other page reads it"
        assert "Set-Cookie" not in page.headers
        assert "<script" not in page.text


def test_a_claim_that_is_nobodys_finds_nothing(client: FlaskClient) -> None:
    for claim in ("cvr_x", credentials.new_secret("cvr"), "x" * 5000, "%F0%9F%94%91", "a%00b"):
        for method in ("GET", "POST"):
            page = client.open(f"/keys/requests/{claim}", method=method)
            assert page.status_code in (400, 404), claim
            assert key_in(page) is None


def test_what_is_stored_of_a_claim_is_a_digest(
    client: FlaskClient, library: Database, terms: str
) -> None:
    claim = asked(client, terms).rpartition("/")[2]
    with library.read() as session:
        [row] = session.query(KeyRequest).all()
        assert session.query(Partner).all() == []
    assert row.claim == credentials.digest(claim, PEPPER)
    assert claim not in str(vars(row))


def test_the_audit_says_who_asked_nothing(
    client: FlaskClient, library: Database, room: Newsroom, terms: str
) -> None:
    address = asked(client, terms)
    answer(room, "approve")
    key = key_in(client.post(address))
    rows = audits.rows(library)
    acts = [(row.act, row.actor) for row in rows]
    assert acts == [
        ("key-request.add", "key page"),
        ("key-request.approve", room.id("admin")),
        ("partner-key.add", "key page"),
    ]
    told = str([(row.subject, row.detail) for row in rows])
    for secret in (key, address.rpartition("/")[2], ASKED["name"], ASKED["contact"], "sleep"):
        assert str(secret) not in told


def test_terms_that_were_changed_have_to_be_read_anew(
    client: FlaskClient, library: Database, terms: str
) -> None:
    record(library, SiteFact(id="terms", data=["Another term."]))
    page = ask(client, terms)
    assert page.status_code == 422
    assert " checked" not in page.text
    with library.read() as session:
        now = str(partners.terms_version(session))
    assert f"Version {now}." in client.get("/terms").text
    asked(client, now)
