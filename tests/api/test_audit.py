"""The audit over HTTP: whoever may read it follows it, filters it, takes it away and checks it."""

import json
from collections.abc import Iterator
from typing import Any

import audits
import pytest
import rfc8785
from delivery import bearer, local, read_json
from factories import PUBLIC_URL, make_manuscript
from flask import Flask, g
from flask.testing import FlaskClient
from newsroom import DESK, Newsroom, hire
from problems import assert_problem

from api.app import create_app
from api.settings import Settings
from content import canonical, documents, signing
from content.db import Database
from content.editorial import audit_export
from content.signing import Keyring
from schemas.audit import AuditOut, SealListOut

AUDIT = f"{DESK}/audit"


@pytest.fixture
def auditor(library: Database) -> dict[str, str]:
    """The headers of an auditor."""
    return bearer(hire(library, "auditor")[1])


def lines_of(client: FlaskClient, headers: dict[str, str], query: str = "") -> list[dict[str, Any]]:
    """Return the lines of the export."""
    response = client.get(f"{AUDIT}.ndjson{query}", headers=headers)
    assert (response.status_code, response.mimetype) == (200, "application/x-ndjson")
    return [json.loads(line) for line in response.text.splitlines()]


def test_what_an_admin_does_to_editors_stands_in_the_audit(
    client: FlaskClient, library: Database
) -> None:
    me, token_of_mine = hire(library, "admin")
    admin = bearer(token_of_mine)
    made = client.post(f"{DESK}/editors", json={"name": "Ada", "role": "author"}, headers=admin)
    ada = made.get_json()["id"]
    client.patch(f"{DESK}/editors/{ada}", json={"role": "reviewer"}, headers=admin)
    tokens = f"{DESK}/editors/{ada}/tokens"
    asked = {"name": "At home", "scopes": ["read"]}
    token = client.post(tokens, json=asked, headers=admin).get_json()
    client.delete(f"{tokens}/{token['id']}", headers=admin)
    found = read_json(client, AUDIT, headers=admin)
    assert AuditOut().validate(found) == {}
    assert [(row["act"], row["subject"], row["detail"]) for row in found["rows"]] == [
        ("editor.add", {"type": "editor", "id": ada}, {"role": "author"}),
        ("editor.role", {"type": "editor", "id": ada}, {"before": "author", "role": "reviewer"}),
        (
            "token.add",
            {"type": "token", "id": token["id"]},
            {"editor": ada, "scopes": ["read"], "expires_at": None},
        ),
        ("token.revoke", {"type": "token", "id": token["id"]}, {"editor": ada}),
    ]
    assert {row["actor"] for row in found["rows"]} == {me}
    assert len({row["request_id"] for row in found["rows"]}) == 4
    assert token["token"] not in str(found)


def test_the_way_of_a_text_stands_in_the_audit(client: FlaskClient, library: Database) -> None:
    room = Newsroom(client, library)
    text = room.start(slug="new-one")
    text.act("author", "submit")
    text.act("reviewer", "request-changes", {"comment": "Shorter."})
    text.save(title="Another title that is long enough to be recognised")
    comment = text.act("author", "comments", {"text": "Done."}).get_json()
    text.act("author", f"comments/{comment['id']}/resolve")
    text.act("author", "submit")
    text.act("reviewer", "approve")
    text.act("publisher", "publish")
    said = {"notice": "A notice.", "reason": "A reason."}
    room.ask("publisher", "POST", f"{text.article}/suspend", json=said)
    room.ask("publisher", "POST", f"{text.article}/withdraw", json=said)
    found = room.ask("auditor", "GET", "/audit").get_json()["rows"]
    names = {room.id(name): name for name in ("author", "reviewer", "publisher")}
    assert [(names[row["actor"]], row["act"]) for row in found] == [
        ("author", "article.create"),
        ("author", "draft.submit"),
        ("reviewer", "draft.request-changes"),
        ("author", "draft.save"),
        ("author", "comment.add"),
        ("author", "comment.resolve"),
        ("author", "draft.submit"),
        ("reviewer", "draft.approve"),
        ("publisher", "article.publish"),
        ("publisher", "article.suspend"),
        ("publisher", "article.withdraw"),
    ]
    assert found[-1]["reason"] == "A reason."
    assert "recognised" not in str(found), "no words of an article"


