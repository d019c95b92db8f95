"""What an embed loads, and the page of an article in an iframe, over HTTP."""

import base64
import gzip
import hashlib
import html
import re

import delivery
import pytest
from bodies import Read
from delivery import OCD, SLUGS, assert_help, read_json, record
from flask.testing import FlaskClient
from problems import assert_problem

from api import embed_files
from content.db import Database
from content.models.log import SiteFact

pytestmark = pytest.mark.one_engine
# What was released never changes: who pinned it by its hash must get it for ever. If you change the
# script or the stylesheet, raise VERSION, and keep serving the bytes of the version before.
RELEASED = {
    "1.0.0/caveat.js": "sha384-wkxtltD9RjU7Wi+ch/TAI7uDT9M3Lbn802qK11ek3K40qbG5GjjIXNl9wqAhGKFg",
    "1.0.0/caveat.css": "sha384-1WYf/pJ/drieq6LkhoghXexUZr1TayVviR0pUYmYXqSpJgkC9RpA4F93xW7qpTnh",
}
FOR_EVER = "public, max-age=31536000, immutable"


def test_a_released_file_never_changes(client: FlaskClient) -> None:
    for path, integrity in RELEASED.items():
        digest = hashlib.sha384(client.get(f"/embed/{path}").data).digest()
        assert f"sha384-{base64.b64encode(digest).decode()}" == integrity, path


def test_what_to_load_is_told_with_its_hashes(client: FlaskClient) -> None:
    body = read_json(client, "/embed")
    assert body["version"] == "1.0.0"
    for name in ("script", "style"):
        response = client.get(delivery.local(body[name]["href"]))
        digest = base64.b64encode(hashlib.sha384(response.data).digest()).decode()
        assert body[name]["integrity"] == f"sha384-{digest}"
        assert response.headers["Cache-Control"] == FOR_EVER
    assert client.get(delivery.local(body["latest"]["href"])).status_code == 200


