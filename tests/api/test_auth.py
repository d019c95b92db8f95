"""Keys: what they fix, what they fill in, and that they never mean fewer disclaimers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import delivery
import pytest
from delivery import ARTICLE, PEPPER, SLUGS, add_key, bearer, read_json, running
from factories import NOW
from flask.testing import FlaskClient
from problems import assert_problem

from api.settings import Settings
from content import credentials, editors
from content.contexts import AUDIENCES, CHANNELS
from content.db import Database
from content.models.access import Credential
from schemas.meta import MeOut

pytestmark = pytest.mark.one_engine
DELIVERED = [
    f"{ARTICLE}/diff?from=1",
    ARTICLE,
    f"{ARTICLE}.html",
    "/v1/articles",
    "/v1/changes",
    "/v1/snapshot?at=367",
    "/v1/topics",
]
DELIVERED += [f"{ARTICLE}/diff?from=1"]
DELIVERED += ["/v1/disclaimers", f"{ARTICLE}/revisions", f"{ARTICLE}/revisions/1"]
OPEN = ["/", "/terms", "/problems", "/healthz", "/openapi.yaml", "/.well-known/jwks.json"]
OPEN += ["/v1/schemas", "/docs/"]
WRONG = ["", "Bearer", "Bearer ", "Bearer x", "Basic YTpi", "Bearer " + "x" * 300, "Bearer \u00e9"]
CHALLENGE = 'Bearer realm="caveat"'


@pytest.fixture
def closed(settings: Settings) -> Iterator[FlaskClient]:
    """A caller without a key of an installation that needs one."""
    with running(replace(settings, open_delivery="false")) as app:
        yield app.test_client()


def ids(body: dict[str, Any]) -> set[str]:
    return {entry["id"] for entry in body["disclaimers"]}


@pytest.mark.parametrize("address", [*DELIVERED, *OPEN, "/v1/me", "/nothing"])
def test_a_key_that_is_not_valid_is_refused_everywhere(
    client: FlaskClient, partner_key: str, address: str
) -> None:
    forged = partner_key[:-1] + ("0" if partner_key[-1] != "0" else "1")
    for header in [*WRONG, f"Bearer {forged}", f"Basic {partner_key}", partner_key]:
        response = client.get(address, headers={"Authorization": header})
        assert_problem(response, 401, "unauthorized")
        assert response.headers["WWW-Authenticate"] == CHALLENGE
        assert response.headers["Cache-Control"] == "no-store"


def test_a_key_works_in_any_case_of_its_scheme(client: FlaskClient, partner_key: str) -> None:
    for scheme in ("Bearer", "bearer", "BEARER"):
        headers = {"Authorization": f"{scheme} {partner_key}"}
        assert client.get("/v1/me", headers=headers).status_code == 200


def test_a_revoked_key_is_refused_at_once(
    client: FlaskClient, library: Database, partner_key: str
) -> None:
    assert client.get(ARTICLE, headers=bearer(partner_key)).status_code == 200
    with library.write() as session:
        key = session.get_one(Credential, credentials.digest(partner_key, PEPPER))
        key.revoked_at = datetime.now(UTC)
        session.commit()
    for address in (ARTICLE, "/healthz"):
        response = client.get(address, headers=bearer(partner_key))
        assert_problem(response, 401, "unauthorized")


@pytest.mark.parametrize("address", DELIVERED)
def test_closed_delivery_needs_a_key(closed: FlaskClient, partner_key: str, address: str) -> None:
    response = closed.get(address)
    assert_problem(response, 401, "unauthorized")
    assert response.headers["WWW-Authenticate"] == CHALLENGE
    assert closed.get(address, headers=bearer(partner_key)).status_code == 200


@pytest.mark.parametrize("address", OPEN)
def test_what_machines_and_people_need_first_is_open_also_then(
    closed: FlaskClient, address: str
) -> None:
    assert closed.get(address).status_code == 200


def test_the_front_door_of_closed_delivery_shows_no_article(
    closed: FlaskClient, partner_key: str
) -> None:
    html = {"Accept": "text/html"}
    title = read_json(closed, ARTICLE, headers=bearer(partner_key))["title"]
    assert title not in closed.get("/", headers=html).text
    assert 'class="cv-card"' not in closed.get("/", headers=html).text
    assert title in closed.get("/", headers={**html, **bearer(partner_key)}).text


def test_a_key_fixes_audience_and_channel_and_fills_in_the_place(
    client: FlaskClient, partner_key: str
) -> None:
    context = read_json(client, ARTICLE, headers=bearer(partner_key))["context"]
    assert (context["audience"], context["channel"]) == ("adults", "publisher")
    assert context["jurisdiction"]["code"] == "US"


def test_a_named_place_counts_more_than_the_one_of_the_key(
    client: FlaskClient, partner_key: str
) -> None:
    address = f"{ARTICLE}?jurisdiction=GB"
    context = read_json(client, address, headers=bearer(partner_key))["context"]
    assert context["jurisdiction"]["code"] == "GB"


@pytest.mark.parametrize("asked", ["audience=general", "channel=retail", "audience=clinicians"])
@pytest.mark.parametrize("address", [ARTICLE, f"{ARTICLE}.html", "/v1/articles"])
def test_another_audience_or_channel_than_the_keys_is_refused(
    client: FlaskClient, partner_key: str, address: str, asked: str
) -> None:
    response = client.get(f"{address}?{asked}", headers=bearer(partner_key))
    body = assert_problem(response, 400, "bad-request")
    assert "fixed" in body["errors"][0]["detail"]
    own = f"{address}?audience=adults&channel=publisher"
    assert client.get(own, headers=bearer(partner_key)).status_code == 200


@pytest.mark.parametrize("address", [*DELIVERED, "/terms"])
def test_an_answer_to_a_key_is_private(client: FlaskClient, partner_key: str, address: str) -> None:
    life = f"max-age={1 if address == '/v1/changes' else 30}"
    assert client.get(address).headers["Cache-Control"] == f"public, {life}"
    response = client.get(address, headers=bearer(partner_key))
    assert response.headers["Cache-Control"] == f"private, {life}"
    known = {"If-None-Match": response.headers["ETag"], **bearer(partner_key)}
    again = client.get(address, headers=known)
    assert (again.status_code, again.headers["Cache-Control"]) == (304, f"private, {life}")


def test_a_refusal_of_a_key_is_private_too(
    client: FlaskClient, library: Database, partner_key: str
) -> None:
    delivery.end(library, SLUGS[0])
    response = client.get(ARTICLE, headers=bearer(partner_key))
    assert_problem(response, 410, "gone")
    assert response.headers["Cache-Control"].startswith("private")


@pytest.mark.parametrize("tail", ["", ".html", "?fields=title", "/revisions/1"])
def test_anybody_gets_the_same_bytes_under_the_whole_address(
    client: FlaskClient, partner_key: str, tail: str
) -> None:
    keyed = client.get(ARTICLE + tail, headers=bearer(partner_key))
    open_ = client.get(keyed.headers["Content-Location"])
    assert (open_.data, open_.headers["ETag"]) == (keyed.data, keyed.headers["ETag"])


def test_anybody_gets_the_same_list_under_its_own_address(
    client: FlaskClient, partner_key: str
) -> None:
    keyed = client.get("/v1/articles", headers=bearer(partner_key))
    address = delivery.local(keyed.json["links"]["self"])
    assert client.get(address).data == keyed.data


def test_a_place_of_a_key_that_is_not_served_is_declared(
    client: FlaskClient, library: Database
) -> None:
    key = add_key(library, jurisdiction="US-XX", locale="fr")
    response = client.get(ARTICLE, headers=bearer(key))
    assert response.headers["Caveat-Fallback"] == "locale=fr; jurisdiction=US-XX"


@pytest.mark.parametrize("slug", SLUGS)
def test_no_key_means_more_disclaimers_than_any_key(
    client: FlaskClient, library: Database, slug: str
) -> None:
    address = f"/v1/articles/{slug}"
    careful = ids(read_json(client, f"{address}?fields=title"))
    for audience, channel in product(AUDIENCES, CHANNELS):
        place = "US-AL" if channel in ("retail", "app") else "GB"
        key = add_key(library, audience=audience, channel=channel, jurisdiction=place)
        response = client.get(f"{address}?fields=title", headers=bearer(key))
        if audience == "minors" and "kratom" in slug:
            assert_problem(response, 403, "withheld-for-audience")
        else:
            assert careful >= ids(response.json)


def test_a_partner_sees_what_its_key_stands_for(client: FlaskClient, partner_key: str) -> None:
    response = client.get("/v1/me", headers=bearer(partner_key))
    assert MeOut().validate(response.json) == {}
    told = {"kind", "name", "audience", "channel", "jurisdiction", "locale", "topics", "plan"}
    assert {name: response.json[name] for name in told} == {
        "kind": "partner",
        "name": "A partner",
        "audience": "adults",
        "channel": "publisher",
        "jurisdiction": "US",
        "locale": None,
        "topics": None,
        "plan": {"name": "standard", "minute": 600, "day": 100_000},
    }
    assert response.headers["Cache-Control"] == "no-store"


def test_an_editor_sees_the_role_and_reads_as_anybody(
    client: FlaskClient, library: Database
) -> None:
    with library.write() as session:
        editor = editors.add(session, "An editor", role="admin", now=NOW)
        _, token = credentials.add(session, editor, pepper=PEPPER, now=NOW)
        session.commit()
    me = read_json(client, "/v1/me", headers=bearer(token))
    assert (me["kind"], me["role"], me["name"]) == ("editor", "admin", "An editor")
    assert client.get(ARTICLE, headers=bearer(token)).data == client.get(ARTICLE).data


def test_nobody_is_nobody_also_where_delivery_is_open(client: FlaskClient) -> None:
    response = client.get("/v1/me")
    assert_problem(response, 401, "unauthorized")
    assert response.headers["WWW-Authenticate"] == CHALLENGE
