"""Formats and places: what a reader asks for, what is served instead, and how that is declared."""

import delivery
import pytest
from delivery import ARTICLE, OCD, local, query, read_json
from factories import PUBLIC_URL
from flask.testing import FlaskClient
from problems import assert_problem

from content.db import Database
from content.models.log import SiteFact
from schemas.renditions.formats import FORMATS, NEGOTIABLE, Format

pytestmark = pytest.mark.one_engine
JSON, HTML = "application/json", "text/html"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FULL = "locale=en&jurisdiction=US-AL&audience=clinicians&channel=app"


@pytest.mark.parametrize(
    ("accept", "served"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        (JSON, JSON),
        (HTML, HTML),
        (BROWSER, HTML),
        ("application/*", JSON),
        ("text/*", HTML),
        ("text/html, application/json", JSON),
        ("text/html;q=0.4, application/json;q=0.5", JSON),
        ("text/html;q=0.5, application/json;q=0.4", HTML),
        ("application/json;q=0.1, */*;q=0.9", HTML),
        ("application/json;q=0, */*", HTML),
        ("image/png, */*;q=0.1", JSON),
        ("application/json; charset=utf-8", JSON),
        ("text/html;level=1;q=0.7, application/json;q=0.3", HTML),
    ],
)
def test_accept_chooses_among_the_formats(
    client: FlaskClient, accept: str | None, served: str
) -> None:
    headers = {} if accept is None else {"Accept": accept}
    for address in (ARTICLE, "/"):
        response = client.get(address, headers=headers)
        assert (response.status_code, response.mimetype) == (200, served)


