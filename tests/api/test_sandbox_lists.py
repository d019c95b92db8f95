"""Test articles in lists: absent from all of them, and among the others for who asks."""

import re
from typing import Any

import delivery
import pytest
from delivery import SLEEP, SLUGS, read_json
from flask.testing import FlaskClient
from problems import assert_problem
from sandboxes import ANSWERS, ASK, ENDED, LIVE

from content.db import Database

MARKS = re.compile(
    r"test-(?:live|corrected|with|replaced|stale|every|rtl|longest)|Test: |test place"
)
WALKS = [
    "/v1/articles?limit=2", "/v1/articles?q=the&limit=2", "/v1/articles?q=the&sort=newest",
    "/v1/articles?sort=oldest", "/v1/articles?at={head}", "/v1/feeds/articles.json?limit=2",
    "/v1/feeds/articles.atom?limit=100", "/v1/feeds/articles.rss?limit=100",
    "/v1/snapshot?at={head}", "/v1/disclaimers/not-medical-advice/articles?limit=2",
    "/?", "/llms.txt?",
]  # fmt: skip
TOPICS = ["/v1/articles?topic=test", "/v1/disclaimers/test-article/articles?limit=1"]
NEVER = ["/docs/try?", "/v1/jurisdictions?", "/v1/jurisdictions?locale=ar-XB"]


@pytest.fixture(scope="module")
def template(sandbox_template: str) -> str:
    """The library that is served here has the sandbox in it."""
    return sandbox_template


def walk(client: FlaskClient, address: str) -> str:
    """Return the bodies of all pages of a walk."""
    accept = {"Accept": "text/html"} if address.startswith("/?") else {}
    response = client.get(delivery.local(address), headers=accept)
    assert response.status_code == 200, response.text
    further = None
    if response.is_json:
        links = response.json.get("links", {})
        further = links.get("next") or response.json.get("next_url")
    return response.text + (walk(client, further) if further else "")


@pytest.mark.parametrize("address", [*WALKS, *TOPICS, *NEVER])
def test_no_list_names_a_test_article(client: FlaskClient, library: Database, address: str) -> None:
    said = walk(client, address.format(head=delivery.head(library)))
    assert MARKS.findall(said) == []
    assert SLEEP in said or address not in WALKS


@pytest.mark.parametrize("address", [*WALKS, *TOPICS])
def test_every_list_has_test_articles_for_who_asks(
    client: FlaskClient, library: Database, address: str
) -> None:
    said = walk(client, f"{address.format(head=delivery.head(library))}&include=test")
    assert "test-stale" in said
    assert "test-every-block" in said
    assert (SLEEP in said) == (address in WALKS)


def test_topics_are_counted_without_tests(client: FlaskClient) -> None:
    for kind in ("topics", "conditions"):
        plain, asked = (read_json(client, f"/v1/topics{q}")[kind] for q in ("", ASK))
        assert [one for one in asked if not one["id"].startswith("test")] == plain
        assert len(asked) > len(plain)


def test_a_walk_shows_every_article_once(client: FlaskClient) -> None:
    seen: list[str] = []
    address: str | None = f"/v1/articles{ASK}&limit=2"
    while address:
        page = read_json(client, address)
        seen += [item["article"]["slug"] for item in page["items"]]
        address = page["links"]["next"]
    assert sorted(seen) == sorted([*LIVE, *SLUGS])


def test_a_feed_tells_which_tests_have_ended(client: FlaskClient) -> None:
    items = read_json(client, f"/v1/feeds/articles.json{ASK}&limit=100")["items"]
    ended = {item["title"]: item for item in items if item["title"] in ENDED}
    assert {*ended} == {*ENDED}
    assert all(item["url"].endswith(f"/{slug}.html{ASK}") for slug, item in ended.items())
    assert f"/v1/articles/test-live.html{ASK}" in ended["test-replaced"]["content_html"]


def test_the_links_of_llms_txt_lead_to_tests(client: FlaskClient) -> None:
    found = re.findall(
        r"\]\(http://[^/]+(/v1/articles/test-[^)]+)\)", walk(client, "/llms.txt" + ASK)
    )
    assert len(found) == len(LIVE)
    assert {client.get(address).status_code for address in found} == {200}


@pytest.mark.parametrize(
    ("include", "tests"),
    [("editions", set()), ("editions,test", {*ANSWERS}), ("test,differences", {*ANSWERS})],
)
@pytest.mark.parametrize("after", [0, 1])
def test_the_log_carries_test_articles_for_who_asks(
    client: FlaskClient, include: str, tests: set[str], after: int
) -> None:
    found = {*followed(client, f"/v1/changes?after={after}&include={include}")}
    assert found == {*SLUGS, *tests}


def followed(client: FlaskClient, address: str) -> list[str]:
    """Return the slugs of the items of all pages of the log from an address on."""
    found: list[str] = []
    while True:
        page: dict[str, Any] = read_json(client, address)
        found += [item["article"]["slug"] for item in page["items"]]
        if page["links"]["next"] == address:
            return found
        address = page["links"]["next"]


@pytest.mark.parametrize("query", ["", "&include=test"])
def test_the_log_itself_names_all_articles_because_its_numbers_are_dense(
    client: FlaskClient, query: str
) -> None:
    page = read_json(client, f"/v1/changes?limit=1000{query}")
    assert [one["seq"] for one in page["changes"]] == [*range(1, page["sequence"] + 1)]
    said = {one["subject"]["slug"]: "test" in one["subject"] for one in page["changes"]
            if "slug" in one["subject"]}  # fmt: skip
    assert {slug for slug, is_test in said.items() if is_test} == {*ANSWERS}
    assert not all(said.values())
    assert query in page["links"]["next"]


@pytest.mark.parametrize("include", ["editions,differences", "tests", "editions,tset", ""])
def test_the_log_refuses_what_it_cannot_include(client: FlaskClient, include: str) -> None:
    body = assert_problem(client.get(f"/v1/changes?include={include}"), 400, "bad-request")
    assert body["errors"][0]["pointer"] == "include"


def test_a_snapshot_with_tests_leads_to_a_log_with_tests(
    client: FlaskClient, library: Database
) -> None:
    part = walk(client, f"/v1/snapshot?at={delivery.head(library)}&include=test")
    (further,) = re.findall(r'"changes":"([^"]+)"', part)
    assert "include=editions,test" in further
    assert read_json(client, further)["links"]["next"] == further
