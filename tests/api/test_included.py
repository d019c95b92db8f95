"""Pages of the log with editions: what they carry, to whom, and at what cost."""

from collections.abc import Callable
from typing import Any

import delivery
import pytest
from delivery import OCD, SLEEP, SLUGS, assert_help, read_json
from factories import publish
from flask import Flask
from flask.testing import FlaskClient
from followers import Copy, is_genuine, rebuild, served
from problems import assert_problem
from queries import counted

from content import canonical
from content.contexts import Context
from content.db import Database
from content.models.log import Fact, JurisdictionFact, SiteFact
from content.signing import Keyring

TEXT = ("title", "summary", "sections", "claims", "sources")
ALABAMA = "jurisdiction=US-AL&audience=clinicians&channel=app"


def page(client: FlaskClient, after: int, query: str = "include=editions") -> dict[str, Any]:
    """Return the page after a number."""
    found: dict[str, Any] = read_json(client, f"/v1/changes?after={after}&{query}")
    return found


def slugs(found: dict[str, Any]) -> list[str]:
    return [item["article"]["slug"] for item in found["items"]]


@pytest.mark.parametrize("asked", ["", ALABAMA])
@pytest.mark.parametrize("fields", ["", "title", ",".join(TEXT)])
def test_an_item_is_byte_for_byte_the_edition_of_its_article(
    client: FlaskClient, library: Database, asked: str, fields: str
) -> None:
    before = delivery.head(library)
    delivery.reword(library, "not-medical-advice")
    part = f"fields={fields}" if fields else ""
    found = page(client, before, f"include=editions&{asked}&{part}")
    assert sorted(slugs(found)) == sorted(SLUGS)
    for item in found["items"]:
        alone = client.get(f"/v1/articles/{item['article']['slug']}?{asked}&{part}")
        assert canonical.encode(rebuild(item, found["texts"], {})) == alone.data


def test_an_article_comes_once_as_it_is_now(client: FlaskClient, library: Database) -> None:
    before = delivery.head(library)
    for title in ("A title that is new", "A title that is newer"):
        delivery.revise(library, SLEEP, title=title)
    found = page(client, before, "include=editions&limit=1")
    assert found["changes"][0]["seq"] == before + 1
    assert [item["title"] for item in found["items"]] == ["A title that is newer"]
    assert found["items"][0]["sequence"] == found["sequence"] == delivery.head(library)


def test_every_text_of_the_items_stands_once(client: FlaskClient, library: Database) -> None:
    before = delivery.head(library)
    delivery.reword(library, "not-medical-advice")
    found = page(client, before)
    used = {key for item in found["items"] for key in item["disclaimers"]}
    assert used == found["texts"].keys()


def test_what_the_items_say_is_not_said_by_entries_too(
    client: FlaskClient, library: Database
) -> None:
    before = delivery.head(library)
    delivery.reword(library, "not-medical-advice")
    kinds = [entry["kind"] for entry in page(client, before)["changes"]]
    assert kinds == ["disclaimer.changed", "article.affected"], "the last one ends the group"
    plain = [entry["kind"] for entry in page(client, before, "")["changes"]]
    assert plain == ["disclaimer.changed", *["article.affected"] * 3]


def test_an_article_that_has_ended_is_a_tombstone_without_text(
    client: FlaskClient, library: Database
) -> None:
    before = delivery.head(library)
    delivery.revise(library, OCD, title="A title that nobody may see any more")
    delivery.end(library, OCD, replacement=SLEEP)
    found = page(client, before, "include=editions&limit=1&jurisdiction=US-AL")
    (item,) = found["items"]
    assert item.keys() == {"article", "tombstone"}
    assert item["article"]["id"] == delivery.article_id(library, OCD)
    stone = item["tombstone"]
    assert (stone["type"], stone["your_copy"]) == ("withdrawn", "remove")
    assert (stone["notice"], stone["replacement"]) == ("It was wrong about a dose.", SLEEP)
    assert_help(stone, "988")
    assert found["texts"] == {}
    assert "nobody may see" not in str(found)


