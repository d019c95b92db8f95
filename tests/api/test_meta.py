"""What machines need around the articles: schemas, keys, health; and pages call nobody else."""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import newsdesk
import newsroom
import pytest
from delivery import bearer
from factories import NOW, PUBLIC_URL, make_document, publish
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from problems import assert_problem, lose
from programs import run
from werkzeug.test import TestResponse

from api import db, secrets
from api.app import create_app
from api.openapi import SCHEMAS
from api.settings import Settings
from content import changes, lapses, signing, verifying, work
from content.db import Database
from content.errors import CaveatError
from content.signing import Keyring

ARTICLE = "/v1/articles/kratom-and-ocd-evidence"
ANSWERS = {  # what is served now, for readers of every minor
    "edition-1.0": f"{ARTICLE}?jurisdiction=US-AL",
    "edition-1.1": f"{ARTICLE}?jurisdiction=US-AL",
    "section-1.0": f"{ARTICLE}/sections/mechanisms",
    "articles-1.0": "/v1/articles",
    "articles-1.1": "/v1/articles",
    "articles-1.2": "/v1/articles",
    "changes-1.0": "/v1/changes",
    "changes-1.1": "/v1/changes",
    "changes-1.2": "/v1/changes?include=differences&after=300",
    "changes-1.3": "/v1/changes?include=editions&after=300",
    "changes-1.4": "/v1/changes?include=editions&after=200",
    "problem-1.0": "/nothing",
    "problem-1.1": "/nothing",
    "snapshot-1.0": "/v1/snapshot?at=367",
}
OF_DRAFTS = {"preview-1.0"}  # what has it needs a signature, and is held against it elsewhere


def test_the_schemas_are_listed_with_their_addresses(client: FlaskClient) -> None:
    found = client.get("/v1/schemas").get_json()["schemas"]
    assert set(SCHEMAS) <= set(found) == set(ANSWERS) | OF_DRAFTS
    for name, address in found.items():
        assert address == f"{PUBLIC_URL}/v1/schemas/{name}.json"
        assert client.get(address.removeprefix(PUBLIC_URL)).status_code == 200


@pytest.mark.parametrize("name", ANSWERS)
def test_each_schema_is_valid_and_validates_real_answers(client: FlaskClient, name: str) -> None:
    response = client.get(f"/v1/schemas/{name}.json")
    assert response.mimetype == "application/schema+json"
    schema = response.get_json()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    answer = said(client.get(ANSWERS[name]))
    assert [error.message for error in validator.iter_errors(answer)] == []
    assert list(validator.iter_errors({})), "it refuses what is nothing"


def said(response: TestResponse) -> Any:
    """Return what an answer says; of lines, a list, as their schema has them."""
    if response.mimetype != "application/x-ndjson":
        return response.get_json()
    return {"lines": [json.loads(line) for line in response.data.splitlines()]}


def test_the_edition_schema_refuses_an_edition_without_disclaimers(client: FlaskClient) -> None:
    validator = Draft202012Validator(client.get("/v1/schemas/edition-1.0.json").get_json())
    edition = client.get(ARTICLE).get_json()
    assert list(validator.iter_errors({**edition, "disclaimers": []}))
    del edition["disclaimers"]
    assert list(validator.iter_errors(edition))


def test_bodies_name_the_schema_that_describes_them(client: FlaskClient) -> None:
    for name in ("edition-1.1", "articles-1.2", "section-1.0"):
        body = client.get(ANSWERS[name]).get_json()
        assert body["$schema"] == f"{PUBLIC_URL}/v1/schemas/{name}.json"


def test_editions_verify_with_the_keys_that_are_published(client: FlaskClient) -> None:
    keys = client.get("/.well-known/jwks.json").get_json()
    edition = client.get(ARTICLE).get_json()
    assert verifying.verify(edition, keys) == edition["sequence"]


def test_the_published_keys_are_public_halves_only(client: FlaskClient) -> None:
    (key,) = client.get("/.well-known/jwks.json").get_json()["keys"]
    assert set(key) == {"alg", "crv", "kid", "kty", "use", "x"}
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("OKP", "Ed25519", "Ed25519", "sig")


def test_a_retired_key_stays_published_and_a_revoked_one_does_not(
    app: Flask, library: Database, keyring: Keyring
) -> None:
    client = app.test_client()
    old = client.get(ARTICLE).get_json()["integrity"]["kid"]
    new = keyring.add_new()
    with library.write() as session:
        entry = signing.end(session, old, compromised=False, reason="test")
        now = datetime.now(UTC)
        changes.append(session, [entry, signing.begin(keyring, new)], by="test", now=now)
        session.commit()
    assert kids(client) == {old, new}
    with library.write() as session:
        entry = signing.end(session, old, compromised=True, reason="test")
        changes.append(session, [entry], by="test", now=datetime.now(UTC))
        session.commit()
    assert kids(client) == {new}


def kids(client: FlaskClient) -> set[str]:
    """Return the ids of the keys that are published."""
    return {key["kid"] for key in client.get("/.well-known/jwks.json").get_json()["keys"]}


