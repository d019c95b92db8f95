"""Search and filters over HTTP: lists are narrowed and ranked, and stay compound documents."""

import delivery
import pytest
from delivery import OCD, SLEEP, read_json
from factories import NOW, Databases, publish
from flask.testing import FlaskClient
from problems import assert_problem

from content.db import Database
from schemas.lists import ArticleListOut

EVERY = ("kratom-and-depression-evidence", OCD, SLEEP)


def slugs(client: FlaskClient, query: str) -> list[str]:
    """Return the slugs of all pages of a list, in their order."""
    address, found = f"/v1/articles?{query}", []
    while address:
        page = read_json(client, address)
        found += [item["article"]["slug"] for item in page["items"]]
        address = page["links"]["next"]
    return found


@pytest.fixture(scope="module")
def many_template(databases: Databases, full_template: str) -> str:
    """The shipped library, and small articles about tea."""
    return databases.add(full_template, add_tea)


def add_tea(library: Database) -> None:
    for i in range(5):
        publish(library, slug=f"tea-{i}", topics=["tea"], conditions=["worry"], title=f"Tea {i}")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("topic=kratom", {OCD, "kratom-and-depression-evidence"}),
        ("topic=kratom&condition=ocd", {OCD}),
        ("topic=none", set()),
        ("evidence=E5&topic=kratom", {OCD, "kratom-and-depression-evidence"}),
        ("review=unreviewed", set(EVERY)),
        ("review=reviewed", set()),
        ("updated_since=2000-01-01T00:00:00Z", set(EVERY)),
        ("updated_since=2999-01-01T00:00:00Z", set()),
    ],
)
def test_a_list_is_narrowed(client: FlaskClient, query: str, found: set[str]) -> None:
    assert set(slugs(client, query)) == found


def test_what_was_published_since_a_time_is_found(client: FlaskClient, library: Database) -> None:
    later = NOW.replace(year=NOW.year + 1)
    publish(library, slug="later", now=later)
    assert slugs(client, f"updated_since={later:%Y-%m-%dT%H:%M:%SZ}") == ["later"]


def test_a_narrowed_walk_sees_each_article_once(client: FlaskClient, many: Database) -> None:
    newest = [f"tea-{i}" for i in reversed(range(5))]
    assert slugs(client, "topic=tea&limit=2") == newest
    assert slugs(client, "topic=tea&limit=2&sort=newest") == newest
    assert slugs(client, "topic=tea&limit=2&sort=oldest") == newest[::-1]


def test_filters_hold_in_the_past(client: FlaskClient, many: Database) -> None:
    before = delivery.head(many)
    publish(many, slug="tea-1", topics=["sleep"], conditions=["worry"], title="Tea no more")
    assert "tea-1" not in slugs(client, "topic=tea")
    assert "tea-1" in slugs(client, f"topic=tea&at={before}")


def test_a_search_finds_words_wherever_they_stand(client: FlaskClient, many: Database) -> None:
    assert slugs(client, "q=KRATOM+ocd")[0] == OCD
    assert slugs(client, "q=tea&limit=2") == [f"tea-{i}" for i in reversed(range(5))]
    assert slugs(client, "q=tea&topic=sleep") == []
    assert slugs(client, "q=nothing+at+all+like+this") == []


def test_a_search_is_ranked_or_by_date(client: FlaskClient, many: Database) -> None:
    publish(many, slug="with-tea", topics=["tea"], summary="There is tea in the summary.")
    assert slugs(client, "q=tea&limit=4")[-1] == "with-tea"
    assert slugs(client, "q=tea&limit=4&sort=newest")[0] == "with-tea"


def test_highlights_show_where_the_words_stand(client: FlaskClient) -> None:
    page = read_json(client, "/v1/articles?q=obsessive+kratom&fields=title")
    assert ArticleListOut().validate(page) == {}
    assert page["search"]["ranked_within"] == 1000
    for item in page["items"]:
        highlights = page["search"]["highlights"][item["article"]["id"]]
        assert highlights
        for one in highlights:
            marked = {one["text"][a:b].lower() for a, b in one["ranges"]}
            assert marked <= {"obsessive", "kratom"}


def test_items_of_a_search_are_editions_with_all_their_disclaimers(client: FlaskClient) -> None:
    found = read_json(client, "/v1/articles?q=kratom&jurisdiction=US-AL")
    assert found["items"]
    for item in found["items"]:
        texts = [found["texts"][key] for key in item["disclaimers"]]
        address = f"/v1/articles/{item['article']['slug']}?jurisdiction=US-AL&fields=title,summary"
        assert {**item, "disclaimers": texts} == read_json(client, address)


def test_what_is_withheld_is_not_found(client: FlaskClient) -> None:
    page = read_json(client, "/v1/articles?q=kratom&audience=minors")
    assert (page["items"], page["search"]["highlights"]) == ([], {})
    assert page["withheld"] == 2


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("q=%21", "q"), ("q=a&at=5", "q"), ("q=a&as_of=2026-11-24T12:00:00Z", "q"),
        ("q=" + "+".join(f"w{i}" for i in range(13)), "q"), ("q=" + "x" * 201, "q"),
        ("sort=relevance", "sort"), ("sort=oldest&q=a", "sort"), ("sort=best", "sort"),
        ("topic=Tea", "topic"), ("evidence=E9", "evidence"), ("review=lapsed", "review"),
        ("updated_since=yesterday", "updated_since"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_named(client: FlaskClient, query: str, pointer: str) -> None:
    problem = assert_problem(client.get(f"/v1/articles?{query}"), 400, "bad-request")
    assert problem["errors"][0]["pointer"] == pointer
