"""Redaction by law: two editors, one article that is served from memory, and what is left of it."""

import re
from pathlib import Path

import editors
import pytest
import redis
import services
from editors import Known, act
from flask.testing import FlaskClient
from installations import ARTICLE, Installation, assert_refused
from problems import assert_problem

from content.imports import LIBRARY

SLUG = ARTICLE.rpartition("/")[2]
OTHER = "/v1/articles/kratom-and-ocd-evidence"
TEXT = ("redact", "request", SLUG, "--revision", "1", "--locale", "en")
REQUEST = (*TEXT, "--reason", "A court says so.", "--notice", "Removed by order of a court.")
DEAD_REDIS = "redis://127.0.0.1:1/0"


@pytest.fixture
def first(installation: Installation) -> Known:
    """Who asks."""
    return editors.add(installation, "Ada", "publisher")


@pytest.fixture
def second(installation: Installation) -> Known:
    """Who confirms."""
    return editors.add(installation, "Bo", "admin")


def request(installation: Installation, who: Known, *changed: str) -> str:
    """Ask for the deletion of a text; return the request's id."""
    done = act(installation, who, *(changed or REQUEST))
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[1]


def confirm(installation: Installation, who: Known, request_id: str) -> str:
    """Confirm a request; return what is told."""
    done = act(installation, who, "redact", "confirm", request_id, "--yes")
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def revise(installation: Installation) -> None:
    """Publish another text of the article."""
    text = (LIBRARY / "articles" / f"{SLUG}.md").read_text()
    file = installation.folder.parent / "revised.md"
    file.write_text(text.replace('title: "Sleep', 'title: "Good sleep', 1))
    done = installation.run_inside("publish", file)
    assert done.returncode == 0, done.stderr


def text_of(client: FlaskClient) -> bytes:
    """Return some words that only the article has."""
    title = str(client.get(ARTICLE).get_json()["title"])
    assert len(title) > 20
    return title.encode()


def test_a_request_says_exactly_what_would_go(installation: Installation, first: Known) -> None:
    edition = installation.get(ARTICLE)
    done = act(installation, first, *REQUEST)
    assert done.returncode == 0, done.stderr
    assert f"{SLUG} ({edition['article']['id']})" in done.stdout
    digest = installation.get(f"{ARTICLE}/revisions")["revisions"][0]["digest"]
    assert f"revision 1 in en, {digest}" in done.stdout
    assert re.search(rf"^draft +{SLUG} in en$", done.stdout, re.MULTILINE)
    assert re.search(r"^ +caveat redact confirm [0-9a-f-]{36}$", done.stdout, re.MULTILINE)
    assert installation.get(ARTICLE) == edition, "nothing is deleted yet"


@pytest.mark.parametrize(
    "address",
    ["", ".html", "?fields=title", "?revision=1", "?jurisdiction=US-AL", "/sections/overview",
     "/revisions", "/revisions/1", "?at={at}", ".html?at={at}"],
)  # fmt: skip
def test_what_was_served_from_memory_is_gone_with_help(
    installation: Installation, first: Known, second: Known, address: str
) -> None:
    client, at = installation.client(), installation.head
    path = ARTICLE + address.format(at=at)
    for _ in range(2):
        assert client.get(path).status_code == 200
    title = text_of(client)
    confirm(installation, second, request(installation, first))
    response = client.get(path)
    problem = assert_problem(response, 410, "gone")
    assert (problem["reason"], problem["your_copy"]) == ("redacted", "remove")
    assert problem["notice"] == problem["detail"] == "Removed by order of a court."
    assert {entry["kind"] for entry in problem["help"]} >= {"emergency", "crisis"}
    assert title not in response.data


@pytest.mark.one_engine
@pytest.mark.no_cover  # it checks every context
def test_lists_leave_it_out_and_count_it(
    installation: Installation, first: Known, second: Known
) -> None:
    client, at = installation.client(), installation.head
    title = text_of(client)
    other, whole = client.get(OTHER).data, client.get("/v1/articles")
    slugs = [item["article"]["slug"] for item in whole.get_json()["items"]]
    assert title in whole.data
    confirm(installation, second, request(installation, first))
    for path in ("/v1/articles", f"/v1/articles?at={at}", "/v1/articles?fields=summary"):
        listed = client.get(path)
        left = [item["article"]["slug"] for item in listed.get_json()["items"]]
        assert left == [slug for slug in slugs if slug != SLUG]
        assert listed.get_json()["withheld"] == slugs.count(SLUG)
        assert title not in listed.data
    door = client.get("/", headers={"Accept": "text/html"})
    assert door.status_code == 200
    assert title not in door.data
    assert client.get(OTHER).data == other, "what it does not touch is as it was"
    assert client.get("/readyz").status_code == 200
    assert installation.run_inside("check").returncode == 0


