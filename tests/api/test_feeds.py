"""Feeds over HTTP: who is in them, in whose context, page by page."""

import html

import delivery
import feedparser
import pytest
from delivery import OCD, SLEEP, assert_help, local, read_json, record
from factories import PUBLIC_URL, publish
from flask.testing import FlaskClient
from problems import assert_problem
from reading_feeds import ATOM, JSON, TYPES, contents, every_feed, pages, urn

from content.db import Database
from content.models.log import SiteFact

ALABAMA = "locale=en&jurisdiction=US-AL&audience=clinicians&channel=app"


@every_feed
def test_a_feed_has_every_live_article_newest_first(
    client: FlaskClient, many: Database, feed: str
) -> None:
    wanted = [f"urn:uuid:{row.article}" for row in delivery.live(many)]
    assert list(contents(client, feed)) == wanted
    assert client.get(feed).mimetype == TYPES[feed]


@every_feed
@pytest.mark.parametrize("asked", ["", "?jurisdiction=GB", f"?{ALABAMA}"])
def test_every_entry_has_in_its_content_all_that_it_owes_in_this_context(
    client: FlaskClient, library: Database, feed: str, asked: str
) -> None:
    found = contents(client, feed + asked)
    for row in delivery.live(library):
        content = html.unescape(found[f"urn:uuid:{row.article}"])
        edition = read_json(client, f"/v1/articles/{row.slug}{asked}")
        for notice in edition["disclaimers"]:
            assert notice["text"] in content
            assert notice["short"] in content


@every_feed
@pytest.mark.parametrize("limit", [1, 4, 11, 100])
def test_a_walk_sees_every_article_once(
    client: FlaskClient, many: Database, feed: str, limit: int
) -> None:
    found = [list(contents(client, at)) for at in pages(client, f"{feed}?limit={limit}")]
    assert [id for page in found for id in page] == [
        f"urn:uuid:{row.article}" for row in delivery.live(many)
    ]
    assert all(len(page) == limit for page in found[:-1])


@every_feed
def test_a_walk_keeps_its_number_while_the_library_changes(
    client: FlaskClient, many: Database, feed: str
) -> None:
    live = [f"urn:uuid:{row.article}" for row in delivery.live(many)]
    first = client.get(f"{feed}?limit=5&{ALABAMA}")
    seen = list(contents(client, f"{feed}?limit=5&{ALABAMA}"))
    publish(many, slug="article-new")
    for address in pages(client, delivery.links(first)["next"]):
        following = client.get(local(address))
        assert following.headers["Caveat-Sequence"] == first.headers["Caveat-Sequence"]
        seen += contents(client, address)
    assert seen == live


@every_feed
def test_the_links_name_this_page_and_the_next_and_keep_what_was_asked(
    client: FlaskClient, many: Database, feed: str
) -> None:
    asked = f"{ALABAMA}&topic=tea&condition=worry&limit=3"
    found = delivery.links(client.get(f"{feed}?{asked}"))
    assert found["self"] == f"{PUBLIC_URL}{feed}?{asked}"
    assert found["next"].startswith(f"{PUBLIC_URL}{feed}?{asked}&cursor=")
    assert client.get(local(found["self"])).data == client.get(f"{feed}?{asked}").data
    following = delivery.links(client.get(local(found["next"])))
    assert following["self"] == found["next"]
    assert len(contents(client, found["next"])) == 3


@every_feed
@pytest.mark.parametrize(
    ("asked", "count"),
    [("topic=tea", 8), ("condition=worry", 8), ("topic=kratom", 2), ("topic=te", 0),
     ("topic=kratom&condition=ocd", 1), ("topic=kratom&condition=worry", 0)],
)  # fmt: skip
def test_a_feed_may_be_about_a_topic_or_a_condition(
    client: FlaskClient, many: Database, feed: str, asked: str, count: int
) -> None:
    assert len(contents(client, f"{feed}?{asked}")) == count


@pytest.mark.parametrize("name", ["topic", "condition"])
@pytest.mark.parametrize("value", ["", "Tea", '"', "%25", "a b", "x" * 101, "a_b"])
def test_a_malformed_tag_is_refused(client: FlaskClient, name: str, value: str) -> None:
    body = assert_problem(client.get(f"{ATOM}?{name}={value}"), 400, "bad-request")
    assert body["errors"][0]["pointer"] == name


@every_feed
def test_an_id_outlives_a_new_slug_and_a_new_text(
    client: FlaskClient, library: Database, feed: str
) -> None:
    before = contents(client, feed)
    delivery.revise(library, SLEEP, title="Sleep, told anew", slug="sleep-anew")
    after = contents(client, feed)
    assert before.keys() == after.keys()
    assert before != after


@every_feed
def test_a_reader_in_another_language_gets_what_there_is_in_it(
    client: FlaskClient, library: Database, feed: str
) -> None:
    response = client.get(f"{feed}?locale=es")
    assert response.headers["Content-Language"] == "en, es"
    assert len(contents(client, f"{feed}?locale=es")) == 3
    assert "Todos los avisos completos" in contents(client, f"{feed}?locale=es")[urn(library, OCD)]


@every_feed
def test_a_feed_changes_only_when_something_in_it_does(
    client: FlaskClient, library: Database, feed: str
) -> None:
    known = client.get(f"{feed}?topic=sleep")
    publish(library, slug="about-tea", topics=["tea"])
    asked = {"If-None-Match": known.headers["ETag"]}
    assert client.get(f"{feed}?topic=sleep", headers=asked).status_code == 304
    delivery.revise(library, SLEEP, title="A title that is new")
    assert client.get(f"{feed}?topic=sleep", headers=asked).status_code == 200


@every_feed
def test_a_key_fixes_the_context_and_makes_the_answer_private(
    client: FlaskClient, partner_key: str, feed: str
) -> None:
    response = client.get(feed, headers=delivery.bearer(partner_key))
    assert response.headers["Cache-Control"].startswith("private")
    address = delivery.links(response)["self"]
    assert delivery.query(address)["channel"] == "publisher"
    assert client.get(local(address)).data == response.data
    refused = client.get(f"{feed}?audience=minors", headers=delivery.bearer(partner_key))
    assert_problem(refused, 400, "bad-request")


@every_feed
def test_what_cannot_be_resolved_gives_no_feed(
    client: FlaskClient, library: Database, feed: str
) -> None:
    record(library, SiteFact(id="notice_labels", data=None))
    assert_help(assert_problem(client.get(feed), 503, "unresolvable"))


@every_feed
def test_an_empty_feed_is_whole(client: FlaskClient, library: Database, feed: str) -> None:
    assert contents(client, f"{feed}?topic=no-such-topic") == {}
    if feed != JSON:
        assert not feedparser.parse(client.get(f"{feed}?topic=no-such-topic").data).bozo


@every_feed
@pytest.mark.parametrize("asked", ["cursor=x", "limit=0", "limit=101", "at=3", "fields=title"])
def test_what_a_feed_does_not_know_is_refused(client: FlaskClient, feed: str, asked: str) -> None:
    assert_problem(client.get(f"{feed}?{asked}"), 400, "bad-request")


@every_feed
def test_search_engines_are_told_what_the_rights_say(
    client: FlaskClient, library: Database, feed: str
) -> None:
    assert "X-Robots-Tag" not in client.get(feed).headers
    record(library, SiteFact(id="indexing", data="noindex"))
    assert client.get(feed).headers["X-Robots-Tag"] == "noindex"
    assert client.get("/v1/articles").headers["X-Robots-Tag"] == "noindex"
