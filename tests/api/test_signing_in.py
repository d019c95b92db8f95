"""Signing in to the console: who comes in, with what, how often, and where it leads."""

import logging
import re
from collections.abc import Iterator
from dataclasses import replace

import consoles
import pytest
from consoles import HERE, SIGN_IN, Visitor, somebody, visit
from delivery import running
from flask import Flask
from problems import assert_problem

from api.settings import Settings
from content.db import Database
from content.editors import READ, WRITE

pytestmark = pytest.mark.one_engine
ELSEWHERE = [
    *("https://evil.example/", "//evil.example/console", "/\\evil.example", "javascript:alert(1)"),
    *("/console//evil.example", "/console/../../evil", "/consolers", "/v1/articles", "console"),
    *("/console\\@evil.example", "/console/\n//evil", "http:/console", "/console/ x", "/console/é"),
    "/console/" + "x" * 9000,
]


@pytest.fixture
def https(settings: Settings) -> Iterator[Flask]:
    """An installation with an address of its own, under a folder."""
    with running(replace(settings, public_url="https://content.example/health")) as made:
        yield made


def test_a_token_becomes_a_visit_and_the_page_that_was_asked_for_opens(
    app: Flask, library: Database
) -> None:
    ada = somebody(app, library)
    asked = ada.get("/console/articles?state=draft")
    assert asked.status_code == 303
    assert asked.headers["Location"] == "/console/sign-in?next=/console/articles?state%3Ddraft"
    page = ada.get(asked.headers["Location"])
    [hidden] = re.findall(r'name="next" value="([^"]*)"', page.text)
    signed = ada.sign_in(next=hidden)
    assert (signed.status_code, signed.headers["Location"]) == (
        303,
        "/console/articles?state=draft",
    )
    assert ada.get(signed.headers["Location"]).status_code == 200


def test_the_cookie_is_for_this_host_and_for_no_script(app: Flask, library: Database) -> None:
    cookie = somebody(app, library).sign_in().headers["Set-Cookie"]
    assert cookie.startswith("caveat=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=43200"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_over_https_the_cookie_is_bound_to_the_host(https: Flask, library: Database) -> None:
    ada = somebody(https, library)
    headers = {"Origin": "https://content.example", "Host": "10.0.0.7"}
    signed = ada.client.post(SIGN_IN, data={"token": ada.token}, headers=headers)
    assert signed.headers["Location"] == "/health/console"
    cookie = signed.headers["Set-Cookie"]
    assert cookie.startswith("__Host-caveat=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_over_https_a_form_from_plain_http_is_refused(https: Flask, library: Database) -> None:
    ada = somebody(https, library)
    headers = {"Origin": "http://content.example", "Host": "content.example"}
    refused = ada.client.post(SIGN_IN, data={"token": ada.token}, headers=headers)
    assert refused.status_code == 403
    assert "https://content.example/health/console" in refused.text


def test_nobody_signs_in_where_others_can_read_what_is_sent(
    settings: Settings, library: Database
) -> None:
    with running(replace(settings, public_url="http://content.example")) as app:
        ada = somebody(app, library)
        assert "can be read on its way" in ada.get(SIGN_IN).text
        for origin in ("http://content.example", "http://localhost"):
            headers = {"Origin": origin, "Host": "content.example"}
            sent = ada.client.post(SIGN_IN, data={"token": ada.token}, headers=headers)
            assert sent.status_code == 403
    assert consoles.visits(library) == []


def test_where_the_console_is_off_there_is_none(settings: Settings) -> None:
    with running(replace(settings, console="false")) as app:
        for address in ("/console", SIGN_IN, "/console/files/x/console.css"):
            assert_problem(app.test_client().get(address), 404, "not-found")


@pytest.mark.parametrize("token", ["", "x", "cvt_nobody-has-this-one", "cvt_" + "é" * 30])
def test_a_token_that_opens_nothing_signs_nobody_in(
    app: Flask, library: Database, token: str
) -> None:
    ada = somebody(app, library)
    refused = ada.client.post(SIGN_IN, data={"token": token}, headers=HERE)
    assert refused.status_code == 403
    assert "This token opens nothing here" in refused.text
    assert ada.secret() is None
    assert len(token) < 2 or token not in refused.text


def test_a_partners_key_signs_nobody_in(app: Flask, library: Database, partner_key: str) -> None:
    assert somebody(app, library).sign_in(partner_key).status_code == 403
    assert consoles.visits(library) == []


def test_what_a_browser_came_with_is_worth_nothing_afterwards(
    app: Flask, library: Database
) -> None:
    ada = somebody(app, library)
    ada.client.set_cookie("caveat", "planted-by-somebody-else")
    ada.sign_in()
    first = ada.secret()
    assert first not in (None, "planted-by-somebody-else")
    ada.sign_in()
    second = ada.secret()
    assert second != first
    old = app.test_client()
    old.set_cookie("caveat", str(first))
    assert old.get("/console").status_code == 303
    assert len(consoles.visits(library)) == 1


@pytest.mark.parametrize("address", ELSEWHERE)
def test_nobody_is_sent_to_another_site(app: Flask, library: Database, address: str) -> None:
    ada = somebody(app, library)
    page = ada.get(SIGN_IN, query_string={"next": address})
    if page.status_code == 200:  # what is too long is refused as everywhere
        assert 'name="next" value="/console"' in page.text
    assert ada.sign_in(next=address).headers["Location"] == "/console"
    if page.status_code == 200:
        again = ada.get(SIGN_IN, query_string={"next": address})
        assert (again.status_code, again.headers["Location"]) == (303, "/console")
    themed = ada.client.post("/console/theme", data={"next": address}, headers=HERE)
    assert themed.headers["Location"] == "/console"


def test_a_token_that_may_less_signs_in_to_less(app: Flask, library: Database) -> None:
    ada = visit(app, library, "admin", scopes=[READ])
    assert ada.get("/console").status_code == 200
    refused = ada.send("/console/tasks/x/done", note="Done.")
    assert refused.status_code == 403
    assert "scope &#39;write&#39;" in refused.text
    unreading = somebody(app, library, "admin", scopes=[WRITE])
    assert unreading.sign_in().status_code == 403


def test_who_tries_too_often_waits(
    app: Flask, library: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    ada = somebody(app, library)
    for _ in range(10):
        assert ada.sign_in("cvt_wrong").status_code == 403
    waits = ada.sign_in()
    assert waits.status_code == 429
    assert 0 < int(waits.headers["Retry-After"]) <= 60
    assert "Wait a minute" in waits.text
    other = ada.client.post(
        SIGN_IN, data={"token": ada.token}, headers=HERE, environ_base={"REMOTE_ADDR": "192.0.2.9"}
    )
    assert other.status_code == 303
    assert ada.token not in caplog.text


def test_signing_in_rightly_is_not_counted(app: Flask, library: Database) -> None:
    ada = somebody(app, library)
    for _ in range(15):
        assert ada.sign_in().status_code == 303


def test_behind_a_proxy_attempts_are_counted_by_the_address_that_it_has_seen(
    settings: Settings, library: Database
) -> None:
    def attempt(ada: Visitor, seen: str) -> int:
        headers = {**HERE, "X-Forwarded-For": seen}
        return ada.client.post(SIGN_IN, data={"token": "x"}, headers=headers).status_code

    with running(replace(settings, proxies="1")) as app:
        ada = somebody(app, library)
        told = [attempt(ada, f"203.0.113.{number}, 192.0.2.1") for number in range(11)]
        assert told == [403] * 10 + [429], "what a caller says of itself does not count"
        assert attempt(ada, "192.0.2.2") == 403
