"""Visits: a browser is signed in for a while, to the console and to nothing else."""

from datetime import timedelta

import audits
import consoles
import pytest
from consoles import HERE, SIGN_IN, Visitor, turn, visit
from delivery import ARTICLE, bearer
from flask import Flask
from flask.testing import FlaskClient
from newsroom import DESK, hire
from problems import assert_problem
from sqlalchemy import update

from api import db
from content import credentials, editors, visits
from content.db import Database
from content.models.access import Credential


@pytest.fixture
def author(app: Flask, library: Database) -> Visitor:
    """An author who is signed in."""
    return visit(app, library)


def test_the_secret_is_not_in_the_database(author: Visitor, library: Database) -> None:
    [row] = consoles.visits(library)
    secret = author.secret()
    assert secret
    assert secret not in str(vars(row))
    copied = author.client.application.test_client()
    copied.set_cookie("caveat", row.digest)
    assert copied.get("/console").status_code == 303


@pytest.mark.parametrize(
    "past",
    [
        {"seen_at": timedelta(hours=2)},
        {"ends_at": timedelta(0)},
    ],
    ids=["idle", "long"],
)
def test_a_visit_ends_by_itself(
    author: Visitor, library: Database, past: dict[str, timedelta]
) -> None:
    turn(library, **{name: db.now() - ago for name, ago in past.items()})
    ended = author.get("/console")
    assert (ended.status_code, ended.headers["Location"]) == (303, f"{SIGN_IN}?next=/console")
    assert "caveat=;" in ended.headers["Set-Cookie"]
    assert "Your visit has ended" in author.get(ended.headers["Location"]).text


def test_a_visit_goes_on_while_it_is_used(author: Visitor, library: Database) -> None:
    turn(library, seen_at=db.now() - timedelta(minutes=119))
    assert author.get("/console").status_code == 200
    assert consoles.visits(library)[0].seen_at > db.now() - timedelta(minutes=1)


def test_whoever_revokes_a_token_ends_its_visits(author: Visitor, library: Database) -> None:
    with library.write() as session:
        editors.revoke(session, author.id, now=db.now())
        session.commit()
    assert author.get("/console").status_code == 303


def test_a_visit_ends_with_its_token(app: Flask, library: Database) -> None:
    ada = visit(app, library, expires_at=db.now() + timedelta(hours=1))
    with library.write() as session:
        session.execute(
            update(Credential)
            .where(Credential.editor == ada.id)
            .values(expires_at=db.now() - timedelta(seconds=1))
        )
        session.commit()
    assert ada.get("/console").status_code == 303


def test_a_role_that_became_smaller_is_smaller_at_once(app: Flask, library: Database) -> None:
    ada = visit(app, library, "admin")
    with library.write() as session:
        editors.give(session, ada.id, role="auditor")
        session.commit()
    page = ada.get("/console/tasks")
    assert "auditor" in page.text


def test_somebody_signs_out(author: Visitor, library: Database) -> None:
    secret = author.secret()
    left = author.send("/console/sign-out")
    assert (left.status_code, left.headers["Location"]) == (303, SIGN_IN)
    assert author.secret() is None
    assert "You are signed out." in author.get(SIGN_IN).text
    author.client.set_cookie("caveat", str(secret))
    assert author.get("/console").status_code == 303
    assert consoles.visits(library) == []


def test_somebody_signs_out_elsewhere(app: Flask, author: Visitor, library: Database) -> None:
    laptop = Visitor(app.test_client(), author.id, author.token)
    laptop.client.post(
        SIGN_IN, data={"token": laptop.token}, headers={**HERE, "User-Agent": "A laptop's browser"}
    )
    assert "A laptop&#39;s browser" in author.get("/console/visits").text
    [theirs] = [one.id for one in consoles.visits(library) if one.agent == "A laptop's browser"]
    ended = author.send(f"/console/visits/{theirs}/end")
    assert ended.headers["Location"] == "/console/visits"
    assert laptop.get("/console").status_code == 303
    assert author.get("/console").status_code == 200


def test_nobody_ends_the_visit_of_another(app: Flask, author: Visitor, library: Database) -> None:
    [mine] = consoles.visits(library)
    other = visit(app, library, "admin")
    assert other.send(f"/console/visits/{mine.id}/end").status_code == 404
    assert author.get("/console").status_code == 200


def test_an_editor_has_at_most_ten_visits(app: Flask, author: Visitor, library: Database) -> None:
    for _ in range(visits.MOST):
        assert Visitor(app.test_client(), author.id, author.token).sign_in().status_code == 303
    assert len(consoles.visits(library)) == visits.MOST
    assert author.get("/console").status_code == 303


def test_who_came_and_went_stands_in_the_audit(author: Visitor, library: Database) -> None:
    secret = str(author.secret())
    author.send("/console/sign-out")
    came, went = audits.rows(library, subject_type="visit")
    assert [came.act, went.act] == ["visit.begin", "visit.end"]
    assert {came.actor, went.actor} == {author.id}
    assert came.subject == went.subject
    with library.read() as session:
        [token] = credentials.of(session, editors.find(session, author.id))
    assert came.detail == {"token": token.id, "instead_of": None}
    assert went.detail == {"token": token.id}
    assert secret not in str(came.detail)


def test_a_visit_opens_the_console_and_not_the_api(author: Visitor) -> None:
    for address in (f"{DESK}/drafts", "/v1/insights/corpus", "/v1/me", "/metrics"):
        assert_problem(author.get(address), 401, "unauthorized")


def test_a_token_in_a_header_does_not_open_the_console(
    app: Flask, library: Database, client: FlaskClient
) -> None:
    headers = bearer(hire(library, "admin")[1])
    assert client.get("/console", headers=headers).status_code == 303
    assert client.post("/console/sign-out", headers={**headers, **HERE}).status_code == 303


def test_delivery_does_not_know_the_cookie(author: Visitor) -> None:
    answer = author.get(ARTICLE)
    assert answer.headers["Cache-Control"] == "public, max-age=30"
    assert "Set-Cookie" not in answer.headers
