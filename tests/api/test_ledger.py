"""The ledger: whatever carries an edition to a partner's key is in it, and nothing else is."""

from datetime import timedelta

import delivery
import ledgers
import pytest
from delivery import ARTICLE, OCD, SLEEP, article_id, end, record, revise, withholding
from factories import NOW, PUBLIC_URL
from flask import Flask
from flask.testing import FlaskClient
from keyholders import Holder, hold, set_facts
from ledgers import given, used
from newsroom import hire

from api.ledger import Ledger
from content import exposures
from content.credentials import SITE
from content.db import Database
from content.models.usage import Usage

pytestmark = pytest.mark.one_engine
CARRY = [  # answers that carry the article on OCD, or say that it is the same
    ARTICLE,
    f"{ARTICLE}.html",
    f"{ARTICLE}.html?fragment=1",
    f"{ARTICLE}.md",
    f"{ARTICLE}.jsonld",
    f"{ARTICLE}.ninjs",
    f"{ARTICLE}?fields=title",
    f"{ARTICLE}?at=350",
    f"{ARTICLE}/sections/mechanisms",
    f"{ARTICLE}/revisions/1",
    f"{ARTICLE}/diff?from=1",
    f"{ARTICLE}/diff.html?from=1",
    f"/embed/{OCD}",
    f"/v1/oembed?url={PUBLIC_URL}{ARTICLE}",
    "/v1/articles",
    "/v1/articles?q=kratom",
    "/v1/feeds/articles.json",
    "/v1/feeds/articles.atom",
    "/v1/feeds/articles.rss",
    "/v1/snapshot?at={head}",
    "/v1/changes?after=340&limit=100&include=editions",
]
CARRY_NONE = [
    "/v1/changes?after=0",
    f"{ARTICLE}/revisions",
    "/v1/topics",
    "/v1/disclaimers",
    "/v1/disclaimers/crisis-support/articles",
    "/v1/rules",
    "/v1/me",
]


@pytest.fixture
def mine(library: Database) -> Holder:
    """A partner with an account key."""
    return hold(library)


@pytest.fixture
def book(app: Flask) -> Ledger:
    """What the application has not written yet."""
    return ledgers.of(app)


@pytest.mark.parametrize("address", CARRY)
def test_the_ledger_knows_the_edition_whatever_carries_it(
    client: FlaskClient, library: Database, book: Ledger, mine: Holder, address: str
) -> None:
    path = address.format(head=delivery.head(library))
    response = client.get(path, headers=mine.headers)
    assert response.status_code == 200
    rows = {(row.article, row.locale): row for row in given(library, book, mine)}
    row = rows[article_id(library, OCD), "en"]
    assert (row.revision, row.count) == (1, 1)
    if response.is_json and "integrity" in response.get_json():
        assert row.digest == response.get_json()["integrity"]["digest"]


@pytest.mark.parametrize("address", CARRY_NONE)
def test_what_carries_no_text_is_in_no_ledger(
    client: FlaskClient, library: Database, book: Ledger, mine: Holder, address: str
) -> None:
    assert client.get(address, headers=mine.headers).status_code == 200
    assert given(library, book, mine) == []
    assert used(library, book, mine)


def test_every_article_of_a_list_and_nothing_else_was_given(
    client: FlaskClient, library: Database, book: Ledger, mine: Holder
) -> None:
    shown = client.get("/v1/articles?limit=2", headers=mine.headers).get_json()["items"]
    expected = {(one["article"]["id"], one["integrity"]["digest"]) for one in shown}
    assert len(expected) == 2
    assert {(row.article, row.digest) for row in given(library, book, mine)} == expected


def test_a_304_and_a_head_say_that_the_partner_has_it(
    client: FlaskClient, library: Database, book: Ledger, mine: Holder
) -> None:
    tag = client.get(ARTICLE, headers=mine.headers).headers["ETag"]
    again = {**mine.headers, "If-None-Match": tag}
    response = client.get(ARTICLE, headers=again)
    assert response.status_code == 304
    assert "RateLimit" in response.headers
    assert client.head(ARTICLE, headers=mine.headers).status_code == 200
    (row,) = given(library, book, mine)
    assert row.count == 3
    assert row.first_at <= row.last_at
    route = "/v1/articles/{slug}"
    rows = used(library, book, mine)
    assert {(key, row.count, row.cost) for key, row in rows.items()} == {
        ((route, 200), 2, 11),
        ((route, 304), 1, 1),
    }
    assert rows[route, 304].bytes == 0


