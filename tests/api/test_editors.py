"""Editors and tokens over HTTP: who may do what, and that everything else is closed."""

import re
from datetime import timedelta
from typing import Any

import pytest
from delivery import ARTICLE, bearer
from flask.testing import FlaskClient
from newsroom import DESK, hire
from problems import assert_problem

from api import db
from api.editorial import Desk
from content.db import Database
from content.editors import ROLES

EDITORS = f"{DESK}/editors"
MAY = {  # who has which scope, written down once more
    "read": {"author", "reviewer", "publisher", "auditor", "admin"},
    "write": {"author", "reviewer", "publisher", "admin"},
    "review": {"reviewer", "publisher", "admin"},
    "publish": {"publisher", "admin"},
    "audit": {"auditor", "admin"},
    "admin": {"admin"},
}
DRAFT = "/v1/editorial/articles/<slug:id>/drafts/<locale:locale>"
NEEDS = {  # every route of the write side; a new one has to be written down here
    ("GET", "/metrics"): "read",
    ("GET", "/v1/insights/corpus"): "read",
    ("GET", "/v1/insights/reviews"): "read",
    ("GET", "/v1/insights/disclaimers"): "read",
    ("GET", "/v1/insights/facts"): "read",
    ("GET", "/v1/insights/partners"): "read",
    ("GET", "/v1/insights/partners/<slug:id>"): "read",
    ("GET", "/v1/insights/deliveries"): "read",
    ("GET", "/v1/insights/recalls"): "read",
    ("GET", "/v1/insights/recalls/unconfirmed"): "read",
    ("GET", "/v1/insights/system"): "read",
    ("GET", "/v1/insights/samples"): "read",
    ("GET", "/v1/insights/cache"): "read",
    ("GET", "/v1/insights/days"): "read",
    ("GET", "/v1/insights/matrix"): "read",
    ("GET", "/v1/insights/matrix/<slug:id>/<locale:locale>"): "read",
    ("GET", "/v1/editorial/drafts"): "read",
    ("POST", "/v1/editorial/articles"): "write",
    ("GET", "/v1/editorial/articles/<slug:id>"): "read",
    ("POST", "/v1/editorial/articles/<slug:id>/suspend"): "publish",
    ("POST", "/v1/editorial/articles/<slug:id>/withdraw"): "publish",
    ("POST", "/v1/editorial/articles/<slug:id>/restore"): "publish",
    ("GET", "/v1/editorial/recalls"): "read",
    ("GET", "/v1/editorial/recalls/<slug:id>"): "read",
    ("GET", "/v1/editorial/recalls/<slug:id>.html"): "read",
    ("GET", "/v1/editorial/recalls/<slug:id>.csv"): "read",
    ("POST", "/v1/editorial/recalls/<slug:id>/confirm"): "publish",
    ("POST", "/v1/editorial/recalls/<slug:id>/close"): "publish",
    ("GET", "/v1/editorial/releases"): "read",
    ("POST", "/v1/editorial/releases"): "publish",
    ("GET", "/v1/editorial/releases/<slug:id>"): "read",
    ("PUT", "/v1/editorial/releases/<slug:id>"): "publish",
    ("GET", "/v1/editorial/releases/<slug:id>/impact"): "read",
    ("POST", "/v1/editorial/releases/<slug:id>/approve"): "publish",
    ("POST", "/v1/editorial/releases/<slug:id>/schedule"): "publish",
    ("POST", "/v1/editorial/releases/<slug:id>/unschedule"): "publish",
    ("POST", "/v1/editorial/releases/<slug:id>/publish"): "publish",
    ("POST", "/v1/editorial/releases/<slug:id>/cancel"): "publish",
    ("GET", "/v1/editorial/policy/<slug:kind>"): "read",
    ("GET", "/v1/editorial/policy/<slug:kind>/versions"): "read",
    ("GET", "/v1/editorial/policy/<slug:kind>/articles"): "read",
    ("GET", "/v1/editorial/sources"): "read",
    ("GET", "/v1/editorial/sources/<slug:id>/articles"): "read",
    ("POST", "/v1/editorial/sources/<slug:id>/retract"): "publish",
    ("POST", "/v1/editorial/sources/<slug:id>/unretract"): "publish",
    ("POST", "/v1/editorial/changes/<number:number>/undo"): "publish",
    ("POST", "/v1/editorial/jurisdictions/<place:code>/help"): "publish",
    ("GET", "/v1/editorial/waiting"): "read",
    ("GET", "/v1/editorial/people"): "read",
    ("GET", "/v1/editorial/tasks"): "read",
    ("POST", "/v1/editorial/tasks/<slug:id>/done"): "write",
    ("POST", f"{DRAFT}/correct"): "publish",
    ("POST", f"{DRAFT}/schedule"): "publish",
    ("POST", f"{DRAFT}/unschedule"): "publish",
    ("GET", DRAFT): "read",
    ("PUT", DRAFT): "write",
    ("GET", f"{DRAFT}.md"): "read",
    ("GET", f"{DRAFT}/findings"): "read",
    ("GET", f"{DRAFT}/owed"): "read",
    ("GET", f"{DRAFT}/revisions"): "read",
    ("GET", f"{DRAFT}/acts"): "read",
    ("GET", f"{DRAFT}/diff"): "read",
    ("POST", "/v1/editorial/lint"): "write",
    ("POST", f"{DRAFT}/submit"): "write",
    ("POST", f"{DRAFT}/request-changes"): "review",
    ("POST", f"{DRAFT}/approve"): "review",
    ("POST", f"{DRAFT}/publish"): "publish",
    ("POST", f"{DRAFT}/translate"): "write",
    ("GET", f"{DRAFT}/comments"): "read",
    ("POST", f"{DRAFT}/comments"): "write",
    ("POST", f"{DRAFT}/comments/<slug:comment>/resolve"): "write",
    ("GET", f"{DRAFT}/previews"): "read",
    ("POST", f"{DRAFT}/previews"): "write",
    ("DELETE", f"{DRAFT}/previews/<slug:preview>"): "write",
    ("POST", f"{DRAFT}/edition"): "write",
    ("GET", "/v1/editorial/audit"): "audit",
    ("GET", "/v1/editorial/audit.ndjson"): "audit",
    ("GET", "/v1/editorial/audit/seals"): "audit",
    ("POST", "/v1/editorial/imports"): "write",
    ("GET", "/v1/editorial/editors"): "admin",
    ("POST", "/v1/editorial/editors"): "admin",
    ("PATCH", "/v1/editorial/editors/<slug:id>"): "admin",
    ("GET", "/v1/editorial/editors/<slug:id>/tokens"): "admin",
    ("POST", "/v1/editorial/editors/<slug:id>/tokens"): "admin",
    ("DELETE", "/v1/editorial/editors/<slug:id>/tokens/<slug:token>"): "admin",
    ("GET", "/v1/partners"): "admin",
    ("POST", "/v1/partners"): "admin",
    ("GET", "/v1/partners/<slug:id>"): "admin",
    ("PATCH", "/v1/partners/<slug:id>"): "admin",
    ("POST", "/v1/partners/<slug:id>/suspend"): "admin",
    ("POST", "/v1/partners/<slug:id>/resume"): "admin",
    ("GET", "/v1/partners/<slug:id>/usage"): "admin",
    ("GET", "/v1/partners/<slug:id>/exposures"): "admin",
    ("GET", "/v1/partners/<slug:id>/keys"): "admin",
    ("POST", "/v1/partners/<slug:id>/keys"): "admin",
    ("POST", "/v1/partners/<slug:id>/keys/<slug:key>/rotate"): "admin",
    ("DELETE", "/v1/partners/<slug:id>/keys/<slug:key>"): "admin",
    ("GET", "/v1/partners/<slug:id>/webhooks"): "admin",
    ("GET", "/v1/partners/<slug:id>/webhooks/<slug:webhook>/deliveries"): "admin",
    ("POST", "/v1/partners/<slug:id>/webhooks/<slug:webhook>/replay"): "admin",
    ("POST", "/v1/partners/<slug:id>/webhooks/<slug:webhook>/enable"): "admin",
    ("GET", "/v1/partners/<slug:id>/conformance"): "admin",
    ("GET", "/v1/key-requests"): "admin",
    ("POST", "/v1/key-requests/<slug:id>/approve"): "admin",
    ("POST", "/v1/key-requests/<slug:id>/decline"): "admin",
}

