"""Refusals: what is not shown, and the help that it is not shown without."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import delivery
import pytest
from delivery import ARTICLE, OCD, SLEEP, assert_help, record, running
from flask.testing import FlaskClient
from ninjs_items import faults
from problems import assert_problem
from werkzeug.test import TestResponse

from api import secrets
from api.settings import Settings
from content import policy
from content.db import Database
from content.models.log import DisclaimerVersion, JurisdictionFact, Rule, SiteFact
from content.signing import Keyring
from schemas.renditions.formats import FORMATS

FORMS = [
    "",
    ".html",
    ".md",
    ".jsonld",
    "?fields=title",
    "/revisions",
    "/revisions/1",
    "?revision=1",
]
LIFE = "public, max-age=10"


def test_a_withdrawn_article_is_gone_in_every_form(client: FlaskClient, library: Database) -> None:
    assert {client.get(ARTICLE + tail).status_code for tail in FORMS} == {200}
    delivery.end(library, OCD, replacement=SLEEP)
    for tail in FORMS:
        assert_told(client.get(ARTICLE + tail))


@pytest.mark.parametrize("status", ["withdrawn", "suspended", "replaced", "gone"])
def test_in_ninjs_what_is_gone_is_a_canceled_item(
    client: FlaskClient, library: Database, status: str
) -> None:
    known = client.get(f"{ARTICLE}.ninjs").json
    delivery.end(library, OCD, status, replacement=SLEEP)
    response = client.get(f"{ARTICLE}.ninjs?jurisdiction=GB")
    assert response.status_code == 410
    assert response.headers["Cache-Control"] == LIFE
    item = response.json
    assert faults(item) == []
    assert (item["uri"], item["pubStatus"]) == (known["uri"], "canceled")
    assert int(item["version"]) > int(known["version"])
    for told in ("It was wrong about a dose.", "116 123", SLEEP):
        assert told in item["bodies"][0]["value"]
    assert "private reason" not in response.text


def assert_told(response: TestResponse) -> None:
    body = assert_problem(response, 410, "gone")
    assert (body["reason"], body["replacement"]) == ("withdrawn", SLEEP)
    assert body["notice"] == "It was wrong about a dose."
    assert body["your_copy"] == "remove"
    assert "private reason" not in response.text
    assert response.headers["Cache-Control"] == LIFE


@pytest.mark.parametrize("status", ["withdrawn", "suspended", "replaced", "gone"])
def test_every_ending_is_told_by_its_name(
    client: FlaskClient, library: Database, status: str
) -> None:
    delivery.end(library, OCD, status)
    assert assert_problem(client.get(ARTICLE), 410, "gone")["reason"] == status


@pytest.mark.parametrize(("place", "phrase"), [("US-AL", "988"), ("GB", "116 123"), ("XX", "")])
def test_a_withdrawn_article_keeps_the_help_of_the_place(
    client: FlaskClient, library: Database, place: str, phrase: str
) -> None:
    delivery.end(library, OCD)
    assert_help(client.get(f"{ARTICLE}?jurisdiction={place}").json, phrase)


def test_a_withdrawn_article_that_is_published_again_is_back(
    client: FlaskClient, library: Database
) -> None:
    delivery.end(library, SLEEP)
    delivery.revise(library, SLEEP, title="A title that is new")
    assert client.get(f"/v1/articles/{SLEEP}").json["title"] == "A title that is new"


def test_an_old_slug_of_a_withdrawn_article_is_gone_too(
    client: FlaskClient, library: Database
) -> None:
    delivery.revise(library, SLEEP, slug="a-newer-slug")
    delivery.end(library, SLEEP)
    assert_problem(client.get(f"/v1/articles/{SLEEP}"), 410, "gone")


@pytest.mark.parametrize(
    "tail",
    ["?{}", ".html?{}", ".md?{}", ".ninjs?{}", ".jsonld?{}", "?fields=title&{}", "/revisions/1?{}"],
)
def test_what_is_withheld_from_minors_is_refused_with_help(client: FlaskClient, tail: str) -> None:
    address = ARTICLE + tail.format("audience=minors&jurisdiction=US")
    body = assert_problem(client.get(address), 403, "withheld-for-audience")
    assert body["your_copy"] == "remove-here"
    assert_help(body, "988")


@pytest.mark.parametrize("tail", ["", ".html", ".md", ".ninjs", ".jsonld"])
def test_what_the_law_of_a_place_forbids_names_who_demands_it(
    client: FlaskClient, library: Database, tail: str
) -> None:
    assert client.get(f"{ARTICLE}{tail}?jurisdiction=US-AL").status_code == 200
    record(library, delivery.withholding("a-court-order", jurisdiction=["US-AL"]))
    response = client.get(f"{ARTICLE}{tail}?jurisdiction=US-AL")
    body = assert_problem(response, 451, "withheld-by-law")
    assert response.headers["Link"] == '<https://law.example/order>; rel="blocked-by"'
    assert body["your_copy"] == "remove-here"
    assert_help(body, "988")
    assert client.get(f"{ARTICLE}{tail}?jurisdiction=US-GA").status_code == 200


MISSING: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "the words of a disclaimer": (
        DisclaimerVersion,
        {"id": "not-medical-advice", "locale": "en", "version": 9},
    ),
    "the position of an authority": (JurisdictionFact, {"code": "US", "fact": "authority/fda"}),
    "the publisher": (SiteFact, {"id": "publisher"}),
    "the headings": (SiteFact, {"id": "notice_labels"}),
    "the public address": (SiteFact, {"id": "public_url"}),
    "all help lines": (JurisdictionFact, {"code": "US", "fact": "help"}),
}


@pytest.mark.parametrize("missing", MISSING)
def test_what_cannot_be_resolved_is_never_the_bare_text(
    client: FlaskClient, library: Database, missing: str
) -> None:
    context = "jurisdiction=US-AL"
    tails = ["?{}", *(f"{form.suffix}?{{}}" for form in FORMATS if form.suffix)]
    tails += ["?fields=title&{}", "/revisions/1?{}", "?revision=1&{}"]
    addresses = [*(ARTICLE + tail.format(context) for tail in tails), f"/v1/articles?{context}"]
    title = client.get(addresses[0]).json["title"]
    assert {client.get(address).status_code for address in addresses} == {200}
    kind, key = MISSING[missing]
    record(library, kind(**key, data=None), delivery.no_help("ZZ"))
    for address in addresses:
        response = client.get(address)
        body = assert_problem(response, 503, "unresolvable")
        assert body["your_copy"] == "keep"
        assert_help(body)
        assert title not in response.text


def test_an_article_that_no_rule_gives_a_disclaimer_is_not_shown(
    client: FlaskClient, library: Database
) -> None:
    with library.read() as session:
        rules = policy.at(session, delivery.head(library)).rules
    record(library, *(Rule(id=name, data=None) for name in rules))
    assert_problem(client.get(f"/v1/articles/{SLEEP}"), 503, "unresolvable")
    assert_problem(client.get("/v1/articles"), 503, "unresolvable")
    assert_problem(client.get("/", headers={"Accept": "text/html"}), 503, "unresolvable")


def test_a_place_that_is_no_longer_known_is_served_as_what_contains_it(
    client: FlaskClient, library: Database
) -> None:
    record(library, JurisdictionFact(code="US-AL", fact="place", data=None))
    response = client.get(f"{ARTICLE}?jurisdiction=US-AL")
    assert response.json["context"]["jurisdiction"]["code"] == "US"
    assert response.headers["Caveat-Fallback"] == "jurisdiction=US-AL"


def test_a_refusal_without_any_facts_keeps_the_shipped_help(
    client: FlaskClient, library: Database
) -> None:
    record(library, *map(delivery.no_help, ["ZZ", "US", "GB", "EU"]))
    delivery.end(library, OCD)
    assert_help(assert_problem(client.get(f"{ARTICLE}?jurisdiction=US"), 410, "gone"))


def test_a_signing_key_that_is_not_here_stops_delivery_and_keeps_the_help(
    settings: Settings, tmp_path: Path
) -> None:
    other = replace(settings, data=str(tmp_path / "other"))
    other.folder.mkdir()
    keyring = Keyring([])
    keyring.add_new()
    keyring.save(secrets.keyring_path(other))
    with running(other) as app:
        for address in (ARTICLE, f"{ARTICLE}.html", f"{ARTICLE}.md", "/v1/articles"):
            body = assert_problem(app.test_client().get(address), 503, "unavailable")
            assert body["your_copy"] == "keep"
            assert_help(body)