@pytest.mark.parametrize("address", [ARTICLE, "/"])
@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0", "*/*;q=0", "nonsense"])
def test_what_is_not_there_is_not_acceptable_and_names_what_is(
    client: FlaskClient, address: str, accept: str
) -> None:
    response = client.get(address, headers={"Accept": accept})
    assert HTML in assert_problem(response, 406, "not-acceptable")["detail"]


@pytest.mark.parametrize("form", NEGOTIABLE.values(), ids=lambda form: form.name)
def test_a_format_by_accept_is_the_format_by_its_address(client: FlaskClient, form: Format) -> None:
    asked = client.get(f"{ARTICLE}?{FULL}", headers={"Accept": form.mimetype})
    assert asked.mimetype == form.mimetype
    assert asked.headers["Content-Location"] == f"{ARTICLE}{form.suffix}?{FULL}"
    assert asked.data == client.get(f"{ARTICLE}{form.suffix}?{FULL}").data


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_every_format_names_all_formats_of_the_same_edition(
    client: FlaskClient, form: Format
) -> None:
    asked = f"{FULL}&revision=1"
    response = client.get(f"{ARTICLE}{form.suffix}?{asked}")
    for other in FORMATS:
        link = f'<{PUBLIC_URL}{ARTICLE}{other.suffix}?{asked}>; rel="alternate"'
        assert f'{link}; type="{other.mimetype}"; title="{other.name}"' in response.headers["Link"]


@pytest.mark.parametrize("indexing", ["canonical", "free", "noindex"])
def test_search_engines_are_told_in_every_format_what_the_rights_say(
    client: FlaskClient, library: Database, indexing: str
) -> None:
    delivery.record(library, SiteFact(id="indexing", data=indexing))
    for tail in [*(form.suffix for form in FORMATS), "?fields=title", "/sections/overview"]:
        told = client.get(ARTICLE + tail).headers.get("X-Robots-Tag")
        assert told == ("noindex" if indexing == "noindex" else None)


@pytest.mark.parametrize("tail", ["", ".html", ".md", ".ninjs", ".jsonld", "/revisions/1"])
@pytest.mark.parametrize("asked", ["", "?jurisdiction=us-al", "?locale=en-GB&jurisdiction=US-XX"])
def test_the_content_location_is_whole_and_gives_the_same_bytes(
    client: FlaskClient, tail: str, asked: str
) -> None:
    response = client.get(f"{ARTICLE}{tail}{asked}")
    address = response.headers["Content-Location"]
    assert {"locale", "jurisdiction", "audience", "channel"} <= query(address).keys()
    assert client.get(address).data == response.data


@pytest.mark.parametrize("code", ["us-al", "Us-aL", "US-AL"])
def test_a_jurisdiction_is_the_same_in_any_case(client: FlaskClient, code: str) -> None:
    response = client.get(f"{ARTICLE}?jurisdiction={code}")
    assert response.data == client.get(f"{ARTICLE}?jurisdiction=US-AL").data
    assert "Caveat-Fallback" not in response.headers


@pytest.mark.parametrize(
    ("asked", "served"),
    [("US-XX", "US"), ("XX", "ZZ"), ("LU", "EU"), ("LU-XX", "EU"), ("ZZ", "ZZ"), ("001", "001")],
)
def test_a_place_without_data_is_served_as_the_nearest_that_has_some(
    client: FlaskClient, asked: str, served: str
) -> None:
    response = client.get(f"{ARTICLE}?jurisdiction={asked}")
    assert response.json["context"]["jurisdiction"]["code"] == served
    expected = None if asked == served else f"jurisdiction={asked}"
    assert response.headers.get("Caveat-Fallback") == expected


@pytest.mark.parametrize("code", ["ZZ", "US-AL", "GB", "DE", "AU"])
def test_who_names_no_place_is_owed_what_any_place_owes(client: FlaskClient, code: str) -> None:
    def owed(asked: str) -> set[str]:
        return {entry["id"] for entry in read_json(client, ARTICLE + asked)["disclaimers"]}

    assert owed("") >= owed(f"?jurisdiction={code}")


@pytest.mark.parametrize("code", ["U", "USA", "US-", "US-ABCD", "US/AL", "US AL", "1", "%C3%9F"])
@pytest.mark.parametrize("address", [ARTICLE, f"{ARTICLE}.html", "/v1/articles"])
def test_a_malformed_place_is_refused(client: FlaskClient, address: str, code: str) -> None:
    response = client.get(f"{address}?jurisdiction={code}")
    body = assert_problem(response, 400, "bad-request")
    assert body["errors"][0]["pointer"] == "jurisdiction"


@pytest.mark.parametrize(("locale", "fell_back"), [("en", 0), ("EN", 0), ("en-GB", 1), ("fr", 1)])
def test_a_locale_that_is_not_there_falls_back_and_says_so(
    client: FlaskClient, locale: str, fell_back: int
) -> None:
    response = client.get(f"{ARTICLE}?locale={locale}")
    assert response.headers["Content-Language"] == response.json["context"]["locale"] == "en"
    expected = f"locale={locale}" if fell_back else None
    assert response.headers.get("Caveat-Fallback") == expected
    assert response.data == client.get(ARTICLE).data


def test_two_fallbacks_are_both_declared(client: FlaskClient) -> None:
    response = client.get(f"{ARTICLE}.html?locale=fr&jurisdiction=XX")
    assert response.headers["Caveat-Fallback"] == "locale=fr; jurisdiction=XX"


@pytest.mark.parametrize("value", ["e", "en_GB", "-", "e%0d%0an", "toolongtag", ""])
def test_a_malformed_locale_is_refused(client: FlaskClient, value: str) -> None:
    body = assert_problem(client.get(f"{ARTICLE}?locale={value}"), 400, "bad-request")
    assert body["errors"][0]["pointer"] == "locale"


@pytest.mark.parametrize(("name", "near"), [("audience", "clinician"), ("channel", "publishers")])
def test_an_unknown_audience_or_channel_is_refused_with_the_nearest(
    client: FlaskClient, name: str, near: str
) -> None:
    body = assert_problem(client.get(f"{ARTICLE}?{name}={near}"), 400, "bad-request")
    assert "Did you mean" in body["errors"][0]["detail"]


def test_self_is_the_content_location(client: FlaskClient) -> None:
    response = client.get(f"{ARTICLE}?{FULL}")
    assert local(response.json["links"]["self"]) == response.headers["Content-Location"]
    assert response.json["article"]["slug"] == OCD


def test_what_has_no_media_type_of_its_own_names_its_profile(client: FlaskClient) -> None:
    served = client.get(f"{ARTICLE}.ninjs").headers["Content-Type"]
    schema = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json"
    assert served == f'application/json; profile="{schema}"'
    assert client.get(ARTICLE).headers["Content-Type"] == JSON