def test_an_article_that_is_withheld_here_is_removed_here(
    client: FlaskClient, library: Database
) -> None:
    before = delivery.head(library)
    delivery.record(library, delivery.withholding("order", topics=["sleep"], jurisdiction=["GB"]))
    there = page(client, before, "include=editions&jurisdiction=GB")
    (item,) = there["items"]
    stone = item["tombstone"]
    assert (stone["type"], stone["your_copy"], there["withheld"]) == ("withheld", "remove-here", 1)
    assert_help(stone)
    here = page(client, before, "include=editions&jurisdiction=US")
    assert ([*map(is_whole, here["items"])], here["withheld"]) == ([True], 0)


def is_whole(item: dict[str, Any]) -> bool:
    return all(name in item for name in TEXT)


def test_a_difference_says_only_what_differs(
    client: FlaskClient, library: Database, keyring: Keyring
) -> None:
    before, old = delivery.head(library), served(library, keyring, Context(""))
    delivery.reword(library, "not-medical-advice")
    found = page(client, before, "include=differences")
    assert [key.partition("@")[0] for key in found["texts"]] == ["not-medical-advice"]
    new = served(library, keyring, Context(""))
    for item in found["items"]:
        assert not item.keys() & {*TEXT}
        known = canonical.decode(old[item["article"]["id"]])
        edition = rebuild(item, found["texts"], known)
        assert is_genuine(edition)
        assert canonical.encode(edition) == new[item["article"]["id"]]


def test_a_difference_with_any_text_comes_with_all_that_it_owes(
    client: FlaskClient, library: Database
) -> None:
    before = delivery.head(library)
    delivery.revise(library, SLEEP, title="A title that is new")
    found = page(client, before, "include=differences")
    (item,) = found["items"]
    assert item["title"] == "A title that is new"
    assert {"sections", "summary"} <= {*item["same"]}
    assert set(item["disclaimers"]) == found["texts"].keys()


def test_what_was_not_there_before_is_no_difference_but_whole(
    client: FlaskClient, library: Database
) -> None:
    before = delivery.head(library)
    publish(library, slug="brand-new")
    found = page(client, before, "include=differences")
    assert [*map(is_whole, found["items"])] == [True]
    assert "same" not in found["items"][0]
    from_the_start = page(client, 0, "include=differences&limit=100")
    assert not any("same" in item for item in from_the_start["items"])


def test_inside_a_group_the_reader_is_known_to_have_what_was_before_it(
    client: FlaskClient, library: Database, keyring: Keyring
) -> None:
    before, old = delivery.head(library), served(library, keyring, Context(""))
    delivery.reword(library, "not-medical-advice")
    copy = Copy(f"/v1/changes?after={before}&include=differences&limit=1")
    copy.editions = {id: canonical.decode(octets) for id, octets in old.items()}
    copy.catch_up(client)
    assert copy.octets() == served(library, keyring, Context(""))
    assert copy.misfits == 0
    assert len(copy.pages) > 4


def publisher() -> Fact:
    return SiteFact(id="publisher", data="Another desk")


def name_of_the_world() -> Fact:
    name = {"name": {"en": "all the world", "es": "todo"}, "within": None, "members": []}
    return JurisdictionFact(code="001", fact="place", data=name)


@pytest.mark.parametrize("include", ["editions", "differences"])
@pytest.mark.parametrize("make_fact", [publisher, name_of_the_world])
def test_a_change_that_names_no_article_is_followed_by_all_that_it_changed(
    client: FlaskClient,
    library: Database,
    keyring: Keyring,
    include: str,
    make_fact: Callable[[], Fact],
) -> None:
    before, old = delivery.head(library), served(library, keyring, Context(""))
    delivery.record(library, make_fact())
    copy = Copy(f"/v1/changes?after={before}&include={include}&limit=2")
    copy.editions = {id: canonical.decode(octets) for id, octets in old.items()}
    first = copy.read(client)
    assert (len(first["changes"]), first["items"]) == (1, [])
    assert "cursor" in delivery.query(copy.next)
    publish(library, slug="in-between")  # the walk goes on, and this comes after it
    copy.catch_up(client)
    assert copy.octets() == served(library, keyring, Context(""))
    assert copy.misfits == 0