@pytest.mark.parametrize("path", ["1.0.0/caveat.js", "1.0.0/caveat.css", "v1.js"])
def test_any_page_may_load_a_file_and_any_cache_may_keep_it(client: FlaskClient, path: str) -> None:
    headers = {"Origin": "https://partner.example"}
    response = client.get(f"/embed/{path}", headers=headers)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in response.headers
    again = client.get(f"/embed/{path}", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["Cache-Control"] == response.headers["Cache-Control"]


def test_the_newest_script_is_kept_for_minutes_only(client: FlaskClient) -> None:
    response = client.get("/embed/v1.js")
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert response.data == client.get("/embed/1.0.0/caveat.js").data
    assert response.mimetype == "text/javascript"


def test_the_script_is_small_and_makes_no_markup_from_text(client: FlaskClient) -> None:
    script = client.get("/embed/v1.js")
    assert len(gzip.compress(script.data)) < 24_000
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|Function\("
    )
    stored = (
        r"localStorage|sessionStorage|indexedDB|document\.cookie|sendBeacon|XMLHttpRequest|import\("
    )
    assert re.findall(f"{forbidden}|{stored}", script.text) == []


def test_every_part_of_the_script_is_in_it() -> None:
    parts = {path.stem for path in embed_files.FOLDER.glob("*.js")}
    assert parts == set(embed_files.PARTS)
    assert embed_files.build("2.0.0").startswith(b"// Caveat 2.0.0:")
    assert embed_files.build("1.0.0") == embed_files.SCRIPT.octets


@pytest.mark.parametrize("path", ["1.0.1/caveat.js", "9.9.9/caveat.css", "v2.js", "1.0.0/x.js"])
def test_what_was_never_released_is_not_there(client: FlaskClient, path: str) -> None:
    assert_problem(client.get(f"/embed/{path}"), 404, "not-found")


@pytest.mark.parametrize("slug", SLUGS)
def test_the_page_of_a_frame_has_every_notice_and_names_its_script(
    client: FlaskClient, slug: str
) -> None:
    response = client.get(f"/embed/{slug}?jurisdiction=US-AL&channel=app")
    assert response.status_code == 200
    page = Read(response.text)
    for notice in read_json(client, f"/v1/articles/{slug}?jurisdiction=US-AL&channel=app")[
        "disclaimers"
    ]:
        assert notice["text"] in page.text
    assert page.values["src"][0] == "1.0.0/caveat.js"
    assert page.values["integrity"] == [read_json(client, "/embed")["script"]["integrity"]]
    for name, value in {"slug": slug, "jurisdiction": "US-AL", "channel": "app"}.items():
        assert page.values[name] == [value]
    assert '<link rel="canonical"' in response.text


def test_any_site_may_frame_the_page_and_it_loads_from_us_alone(client: FlaskClient) -> None:
    response = client.get(f"/embed/{OCD}")
    rules = dict(
        rule.split(" ", 1) for rule in response.headers["Content-Security-Policy"].split("; ")
    )
    assert rules["frame-ancestors"] == "https: http:"
    assert rules["script-src"] == rules["connect-src"] == "'self'"
    assert rules["default-src"] == "'none'"
    assert rules["require-trusted-types-for"] == "'script'"
    [style] = re.findall(r"<style>(.*?)</style>", response.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert rules["style-src"] == f"'sha256-{digest}'"
    assert "X-Frame-Options" not in response.headers
    assert response.headers["Content-Location"].startswith(f"/embed/{OCD}?locale=en&")
    assert client.get(response.headers["Content-Location"]).data == response.data


@pytest.mark.parametrize(("indexing", "told"), [("canonical", None), ("noindex", "noindex")])
def test_search_engines_are_told_what_the_rights_say(
    client: FlaskClient, library: Database, indexing: str, told: str | None
) -> None:
    record(library, SiteFact(id="indexing", data=indexing))
    response = client.get(f"/embed/{OCD}")
    assert response.headers.get("X-Robots-Tag") == told
    assert ('<meta name="robots" content="noindex">' in response.text) is bool(told)


def test_a_refusal_is_a_page_with_the_notice_and_the_help(
    client: FlaskClient, library: Database
) -> None:
    record(library, delivery.withholding("a-court-order", jurisdiction=["US-AL"]))
    response = client.get(f"/embed/{OCD}?jurisdiction=US-AL")
    assert (response.status_code, response.mimetype) == (451, "text/html")
    assert 'rel="blocked-by"' in response.headers["Link"]
    assert "988" in response.text
    minors = client.get(f"/embed/{OCD}?audience=minors")
    assert (minors.status_code, minors.mimetype) == (403, "text/html")
    delivery.end(library, OCD, replacement=delivery.SLEEP)
    response = client.get(f"/embed/{OCD}?jurisdiction=GB")
    assert response.status_code == 410
    assert response.headers["Cache-Control"] == "public, max-age=10"
    text = html.unescape(response.text)
    assert "It was wrong about a dose." in text
    assert "116 123" in text
    assert f"/v1/articles/{delivery.SLEEP}.html" in text
    assert delivery.shipped(OCD).document.title not in text


def test_what_cannot_be_resolved_is_a_page_with_help(
    client: FlaskClient, library: Database
) -> None:
    record(library, SiteFact(id="notice_labels", data=None))
    response = client.get(f"/embed/{OCD}")
    assert (response.status_code, response.mimetype) == (503, "text/html")
    assert response.headers["Retry-After"]
    assert "findahelpline.com" in response.text


def test_an_old_slug_moves_and_an_unknown_one_is_a_problem(
    client: FlaskClient, library: Database
) -> None:
    delivery.revise(library, delivery.SLEEP, slug="sleep-anew")
    response = client.get(f"/embed/{delivery.SLEEP}?jurisdiction=GB")
    assert response.status_code == 308
    assert response.headers["Location"] == "/embed/sleep-anew?jurisdiction=GB"
    assert_problem(client.get("/embed/no-such-article"), 404, "not-found")
    body = assert_problem(client.get(f"/embed/{OCD}?at=1"), 400, "bad-request")
    assert body["errors"][0]["pointer"] == "at"


def test_a_pinned_revision_stays_pinned(client: FlaskClient, library: Database) -> None:
    delivery.revise(library, OCD, title="Kratom and OCD, told anew for its readers")
    page = client.get(f"/embed/{OCD}?revision=1").text
    assert delivery.shipped(OCD).document.title in html.unescape(page)
    assert 'revision="1"' in page
    assert "told anew" not in page


def test_places_are_listed_in_the_language_of_the_reader(client: FlaskClient) -> None:
    found = read_json(client, "/v1/jurisdictions?locale=es")["jurisdictions"]
    assert found[0] == {"code": "001", "name": "el mundo"}
    assert {"code": "US", "name": "Estados Unidos"} in found
    assert "ZZ" not in {one["code"] for one in found}
    assert read_json(client, "/v1/jurisdictions?locale=ca")["jurisdictions"] == found
    assert read_json(client, "/v1/jurisdictions")["jurisdictions"][0]["name"] == "the world"
    assert_problem(client.get("/v1/jurisdictions?locale=!"), 400, "bad-request")


def test_the_page_of_snippets_needs_no_script(client: FlaskClient, library: Database) -> None:
    page = client.get(f"/docs/try?article={OCD}&jurisdiction=US-AL&channel=app&form=element")
    assert page.status_code == 200
    read = Read(page.text)
    assert (
        f'<caveat-article slug="{OCD}" locale="en" jurisdiction="US-AL" channel="app">' in read.text
    )
    assert read_json(client, "/embed")["script"]["integrity"] in read.text
    assert "Call or text 988" in read.text
    for form in ("iframe", "fragment"):
        assert "US-AL" in Read(client.get(f"/docs/try?form={form}&jurisdiction=US-AL").text).text
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    body = assert_problem(client.get("/docs/try?forms=x"), 400, "bad-request")
    assert "Did you mean 'form'?" in body["detail"]
    assert_problem(client.get("/docs/try?article=no-such-article"), 404, "not-found")


def test_the_page_of_snippets_shows_the_help_of_a_refusal(
    client: FlaskClient, library: Database
) -> None:
    record(library, delivery.withholding("a-court-order", jurisdiction=["US-AL"]))
    page = client.get(f"/docs/try?article={OCD}&jurisdiction=US-AL")
    assert page.status_code == 200
    assert "988" in page.text
    assert delivery.shipped(OCD).document.title not in html.unescape(page.text)
    for slug in SLUGS:
        delivery.end(library, slug)
    assert "Nothing is published yet." in client.get("/docs/try").text
    assert_help(assert_problem(client.get(f"/v1/articles/{OCD}"), 410, "gone"))