def test_both_revisions_of_a_diff_were_given(
    client: FlaskClient, library: Database, book: Ledger, mine: Holder
) -> None:
    revise(library, OCD, title="Kratom and OCD: what the evidence says today")
    assert client.get(f"{ARTICLE}/diff?from=1", headers=mine.headers).status_code == 200
    assert [row.revision for row in given(library, book, mine)] == [1, 2]
    (row,) = used(library, book, mine).values()
    assert (row.route, row.cost) == ("/v1/articles/{slug}/diff", 50)


def test_what_is_refused_or_moved_was_not_given(
    client: FlaskClient, library: Database, book: Ledger, mine: Holder
) -> None:
    unmet = {**mine.headers, "If-Match": '"another"'}
    assert client.get(ARTICLE, headers=unmet).status_code == 412
    revise(library, OCD, slug="kratom-and-ocd-today")
    assert client.get(ARTICLE, headers=mine.headers).status_code == 308
    set_facts(library, mine, topics=["sleep"])
    assert client.get("/v1/articles/kratom-and-ocd-today", headers=mine.headers).status_code == 403
    assert given(library, book, mine) == []


def test_who_has_no_key_or_makes_content_is_in_no_ledger(
    client: FlaskClient, library: Database, book: Ledger
) -> None:
    for headers in ({}, delivery.bearer(hire(library, "admin")[1])):
        response = client.get(ARTICLE, headers=headers)
        assert not {"RateLimit", "RateLimit-Policy"} & set(response.headers.keys())
    book.flush()
    with library.read() as session:
        assert exposures.of_article(session, article_id(library, OCD)) == []
        assert session.query(Usage).all() == []


def saw(library: Database, book: Ledger, holder: Holder, slug: str = OCD) -> bool:
    """Return whether a partner saw that an article has ended."""
    book.flush()
    with library.read() as session:
        article, long_ago = article_id(library, slug), NOW - timedelta(days=3650)
        return "en" in exposures.endings_seen(session, article, long_ago).get(holder.id, {})


@pytest.mark.parametrize(
    "address",
    [
        ARTICLE,
        f"{ARTICLE}.html",
        f"{ARTICLE}.ninjs",
        f"{ARTICLE}/revisions/1",
        f"{ARTICLE}?at=350",
        f"/embed/{OCD}",
    ],
)
def test_a_410_at_its_own_address_is_proof_that_the_ending_was_seen(
    client: FlaskClient, library: Database, book: Ledger, mine: Holder, address: str
) -> None:
    end(library, OCD)
    assert not saw(library, book, mine)
    assert client.get(address, headers=mine.headers).status_code == 410
    assert saw(library, book, mine)
    assert not saw(library, book, mine, SLEEP)
    assert given(library, book, mine) == []


def test_a_410_to_who_reads_a_page_proves_nothing(
    client: FlaskClient, library: Database, book: Ledger, mine: Holder
) -> None:
    """A site key stands in each page of a partner, so anybody may ask with it."""
    end(library, OCD)
    site = hold(library, SITE, of=mine)
    for address in (ARTICLE, f"/embed/{OCD}"):
        assert client.get(address, headers=site.headers).status_code == 410
    assert not saw(library, book, mine)


def test_a_tombstone_among_others_and_a_451_are_no_such_proof(
    client: FlaskClient, library: Database, book: Ledger, mine: Holder
) -> None:
    end(library, OCD)
    for address in ("/v1/feeds/articles.atom", "/v1/changes?after=300&include=editions"):
        assert client.get(address, headers=mine.headers).status_code == 200
    assert not saw(library, book, mine)
    record(library, withholding("by-law", topics=["sleep"]))
    assert client.get(f"/v1/articles/{SLEEP}", headers=mine.headers).status_code == 451
    assert not saw(library, book, mine, SLEEP)
