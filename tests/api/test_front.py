"""The pages that people see first, and the index that machines get at the same address."""

import html
import re
from dataclasses import replace

import delivery
import pytest
from delivery import OCD, SLUGS, read_json
from factories import publish
from flask.testing import FlaskClient
from problems import assert_problem

from api.problems import PROBLEMS
from api.settings import Settings
from content.db import Database
from content.models.log import SiteFact

pytestmark = pytest.mark.one_engine
NEWEST_FIRST = sorted(SLUGS, reverse=True)  # they are published in the order of their files
HTML = {"Accept": "text/html"}


def door(client: FlaskClient) -> str:
    """Return the words of the front door."""
    response = client.get("/", headers=HTML)
    assert response.status_code == 200
    return html.unescape(response.text)


def cards(client: FlaskClient) -> list[str]:
    """Return the cards of the front door, newest first."""
    return re.findall(r'<article class="cv-card".*?</article>', door(client), re.DOTALL)


def test_machines_get_an_index_whose_links_lead_somewhere(client: FlaskClient) -> None:
    body = read_json(client, "/")
    assert {"articles", "changes", "disclaimers", "topics", "keys"} <= body["links"].keys()
    for address in body["links"].values():
        assert client.get(delivery.local(address), follow_redirects=True).status_code == 200


def test_the_index_names_no_article(client: FlaskClient) -> None:
    text = client.get("/").text
    assert not any(delivery.shipped(slug).document.title in text for slug in SLUGS)


def test_every_card_has_all_notices_of_its_article_in_full(client: FlaskClient) -> None:
    found = cards(client)
    assert len(found) == 3
    for slug, card in zip(NEWEST_FIRST, found, strict=True):
        edition = read_json(client, f"/v1/articles/{slug}?fields=title,summary")
        assert edition["title"] in card
        assert edition["summary"] in card
        for entry in edition["disclaimers"]:
            assert entry["short"] in card
            assert entry["text"] in card


def test_the_shorts_of_a_card_stand_before_its_summary(client: FlaskClient) -> None:
    for slug, card in zip(NEWEST_FIRST, cards(client), strict=True):
        edition = read_json(client, f"/v1/articles/{slug}?fields=title,summary")
        shorts = {d["id"]: d["short"] for d in edition["disclaimers"]}
        for id in edition["surfaces"]["card"]:
            assert card.index(shorts[id]) < card.index(edition["summary"])


def test_a_withdrawn_article_leaves_the_front_door(client: FlaskClient, library: Database) -> None:
    assert len(cards(client)) == 3
    delivery.end(library, OCD)
    assert len(cards(client)) == 2
    assert delivery.shipped(OCD).document.title not in door(client)


def test_what_is_withheld_from_a_partners_readers_is_not_on_the_door(
    client: FlaskClient, library: Database
) -> None:
    key = delivery.add_key(library, audience="minors")
    page = client.get("/", headers={**HTML, **delivery.bearer(key)})
    assert page.text.count("cv-card-title") > 0
    assert delivery.shipped(OCD).document.title not in html.unescape(page.text)
    assert page.headers["Cache-Control"].startswith("private")


def test_an_empty_library_says_how_to_begin(client: FlaskClient, library: Database) -> None:
    for slug in SLUGS:
        delivery.end(library, slug)
    assert "caveat import" in door(client)


def test_the_commands_to_try_name_addresses_that_answer(client: FlaskClient) -> None:
    addresses = re.findall(
        r"http://[^\s'<]+", " ".join(re.findall("<code>(.*?)</code>", door(client)))
    )
    assert len(addresses) >= 4
    assert {client.get(delivery.local(a)).status_code for a in addresses} == {200}


@pytest.mark.parametrize("address", ["/", "/terms", "/problems", "/problems/gone"])
def test_pages_run_no_script_and_load_nothing(client: FlaskClient, address: str) -> None:
    response = client.get(address, headers=HTML)
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script" not in response.text
    assert not re.findall(r"<(?:img|link|iframe|object|embed)\b", response.text)


def test_the_terms_are_those_of_the_site(client: FlaskClient) -> None:
    text = html.unescape(client.get("/terms").text)
    rights = read_json(client, f"/v1/articles/{OCD}")["rights"]
    assert rights["licence"] in text
    assert all(term in text for term in rights["terms"][:5])


def test_every_problem_has_a_page(client: FlaskClient) -> None:
    for kind, known in PROBLEMS.items():
        assert known.title in html.unescape(client.get(f"/problems/{kind}").text)
        assert f'id="{kind}"' in client.get("/problems").text
    assert_problem(client.get("/problems/no-such-problem"), 404, "not-found")


def test_language_models_find_every_article_by_its_slug(client: FlaskClient) -> None:
    response = client.get("/llms.txt")
    assert response.mimetype == "text/plain"
    lines = response.text.splitlines()
    assert lines[0] == "# Caveat"
    assert lines[2].startswith("> ")
    links = re.findall(r"^- \[(.*?)\]\((.*?)\): ", response.text, re.MULTILINE)
    assert [name for name, _ in links][: len(SLUGS)] == NEWEST_FIRST
    for name, address in links:
        found = client.get(delivery.local(address))
        assert found.status_code == 200
        assert name not in SLUGS or found.mimetype == "text/markdown"


@pytest.mark.no_cover
def test_llms_txt_names_no_title_and_is_as_long_as_it_has_to_be(
    client: FlaskClient, library: Database
) -> None:
    text = client.get("/llms.txt").text
    assert not any(delivery.shipped(slug).document.title in text for slug in SLUGS)
    assert "\n\n\n" not in text
    for i in range(100):
        publish(library, slug=f"article-{i}")
    assert client.get("/llms.txt").text.count(".md)") == 100


def test_llms_txt_leaves_out_what_is_not_served(client: FlaskClient, library: Database) -> None:
    delivery.end(library, OCD)
    delivery.record(library, delivery.withholding("hide", 403, conditions=["insomnia"]))
    text = client.get("/llms.txt").text
    assert OCD not in text
    assert delivery.SLEEP not in text
    assert text.count(".md)") == 1


@pytest.mark.parametrize("address", ["/llms.txt", "/"])
def test_without_open_delivery_strangers_are_named_no_article(
    settings: Settings, address: str
) -> None:
    with delivery.running(replace(settings, open_delivery="false")) as app:
        response = app.test_client().get(address, headers=HTML)
        assert response.status_code == 200
        assert not any(slug in response.text for slug in SLUGS)


def test_the_door_follows_the_rights_of_what_is_on_it(
    client: FlaskClient, library: Database
) -> None:
    assert "X-Robots-Tag" not in client.get("/", headers=HTML).headers
    delivery.record(library, SiteFact(id="indexing", data="noindex"))
    assert client.get("/", headers=HTML).headers["X-Robots-Tag"] == "noindex"
