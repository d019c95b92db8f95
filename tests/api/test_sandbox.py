"""A test article over HTTP: not there unless it is asked for, and then like any other."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

import delivery
import msgspec
import pytest
from delivery import SLEEP, SLUGS, assert_help, read_json, running
from factories import NOW, PUBLIC_URL
from flask import Flask
from flask.testing import FlaskClient
from keyholders import hold
from problems import assert_problem
from sandboxes import ANSWERS, ASK, IN_XA, INCLUDED, addresses
from werkzeug.test import TestResponse

from api.settings import Settings
from content import articles, sandbox
from content.db import Database
from content.editorial import drafts, publishing
from schemas.renditions.formats import FORMATS

SHOWN = "/v1/articles/test-live"
OURS = re.compile(rf"{PUBLIC_URL}(/(?:v1/articles|v1/oembed|embed)[^\s\"'<>)\\]*)")


@pytest.fixture(scope="module")
def template(sandbox_template: str) -> str:
    """The library that is served here has the sandbox in it."""
    return sandbox_template


def test_every_route_that_takes_a_slug_is_tried(app: Flask) -> None:
    assert {
        *(f"/v1/articles/x{form.suffix}" for form in FORMATS),
        *("/v1/articles/x/sections/mechanisms", "/v1/articles/x/revisions"),
        *("/v1/articles/x/revisions/1", "/v1/articles/x/diff", "/v1/articles/x/diff.html"),
        "/embed/x",
    } <= {*addresses(app, "x")}


@pytest.mark.parametrize("slug", ANSWERS)
def test_a_test_article_is_not_there_unless_it_is_asked_for(
    app: Flask, client: FlaskClient, slug: str
) -> None:
    for address, asked in addresses(app, slug).items():
        places = [{}] if address.endswith("/revisions") else [{}, {"jurisdiction": "XA"}]
        for place in places:
            body = assert_problem(client.get(address, query_string=asked | place), 404, "not-found")
            assert "include=test" in body["detail"]
            assert "help" not in body, "nothing tells that it has ended"


@pytest.mark.parametrize("slug", ANSWERS)
def test_a_test_article_that_is_asked_for_answers_as_any_other(
    app: Flask, client: FlaskClient, slug: str
) -> None:
    status, copy = ANSWERS[slug]
    for address, asked in addresses(app, slug).items():
        response = client.get(address, query_string=asked | INCLUDED)
        assert response.status_code == status, address
        if response.mimetype == "application/problem+json":
            body = assert_problem(response, 410, "gone")
            assert (body["your_copy"], bool(body["notice"])) == (copy, True)
            assert_help(body)


def test_the_replaced_one_leads_to_the_other_one(client: FlaskClient) -> None:
    body = assert_problem(client.get(f"/v1/articles/test-replaced{ASK}"), 410, "gone")
    assert (body["reason"], body["replacement"]) == ("replaced", "test-live")
    item = read_item(client, f"/v1/articles/test-replaced.ninjs{ASK}")
    for text in (item, client.get(f"/embed/test-replaced{ASK}").text):
        assert f"{PUBLIC_URL}{SHOWN}.html{ASK}" in text


def read_item(client: FlaskClient, address: str) -> str:
    """Return what a canceled news item shows."""
    (body,) = client.get(address).json["bodies"]
    return str(body["value"])


@pytest.mark.parametrize("suffix", ["", ".html", ".md", ".jsonld", ".ninjs", "/sections/overview"])
def test_the_withheld_one_is_451_in_the_test_place_only(client: FlaskClient, suffix: str) -> None:
    address = f"/v1/articles/test-withheld{suffix}"
    body = assert_problem(client.get(address, query_string=IN_XA), 451, "withheld-by-law")
    assert body["your_copy"] == "remove-here"
    assert_help(body)
    assert client.get(address, query_string=INCLUDED).status_code == 200


def test_an_old_slug_of_a_test_leads_on_only_who_asks_for_tests(
    client: FlaskClient, library: Database
) -> None:
    move(library, "test-live", "test-lively")
    assert_problem(client.get(SHOWN), 404, "not-found")
    moved = client.get(f"{SHOWN}.html{ASK}&jurisdiction=GB")
    assert moved.status_code == 308
    assert moved.headers["Location"] == f"/v1/articles/test-lively.html{ASK}&jurisdiction=GB"
    assert client.get(moved.headers["Location"]).status_code == 200


def move(database: Database, old: str, new: str) -> None:
    """Publish a test article as it is under another slug."""
    known = next(plan for plan in sandbox.read_plans() if plan.slug == old).revisions[-1]
    moved = msgspec.structs.replace(known, slug=new)
    with database.write() as session:
        article = articles.identify(session, old)
        draft = drafts.open_draft(session, article, known, by="test", now=NOW)
        draft = drafts.save(session, draft, moved, by="test", now=NOW)
        revision = drafts.freeze(session, draft, by="test", now=NOW)
        publishing.publish(session, [publishing.Text(moved, revision)], by="test", now=NOW)
        session.commit()


def test_the_address_for_a_card_says_whether_tests_are_meant(client: FlaskClient) -> None:
    page = f"{PUBLIC_URL}{SHOWN}.html"
    assert client.get("/v1/oembed", query_string={"url": page}).status_code == 404
    card = client.get("/v1/oembed", query_string={"url": f"{page}{ASK}"}).json
    assert "This is a test article for developers." in card["html"]
    wrong = client.get("/v1/oembed", query_string={"url": f"{page}?include=tset"})
    assert_problem(wrong, 400, "bad-request")


def test_every_link_of_a_test_article_leads_to_a_test_article(client: FlaskClient) -> None:
    seen = set()
    waiting = [f"{SHOWN}{ASK}", f"/v1/articles/test-corrected/diff{ASK}&from=1"]
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        assert response.status_code == 200, address
        assert "include=test" in unquote(address)
        seen.add(address)
        waiting += {*linked(response)} - seen
    assert len(seen) > 25, seen


def linked(response: TestResponse) -> Iterator[str]:
    """Yield each address of ours of an article that an answer names, in headers or body."""
    said = f"{response.headers.get('Link', '')} {response.text}".replace("&amp;", "&")
    for found in OURS.findall(said.replace("\\u0026", "&").replace("\\n", "\n")):
        yield re.sub(r"[.,;*]+$", "", found)
    if here := response.headers.get("Content-Location"):
        yield here


def test_a_frame_asks_again_for_the_test_that_it_shows(client: FlaskClient) -> None:
    for slug in ("test-live", "test-withdrawn"):
        page = client.get(f"/embed/{slug}{ASK}").text
        (source,) = re.findall(r'<caveat-article [^>]*src="([^"]+)"', page)
        answer = client.get(delivery.local(source.replace("&amp;", "&")))
        assert answer.status_code == ANSWERS[slug][0]
    assert " src=" not in re.findall(r"<caveat-article [^>]*>", client.get(f"/embed/{SLEEP}").text)


def test_other_articles_are_the_same_whoever_asks(client: FlaskClient) -> None:
    for slug in SLUGS:
        for form in FORMATS:
            plain, asked = (client.get(f"/v1/articles/{slug}{form.suffix}{q}") for q in ("", ASK))
            assert plain.data == asked.data
            assert "include=test" not in plain.text
            for name in ("Content-Location", "Link", "ETag"):
                assert plain.headers[name] == asked.headers[name]


@pytest.mark.parametrize("order", [("", ASK, "", ASK), (ASK, "", ASK, "")])
def test_no_cache_gives_a_test_article_to_who_does_not_ask(
    client: FlaskClient, order: tuple[str, ...]
) -> None:
    for more in order:
        assert client.get(f"{SHOWN}{more}").status_code == (200 if more else 404)


def test_search_engines_are_kept_away_from_tests(client: FlaskClient) -> None:
    assert client.get(f"{SHOWN}.html{ASK}").headers["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in client.get(f"/v1/articles/{SLEEP}.html{ASK}").headers


@pytest.mark.parametrize(
    "address",
    [
        *(SHOWN, f"{SHOWN}/revisions", "/embed/test-live", "/v1/articles", "/v1/snapshot"),
        *("/v1/feeds/articles.rss", "/v1/topics", "/v1/disclaimers/test-article/articles"),
        *("/", "/llms.txt"),
    ],
)
def test_what_cannot_be_included_is_told_with_the_nearest(
    client: FlaskClient, address: str
) -> None:
    headers = {"Accept": "text/html"} if address == "/" else {}
    response = client.get(f"{address}?include=test,tset", headers=headers)
    body = assert_problem(response, 400, "bad-request")
    assert body["errors"] == [
        {"pointer": "include", "detail": "has no value 'tset'; one of test. Did you mean 'test'?"}
    ]


def test_where_there_is_no_sandbox_asking_for_it_finds_nothing(settings: Settings) -> None:
    with running(replace(settings, sandbox="false")) as app:
        client = app.test_client()
        for slug in ANSWERS:
            for address, asked in addresses(app, slug).items():
                assert client.get(address, query_string=asked | INCLUDED).status_code == 404
        listed = read_json(client, f"/v1/articles{ASK}&limit=100")["items"]
        assert {item["article"]["slug"] for item in listed} == {*SLUGS}
        assert "test" not in str(read_json(client, f"/v1/topics{ASK}")["topics"])
        uses = read_json(client, f"/v1/disclaimers/test-article/articles{ASK}")
        assert uses["articles"] == []


def test_a_key_with_topics_opens_test_articles_too(client: FlaskClient, library: Database) -> None:
    """They are there to develop against, whatever a partner is entitled to."""
    headers = hold(library, topics=["sleep"]).headers
    assert client.get(SHOWN, query_string=INCLUDED, headers=headers).status_code == 200
    listed = read_json(client, "/v1/articles?include=test&limit=100", headers=headers)
    found = {item["article"]["slug"] for item in listed["items"]}
    assert SLEEP in found
    assert "test-live" in found
    assert not found & {*SLUGS} - {SLEEP}
    assert_problem(client.get(SHOWN, headers=headers), 404, "not-found")
