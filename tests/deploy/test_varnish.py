"""Varnish with the file that we ship, before Caveat: quick, and never behind a withdrawal."""

import json
import time
from collections.abc import Callable

import httpx
import policies
import programs
import pytest
from delivery import add_key, bearer, end
from factories import publish
from fronted import Front, Origin, accepted, assert_head_is_get, status

from api.problems import PROBLEMS
from content.helplines import generic

PROMISED = 2.0  # seconds until a withdrawal has reached it
MANY = 4000  # requests
Both = tuple[Origin, Front]


def test_the_second_request_is_a_hit_with_the_same_bytes(behind_varnish: Both) -> None:
    origin, front = behind_varnish
    first, second = (front.get("/v1/articles/article-0?jurisdiction=US-AL") for _ in range(2))
    assert [status(first), status(second)] == ["fwd=miss", "hit"]
    assert first.headers["Cache-Status"].endswith("; stored")
    direct = httpx.get(f"{origin.url}/v1/articles/article-0?jurisdiction=US-AL")
    assert first.content == second.content == direct.content
    assert second.headers["Content-Encoding"] == "gzip"


def test_no_surrogate_key_reaches_the_reader(behind_varnish: Both) -> None:
    origin, front = behind_varnish
    for path in ("/v1/articles/article-0", "/v1/articles", "/v1/articles/none", "/embed/v1.js"):
        assert httpx.get(f"{origin.url}{path}").headers["xkey"]
        for _ in range(2):
            assert "xkey" not in front.get(path).headers
    tag = front.get("/v1/articles/article-0").headers["ETag"]
    assert "xkey" not in front.get("/v1/articles/article-0", headers={"If-None-Match": tag}).headers


def test_with_a_key_the_origin_answers_and_nothing_is_kept(behind_varnish: Both) -> None:
    origin, front = behind_varnish
    headers, path = bearer(add_key(origin.database)), "/v1/articles/article-1"
    for _ in range(2):
        answer = front.get(path, headers=headers)
        assert (answer.status_code, status(answer)) == (200, "fwd=bypass")
        assert answer.headers["Cache-Control"].startswith("private")
        assert "RateLimit" in answer.headers
    assert status(front.get(path)) == "fwd=miss", "the keyed answer was not kept"
    assert status(front.get(path)) == "hit"
    assert status(front.get(path, headers=headers)) == "fwd=bypass"
    assert front.get(path, headers=bearer("cvk_not_a_key_of_anybody")).status_code == 401


def test_who_has_it_is_told_so(behind_varnish: Both) -> None:
    _, front = behind_varnish
    tag = front.get("/v1/articles/article-0").headers["ETag"]
    for known in (tag, tag.removeprefix("W/")):
        answer = front.get("/v1/articles/article-0", headers={"If-None-Match": known})
        assert (answer.status_code, status(answer), answer.content) == (304, "hit", b"")
        assert answer.headers["Cache-Control"] == "public, max-age=30"


def test_head_has_the_headers_of_get(behind_varnish: Both) -> None:
    _, front = behind_varnish
    assert_head_is_get(front, "/v1/articles/article-2.html")


@pytest.mark.parametrize(
    "path",
    [
        *("/v1/articles/article-0", "/v1/articles/article-0/sections/overview", "/"),
        *("/v1/articles/article-0.html", "/v1/articles/none", "/v1/feeds/articles.atom"),
    ],
)
def test_what_is_accepted_counts_as_at_the_origin(behind_varnish: Both, path: str) -> None:
    origin, front = behind_varnish
    for expected, found in accepted(origin, front, path):
        assert found.startswith(expected)


def test_nobody_can_split_the_cache(behind_varnish: Both) -> None:
    _, front = behind_varnish
    path, before = "/v1/articles/article-3", front.stored()
    for number in range(100):
        browser = f"Text/HTML, a/b{number}, */*;q=0.{number + 1}"
        for accept in (browser, f"application/json, a/b{number}", f"a/b{number},*/*;q=0.1"):
            headers = {"Accept": accept, "Host": f"host-{number}.example", "Cookie": f"a={number}"}
            assert front.get(path, headers=headers).status_code == 200
    assert front.stored() - before <= 3


