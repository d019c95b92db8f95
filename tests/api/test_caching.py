"""Finished editions are kept, and are never older than the log: over processes and over Redis."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import delivery
import policies
import pytest
import redis
import services
from delivery import ARTICLE, OCD, SLEEP, SLUGS, record, running
from factories import Databases, publish
from flask import Flask
from flask.testing import FlaskClient
from problems import assert_problem
from queries import counted

from api import caching, secrets
from api.settings import Settings
from content.contexts import Context
from content.db import Database
from content.editions import Part
from content.models.log import JurisdictionFact, Rule, SiteFact
from content.signing import Keyring

WARM = 1  # the newest number of the log
COLD = 30  # at most, whatever the size of the library
DEAD_REDIS = "redis://127.0.0.1:1/0"


def queries(app: Flask, address: str) -> int:
    """Return how many queries one answer took."""
    with counted(app) as found:
        assert app.test_client().get(address).status_code == 200
    return len(found)


@pytest.fixture
def warm(app: Flask) -> Flask:
    """The application after its first answer, with the policy in memory."""
    queries(app, "/v1/articles?limit=1")
    return app


@pytest.fixture
def shared(settings: Settings) -> Iterator[Settings]:
    """An installation whose processes share a Redis, empty before and after."""
    url = services.redis_url()
    store = redis.Redis.from_url(url)
    store.flushdb()
    yield replace(settings, redis_url=url)
    store.flushdb()
    store.close()


@pytest.mark.parametrize(
    "tail",
    ["", ".html", ".md", ".ninjs", ".jsonld", "?fields=title", "?revision=1", "?jurisdiction=GB"],
)
def test_a_second_answer_is_not_composed_again(warm: Flask, tail: str) -> None:
    assert queries(warm, ARTICLE + tail) > WARM
    assert queries(warm, ARTICLE + tail) == WARM


def test_a_head_request_and_a_304_cost_no_more(warm: Flask, client: FlaskClient) -> None:
    tag = client.get(ARTICLE).headers["ETag"]
    with counted(warm) as found:
        assert client.head(ARTICLE).status_code == 200
        assert client.get(ARTICLE, headers={"If-None-Match": tag}).status_code == 304
    assert len(found) == 2 * WARM


def test_a_first_answer_costs_no_more_in_a_larger_library(warm: Flask, library: Database) -> None:
    queries(warm, f"{ARTICLE}?jurisdiction=US-AL&audience=parents")  # now the past is in memory
    before = queries(warm, f"{ARTICLE}?jurisdiction=US-AL&audience=adults")
    for i in range(20):
        publish(library, slug=f"article-{i}")
    queries(warm, "/v1/articles?limit=1")
    after = queries(warm, f"{ARTICLE}?jurisdiction=US-AL&audience=patients")
    assert after == before <= COLD


def test_a_key_costs_two_queries_more(warm: Flask, client: FlaskClient, partner_key: str) -> None:
    client.get(ARTICLE, headers=delivery.bearer(partner_key))
    with counted(warm) as found:
        client.get(ARTICLE, headers=delivery.bearer(partner_key))
    assert len(found) == WARM + 2


def test_a_list_asks_once_for_all_of_its_kept_items(warm: Flask, library: Database) -> None:
    for i in range(10):
        publish(library, slug=f"article-{i}")
    queries(warm, "/v1/articles?limit=100")
    assert queries(warm, "/v1/articles?limit=100") == WARM + 1


def test_strangers_codes_share_what_is_kept_for_a_place(warm: Flask) -> None:
    queries(warm, f"{ARTICLE}?jurisdiction=XX")
    assert queries(warm, f"{ARTICLE}?jurisdiction=YY&locale=xx-YY") == WARM


def _rule(library: Database) -> None:
    record(
        library, Rule(id="new", data={"because": "A test.", "when": {}, "require": ["age-limit"]})
    )


def _place(library: Database) -> None:
    name = {"name": {"en": "all of the world"}, "within": None, "members": []}
    record(library, JurisdictionFact(code="001", fact="place", data=name))


CHANGED: dict[str, Callable[[Database], object]] = {
    "its text": lambda library: delivery.revise(library, SLEEP, title="A title that is new"),
    "its topics": lambda library: delivery.revise(library, SLEEP, topics=["kratom"]),
    "a rule": _rule,
    "the words of a disclaimer": delivery.reword,
    "a fact about a place": _place,
    "the publisher": lambda library: record(library, SiteFact(id="publisher", data="Another")),
}


@pytest.mark.parametrize("what", CHANGED)
@pytest.mark.parametrize("tail", ["", ".html", ".md", ".ninjs", ".jsonld", "?fields=title,summary"])
def test_what_is_kept_is_dropped_when_anything_that_it_shows_changes(
    client: FlaskClient, library: Database, what: str, tail: str
) -> None:
    address = f"/v1/articles/{SLEEP}{tail}"
    before, before_head = client.get(address), delivery.head(library)
    CHANGED[what](library)
    after = client.get(address)
    assert after.data != before.data
    assert before_head < int(after.headers["Caveat-Sequence"]) <= delivery.head(library)


def test_what_is_kept_stays_when_another_article_changes(warm: Flask, library: Database) -> None:
    before = warm.test_client().get(ARTICLE).data
    publish(library)
    delivery.end(library, SLEEP)
    assert queries(warm, ARTICLE) == WARM + 2  # can anything since have touched it, or the policy?
    assert queries(warm, ARTICLE) == WARM  # that is known now
    assert warm.test_client().get(ARTICLE).data == before


def test_a_rule_that_changes_nothing_here_gives_the_same_bytes(
    client: FlaskClient, library: Database
) -> None:
    before = client.get(ARTICLE).data
    record(library, delivery.withholding("elsewhere", topics=["tea"]))
    assert client.get(ARTICLE).data == before


def test_a_refusal_is_never_kept(client: FlaskClient, library: Database) -> None:
    delivery.end(library, SLEEP)
    assert client.get(f"/v1/articles/{SLEEP}").status_code == 410
    delivery.revise(library, SLEEP, title="A title that is new")
    assert client.get(f"/v1/articles/{SLEEP}").status_code == 200


def _ends_everywhere(one: FlaskClient, other: FlaskClient, library: Database) -> None:
    for client in (one, other):
        assert client.get(ARTICLE).status_code == 200
        assert client.get(f"{ARTICLE}.html").status_code == 200
    delivery.end(library, OCD)
    for client in (one, other):
        assert_problem(client.get(ARTICLE), 410, "gone")
        assert_problem(client.get(f"{ARTICLE}.html"), 410, "gone")
        assert OCD not in str(client.get("/v1/articles").json["items"])


def test_a_withdrawal_is_a_410_in_every_process_on_the_next_request(
    settings: Settings, library: Database
) -> None:
    with running(settings) as one, running(settings) as other:
        _ends_everywhere(one.test_client(), other.test_client(), library)


def test_a_withdrawal_is_a_410_also_where_a_redis_is_shared(
    shared: Settings, library: Database
) -> None:
    with running(shared) as one, running(shared) as other:
        _ends_everywhere(one.test_client(), other.test_client(), library)


def test_what_one_process_made_the_others_have(shared: Settings) -> None:
    with running(shared) as one, running(shared) as other:
        queries(other, f"/v1/articles/{SLEEP}")
        made = one.test_client().get(ARTICLE)
        assert queries(other, ARTICLE) == WARM
        again = other.test_client().get(ARTICLE)
        assert (again.data, again.headers["ETag"]) == (made.data, made.headers["ETag"])
        assert again.headers["Link"] == made.headers["Link"]


def test_a_request_that_began_earlier_is_not_given_what_came_later(
    shared: Settings, library: Database
) -> None:
    with running(shared) as early, running(shared) as late, early.test_request_context(ARTICLE):
        began = caching.head()
        delivery.revise(library, OCD, title="A title that is new")
        assert late.test_client().get(ARTICLE).json["title"] == "A title that is new"
        kept = caching.edition(OCD, Context(""), Part(), "json")
    assert b"A title that is new" not in kept.octets
    assert kept.sequence <= began


@pytest.fixture
def logs(shared: Settings, databases: Databases, empty_template: str) -> Iterator[list[Flask]]:
    """Two installations of the same age, each with an article under the same slug, and one Redis.

    As after ``caveat init`` in a new folder while the old Redis is still there.
    """
    opened = [Database(databases.new(empty_template)) for _ in range(2)]
    with ExitStack() as stack:
        made = []
        for number, database in enumerate(opened):
            stack.callback(database.close)
            own = replace(shared, database_url=database.url, data=f"{shared.data}/{number}")
            own.folder.mkdir()
            keyring = Keyring([])
            policies.fill_small(database, keyring)
            keyring.save(secrets.keyring_path(own))
            publish(database, slug=OCD, title=f"The title of installation {number}")
            made.append(stack.enter_context(running(own)))
        yield made


def test_two_logs_may_share_a_redis_and_never_mix(logs: list[Flask]) -> None:
    for number, app in enumerate(logs * 2):
        body = app.test_client().get(ARTICLE).json
        assert body["title"] == f"The title of installation {number % 2}"


def test_each_format_and_part_is_kept_apart(client: FlaskClient) -> None:
    tails = [
        "",
        ".html",
        "?fields=title",
        "?fields=title,summary",
        "?revision=1",
        ".html?revision=1",
    ]
    first = [client.get(ARTICLE + tail) for tail in tails]
    again = [client.get(ARTICLE + tail) for tail in tails]
    assert [response.data for response in first] == [response.data for response in again]
    assert len({response.data for response in first}) == len(tails)
    assert [".html" in tail for tail in tails] == [r.mimetype == "text/html" for r in again]
    assert all(r.text.startswith("<!doctype") is (r.mimetype == "text/html") for r in again)


@pytest.mark.parametrize("address", [ARTICLE, f"{ARTICLE}.html", "/v1/articles", "/"])
def test_a_redis_that_is_dead_is_a_miss_and_no_error(
    settings: Settings, client: FlaskClient, address: str
) -> None:
    with running(replace(settings, redis_url=DEAD_REDIS)) as app:
        for response in (app.test_client().get(address), app.test_client().get(address)):
            assert response.status_code == 200
            assert response.data == client.get(address).data


def test_the_memory_of_a_process_is_bounded(settings: Settings) -> None:
    with running(replace(settings, cache_entries="1")) as small:
        for slug in SLUGS * 2:
            assert small.test_client().get(f"/v1/articles/{slug}").status_code == 200
