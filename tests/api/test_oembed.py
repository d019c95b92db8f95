"""oEmbed over HTTP: which addresses have a card, in whose context, and how it is found."""

import html
import re
from typing import Any
from urllib.parse import quote

import delivery
import pytest
from delivery import ARTICLE, OCD, SLEEP, assert_help, local, read_json, record
from factories import PUBLIC_URL
from flask.testing import FlaskClient
from fronts import serving
from micawber import Provider, ProviderRegistry
from problems import assert_problem
from programs import free_port
from werkzeug.test import TestResponse

from api.settings import Settings
from content.db import Database
from content.models.log import SiteFact
from schemas.renditions.formats import FORMATS

pytestmark = pytest.mark.one_engine
ALABAMA = "jurisdiction=US-AL&audience=clinicians&channel=app"


def ask(client: FlaskClient, url: str, **more: Any) -> TestResponse:
    return client.get("/v1/oembed", query_string={"url": url} | more)


def card(client: FlaskClient, url: str, **more: Any) -> dict[str, Any]:
    response = ask(client, url, **more)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json
    return found


@pytest.mark.parametrize("asked", ["", f"?{ALABAMA}", "?jurisdiction=GB"])
@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_every_address_of_an_article_has_its_card(
    client: FlaskClient, form: Any, asked: str
) -> None:
    found = card(client, f"{PUBLIC_URL}{ARTICLE}{form.suffix}{asked}")
    edition = read_json(client, f"{ARTICLE}{asked}{'&' if asked else '?'}fields=title")
    shown = html.unescape(found["html"])
    seen = shown.partition("<details>")[0]
    assert edition["title"] in seen
    shorts = {notice["id"]: notice["short"] for notice in edition["disclaimers"]}
    assert all(shorts[id] in seen for id in edition["surfaces"]["card"])
    assert all(notice["text"] in shown for notice in edition["disclaimers"])
    assert read_json(client, ARTICLE)["summary"] not in shown
    assert found["provider_name"] == "Caveat demo newsroom"


def test_a_consumer_puts_the_card_into_a_text_of_its_own(settings: Settings) -> None:
    with serving(settings, free_port()) as front:
        consumer = ProviderRegistry()
        consumer.register(f"{front.url}/v1/articles/.*", Provider(f"{front.url}/v1/oembed"))
        address = f"{front.url}{ARTICLE}.html?{ALABAMA}"
        text = consumer.parse_text(f"Read this:\n{address}\nand ask.", maxwidth=400)
        found = consumer.request(address)
    assert found["type"] == "rich"
    assert found["width"] <= 600
    assert address not in text.splitlines(), "the card stands in its place"
    assert all(phrase in text for phrase in ("Read this", "US-AL", "<details>", "and ask."))


def test_the_card_leads_to_the_page_in_the_same_context(client: FlaskClient) -> None:
    found = card(client, f"{PUBLIC_URL}{ARTICLE}?{ALABAMA}")
    [address] = re.findall(r'<p [^>]*><a href="([^"]*)"', found["html"])
    page = client.get(local(html.unescape(address)))
    assert page.mimetype == "text/html"
    assert "jurisdiction=US-AL" in html.unescape(address)


@pytest.mark.parametrize("tail", ["", ".html", ".md", "?fields=title", "/revisions/1"])
def test_every_answer_about_an_article_names_its_card(client: FlaskClient, tail: str) -> None:
    link = client.get(ARTICLE + tail).headers["Link"]
    pattern = r'<([^>]*)>; rel="alternate"; type="application/json\+oembed"'
    [address] = re.findall(pattern, link)
    assert "Kratom" in read_json(client, address)["html"]


def test_the_page_names_its_card_and_every_format(client: FlaskClient) -> None:
    page = client.get(f"{ARTICLE}.html?{ALABAMA}").text
    found = re.findall(r'<link rel="alternate" type="([^"]*)" title="[^"]*" href="([^"]*)">', page)
    assert [type for type, _ in found] == [
        *(form.mimetype for form in FORMATS),
        "application/json+oembed",
    ]
    for type, address in found:
        response = client.get(local(html.unescape(address)))
        assert response.mimetype == type.replace("+oembed", "")
        assert "US-AL" in html.unescape(address)