def test_a_withdrawal_has_reached_it_within_two_seconds(behind_varnish: Both) -> None:
    origin, front = behind_varnish
    mine = ["/v1/articles/article-4", "/v1/articles/article-4.html", "/embed/article-4"]
    mine += ["/v1/articles/article-4/revisions", "/v1/articles/article-4/sections/overview"]
    others = ["/v1/articles/article-0", "/v1/articles/article-0.md", "/embed/article-0"]
    before = {path: front.get(path).status_code for path in (*mine, *others, "/v1/articles")}
    assert set(before.values()) == {200}
    end(origin.database, "article-4")
    assert (
        _seconds_until(lambda: {front.get(path).status_code for path in mine} == {410}) < PROMISED
    )
    assert "article-4" not in [one["slug"] for one in _listed(front)]
    assert [status(front.get(path)) for path in others] == ["hit"] * 3, "others are as they were"
    assert front.get(mine[0]).json()["notice"] == "It was wrong about a dose."


def test_what_was_purged_is_gone_though_the_origin_is_down(behind_varnish: Both) -> None:
    origin, front = behind_varnish
    path, other = "/v1/articles/article-5", "/v1/articles/article-6"
    assert [front.get(one).status_code for one in (path, other)] == [200, 200]
    end(origin.database, "article-5")
    origin.serving.close()
    try:
        programs.wait_for(lambda: front.get(path).status_code != 200)
        answer = front.get(path)
        assert answer.status_code == 503
        assert answer.headers["Cache-Control"] == "no-store"
        _assert_problem(answer)
        assert (front.get(other).status_code, status(front.get(other))) == (200, "hit")
    finally:
        origin.serve()
    programs.wait_for(lambda: front.get(path).status_code == 410)


def test_a_change_of_policy_reaches_everything(behind_varnish: Both) -> None:
    origin, front = behind_varnish
    paths = ["/v1/articles/article-0", "/v1/articles/none", "/terms", "/v1/disclaimers"]
    for path in paths:
        front.get(path)
        assert status(front.get(path)) == "hit", path
    policies.record(origin.database, policies.site("publisher", "Somebody else"))
    named = [paths[0], "/v1/articles/article-8.html", "/terms"]
    assert (
        _seconds_until(lambda: all("Somebody else" in front.get(path).text for path in named))
        < PROMISED
    )


def test_what_a_worker_has_missed_is_purged_when_it_is_back(behind_varnish: Both) -> None:
    origin, front = behind_varnish
    path = "/v1/articles/article-7"
    assert front.get(path).status_code == 200
    origin.working.close()
    end(origin.database, "article-7")
    time.sleep(1)
    assert status(front.get(path)) == "hit", "nobody has told it"
    assert httpx.get(f"{origin.url}/readyz").json()["work"]["unpurged"] > 0
    origin.work()
    programs.wait_for(lambda: front.get(path).status_code == 410)
    programs.wait_for(lambda: not httpx.get(f"{origin.url}/readyz").json()["work"]["unpurged"])


def test_a_new_article_is_found_though_nobody_had_found_it(behind_varnish: Both) -> None:
    origin, front = behind_varnish
    assert [front.get("/v1/articles/new").status_code for _ in range(2)] == [404, 404]
    publish(origin.database, slug="new")
    assert _seconds_until(lambda: front.get("/v1/articles/new").status_code == 200) < PROMISED


def test_the_desk_is_reached_through_it(behind_varnish: Both) -> None:
    _, front = behind_varnish
    asked = front.client.post(f"{front.url}/v1/editorial/articles", json={})
    assert (asked.status_code, status(asked)) == (401, "fwd=method")
    asked = front.client.options(f"{front.url}/v1/articles/article-0")
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert [status(front.get("/healthz")) for _ in range(2)] == ["fwd=miss", "fwd=miss"]


def test_hot_addresses_are_hits(behind_varnish: Both) -> None:
    """One in a thousand at most is not: an answer is good for 30 seconds."""
    _, front = behind_varnish
    paths = [f"/v1/articles/article-{number}" for number in (8, 9)]
    found = [status(front.get(paths[number % 2])) for number in range(MANY)]
    assert found.count("hit") / MANY >= 0.999


def _seconds_until(true: Callable[[], bool]) -> float:
    """Return after how many seconds something was untrue for the last time, in a bit longer."""
    began = time.monotonic()
    last = 0.0
    while (at := time.monotonic() - began) < PROMISED + 1:
        if not true():
            last = at
    return last


def _listed(front: Front) -> list[dict[str, str]]:
    body = front.get("/v1/articles").json()
    return [one["article"] for one in body["items"]]


def _assert_problem(answer: httpx.Response) -> None:
    known = PROBLEMS["unavailable"]
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert (body["title"], body["your_copy"]) == (known.title, known.your_copy)
    assert body["status"] == answer.status_code == known.status
    assert body["help"] == generic()
