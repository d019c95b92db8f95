"""The addresses of previews: good for who has one, until they end, and for nobody else."""

from datetime import timedelta
from typing import Any

import delivery
import pytest
from delivery import bearer, local
from flask.testing import FlaskClient
from newsroom import Newsroom, Text
from previewing import ENDINGS, allow, begin, see
from problems import assert_problem

from api import db
from content.db import Database
from content.models.editorial import Draft


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody at work."""
    return Newsroom(client, library)


@pytest.fixture
def text(room: Newsroom) -> Text:
    """The draft of an article that was never published, and owes much."""
    return begin(room, slug="new-one")


def test_it_ends_when_it_says(room: Newsroom, text: Text, monkeypatch: pytest.MonkeyPatch) -> None:
    day, short = allow(text), allow(text, expires_in=60, note="For the clinic.")
    now = db.now()
    monkeypatch.setattr("api.editorial.previews.now", lambda: now + timedelta(seconds=61))
    for ending in ENDINGS:
        problem = assert_problem(see(room, short["urls"][ending]), 410, "preview-over")
        assert problem["detail"] == "The preview has ended."
        delivery.assert_help(problem)
        assert see(room, day["urls"][ending]).status_code == 200
    listed = room.ask("auditor", "GET", f"{text.path}/previews").get_json()["previews"]
    assert [(one["state"], one["note"]) for one in listed] == [
        ("ended", "For the clinic."),
        ("good", None),
    ]
    assert not any("urls" in one for one in listed)
    monkeypatch.setattr("api.editorial.previews.now", lambda: now + timedelta(days=1, seconds=1))
    assert_problem(see(room, day["urls"]["json"]), 410, "preview-over")


def test_it_is_revoked_at_once(room: Newsroom, text: Text) -> None:
    preview, other = allow(text), allow(text)
    for _ in range(2):
        done = room.ask("publisher", "DELETE", f"{text.path}/previews/{preview['id']}")
        assert (done.status_code, done.get_json()["state"]) == (200, "revoked")
        assert done.get_json()["revoked_by"] == room.id("publisher")
    assert_problem(see(room, preview["urls"]["html"]), 410, "preview-over")
    assert see(room, other["urls"]["html"]).status_code == 200
    elsewhere = begin(room, slug="another-one")
    refused = room.ask("author", "DELETE", f"{elsewhere.path}/previews/{other['id']}")
    assert_problem(refused, 404, "not-found")


def test_who_let_somebody_see_it_and_who_ended_that_stands_in_the_audit(
    room: Newsroom, text: Text
) -> None:
    preview = allow(text)
    room.ask("publisher", "DELETE", f"{text.path}/previews/{preview['id']}")
    rows = room.ask("auditor", "GET", "/audit?subject_type=preview").get_json()["rows"]
    told = {(row["act"], row["actor"], row["subject"]["id"]) for row in rows}
    assert told == {
        ("preview.add", room.id("author"), preview["id"]),
        ("preview.revoke", room.id("publisher"), preview["id"]),
    }
    assert preview["urls"]["json"].rpartition("=")[2] not in str(rows)


def test_it_is_over_when_its_draft_is_gone(room: Newsroom, text: Text) -> None:
    address = allow(text)["urls"]["html"]
    with room.database.write() as session:
        session.delete(session.get_one(Draft, (text.read()["article"], "en")))
        session.commit()
    assert_problem(see(room, address), 410, "preview-over")


def test_an_address_that_we_did_not_sign_tells_nothing(room: Newsroom, text: Text) -> None:
    preview = allow(text)
    address, id = local(preview["urls"]["html"]), preview["id"]
    signature = address.rpartition("=")[2]
    expires = delivery.query(address)["expires"]
    other = delivery.query(local(allow(text)["urls"]["html"]))["signature"]
    wrong = {
        "expires": address.replace(expires, str(int(expires) + 1)),
        "signature": address.replace(signature, f"{int(signature[0], 16) ^ 1:x}{signature[1:]}"),
        "shortened": address[:-1],
        "empty": address.replace(signature, ""),
        "not ASCII": address.replace(signature, "%C3%A9" * 30),
        "of another preview": address.replace(signature, other),
        "format": address.replace(".html", ".json"),
        "id": address.replace(id, "0" * 32),
        "id in other letters": address.replace(id, f"{id[:-1]}-x"),
    }
    said = {name: see(room, at) for name, at in wrong.items()}
    for name, response in said.items():
        body = assert_problem(response, 404, "not-found")
        alike = {"detail": body["detail"], "title": body["title"]}
        assert alike == {
            "detail": said["id"].get_json()["detail"],
            "title": said["id"].get_json()["title"],
        }, name
    assert room.client.get(address.replace(".html", ".xml")).status_code == 404
    assert_problem(see(room, address.partition("&")[0]), 400, "bad-request")
    assert_problem(see(room, f"{address}&at=1"), 400, "bad-request")


def test_a_token_is_no_way_around_the_signature(room: Newsroom, text: Text) -> None:
    address = local(allow(text)["urls"]["json"])
    room.id("admin")
    headers = bearer(room.people["admin"][1])
    assert room.client.get(address, headers=headers).status_code == 200
    assert room.client.get(f"{address}0", headers=headers).status_code == 404
    wrong = room.client.get(address, headers=bearer("cvt_nobody-has-this-one"))
    assert_problem(wrong, 401, "unauthorized")


def test_other_sites_cannot_ask_for_it(room: Newsroom, text: Text) -> None:
    asked = see(room, allow(text)["urls"]["json"], "OPTIONS")
    assert asked.data == b""


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"expires_in": 31 * 24 * 60 * 60}, "/expires_in"),
        ({"expires_in": 59}, "/expires_in"),
        ({"audience": "everybody"}, "/audience"),
        ({"jurisdiction": "Alabama"}, "/jurisdiction"),
        ({"locale": "es"}, "/locale"),
        ({"note": "x" * 501}, "/note"),
    ],
)
def test_what_is_asked_wrongly_is_told_where(
    room: Newsroom, text: Text, asked: dict[str, Any], pointer: str
) -> None:
    refused = room.ask("author", "POST", f"{text.path}/previews", json=asked)
    problem = assert_problem(refused, 400, "bad-request")
    assert [one["pointer"] for one in problem["errors"]] == [pointer]


def test_a_request_that_is_sent_twice_makes_one_preview(room: Newsroom, text: Text) -> None:
    sent = {"json": {}, "headers": {"Idempotency-Key": "once"}}
    first, again = (room.ask("author", "POST", f"{text.path}/previews", **sent) for _ in "12")
    assert first.get_json() == again.get_json()
    assert len(room.ask("author", "GET", f"{text.path}/previews").get_json()["previews"]) == 1