SIGNED = {  # what is open to whoever has an address that we have signed
    ("GET", f"{DESK}/previews/<slug:id>.{ending}")
    for ending in ("html", "md", "jsonld", "ninjs", "json")
}


@pytest.fixture
def admin(library: Database) -> dict[str, str]:
    """The headers of an admin."""
    return bearer(hire(library, "admin")[1])


def test_every_route_of_the_write_side_is_written_down(client: FlaskClient) -> None:
    app = client.application
    desks = {name for name, found in app.blueprints.items() if isinstance(found, Desk)}
    found = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint.partition(".")[0] in desks or rule.rule.startswith(DESK)
    }
    assert found == {*NEEDS} | SIGNED


@pytest.mark.parametrize("role", [*ROLES, "partner", "nobody", "wrong"])
def test_every_route_is_closed_to_whoever_lacks_its_scope(
    client: FlaskClient, library: Database, partner_key: str, role: str
) -> None:
    others = {"partner": partner_key, "wrong": "cvt_nobody-has-this-one"}
    token = hire(library, role)[1] if role in ROLES else others.get(role)
    headers = bearer(token) if token else {}
    for (method, rule), scope in NEEDS.items():
        path = re.sub(r"<slug:\w+>", "x", rule).replace("<locale:locale>", "en")
        path = path.replace("<number:number>", "1").replace("<place:code>", "US")
        response = client.open(path, method=method, headers=headers)
        if role in ("nobody", "wrong"):
            assert_problem(response, 401, "unauthorized")
        elif role in MAY[scope]:
            assert response.status_code in (200, 400, 404, 415), (method, rule)
        else:
            assert scope in assert_problem(response, 403, "forbidden")["detail"]
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_the_scopes_that_are_written_down(
    client: FlaskClient, library: Database, role: str
) -> None:
    me = client.get("/v1/me", headers=bearer(hire(library, role)[1])).get_json()
    assert me["scopes"] == sorted(scope for scope, roles in MAY.items() if role in roles)


