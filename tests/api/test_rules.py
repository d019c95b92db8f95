"""Rules over HTTP, and where a disclaimer is used."""

import delivery
import pytest
from delivery import OCD, SLUGS, record
from factories import publish
from flask.testing import FlaskClient
from problems import assert_problem

from content.db import Database
from content.models.log import Rule


def test_all_rules_are_listed_with_their_reasons(client: FlaskClient) -> None:
    found = client.get("/v1/rules").get_json()
    by_id = {rule["id"]: rule for rule in found["rules"]}
    ban = by_id["ban-raises-legal-status"]
    assert ban["when"] == {"law": ["banned"]}
    assert ban["raise"]["level"] == "lead"
    assert by_id["minors-withhold-kratom"]["withhold"]["status"] == 403
    assert all(rule["because"] for rule in found["rules"])


def test_what_an_edition_owes_is_required_by_rules_that_can_be_read(client: FlaskClient) -> None:
    edition = client.get(f"/v1/articles/{OCD}").get_json()
    for entry in edition["disclaimers"]:
        for id in entry["required_by"]:
            (rule,) = client.get(f"/v1/rules/{id}").get_json()["rules"]
            assert entry["id"] in rule["require"]


def test_a_rule_that_stopped_is_there_in_the_past(client: FlaskClient, library: Database) -> None:
    at = delivery.head(library)
    record(library, Rule(id="minors-withhold-kratom", data=None))
    assert_problem(client.get("/v1/rules/minors-withhold-kratom"), 404, "not-found")
    assert client.get(f"/v1/rules/minors-withhold-kratom?at={at}").status_code == 200


def used(client: FlaskClient, id: str, limit: int = 100) -> list[tuple[str, str]]:
    """Return slug and locale of all articles that owe a disclaimer, page by page."""
    address, found = f"/v1/disclaimers/{id}/articles?limit={limit}", []
    while address:
        page = client.get(address).get_json()
        assert len(page["articles"]) <= limit
        found += [(one["slug"], one["locale"]) for one in page["articles"]]
        address = (page["links"]["next"] or "").partition(":8000")[2]
    return found


def test_where_a_disclaimer_is_used_names_who_owes_it(client: FlaskClient) -> None:
    everybody = used(client, "not-medical-advice")
    assert {slug for slug, _ in everybody} == set(SLUGS)
    assert {slug for slug, _ in used(client, "evidence-quality-ocd")} == {OCD}


@pytest.mark.parametrize("id", ["not-medical-advice", "crisis-support", "age-limit"])
def test_where_used_agrees_with_the_editions(client: FlaskClient, id: str) -> None:
    owing = {
        slug
        for slug in SLUGS
        for entry in client.get(f"/v1/articles/{slug}").get_json()["disclaimers"]
        if entry["id"] == id
    }
    assert {slug for slug, _ in used(client, id)} == owing


def test_where_used_is_walked_page_by_page(client: FlaskClient, library: Database) -> None:
    for n in range(7):
        publish(library, slug=f"article-{n}")
    whole = used(client, "not-medical-advice")
    assert used(client, "not-medical-advice", limit=2) == whole == sorted(whole)


def test_where_used_follows_what_is_live(client: FlaskClient, library: Database) -> None:
    delivery.end(library, OCD)
    assert used(client, "evidence-quality-ocd") == []


def test_an_unknown_disclaimer_is_used_nowhere(client: FlaskClient) -> None:
    assert_problem(client.get("/v1/disclaimers/no-such-thing/articles"), 404, "not-found")
    address = "/v1/disclaimers/age-limit/articles?cursor="
    for cursor in ("x", "!!", "", "YQ", "AAAA"):
        assert_problem(client.get(address + cursor), 400, "bad-request")
