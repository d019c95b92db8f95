"""Sections: one of the four as a signed edition that owes what the whole article owes."""

import pytest
from delivery import ARTICLE
from flask.testing import FlaskClient
from problems import assert_problem

from content import verifying
from content.documents import SECTION_KINDS

PART = f"{ARTICLE}/sections"


@pytest.mark.parametrize("kind", SECTION_KINDS)
def test_a_section_owes_what_the_article_owes(client: FlaskClient, kind: str) -> None:
    whole = client.get(f"{ARTICLE}?jurisdiction=US-AL").get_json()
    part = client.get(f"{PART}/{kind}?jurisdiction=US-AL").get_json()
    owed = [entry["id"] for entry in whole["disclaimers"]]
    assert [entry["id"] for entry in part["disclaimers"]] == owed
    assert part["help"] == whole["help"]
    assert part["section"] == kind
    assert part["sections"] == [one for one in whole["sections"] if one["kind"] == kind]


@pytest.mark.parametrize("kind", SECTION_KINDS)
def test_a_section_that_may_not_stand_alone_comes_with_the_bottom_line(
    client: FlaskClient, kind: str
) -> None:
    whole = client.get(ARTICLE).get_json()
    part = client.get(f"{PART}/{kind}").get_json()
    assert part["sections"][0]["standalone"] == (kind == "conclusions")
    assert part.get("summary") == (None if kind == "conclusions" else whole["summary"])


def test_a_section_has_what_it_claims_and_cites_and_no_more(client: FlaskClient) -> None:
    whole = client.get(ARTICLE).get_json()
    part = client.get(f"{PART}/mechanisms").get_json()
    ids = {claim["id"] for claim in part["claims"]}
    assert {"serotonin-lab", "rat-anxiety"} <= ids
    assert "ocd-trials" not in ids
    cited = {id for claim in part["claims"] for id in claim["sources"]}
    assert {source["id"] for source in part["sources"]} >= cited
    assert len(part["sources"]) < len(whole["sources"])


def test_a_section_says_in_its_notices_that_it_is_a_part(client: FlaskClient) -> None:
    whole, part = (client.get(one).get_json() for one in (ARTICLE, f"{PART}/mechanisms"))
    texts = [
        next(e["short"] for e in body["disclaimers"] if e["id"] == "syndication-integrity")
        for body in (whole, part)
    ]
    assert texts[0] != texts[1]
    assert texts[1].startswith("Part of an article.")


def test_a_section_is_signed_and_names_its_own_address(client: FlaskClient) -> None:
    response = client.get(f"{PART}/overview?jurisdiction=GB")
    keys = client.get("/.well-known/jwks.json").get_json()
    assert verifying.verify(response.get_json(), keys) == int(response.headers["Caveat-Sequence"])
    assert response.headers["Content-Location"].startswith(f"{PART}/overview?")
    assert client.get(response.headers["Content-Location"]).data == response.data
    assert "schemas/section-1.0.json" in response.headers["Link"]


def test_a_pinned_section_keeps_its_text(client: FlaskClient) -> None:
    assert client.get(f"{PART}/overview?revision=1").get_json()["revision"]["number"] == 1
    assert_problem(client.get(f"{PART}/overview?revision=7"), 404, "not-found")


def test_there_are_only_four_sections(client: FlaskClient) -> None:
    assert_problem(client.get(f"{PART}/appendix"), 404, "not-found")
    assert_problem(client.get(f"{PART}/overview?fields=title"), 400, "bad-request")