def test_an_admin_adds_an_editor_who_comes_in_by_a_token(
    client: FlaskClient, admin: dict[str, str]
) -> None:
    made = client.post(EDITORS, json={"name": "Ada", "role": "author"}, headers=admin)
    assert (made.status_code, made.get_json()["active"]) == (201, False)
    address = f"{EDITORS}/{made.get_json()['id']}/tokens"
    token = client.post(address, json={"name": "At home"}, headers=admin)
    assert token.status_code == 201
    me = client.get("/v1/me", headers=bearer(token.get_json()["token"])).get_json()
    assert (me["name"], me["role"]) == ("Ada", "author")
    listed = client.get(address, headers=admin).get_json()["tokens"]
    assert [(one["name"], one["state"]) for one in listed] == [("At home", "good")]
    assert "cvt_" not in str(listed)
    everybody = client.get(EDITORS, headers=admin).get_json()["editors"]
    assert ("Ada", True) in [(one["name"], one["active"]) for one in everybody]


def test_a_token_may_do_less_than_its_editor(client: FlaskClient, library: Database) -> None:
    _, token = hire(library, "admin", scopes=["read"])
    assert client.get("/v1/me", headers=bearer(token)).get_json()["scopes"] == ["read"]
    assert_problem(client.get(EDITORS, headers=bearer(token)), 403, "forbidden")


