"""Entitlements: what a key does not open is in no answer to it, and caches never mix partners."""

import json
from itertools import permutations, product
from typing import Any

import delivery
import pytest
from delivery import ARTICLE, OCD, SLEEP, SLUGS, assert_help, bearer, read_json, revise
from flask.testing import FlaskClient
from keyholders import Holder, hold, set_facts
from problems import assert_problem

from content.db import Database
from content.models.log import SiteFact
from schemas.renditions import words

pytestmark = pytest.mark.one_engine
TITLE = "Kratom and OCD"
OTHER = f"/v1/articles/{SLEEP}"
FORMS = [
    *(ARTICLE + tail for tail in ("", ".html", ".html?fragment=1", ".md", ".jsonld", ".ninjs")),
    *(ARTICLE + tail for tail in ("?fields=title", "?revision=1", "/revisions", "/revisions/1")),
    *(ARTICLE + tail for tail in ("/sections/overview", "/diff?from=1", "/diff.html?from=1")),
    f"/v1/oembed?url=http%3A%2F%2F127.0.0.1%3A8000%2Fv1%2Farticles%2F{OCD}",
    f"/embed/{OCD}",
]


@pytest.fixture
def sleeper(library: Database) -> Holder:
    """A partner who is entitled to articles on sleep."""
    return hold(library, topics=["sleep"])


def walked(client: FlaskClient, address: str, holder: Holder | None = None) -> list[Any]:
    """Return the items of all pages of a list."""
    found, headers = [], holder.headers if holder else {}
    while address:
        page = read_json(client, address, headers=headers)
        found += page["items"]
        address = page["links"]["next"]
    return found


def slugs(items: list[Any]) -> set[str]:
    return {item["article"]["slug"] for item in items}


@pytest.mark.parametrize("address", FORMS)
def test_an_article_on_other_topics_is_refused_in_every_form(
    client: FlaskClient, sleeper: Holder, address: str
) -> None:
    assert client.get(address).status_code == 200
    response = client.get(address, headers=sleeper.headers)
    assert response.status_code == 403
    assert response.headers["Cache-Control"] == "no-store"
    assert TITLE not in response.text
    if not address.startswith("/embed"):
        body = assert_problem(response, 403, "not-entitled")
        assert body["your_copy"] == "remove-here"
        assert "sleep" in body["detail"]
        assert_help(body)
    tag = client.get(address).headers["ETag"]
    again = client.get(address, headers={**sleeper.headers, "If-None-Match": tag})
    assert again.status_code == 403, "not 304: that would say that it may stay"


def test_the_frame_of_an_article_on_other_topics_says_that_it_is_withheld(
    client: FlaskClient, sleeper: Holder
) -> None:
    page = client.get(f"/embed/{OCD}", headers=sleeper.headers)
    assert words.of("en").withheld in page.text
    assert "emergency" in page.text.lower()


def test_the_help_is_that_of_the_readers_place(client: FlaskClient, sleeper: Holder) -> None:
    response = client.get(f"{ARTICLE}?jurisdiction=US-AL", headers=sleeper.headers)
    assert_help(assert_problem(response, 403, "not-entitled"), "988")


def test_an_article_with_one_of_the_topics_is_as_open_as_ever(
    client: FlaskClient, sleeper: Holder
) -> None:
    keyed = client.get(OTHER, headers=sleeper.headers)
    assert keyed.status_code == 200
    assert client.get(keyed.headers["Content-Location"]).data == keyed.data


@pytest.mark.parametrize("refused", ["gone", "withheld-by-law"])
def test_what_is_refused_to_everybody_is_told_to_everybody(
    client: FlaskClient, library: Database, sleeper: Holder, refused: str
) -> None:
    if refused == "gone":
        delivery.end(library, OCD)
    else:
        delivery.record(library, delivery.withholding("test-withholds", topics=["kratom"]))
    status = 410 if refused == "gone" else 451
    assert_problem(client.get(ARTICLE, headers=sleeper.headers), status, refused)


@pytest.mark.parametrize(
    "address",
    ["/v1/articles", "/v1/articles?q=evidence", "/v1/articles?sort=oldest", "/v1/articles?limit=1"],
)
def test_lists_and_searches_leave_out_what_a_key_does_not_open(
    client: FlaskClient, sleeper: Holder, address: str
) -> None:
    everybody = slugs(walked(client, address))
    mine = slugs(walked(client, address, sleeper))
    assert OCD in everybody
    assert mine == everybody & {SLEEP}
    narrowed = f"{address}{'&' if '?' in address else '?'}topic=kratom"
    assert walked(client, narrowed, sleeper) == []


@pytest.mark.parametrize("suffix", ["json", "atom", "rss"])
def test_feeds_leave_out_what_a_key_does_not_open(
    client: FlaskClient, library: Database, sleeper: Holder, suffix: str
) -> None:
    delivery.end(library, SLUGS[1])
    feed = f"/v1/feeds/articles.{suffix}"
    everybody, mine = client.get(feed).text, client.get(feed, headers=sleeper.headers).text
    for slug in SLUGS:
        article = delivery.article_id(library, slug)
        assert article in everybody
        assert (article in mine) == (slug == SLEEP)


@pytest.mark.parametrize("address", ["/", "/llms.txt", "/docs/try"])
def test_the_pages_around_leave_it_out_too(
    client: FlaskClient, sleeper: Holder, address: str
) -> None:
    html = {"Accept": "text/html"} if address == "/" else {}
    assert OCD in client.get(address, headers=html).text
    mine = client.get(address, headers={**html, **sleeper.headers}).text
    assert SLEEP in mine
    assert OCD not in mine