def test_what_is_approved_in_a_release_stands_in_the_audit(
    client: FlaskClient, library: Database
) -> None:
    room = Newsroom(client, library)
    room.start(slug="new-one")
    [draft] = room.ask("author", "GET", "/drafts?locale=en&limit=1").get_json()["drafts"]
    items = [{"type": "article", "article": draft["article"], "locale": "en"}]
    said = {"title": "One", "reason": "A reason.", "items": items}
    made = room.ask("publisher", "POST", "/releases", json=said)
    seen = {"headers": {"If-Match": made.headers["ETag"]}}
    room.ask("publisher", "POST", f"/releases/{made.get_json()['id']}/cancel", **seen)
    created, cancelled = audits.rows(library, subject_type="release")
    assert (created.act, cancelled.act) == ("release.create", "release.cancel")
    assert created.reason == "A reason."
    assert created.detail == {"version": 1, "items": canonical.digest(rfc8785.dumps(items))}


def test_a_request_that_is_repeated_is_one_act(client: FlaskClient, library: Database) -> None:
    room, key = Newsroom(client, library), {"Idempotency-Key": "once-and-for-all"}
    body = documents.dump(make_manuscript(slug="new-one"))
    for _ in range(2):
        done = room.ask("author", "POST", "/articles", json=body, headers=key)
        assert done.status_code == 201
    assert done.headers["Idempotency-Replayed"] == "true"
    assert audits.acts(library) == ["article.create"]


def test_what_was_refused_leaves_no_row(client: FlaskClient, library: Database) -> None:
    admin = bearer(hire(library, "admin")[1])
    client.post(f"{DESK}/editors", json={"name": "", "role": "author"}, headers=admin)
    client.patch(f"{DESK}/editors/nobody", json={"role": "author"}, headers=admin)
    assert audits.rows(library) == []


@pytest.fixture
def silent(settings: Settings) -> Iterator[Flask]:
    """An application with views of the write side that forget the audit, or say too much."""
    app = create_app(settings)
    database: Database = app.extensions["caveat"].database

    def forget() -> str:
        return "done"

    def exaggerate() -> str:
        audits.note(database, 2, request_id=g.request_id)
        return "done"

    app.add_url_rule(f"{DESK}/forget", view_func=forget, methods=["GET", "POST"])
    app.add_url_rule(f"{DESK}/exaggerate", view_func=exaggerate, methods=["POST"])
    yield app
    database.close()


def test_a_view_that_does_not_say_what_it_has_done_is_found(silent: Flask, auditor: Any) -> None:
    client = silent.test_client()
    with audits.watched(silent) as unnoted:
        assert client.get(f"{DESK}/forget", headers=auditor).status_code == 200
        assert unnoted == []
        assert client.post(f"{DESK}/forget", headers=auditor).status_code == 200
        assert client.post(f"{DESK}/exaggerate", headers=auditor).status_code == 200
    assert unnoted == [
        "POST /v1/editorial/forget answered 200 and left 0 rows in the audit",
        "POST /v1/editorial/exaggerate answered 200 and left 2 rows in the audit",
    ]


def test_whoever_follows_the_links_sees_each_row_once(
    client: FlaskClient, library: Database, auditor: dict[str, str]
) -> None:
    audits.note(library, 7)
    seen, address = [], f"{AUDIT}?limit=3"
    for size in (3, 3, 1, 0):
        page = read_json(client, address, headers=auditor)
        assert (len(page["rows"]), page["newest"]) == (size, 7)
        seen += [row["number"] for row in page["rows"]]
        address = page["links"]["next"]
        assert address.startswith(f"{PUBLIC_URL}{AUDIT}?")
    assert seen == [1, 2, 3, 4, 5, 6, 7]
    audits.note(library)
    assert [row["number"] for row in read_json(client, address, headers=auditor)["rows"]] == [8]


