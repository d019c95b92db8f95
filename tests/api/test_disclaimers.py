"""The registry of disclaimers: every word that an article may owe, with its slots."""

import delivery
import pytest
from delivery import ARTICLE, read_json
from flask.testing import FlaskClient
from problems import assert_problem

from content.db import Database
from content.models.log import DisclaimerVersion
from schemas.disclaimers import DisclaimerListOut


def test_the_registry_has_all_that_an_article_owes_in_that_version(client: FlaskClient) -> None:
    registry = read_json(client, "/v1/disclaimers")
    assert DisclaimerListOut().validate(registry) == {}
    known = {(d["id"], d["locale"], d["version"]) for d in registry["disclaimers"]}
    owed = read_json(client, ARTICLE)["disclaimers"]
    assert {(d["id"], d["locale"], d["version"]) for d in owed} <= known


def test_texts_stand_there_with_their_slots_and_variants(client: FlaskClient) -> None:
    (crisis,) = read_json(client, "/v1/disclaimers/crisis-support?locale=en")["disclaimers"]
    assert "{crisisLine.callText}" in crisis["text"]
    (provenance,) = read_json(client, "/v1/disclaimers/editorial-provenance?locale=en")[
        "disclaimers"
    ]
    assert all(variant["short"] and variant["text"] for variant in provenance["variants"])
    assert "reviewed" in {variant["state"] for variant in provenance["variants"]}


@pytest.mark.parametrize("address", ["/v1/disclaimers", "/v1/disclaimers/crisis-support"])
@pytest.mark.parametrize("locale", ["en", "en-GB", "es-MX"])
def test_the_registry_is_read_by_language(client: FlaskClient, address: str, locale: str) -> None:
    found = read_json(client, f"{address}?locale={locale}")["disclaimers"]
    assert {one["locale"] for one in found} == {locale[:2]}


@pytest.mark.parametrize("address", ["/v1/disclaimers", "/v1/disclaimers/crisis-support"])
def test_a_language_without_texts_is_an_error_and_no_empty_list(
    client: FlaskClient, address: str
) -> None:
    problem = assert_problem(client.get(f"{address}?locale=fr"), 404, "not-found")
    assert problem["detail"].endswith("in 'fr'; there is text in: en, es.")


def test_new_words_are_a_new_version(client: FlaskClient, library: Database) -> None:
    (old,) = read_json(client, "/v1/disclaimers/no-endorsement?locale=en")["disclaimers"]
    with library.read() as session:
        row = session.query(DisclaimerVersion).filter_by(id="no-endorsement", locale="en").one()
        data = {**(row.data or {}), "text": "Other words, just as full."}
    version = old["version"] + 1
    words = DisclaimerVersion(id="no-endorsement", locale="en", version=version, data=data)
    delivery.record(library, words)
    (new,) = read_json(client, "/v1/disclaimers/no-endorsement?locale=en")["disclaimers"]
    assert (new["version"], new["text"]) == (old["version"] + 1, "Other words, just as full.")


def test_words_that_are_no_longer_used_are_not_listed(
    client: FlaskClient, library: Database
) -> None:
    for locale in ("en", "es"):
        ended = DisclaimerVersion(id="no-endorsement", locale=locale, version=2, data=None)
        delivery.record(library, ended)
    assert_problem(client.get("/v1/disclaimers/no-endorsement"), 404, "not-found")
    ids = {d["id"] for d in read_json(client, "/v1/disclaimers")["disclaimers"]}
    assert "no-endorsement" not in ids


def test_an_unknown_disclaimer_is_not_found(client: FlaskClient) -> None:
    assert_problem(client.get("/v1/disclaimers/no-such-thing"), 404, "not-found")


@pytest.mark.parametrize("address", ["/v1/disclaimers", "/v1/disclaimers/crisis-support"])
def test_a_malformed_language_is_refused(client: FlaskClient, address: str) -> None:
    assert_problem(client.get(f"{address}?locale=e"), 400, "bad-request")
