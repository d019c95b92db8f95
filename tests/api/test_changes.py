"""The log as readers follow it: dense, complete, and without a word of any article."""

from datetime import UTC, datetime, timedelta
from typing import Any

import delivery
import pytest
from delivery import OCD, SLEEP, SLUGS, assert_help, read_json
from factories import NOW, publish
from flask.testing import FlaskClient
from problems import assert_problem

from content import documents, lapses
from content.db import Database
from schemas.changes import ChangeListOut


def follow(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    """Go from page to page until one is empty, as a reader does."""
    found: list[dict[str, Any]] = []
    while (page := read_json(client, address))["changes"]:
        found += page["changes"]
        assert page["links"]["next"] != address
        address = page["links"]["next"]
    return found


def newest(client: FlaskClient, after: int) -> list[dict[str, Any]]:
    changes: list[dict[str, Any]] = read_json(client, f"/v1/changes?after={after}")["changes"]
    return changes


@pytest.mark.parametrize("limit", [1000, 100, 37])
def test_following_the_links_sees_every_number_once(
    client: FlaskClient, library: Database, limit: int
) -> None:
    found = follow(client, f"/v1/changes?limit={limit}")
    assert [entry["seq"] for entry in found] == list(range(1, delivery.head(library) + 1))


def test_after_is_the_last_number_that_was_seen(client: FlaskClient, library: Database) -> None:
    head = delivery.head(library)
    page = read_json(client, f"/v1/changes?after={head - 3}&limit=2")
    assert [entry["seq"] for entry in page["changes"]] == [head - 2, head - 1]
    assert page["sequence"] == head
    assert page["links"]["next"].endswith(f"/v1/changes?after={head - 1}&limit=2")


def test_the_next_link_stays_and_later_gives_what_came(
    client: FlaskClient, library: Database
) -> None:
    response = client.get(f"/v1/changes?after={delivery.head(library)}")
    assert response.json["changes"] == []
    assert delivery.links(response)["next"] == response.json["links"]["next"]
    number = publish(library)
    after = read_json(client, response.json["links"]["next"])["changes"]
    assert [entry["seq"] for entry in after] == [number]


def test_every_name_is_described(client: FlaskClient, library: Database) -> None:
    delivery.end(library, OCD)
    assert ChangeListOut().validate(read_json(client, "/v1/changes?limit=1000")) == {}


def test_an_article_is_named_by_slug_and_locale(client: FlaskClient, library: Database) -> None:
    before = delivery.head(library)
    delivery.revise(library, SLEEP, slug="a-newer-slug")
    publish(library)
    updated, published = newest(client, before)
    identity = {"type": "article", "id": delivery.article_id(library, SLEEP)}
    moved = {"slug": "a-newer-slug", "locale": "en", "moved_from": SLEEP}
    assert updated["subject"] == {**identity, **moved}
    assert published["subject"].keys() == {"type", "id", "slug", "locale"}
    assert (updated["kind"], published["kind"]) == ("article.updated", "article.published")


def test_an_ending_is_a_tombstone_with_notice_and_help(
    client: FlaskClient, library: Database
) -> None:
    before = delivery.head(library)
    delivery.end(library, OCD, replacement=SLEEP)
    entry, translation = newest(client, before)
    assert [one["subject"]["locale"] for one in (entry, translation)] == ["en", "es"]
    tombstone = entry["tombstone"]
    assert translation["tombstone"] == tombstone
    assert (entry["kind"], entry["impact"]) == ("article.withdrawn", "safety")
    assert (tombstone["type"], tombstone["your_copy"]) == ("withdrawn", "remove")
    assert tombstone["notice"] == entry["notice"] == "It was wrong about a dose."
    assert tombstone["replacement"] == SLEEP
    assert_help(tombstone)


def test_a_tombstone_keeps_the_shipped_help_when_the_facts_have_none(
    client: FlaskClient, library: Database
) -> None:
    delivery.end(library, OCD)
    delivery.record(library, delivery.no_help("ZZ"))
    assert_help(newest(client, delivery.head(library) - 2)[0]["tombstone"])


def test_a_lapse_names_the_article_whose_date_has_passed(
    client: FlaskClient, library: Database
) -> None:
    before = delivery.head(library)
    with library.write() as session:
        lapses.record(session, by="test", now=NOW + timedelta(days=4000))
        session.commit()
    lapsed = [e for e in newest(client, before) if e["kind"] == "article.lapsed"]
    assert {entry["subject"]["slug"] for entry in lapsed} == set(SLUGS)
    assert not any("tombstone" in entry for entry in lapsed)


def test_a_group_ends_where_all_of_it_does(client: FlaskClient, library: Database) -> None:
    entries = follow(client, "/v1/changes")
    ends = {entry["group_end"] for entry in entries}
    for entry in entries:
        assert entry["seq"] <= entry["group_end"]
        assert entry["group_end"] in ends & {e["seq"] for e in entries}


def test_the_log_has_no_text_no_private_reason_and_no_actor(
    client: FlaskClient, library: Database
) -> None:
    delivery.end(library, OCD)
    delivery.revise(library, SLEEP, title="A title that is new")
    text = client.get("/v1/changes?limit=1000").text
    for private in ("private reason", "An actor of ours", '"actor"', '"reason"', '"by"'):
        assert private not in text
    for slug in SLUGS:
        document = delivery.shipped(slug).document
        words = [document.title, document.summary, documents.reading_text(document)]
        assert not any(text.find(word[:20]) >= 0 for word in words)


def test_a_number_from_the_future_is_refused(client: FlaskClient, library: Database) -> None:
    head = delivery.head(library)
    body = assert_problem(client.get(f"/v1/changes?after={head + 1}"), 400, "bad-request")
    assert body["errors"][0]["pointer"] == "after"
    assert str(head) in body["detail"]


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=", "limit=0", "limit=1001"])
def test_a_malformed_number_is_refused(client: FlaskClient, query: str) -> None:
    assert_problem(client.get(f"/v1/changes?{query}"), 400, "bad-request")


def test_times_are_utc_and_never_go_back(client: FlaskClient) -> None:
    times = [datetime.fromisoformat(e["at"]) for e in follow(client, "/v1/changes")]
    assert times == sorted(times)
    assert {time.tzinfo for time in times} == {UTC}