def test_the_links_keep_what_is_asked_for(
    client: FlaskClient, library: Database, auditor: dict[str, str]
) -> None:
    for by in ("ada", "bo", "ada", "bo", "bo"):
        audits.note(library, by=by)
    asked = "actor=ada&act=draft.save&subject_type=article&subject=one&since=2020-01-01T00:00:00Z"
    page = read_json(client, f"{AUDIT}?{asked}&limit=1", headers=auditor)
    more = read_json(client, page["links"]["next"], headers=auditor)
    assert [row["number"] for row in page["rows"] + more["rows"]] == [1, 3]
    assert f"{asked.replace(':', '%3A')}" in more["links"]["next"]
    rest = read_json(client, more["links"]["next"], headers=auditor)
    assert rest["rows"] == []
    assert "after=5" in rest["links"]["next"], "what the filter hides has been looked at"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("?since=yesterday", "since"),
        ("?until=2026-11-24", "until"),
        ("?after=9", "after"),
        ("?limit=1001", "limit"),
        ("?act=", "act"),
        ("?actors=ada", "actors"),
    ],
)
def test_a_query_that_is_wrong_is_told_where(
    client: FlaskClient, auditor: dict[str, str], query: str, pointer: str
) -> None:
    body = assert_problem(client.get(AUDIT + query, headers=auditor), 400, "bad-request")
    assert [error["pointer"] for error in body["errors"]] == [pointer]


def test_the_export_can_be_checked_with_the_keys_alone(
    client: FlaskClient, library: Database, keyring: Keyring, auditor: dict[str, str]
) -> None:
    for _ in range(2):
        audits.note(library, 3, locale="en")
        audits.seal(library, keyring)
    audits.note(library)
    *lines, end = lines_of(client, auditor)
    assert end == {"type": "end", "counts": {"rows": 7, "seals": 2}}
    rows = {str(line["row"]["number"]): line["row"] for line in lines if line["type"] == "row"}
    keys = {key["kid"]: key for key in read_json(client, "/.well-known/jwks.json")["keys"]}
    before = None
    for seal in (line["seal"] for line in lines if line["type"] == "seal"):
        said = {name: seal[name] for name in seal if name not in ("digest", "kid", "jws")}
        assert seal["previous"] == before
        assert seal["digest"] == canonical.digest(rfc8785.dumps(said))
        signing.verify(seal["digest"].encode(), seal["jws"], keys[seal["kid"]])
        for number, digest in seal["digests"].items():
            assert digest == canonical.digest(rfc8785.dumps(rows[number]))
        before = seal["digest"]


def test_the_export_has_the_seals_of_what_it_has(
    client: FlaskClient, library: Database, keyring: Keyring, auditor: dict[str, str]
) -> None:
    for by in ("ada", "bo", "cy"):
        audits.note(library, 2, by=by)
        audits.seal(library, keyring)
    for query, rows, seals in [("", 6, 3), ("?actor=bo", 2, 1), ("?actor=nobody", 0, 0)]:
        assert lines_of(client, auditor, query)[-1]["counts"] == {"rows": rows, "seals": seals}


def test_the_export_is_written_in_parts_and_ends_where_it_began(
    library: Database, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_export, "PART", 2)
    audits.note(library, 5)
    audits.seal(library, keyring)
    parts = audit_export.lines(library, audit_export.Wanted())
    first = next(parts)
    audits.note(library, 3)
    audits.seal(library, keyring)
    assert [part.count(b"\n") for part in (first, *parts)] == [2, 2, 1, 1, 1]


def test_seals_are_listed_in_pages(
    client: FlaskClient, library: Database, keyring: Keyring, auditor: dict[str, str]
) -> None:
    made = []
    for _ in range(3):
        audits.note(library)
        made.append(audits.seal(library, keyring))
    page = read_json(client, f"{AUDIT}/seals?limit=2", headers=auditor)
    assert SealListOut().validate(page) == {}
    more = read_json(client, local(page["links"]["next"]), headers=auditor)
    found = [f"{seal['number']}:{seal['digest']}" for seal in page["seals"] + more["seals"]]
    assert found == made
    assert read_json(client, more["links"]["next"], headers=auditor)["seals"] == []
