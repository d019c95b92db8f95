"""Lists: compound documents at one number, from which every edition comes back byte for byte."""

from collections.abc import Callable, Iterator
from typing import Any

import delivery
import pytest
from delivery import OCD, SLEEP, read_json
from factories import PUBLIC_URL, publish
from flask import Flask
from flask.testing import FlaskClient
from problems import assert_problem
from queries import counted

from api import paging
from content import canonical, editions, verifying
from content.contexts import Context
from content.db import Database
from content.editions import Part
from content.signing import Keyring

CARD = frozenset(["title", "summary"])


def rebuild(item: dict[str, Any], texts: dict[str, Any]) -> bytes:
    """Replace the keys by the texts, as a reader does."""
    return canonical.encode({**item, "disclaimers": [texts[key] for key in item["disclaimers"]]})


def walk(client: FlaskClient, address: str, *between: Callable[[], object]) -> Iterator[Any]:
    """Yield each page of a walk; after each of them, do the next thing of ``between``."""
    acts, seen = list(between), set[str]()
    while address:
        assert address not in seen
        seen.add(address)
        page = read_json(client, address)
        yield page
        if acts:
            acts.pop(0)()
        address = page["links"]["next"]
    assert not acts


def slugs(pages: list[Any]) -> list[str]:
    return [item["article"]["slug"] for page in pages for item in page["items"]]


@pytest.mark.parametrize("fields", ["", "title", "title,summary,sections,claims,sources"])
@pytest.mark.parametrize("asked", ["", "jurisdiction=US-AL&audience=clinicians&channel=app"])
def test_an_item_is_byte_for_byte_the_edition_of_its_article(
    client: FlaskClient, fields: str, asked: str
) -> None:
    part = f"fields={fields}" if fields else "fields=title,summary"
    page = read_json(client, f"/v1/articles?{asked}&{f'fields={fields}' if fields else 'limit=9'}")
    assert len(page["items"]) == 3
    for item in page["items"]:
        alone = client.get(f"/v1/articles/{item['article']['slug']}?{asked}&{part}")
        assert rebuild(item, page["texts"]) == alone.data


def test_a_key_of_a_text_names_its_version_and_its_digest(client: FlaskClient) -> None:
    for key, text in read_json(client, "/v1/articles")["texts"].items():
        digest = canonical.digest(canonical.encode(text)).removeprefix("sha256:")
        assert key == f"{text['id']}@{text['version']}~{digest[:8]}"


def test_every_text_is_used_and_stands_once(client: FlaskClient) -> None:
    page = read_json(client, "/v1/articles")
    used = [key for item in page["items"] for key in item["disclaimers"]]
    assert set(used) == page["texts"].keys()
    assert len(used) > len(set(used))


def test_the_signature_of_an_item_holds(client: FlaskClient) -> None:
    page, keys = read_json(client, "/v1/articles"), read_json(client, "/.well-known/jwks.json")
    for item in page["items"]:
        edition = canonical.decode(rebuild(item, page["texts"]))
        assert verifying.verify(edition, keys) == item["sequence"] <= page["sequence"]


def test_the_newest_publication_comes_first(client: FlaskClient, many: Database) -> None:
    found = slugs([read_json(client, "/v1/articles?limit=9")])
    assert found == [row.slug for row in delivery.live(many)][:9]
    assert found[0] == "article-7"


@pytest.mark.parametrize("limit", [1, 3, 10, 11, 100])
def test_a_walk_sees_every_article_exactly_once(
    client: FlaskClient, many: Database, limit: int
) -> None:
    pages = list(walk(client, f"/v1/articles?limit={limit}"))
    assert slugs(pages) == [row.slug for row in delivery.live(many)]
    assert all(len(page["items"]) == limit for page in pages[:-1])
    assert {page["sequence"] for page in pages} == {delivery.head(many)}


def test_a_walk_keeps_its_number_while_the_library_changes(
    client: FlaskClient, many: Database
) -> None:
    start, live = delivery.head(many), {row.slug for row in delivery.live(many)}
    pages = list(
        walk(
            client,
            "/v1/articles?limit=2",
            lambda: publish(many, slug="article-new", topics=["tea"]),
            lambda: (delivery.end(many, "article-3"), delivery.end(many, "article-7")),
            lambda: publish(many, slug="article-1", topics=["coffee"]),
            lambda: delivery.record(many, delivery.withholding("order", conditions=["ocd"])),
            lambda: delivery.revise(many, SLEEP, title="A title that is new", topics=["kratom"]),
        )
    )
    assert {page["sequence"] for page in pages} == {start}
    assert sorted(slugs(pages)) == sorted(live - {"article-3", OCD})
    assert sum(page["withheld"] for page in pages) == 2


def test_an_item_of_an_older_number_is_the_edition_of_that_number(
    client: FlaskClient, many: Database, keyring: Keyring
) -> None:
    first = read_json(client, "/v1/articles?limit=8")
    delivery.revise(many, SLEEP, title="A title that is new", topics=["kratom"])
    second = read_json(client, first["links"]["next"])
    assert SLEEP in slugs([second])
    for item in second["items"]:
        slug, part = item["article"]["slug"], Part(fields=CARD)
        with many.read() as session:
            then = editions.issue(
                session, slug, Context(""), keyring, at=first["sequence"], part=part
            )
        assert rebuild(item, second["texts"]) == then.octets