def test_a_token_may_not_do_more_than_its_editor(
    client: FlaskClient, library: Database, admin: dict[str, str]
) -> None:
    editor, _ = hire(library, "author")
    asked = {"scopes": ["read", "publish"]}
    response = client.post(f"{EDITORS}/{editor}/tokens", json=asked, headers=admin)
    body = assert_problem(response, 422, "invalid")
    assert "scopes the role author has only read, write" in body["detail"]


def test_another_role_holds_for_the_tokens_that_there_are(
    client: FlaskClient, library: Database, admin: dict[str, str]
) -> None:
    editor, token = hire(library, "admin", scopes=["read", "admin"])
    given = client.patch(f"{EDITORS}/{editor}", json={"role": "author"}, headers=admin)
    assert (given.status_code, given.get_json()["role"]) == (200, "author")
    assert client.get("/v1/me", headers=bearer(token)).get_json()["scopes"] == ["read"]


def test_a_revoked_token_is_as_unknown_as_any(
    client: FlaskClient, library: Database, admin: dict[str, str]
) -> None:
    editor, token = hire(library, "publisher")
    [one] = client.get(f"{EDITORS}/{editor}/tokens", headers=admin).get_json()["tokens"]
    for _ in range(2):
        done = client.delete(f"{EDITORS}/{editor}/tokens/{one['id']}", headers=admin)
        assert (done.status_code, done.get_json()["state"]) == (200, "revoked")
    refused = client.get(ARTICLE, headers=bearer(token))
    unknown = client.get(ARTICLE, headers=bearer("cvt_nobody-has-this-one"))
    assert_problem(refused, 401, "unauthorized")
    assert refused.get_json()["detail"] == unknown.get_json()["detail"]


def test_a_token_ends_when_it_says(
    client: FlaskClient, library: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = hire(library, "author", expires_at=db.now() + timedelta(days=1))
    assert client.get("/v1/me", headers=bearer(token)).status_code == 200
    later = db.now() + timedelta(days=2)
    monkeypatch.setattr("api.auth.now", lambda: later)
    assert_problem(client.get("/v1/me", headers=bearer(token)), 401, "unauthorized")


@pytest.mark.parametrize(
    ("body", "pointer", "status", "kind"),
    [
        ({"name": "Ada"}, "/role", 400, "bad-request"),
        ({"name": "Ada", "role": "owner"}, "/role", 400, "bad-request"),
        ({"name": "x" * 300, "role": "author"}, "/name", 400, "bad-request"),
        ({"name": "", "role": "author"}, "name", 422, "invalid"),
        ({"name": "Ada", "role": "author", "rolle": "admin"}, "/rolle", 400, "bad-request"),
        ([], "", 400, "bad-request"),
    ],
)
def test_a_body_that_is_wrong_is_told_where(
    client: FlaskClient, admin: dict[str, str], body: Any, pointer: str, status: int, kind: str
) -> None:
    response = client.post(EDITORS, json=body, headers=admin)
    errors = assert_problem(response, status, kind)["errors"]
    assert pointer in [error["pointer"] for error in errors]
    assert len(client.get(EDITORS, headers=admin).get_json()["editors"]) == 1


@pytest.mark.parametrize("octets", [b"{", b"t\xff\xfe", b"\x00", b'"Ada"'])
def test_a_body_that_is_no_json_object_is_told_so(
    client: FlaskClient, admin: dict[str, str], octets: bytes
) -> None:
    sent = {"data": octets, "content_type": "application/json"}
    problem = assert_problem(client.post(EDITORS, headers=admin, **sent), 400, "bad-request")
    assert [error["pointer"] for error in problem["errors"]] == [""]


def test_the_last_use_is_known_to_the_minute(
    client: FlaskClient, library: Database, admin: dict[str, str]
) -> None:
    editor, token = hire(library, "author")

    def last() -> str | None:
        [one] = client.get(f"{EDITORS}/{editor}/tokens", headers=admin).get_json()["tokens"]
        found: str | None = one["last_used_at"]
        return found

    assert last() is None
    client.get("/v1/me", headers=bearer(token))
    first = last()
    assert first is not None
    client.get("/v1/me", headers=bearer(token))
    assert last() == first