def test_whoever_follows_the_log_is_told_to_remove_the_copy(
    installation: Installation, first: Known, second: Known
) -> None:
    client, before = installation.client(), installation.head
    confirm(installation, second, request(installation, first))
    body, article, *_ = client.get(f"/v1/changes?after={before}").get_json()["changes"]
    assert (body["kind"], body["impact"], body["scope"]) == ("body.redacted", "safety", "all")
    assert body["notice"] == "Removed by order of a court."
    assert body["group_end"] == article["group_end"] == installation.head
    assert (article["kind"], article["impact"]) == ("article.affected", "safety")
    assert (article["subject"]["slug"], article["subject"]["locale"]) == (SLUG, "en")
    tombstone = article["tombstone"]
    assert (tombstone["type"], tombstone["your_copy"]) == ("redacted", "remove")
    assert tombstone["notice"] == "Removed by order of a court."
    assert tombstone["help"]
    assert "A court says so." not in client.get("/v1/changes?limit=1000").text


def test_another_revision_of_the_article_is_still_served(
    installation: Installation, first: Known, second: Known
) -> None:
    client = installation.client()
    revise(installation)
    for path in (ARTICLE, f"{ARTICLE}?revision=1"):
        assert client.get(path).status_code == 200
    before, head = client.get(ARTICLE).data, installation.head
    confirm(installation, second, request(installation, first))
    assert client.get(ARTICLE).data == before
    assert_problem(client.get(f"{ARTICLE}?revision=1"), 410, "gone")
    _, article, *_ = client.get(f"/v1/changes?after={head}").get_json()["changes"]
    assert "tombstone" not in article, "the copy of what is live may stay"


def test_an_import_afterwards_passes_it_by(
    installation: Installation, first: Known, second: Known
) -> None:
    confirm(installation, second, request(installation, first))
    head = installation.head
    done = installation.run_inside("import")
    assert done.returncode == 0, done.stderr
    assert "Exactly this text was redacted; it cannot be published again." in done.stderr
    assert f"{SLUG} is live already" not in done.stderr
    assert installation.head == head


def test_the_octets_are_in_no_file_of_the_database(
    installation: Installation, first: Known, second: Known
) -> None:
    title = text_of(installation.client())
    assert holding(installation, title) or not database_files(installation)
    confirm(installation, second, request(installation, first))
    assert holding(installation, title) == []


def database_files(installation: Installation) -> list[Path]:
    """Return the files of an embedded database; of one on a server, none."""
    path = Path(installation.env["CAVEAT_DATABASE_URL"].removeprefix("sqlite:///"))
    return sorted(path.parent.glob(f"{path.name}*")) if path.is_absolute() else []


def holding(installation: Installation, octets: bytes) -> list[Path]:
    """Return the files of the database in which some octets stand."""
    return [file for file in database_files(installation) if octets in file.read_bytes()]


def test_a_shared_cache_is_emptied(installation: Installation, first: Known, second: Known) -> None:
    store = redis.Redis.from_url(services.redis_url())
    store.flushdb()
    installation.env["CAVEAT_REDIS_URL"] = services.redis_url()
    title = text_of(installation.client())
    assert kept_with(store, title)
    confirm(installation, second, request(installation, first))
    assert not kept_with(store, title)
    store.flushdb()
    store.close()


def kept_with(store: redis.Redis, octets: bytes) -> list[bytes]:
    """Return the keys of a Redis whose values hold some octets."""
    return [key for key in store.scan_iter() if octets in (store.get(key) or b"")]


def test_a_cache_that_cannot_be_emptied_is_told_and_can_be_later(
    installation: Installation, first: Known, second: Known
) -> None:
    asked = request(installation, first)
    installation.env["CAVEAT_REDIS_URL"] = DEAD_REDIS
    told = confirm(installation, second, asked)
    assert "redacted as of change" in told
    assert "the cache in Redis cannot be emptied" in told
    assert_refused(installation.run_inside("redact", "erase"), "run: caveat redact erase")
    del installation.env["CAVEAT_REDIS_URL"]
    done = installation.run_inside("redact", "erase")
    assert (done.returncode, done.stdout) == (0, "erased\n")