def test_health_does_not_ask_the_database(app: Flask) -> None:
    lose(app)
    response = app.test_client().get("/healthz")
    assert response.status_code == 200
    assert response.get_json() == {"status": "ok"}
    assert response.headers["Cache-Control"] == "no-store"


def test_ready_when_everything_is_in_order(library: Database, client: FlaskClient) -> None:
    settle(library)
    response = client.get("/readyz")
    assert response.status_code == 200
    with library.read() as session:
        head = changes.head(session)
    nobody = {"workers": 0, "last_beat": None, "scheduled": 0, "unpurged": 0}
    assert response.get_json() == {"status": "ready", "sequence": head, "work": nobody}
    assert response.headers["Cache-Control"] == "no-store"


def test_not_ready_while_a_release_is_overdue(library: Database, client: FlaskClient) -> None:
    settle(library)
    due = db.now() + timedelta(seconds=0.2)
    newsdesk.schedule(library, "due", at=due)
    assert client.get("/readyz").get_json()["work"]["scheduled"] == 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.readiness.now", lambda: due + timedelta(minutes=2))
        problem = assert_problem(client.get("/readyz"), 503, "unavailable")
    assert problem["detail"] == "1 releases are overdue; run: caveat work"


def test_metrics_tell_of_the_worker_and_of_what_waits(
    library: Database, client: FlaskClient
) -> None:
    newsdesk.schedule(library, "later", at=NOW + timedelta(days=300))
    with library.write() as session:
        work.beat(session, "here", now=db.now())
        session.commit()
    assert_problem(client.get("/metrics"), 401, "unauthorized")
    headers = bearer(newsroom.hire(library, "auditor")[1])
    told = client.get("/metrics", headers=headers)
    assert told.mimetype == "text/plain"
    values = dict(line.split() for line in told.text.splitlines() if not line.startswith("#"))
    assert (values["caveat_workers"], values["caveat_releases_scheduled"]) == ("1.0", "1.0")
    assert float(values["caveat_worker_beat_age_seconds"]) < 60


def test_not_ready_without_its_database(app: Flask) -> None:
    lose(app)
    assert_problem(app.test_client().get("/readyz"), 503, "unavailable")


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM alembic_version", "caveat init"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer"),
    ],
)
def test_not_ready_with_another_schema(
    library: Database, client: FlaskClient, statement: str, told: str
) -> None:
    settle(library)
    with library.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    body = assert_problem(client.get("/readyz"), 503, "unavailable")
    assert told in body["detail"]


def test_the_application_does_not_start_on_another_schema(
    database: Database, settings: Settings
) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    with pytest.raises(CaveatError, match="caveat init"):
        create_app(Settings(**{**vars(settings), "database_url": database.url}))


def test_not_ready_without_the_private_half_of_the_key(
    library: Database, settings: Settings
) -> None:
    settle(library)
    other = Keyring([])
    other.add_new()
    other.save(secrets.keyring_path(settings))
    app = create_app(settings)
    body = assert_problem(app.test_client().get("/readyz"), 503, "unavailable")
    assert "private half" in body["detail"]
    assert_problem(app.test_client().get(ARTICLE), 503, "unavailable")
    app.extensions["caveat"].database.close()


def test_not_ready_while_a_date_has_passed_unrecorded(
    library: Database, client: FlaskClient, settings: Settings
) -> None:
    settle(library)
    review = make_document()["review"] | {
        "searched_on": "2020-01-01",
        "next_review_due": "2020-06-01",
    }
    publish(library, slug="an-old-article", review=review)
    body = assert_problem(client.get("/readyz"), 503, "unavailable")
    assert "caveat work" in body["detail"]
    env = {"CAVEAT_DATABASE_URL": library.url, "CAVEAT_DATA": settings.data}
    done = run("work", "--once", env=env)
    assert done.returncode == 0, done.stderr
    assert client.get("/readyz").status_code == 200
    stale = client.get("/v1/articles/an-old-article").get_json()
    assert "stale-content" in [entry["id"] for entry in stale["disclaimers"]]


def settle(database: Database) -> None:
    """Record what is overdue by the real clock, which readiness asks."""
    with database.write() as session:
        lapses.record(session, by="test", now=datetime.now(UTC))
        session.commit()


def test_the_reference_page_calls_nobody_else(client: FlaskClient) -> None:
    page = client.get("/docs/")
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(addresses) >= 4
    for address in addresses:
        assert address.startswith("/docs/")
        with client.get(address) as asset:
            assert asset.status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert not re.search(r"https?:|\*", policy)
    assert "default-src 'self'" in policy
    assert client.get("/docs").status_code == 200


def test_the_front_door_has_no_scripts_and_only_its_own_style(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept": "text/html"})
    assert "<script" not in page.text
    assert not re.search(r"""(src|action)=["']?(https?:)?//""", page.text)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for style in re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_the_front_door_for_machines_leads_everywhere(client: FlaskClient) -> None:
    links = client.get("/").get_json()["links"]
    for name, address in links.items():
        assert address.startswith(PUBLIC_URL), name
        response = client.get(address.removeprefix(PUBLIC_URL), follow_redirects=True)
        assert response.status_code == 200, name
