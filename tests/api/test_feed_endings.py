"""Feeds tell what has ended: once, at its place, with the public notice and the help."""

import delivery
from delivery import OCD, SLEEP, assert_help, read_json, record
from flask.testing import FlaskClient
from reading_feeds import ATOM, JSON, RSS, contents, pages, tombstones, urn

from content.db import Database
from schemas.renditions.xml import PREFIXES


def test_what_was_withdrawn_is_a_tombstone_in_atom(client: FlaskClient, library: Database) -> None:
    assert tombstones(client) == {}
    delivery.end(library, OCD, replacement=SLEEP)
    found = tombstones(client, f"{ATOM}?jurisdiction=GB")
    assert list(found) == [urn(library, OCD)]
    [deleted] = found.values()
    comment = deleted.findtext("at:comment", namespaces=PREFIXES)
    assert "It was wrong about a dose." in comment
    assert "116 123" in comment
    assert "private reason" not in comment
    assert deleted.get("when") == delivery.time(library).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert urn(library, OCD) not in contents(client, ATOM)


def test_what_was_withdrawn_is_an_item_with_the_notice_in_json_and_rss(
    client: FlaskClient, library: Database
) -> None:
    delivery.end(library, OCD, replacement=SLEEP)
    for feed in (JSON, RSS):
        content = contents(client, feed)[urn(library, OCD)]
        assert "It was wrong about a dose." in content
        assert f"/v1/articles/{SLEEP}.html" in content
    [item] = [i for i in read_json(client, JSON)["items"] if i["id"] == urn(library, OCD)]
    facts = item["_caveat"]
    assert (facts["status"], facts["your_copy"]) == ("withdrawn", "remove")
    assert item["title"] == facts["slug"] == OCD
    assert_help(facts)


def test_what_is_published_again_is_an_entry_again(client: FlaskClient, library: Database) -> None:
    delivery.end(library, SLEEP)
    assert list(tombstones(client)) == [urn(library, SLEEP)]
    delivery.revise(library, SLEEP, title="A title that is new")
    assert tombstones(client) == {}
    assert next(iter(contents(client, ATOM))) == urn(library, SLEEP)


def test_every_ending_stands_once_in_a_walk(client: FlaskClient, many: Database) -> None:
    ended = [OCD, "article-1", "article-4", "article-7"]
    for slug in ended:
        delivery.end(many, slug)
    addresses = list(pages(client, f"{ATOM}?limit=2"))
    found = [ref for at in addresses for ref in tombstones(client, at)]
    assert found == [urn(many, slug) for slug in reversed(ended)]
    shown = [id for at in addresses for id in contents(client, at)]
    assert len(shown) == len(set(shown)) == 7
    assert not set(shown) & set(found)


def test_an_ending_stays_in_the_feed_of_its_topic(client: FlaskClient, many: Database) -> None:
    delivery.end(many, "article-1")
    assert list(tombstones(client, f"{ATOM}?topic=tea")) == [urn(many, "article-1")]
    assert tombstones(client, f"{ATOM}?topic=kratom") == {}


def test_what_a_rule_withholds_here_is_to_be_removed_here(
    client: FlaskClient, library: Database
) -> None:
    record(library, delivery.withholding("an-order", jurisdiction=["US-AL"], topics=["sleep"]))
    assert list(tombstones(client, f"{ATOM}?jurisdiction=US-AL")) == [urn(library, SLEEP)]
    assert tombstones(client, f"{ATOM}?jurisdiction=US-GA") == {}
    items = read_json(client, f"{JSON}?jurisdiction=US-AL")["items"]
    [facts] = [item["_caveat"] for item in items if item["id"] == urn(library, SLEEP)]
    assert (facts["status"], facts["your_copy"]) == ("withheld", "remove-here")


def test_a_text_that_is_gone_in_one_language_only_is_no_ending_for_others(
    client: FlaskClient, library: Database
) -> None:
    delivery.end(library, OCD)
    assert len(tombstones(client, f"{ATOM}?locale=es")) == 1
    delivery.revise(library, OCD, title="A title that is new")  # in English only
    assert tombstones(client, f"{ATOM}?locale=es") == {}
    assert len(contents(client, f"{ATOM}?locale=es")) == 3