def test_each_item_more_asks_one_query_more(
    app: Flask, client: FlaskClient, library: Database
) -> None:
    for number in range(8):
        publish(library, slug=f"alike-{number}", topics=["alike"])
    counts = []
    for limit in (2, 2, 4, 8):
        app.extensions["caveat-cache"].clear()
        with counted(app) as asked:
            page = read_json(client, f"/v1/articles?topic=alike&limit={limit}&fields=title")
        assert len(page["items"]) == limit
        counts.append(len(asked))
    _, two, four, eight = counts  # what a process reads once is read for the first
    assert (four - two, eight - four) == (2, 4)


def test_what_is_withheld_is_counted_and_not_shown(client: FlaskClient) -> None:
    page = read_json(client, "/v1/articles?audience=minors")
    assert (slugs([page]), page["withheld"]) == ([SLEEP], 2)


def test_a_page_of_withheld_articles_ends_and_leads_on(
    client: FlaskClient, library: Database
) -> None:
    for i in range(60):
        publish(library, slug=f"hidden-{i}", topics=["hidden"])
    delivery.record(library, delivery.withholding("hide", 403, topics=["hidden"]))
    pages = list(walk(client, "/v1/articles?limit=2"))
    assert [len(page["items"]) for page in pages] == [0, 2, 1]
    assert sum(page["withheld"] for page in pages) == 60


def test_the_next_page_is_named_in_a_header_and_keeps_what_was_asked(
    client: FlaskClient, many: Database
) -> None:
    asked = "jurisdiction=US-AL&audience=clinicians&channel=app&limit=2&fields=title"
    response = client.get(f"/v1/articles?{asked}")
    address = delivery.links(response)["next"]
    assert address == response.json["links"]["next"]
    assert address.startswith(f"{PUBLIC_URL}/v1/articles?")
    following = read_json(client, address)
    assert following["items"][0]["fields"] == ["title"]
    assert following["items"][0]["context"]["jurisdiction"]["code"] == "US-AL"
    assert len(following["items"]) == 2


def test_a_walk_over_whole_articles_stays_whole(client: FlaskClient, many: Database) -> None:
    asked = "fields=title,summary,sections,claims,sources&limit=4"
    for page in walk(client, f"/v1/articles?{asked}"):
        assert all("sections" in item and "fields" not in item for item in page["items"])


def test_the_last_page_has_no_next(client: FlaskClient) -> None:
    response = client.get("/v1/articles?limit=3")
    assert response.json["links"]["next"] is None
    assert "Link" not in response.headers


def test_a_page_names_its_own_address(client: FlaskClient, many: Database) -> None:
    response = client.get("/v1/articles?limit=2")
    publish(many, slug="article-new")
    assert client.get(delivery.local(response.json["links"]["self"])).json == response.json


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.5", "x", "", "9" * 30])
def test_a_limit_out_of_bounds_is_refused(client: FlaskClient, limit: str) -> None:
    body = assert_problem(client.get(f"/v1/articles?limit={limit}"), 400, "bad-request")
    assert body["errors"][0]["pointer"] == "limit"


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "!!!", "MQ", "MS4", "Lg", "YS5i", "MC4x", "MS4w", "MS4xLjE", "LTEuMQ", "MSAuMQ",
     "%C3%A9", "OTk5OTk5OTk5OTk5OTk5OTk5OTkuMQ", "MS4x=", "MDEuMQ", "x" * 201],
)  # fmt: skip
def test_a_cursor_that_is_not_ours_is_refused(client: FlaskClient, cursor: str) -> None:
    body = assert_problem(client.get(f"/v1/articles?cursor={cursor}"), 400, "bad-request")
    assert body["errors"][0]["pointer"] == "cursor"


def test_a_cursor_from_the_future_is_refused(client: FlaskClient, library: Database) -> None:
    head = delivery.head(library)
    future = paging.Cursor(head + 1, 1)
    assert_problem(client.get(f"/v1/articles?cursor={future}"), 400, "bad-request")
    now = paging.Cursor(head, head + 1)
    assert len(read_json(client, f"/v1/articles?cursor={now}")["items"]) == 3


def test_a_cursor_inside_a_group_means_the_end_of_the_group(
    client: FlaskClient, library: Database
) -> None:
    inside = paging.Cursor(3, 9000)  # the policy was imported as one group
    page = read_json(client, f"/v1/articles?cursor={inside}")
    with library.read() as session:
        assert page["sequence"] == editions.changes.end_of_group(session, 3) > 3
    assert page["items"] == []


def test_an_unknown_field_is_refused(client: FlaskClient) -> None:
    body = assert_problem(client.get("/v1/articles?fields=titel"), 400, "bad-request")
    assert "Did you mean 'title'?" in body["detail"]