def test_a_snapshot_has_what_a_key_opens(client: FlaskClient, sleeper: Holder) -> None:
    response = client.get("/v1/snapshot", headers=sleeper.headers, follow_redirects=True)
    lines = [json.loads(line) for line in response.text.splitlines()]
    editions = [line["edition"] for line in lines if line["type"] == "edition"]
    assert slugs(editions) == {SLEEP}
    assert lines[-1]["counts"]["withheld"] == 0


@pytest.mark.parametrize("include", ["editions", "differences"])
def test_who_follows_is_told_to_remove_what_the_topics_no_longer_open(
    client: FlaskClient, library: Database, sleeper: Holder, include: str
) -> None:
    head = delivery.head(library)
    revise(library, SLEEP, topics=["rest"])
    items = following(client, head, include, sleeper)
    assert {slug: one["tombstone"]["your_copy"] for slug, one in items.items()} == {
        SLEEP: "remove-here"
    }
    assert "tombstone" not in following(client, head, include)[SLEEP]


@pytest.mark.parametrize("include", ["editions", "differences"])
def test_who_follows_gets_what_has_come_to_their_topics(
    client: FlaskClient, library: Database, sleeper: Holder, include: str
) -> None:
    head = delivery.head(library)
    revise(library, OCD, topics=["kratom", "sleep"])
    item = following(client, head, include, sleeper)[OCD]
    assert item["title"].startswith(TITLE)


def test_a_change_that_may_be_in_all_is_followed_by_what_a_key_opens(
    client: FlaskClient, library: Database, sleeper: Holder
) -> None:
    head = delivery.head(library)
    delivery.record(library, SiteFact(id="publisher", data="Another publisher"))
    assert set(following(client, head, "editions")) >= set(SLUGS)
    mine = following(client, head, "editions", sleeper)
    assert set(mine) == {SLEEP}
    assert "tombstone" not in mine[SLEEP]


def test_the_topics_of_today_count_also_in_the_past(
    client: FlaskClient, library: Database, sleeper: Holder
) -> None:
    then = delivery.head(library)
    for slug, topics in ((SLEEP, ["rest"]), (OCD, ["sleep"])):
        revise(library, slug, topics=topics)
    for slug, status in ((SLEEP, 403), (OCD, 200)):
        address = f"/v1/articles/{slug}?at={then}"
        assert client.get(address).status_code == 200
        assert client.get(address, headers=sleeper.headers).status_code == status
    page = read_json(client, f"/v1/articles?at={then}", headers=sleeper.headers)
    assert (slugs(page["items"]), page["withheld"]) == (set(), 1)


def test_the_topics_of_a_partner_hold_from_the_next_request_on(
    client: FlaskClient, library: Database
) -> None:
    holder = hold(library)
    for topics, status in ((["sleep"], 403), (["kratom", "sleep"], 200), (None, 200)):
        set_facts(library, holder, topics=topics)
        assert client.get(ARTICLE, headers=holder.headers).status_code == status
        assert read_json(client, "/v1/me", headers=holder.headers)["topics"] == topics


@pytest.mark.parametrize(
    "address", [ARTICLE, OTHER, f"{ARTICLE}.html", "/v1/articles", f"{OTHER}.md"]
)
def test_caches_never_mix_partners(client: FlaskClient, library: Database, address: str) -> None:
    same = {"audience": "adults", "channel": "publisher"}
    callers: dict[str, tuple[dict[str, str], dict[str, str]]] = {
        "nobody": ({}, same),
        "sleep": (hold(library, topics=["sleep"]).headers, {}),
        "kratom": (hold(library, topics=["kratom"]).headers, {}),
        "all": (hold(library).headers, {}),
    }
    cache = client.application.extensions["caveat-cache"]
    answers: dict[str, set[tuple[int, str]]] = {name: set() for name in callers}
    for order in permutations(callers):
        cache.clear()
        for name in order:
            headers, query = callers[name]
            response = client.get(address, headers=headers, query_string=query)
            body = "" if response.status_code == 403 else response.text
            answers[name].add((response.status_code, body))
            kept = "no-store" if response.status_code == 403 else "private"
            scope = response.headers["Cache-Control"].split(",")[0]
            assert scope == ("public" if name == "nobody" else kept)
            assert "Authorization" in response.headers["Vary"]
    assert {name: len(found) for name, found in answers.items()} == dict.fromkeys(callers, 1)


def test_a_site_key_opens_what_its_partner_may_read(client: FlaskClient, library: Database) -> None:
    site = hold(library, "site", topics=["sleep"])
    assert client.get(OTHER, headers=site.headers).status_code == 200
    assert_problem(client.get(ARTICLE, headers=bearer(site.key)), 403, "not-entitled")


@pytest.mark.parametrize(("slug", "topics"), [*product(SLUGS, (["sleep"], ["kratom", "sleep"]))])
def test_a_key_with_topics_never_means_more_disclaimers_than_no_key(
    client: FlaskClient, library: Database, slug: str, topics: list[str]
) -> None:
    address = f"/v1/articles/{slug}?fields=title"
    careful = {one["id"] for one in read_json(client, address)["disclaimers"]}
    response = client.get(address, headers=hold(library, topics=topics).headers)
    if response.status_code == 403:
        assert_problem(response, 403, "not-entitled")
    else:
        assert careful >= {one["id"] for one in response.json["disclaimers"]}


def following(
    client: FlaskClient, after: int, include: str, holder: Holder | None = None
) -> dict[str, Any]:
    """Return all that a follower is given, the newest of each article, by slug."""
    found, headers = {}, holder.headers if holder else {}
    address = f"/v1/changes?after={after}&include={include}"
    while True:
        page = read_json(client, address, headers=headers)
        found |= {item["article"]["slug"]: item for item in page["items"]}
        if not page["items"] and not page["changes"]:
            return found
        address = page["links"]["next"]