@pytest.mark.parametrize(
    "url",
    ["x", "", "https://elsewhere.example/v1/articles/kratom-and-ocd-evidence", PUBLIC_URL,
     f"{PUBLIC_URL}/v1/articles", f"{PUBLIC_URL}/v1/articles/none", f"{PUBLIC_URL}{ARTICLE}.xml",
     f"{PUBLIC_URL}{ARTICLE}/revisions/1", f"{PUBLIC_URL}.evil.example{ARTICLE}",
     f"{PUBLIC_URL}/[{ARTICLE}", f"{PUBLIC_URL}//[x{ARTICLE}"],
)  # fmt: skip
def test_an_address_that_is_no_article_here_has_no_card(client: FlaskClient, url: str) -> None:
    assert_problem(ask(client, url), 404, "not-found")


@pytest.mark.parametrize("form", ["xml", "html", ""])
def test_another_format_is_not_offered(client: FlaskClient, form: str) -> None:
    assert_problem(ask(client, f"{PUBLIC_URL}{ARTICLE}", format=form), 501, "not-offered")


@pytest.mark.parametrize(
    "asked",
    [{}, {"url": "x", "maxwidth": "0"}, {"url": "x", "maxheight": "a"}, {"url": "x" * 2001}],
)
def test_a_malformed_question_is_refused(client: FlaskClient, asked: dict[str, str]) -> None:
    assert_problem(client.get("/v1/oembed", query_string=asked), 400, "bad-request")


def test_what_others_add_to_an_address_is_left_out(client: FlaskClient) -> None:
    plain = ask(client, f"{PUBLIC_URL}{ARTICLE}")
    assert ask(client, f"{PUBLIC_URL}{ARTICLE}?utm_source=x#there").data == plain.data


def test_an_old_slug_has_the_card_of_the_new_one(client: FlaskClient, library: Database) -> None:
    delivery.revise(library, SLEEP, title="Sleep, told anew", slug="sleep-anew")
    assert card(client, f"{PUBLIC_URL}/v1/articles/{SLEEP}")["title"] == "Sleep, told anew"
    pinned = card(client, f"{PUBLIC_URL}/v1/articles/sleep-anew?revision=1")
    assert pinned["title"] == delivery.shipped(SLEEP).document.title


def test_what_is_refused_has_no_card(client: FlaskClient, library: Database) -> None:
    address = f"{PUBLIC_URL}{ARTICLE}"
    body = assert_problem(ask(client, f"{address}?audience=minors"), 403, "withheld-for-audience")
    assert_help(body)
    record(library, delivery.withholding("a-court-order", jurisdiction=["US-AL"]))
    body = assert_problem(ask(client, f"{address}?jurisdiction=US-AL"), 451, "withheld-by-law")
    assert body["your_copy"] == "remove-here"
    delivery.end(library, OCD)
    body = assert_problem(ask(client, f"{address}?jurisdiction=GB"), 410, "gone")
    assert_help(body, "116 123")


def test_what_cannot_be_resolved_has_no_card(client: FlaskClient, library: Database) -> None:
    record(library, SiteFact(id="notice_labels", data=None))
    assert_problem(ask(client, f"{PUBLIC_URL}{ARTICLE}"), 503, "unresolvable")


def test_a_key_fixes_the_context_of_a_card(client: FlaskClient, partner_key: str) -> None:
    headers = delivery.bearer(partner_key)
    address = quote(f"{PUBLIC_URL}{ARTICLE}", safe="")
    response = client.get(f"/v1/oembed?url={address}", headers=headers)
    assert response.headers["Cache-Control"].startswith("private")
    assert "channel=publisher" in html.unescape(response.json["html"])
    address = quote(f"{PUBLIC_URL}{ARTICLE}?audience=minors", safe="")
    assert_problem(client.get(f"/v1/oembed?url={address}", headers=headers), 400, "bad-request")
