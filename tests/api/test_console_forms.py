"""Forms of the console: only our own pages send them, and what was typed is never lost."""

import re
from html import unescape

import consoles
import pytest
from consoles import HERE, SIGN_IN, Visitor, turn, visit
from flask import Flask

from api import db
from content.db import Database

pytestmark = pytest.mark.one_engine
STRANGERS: list[dict[str, str]] = [
    {},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"},
    {"Origin": "http://localhost:8000", "Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost.evil.example"},
    {"Referer": "http://localhost/console"},
]


@pytest.fixture
def author(app: Flask, library: Database) -> Visitor:
    """An author who is signed in."""
    return visit(app, library)


@pytest.mark.parametrize("headers", STRANGERS)
def test_a_form_of_another_site_does_nothing(
    author: Visitor, library: Database, headers: dict[str, str]
) -> None:
    data = {"form_token": author.form_token(), "token": author.token}
    before = author.secret()
    for address in ("/console/sign-out", SIGN_IN, "/console/theme"):
        refused = author.client.post(address, data={**data, "mine": "evil"}, headers=headers)
        assert refused.status_code == 403
        assert "Set-Cookie" not in refused.headers
        assert "evil" not in refused.text
    assert author.secret() == before
    assert len(consoles.visits(library)) == 1


def test_a_form_needs_a_token_of_this_visit(app: Flask, author: Visitor, library: Database) -> None:
    other = visit(app, library)
    for token in ("", "x", "x.y", "é.é", other.form_token(), author.form_token()[:-1]):
        data = {"form_token": token}
        refused = author.client.post("/console/sign-out", data=data, headers=HERE)
        assert refused.status_code == 403
    assert len(consoles.visits(library)) == 2


def test_every_form_has_another_token(author: Visitor) -> None:
    assert author.form_token() != author.form_token()


def test_what_was_written_survives_a_visit_that_ended(author: Visitor, library: Database) -> None:
    text = "\n  First line\r\nSecond <b>line</b> &amp; “more”\n\n"
    fields = {"note": text, "empty": "", "form_token": author.form_token()}
    turn(library, ends_at=db.now())
    address = "/console/tasks/x/done?a=1"
    asked = author.client.post(address, data=fields, headers=HERE)
    assert asked.status_code == 401
    assert "You were signed out meanwhile" in asked.text
    assert kept(asked.text, "kept-") == {"note": text.replace("\r\n", "\n"), "empty": ""}
    wrong = author.sign_in("cvt_wrong", next=address, **{"kept-note": text, "kept-empty": ""})
    assert kept(wrong.text, "kept-") == {"note": text.replace("\r\n", "\n"), "empty": ""}
    page = author.sign_in(next=address, **{"kept-note": text, "kept-empty": ""})
    assert page.status_code == 200
    assert f'action="{address.replace("&", "&amp;")}"' in page.text
    assert kept(page.text, "") == {"note": text.replace("\r\n", "\n"), "empty": ""}
    sent = author.send("/console/tasks/x/done", note=text)
    assert sent.status_code == 404, "as the task is not there: it was sent"
    assert kept(sent.text, "") == {"note": text.replace("\r\n", "\n")}


def kept(page: str, prefix: str) -> dict[str, str]:
    """Return the fields of another form that a page has, as a browser reads them."""
    area = rf'<textarea id="kept-\d+" name="{prefix}([^"]+)"[^>]*>\n?(.*?)</textarea>'
    line = rf'<input id="kept-\d+" name="{prefix}([^"]+)" value="([^"]*)"'
    found = [*re.findall(area, page, re.DOTALL), *re.findall(line, page)]
    return {name: unescape(value).replace("\r\n", "\n") for name, value in found}


def test_what_is_typed_with_an_old_page_can_be_sent_again(author: Visitor) -> None:
    old = author.form_token()
    author.sign_in()
    data = {"form_token": old, "note": "All that I wrote."}
    refused = author.client.post("/console/tasks/x/done", data=data, headers=HERE)
    assert refused.status_code == 403
    assert kept(refused.text, "") == {"note": "All that I wrote."}
    assert old not in refused.text


def test_a_long_form_comes_along_and_one_that_is_too_long_does_not(
    author: Visitor, library: Database
) -> None:
    turn(library, ends_at=db.now())
    long = {"note": "x" * 1_000_000}
    asked = author.client.post("/console/tasks/x/done", data=long, headers=HERE)
    assert kept(asked.text, "kept-") == long
    again = author.sign_in(next="/console/tasks/x/done", **{"kept-note": long["note"]})
    assert kept(again.text, "") == long
    too_long = {"note": "x" * 1_100_000}
    assert (
        author.client.post("/console/tasks/x/done", data=too_long, headers=HERE).status_code == 413
    )
