"""Filters of the log hide what is of no interest, and never an ending or the end of a group."""

from typing import Any

import delivery
import pytest
from delivery import OCD, SLEEP, read_json
from factories import publish
from flask.testing import FlaskClient

from content.changes import SUBJECTS
from content.db import Database
from content.models.log import SiteFact


def entries(client: FlaskClient, after: int, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_json(client, f"/v1/changes?after={after}&{query}")["changes"]
    return found


def slugs(found: list[dict[str, Any]]) -> list[str]:
    return [entry["subject"].get("slug", entry["kind"]) for entry in found]


@pytest.fixture
def before(library: Database) -> int:
    """The newest number before two articles came, one of them about another condition."""
    number = delivery.head(library)
    publish(library, slug="on-tea", topics=["tea"], conditions=["worry"])
    publish(library, slug="on-coffee", topics=["coffee"], conditions=["worry"])
    delivery.revise(library, SLEEP, title="A title that is new")
    return number


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("topic=tea", ["on-tea"]),
        ("condition=worry", ["on-tea", "on-coffee"]),
        ("topic=coffee&condition=worry", ["on-coffee"]),
        ("topic=coffee&condition=insomnia", []),
        ("topic=nothing", []),
    ],
)
def test_items_are_of_the_articles_that_are_wanted(
    client: FlaskClient, before: int, query: str, expected: list[str]
) -> None:
    found = read_json(client, f"/v1/changes?after={before}&include=editions&{query}")
    assert [item["article"]["slug"] for item in found["items"]] == expected


def test_a_topic_hides_other_articles_but_not_the_end_of_a_group(
    client: FlaskClient, library: Database
) -> None:
    before = delivery.head(library)
    delivery.reword(library, "not-medical-advice")
    everything = entries(client, before, "")
    found = entries(client, before, "topic=sleep")
    assert {SLEEP} < {*slugs(everything)}
    ends = [entry for entry in everything if entry["seq"] == entry["group_end"]]
    wanted = [entry for entry in everything if slugs([entry]) == [SLEEP]]
    assert found == sorted([*wanted, *(e for e in ends if e not in wanted)], key=lambda e: e["seq"])
    assert len(found) < len(everything)


@pytest.mark.parametrize("query", ["topic=tea", "type=disclaimer", "condition=x&type=rule"])
def test_no_filter_hides_a_tombstone(client: FlaskClient, library: Database, query: str) -> None:
    before = delivery.head(library)
    delivery.end(library, OCD)
    found = entries(client, before, query)
    assert [entry["tombstone"]["your_copy"] for entry in found] == ["remove", "remove"]
    page = read_json(client, f"/v1/changes?after={before}&include=editions&{query}")
    assert [item["tombstone"]["type"] for item in page["items"]] == ["withdrawn"]


def test_an_article_that_loses_a_topic_is_shown_once_more(
    client: FlaskClient, library: Database
) -> None:
    before = delivery.head(library)
    delivery.revise(library, SLEEP, topics=["rest"])
    after = delivery.head(library)
    delivery.revise(library, SLEEP, topics=["rest"], title="A title that is new")
    page = read_json(client, f"/v1/changes?after={before}&topic=sleep&include=editions&limit=1")
    assert [item["article"]["topics"] for item in page["items"]] == [["rest"]]
    later = read_json(client, f"/v1/changes?after={after}&topic=sleep&include=editions")
    assert later["items"] == []


def test_a_change_that_may_be_in_any_article_is_of_every_topic(
    client: FlaskClient, library: Database
) -> None:
    before = delivery.head(library)
    delivery.record(library, SiteFact(id="publisher", data="Another desk"))
    address = f"/v1/changes?after={before}&topic=sleep&include=editions"
    page = read_json(client, address)
    assert [entry["kind"] for entry in page["changes"]] == ["site.changed"]
    rest = read_json(client, page["links"]["next"])
    assert [item["article"]["slug"] for item in rest["items"]] == [SLEEP]


@pytest.mark.parametrize("types", ["article", "disclaimer", "rule,site", ",".join(SUBJECTS)])
def test_a_type_is_the_type_of_a_subject(client: FlaskClient, types: str) -> None:
    found = entries(client, 0, f"limit=1000&type={types}")
    everything = entries(client, 0, "limit=1000")
    wanted = [entry for entry in everything if entry["subject"]["type"] in types.split(",")]
    ends = [entry for entry in everything if entry["seq"] == entry["group_end"]]
    assert wanted
    assert found == [entry for entry in everything if entry in wanted or entry in ends]


def test_types_choose_entries_and_items_come_all_the_same(
    client: FlaskClient, library: Database
) -> None:
    before = delivery.head(library)
    delivery.reword(library, "not-medical-advice")
    page = read_json(client, f"/v1/changes?after={before}&type=disclaimer&include=editions")
    assert page["changes"][0]["kind"] == "disclaimer.changed"
    assert len(page["items"]) == 3


@pytest.mark.parametrize("query", ["topic=sleep", "type=rule", "topic=none&type=site"])
@pytest.mark.parametrize("limit", [7, 100])
def test_a_walk_goes_on_from_what_was_looked_at(
    client: FlaskClient, library: Database, query: str, limit: int
) -> None:
    address, pages = f"/v1/changes?limit={limit}&{query}", 0
    seen: list[int] = []
    while True:
        page = read_json(client, address)
        seen += [entry["seq"] for entry in page["changes"]]
        further = page["links"]["next"]
        assert {**delivery.query(further), "after": ""} == {
            "after": "", "limit": str(limit), **dict(p.split("=") for p in query.split("&"))
        }  # fmt: skip
        if delivery.query(further)["after"] == delivery.query(f"?{address.split('?')[1]}").get(
            "after"
        ):
            break
        address, pages = further, pages + 1
    assert pages == -(-delivery.head(library) // limit)
    assert seen == [entry["seq"] for entry in entries(client, 0, f"limit=1000&{query}")]