def test_what_was_changed_and_changed_back_has_a_newer_number(
    client: FlaskClient, library: Database, keyring: Keyring
) -> None:
    before, old = delivery.head(library), served(library, keyring, Context(""))
    name = read_json(client, f"/v1/articles/{SLEEP}")["review"]["provenance"]["author"]
    delivery.record(library, publisher())
    delivery.record(library, SiteFact(id="publisher", data=name))
    copy = Copy(f"/v1/changes?after={before}&include=differences")
    copy.editions = {id: canonical.decode(octets) for id, octets in old.items()}
    copy.catch_up(client)
    assert copy.octets() == served(library, keyring, Context("")) != old


def test_what_a_change_everywhere_leaves_as_it_was_is_not_sent_again(
    client: FlaskClient, library: Database
) -> None:
    before = delivery.head(library)
    delivery.record(library, delivery.no_help("AU"))
    for place, expected in (("GB", 0), ("AU", 3)):
        copy = Copy(f"/v1/changes?after={before}&include=editions&jurisdiction={place}")
        copy.catch_up(client)
        assert len(copy.editions) == expected


def test_who_has_seen_all_costs_one_query(app: Flask, client: FlaskClient) -> None:
    head = client.get("/v1/changes?limit=1").json["sequence"]
    for query in ("", "&include=editions", "&include=differences&jurisdiction=US-AL&topic=sleep"):
        address = f"/v1/changes?after={head}{query}"
        with counted(app) as found:
            known = client.get(address)
            headers = {"If-None-Match": known.headers["ETag"]}
            assert client.get(address, headers=headers).status_code == 304
            assert client.head(address).headers["Caveat-Sequence"] == str(head)
        assert len(found) == 3, "one for each of the three"


@pytest.mark.parametrize("name", ["locale", "jurisdiction", "audience", "channel", "fields"])
def test_what_is_about_editions_goes_with_include(client: FlaskClient, name: str) -> None:
    body = assert_problem(client.get(f"/v1/changes?{name}=en"), 400, "bad-request")
    assert body["errors"][0]["pointer"] == name
    assert "include" in body["detail"]


@pytest.mark.parametrize(
    ("query", "name", "hint"),
    [
        ("include=edition", "include", "editions"),
        ("include=editions&limit=101", "limit", "100"),
        ("include=editions&cursor=x", "cursor", "links.next"),
        ("include=editions&after=9&cursor=OSA", "cursor", "links.next"),  # "9 "
        ("include=editions&fields=titel", "fields", "title"),
        ("include=editions&include=editions", "include", "once"),
        ("include=editions&jurisdiction=Alabama", "jurisdiction", "ISO 3166"),
        ("type=articles", "type", "article"),
        ("type=", "type", "article"),
        ("topics=sleep", "topics", "topic"),
        ("topic=Sleep", "topic", "lower-case"),
    ],
)
def test_what_is_wrong_is_named_with_the_fix(
    client: FlaskClient, query: str, name: str, hint: str
) -> None:
    body = assert_problem(client.get(f"/v1/changes?{query}"), 400, "bad-request")
    assert body["errors"][0]["pointer"] == name
    assert hint in body["detail"]


def test_a_key_fixes_the_context_of_the_items(
    client: FlaskClient, library: Database, partner_key: str
) -> None:
    before = delivery.head(library)
    delivery.revise(library, SLEEP, title="A title that is new")
    address = f"/v1/changes?after={before}&include=editions"
    response = client.get(address, headers=delivery.bearer(partner_key))
    context = response.json["items"][0]["context"]
    assert (context["audience"], context["jurisdiction"]["code"]) == ("adults", "US")
    assert response.headers["Cache-Control"] == "private, max-age=1"
    assert delivery.query(response.json["links"]["next"])["channel"] == "publisher"


def test_no_cache_keeps_an_answer_for_long(client: FlaskClient) -> None:
    assert client.get("/v1/changes").headers["Cache-Control"] == "public, max-age=1"


def test_headers_say_what_was_served(client: FlaskClient, library: Database) -> None:
    before = delivery.head(library)
    delivery.reword(library, "not-medical-advice")
    response = client.get(f"/v1/changes?after={before}&include=editions&locale=de")
    assert response.headers["Content-Language"] == "en"
    assert response.headers["Caveat-Fallback"] == "locale=de"
    assert delivery.links(response)["next"] == response.json["links"]["next"]
