"""nginx with the file that we ship, before Caveat: it cannot purge, and keeps nothing for long."""

import json
import subprocess
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import programs
import pytest
from delivery import add_key, bearer, end
from fronted import Front, Origin, accepted, assert_head_is_get, status

from api.problems import PROBLEMS
from content.helplines import generic

LIFE = 2.0  # seconds for which answers of delivery are good here; what has ended: ten
MARGIN = 1.5  # seconds: nginx counts whole ones
MANY = 3000  # requests
Both = tuple[Origin, Front]


def test_the_second_request_is_a_hit_with_the_same_bytes(behind_nginx: Both) -> None:
    origin, front = behind_nginx
    first, second = (front.get("/v1/articles/article-0") for _ in range(2))
    assert [status(first), status(second)] == ["fwd=miss", "hit"]
    direct = httpx.get(f"{origin.url}/v1/articles/article-0")
    assert first.content == second.content == direct.content
    assert second.headers["Content-Encoding"] == "gzip"


def test_who_says_nothing_of_what_they_accept_is_given_what_is_kept(behind_nginx: Both) -> None:
    _, front = behind_nginx
    address = urllib.request.Request(f"{front.url}/v1/articles/article-2")  # noqa: S310 - of ours
    found = []
    for _ in range(2):
        with urllib.request.urlopen(address) as answer:  # noqa: S310 - httpx would send Accept
            found.append(answer.headers.get_all("Cache-Status")[-1])
    assert ["fwd=miss" in found[0], "hit" in found[1]] == [True, True], found


def test_no_surrogate_key_reaches_the_reader(behind_nginx: Both) -> None:
    origin, front = behind_nginx
    headers = bearer(add_key(origin.database))
    for path in ("/v1/articles/article-0", "/v1/articles", "/v1/articles/none", "/embed/v1.js"):
        assert httpx.get(f"{origin.url}{path}").headers["xkey"]
        for more in ({}, {}, headers, {"Accept": "a/b;q=0.1, */*;q=0.3, text/html;q=0.2"}):
            assert "xkey" not in front.get(path, headers=more).headers


def test_with_a_key_the_origin_answers_and_nothing_is_kept(behind_nginx: Both) -> None:
    origin, front = behind_nginx
    headers, path = bearer(add_key(origin.database)), "/v1/articles/article-1"
    for _ in range(2):
        answer = front.get(path, headers=headers)
        assert (answer.status_code, status(answer)) == (200, "fwd=bypass")
        assert answer.headers["Cache-Control"].startswith("private")
        assert "RateLimit" in answer.headers
    known = {**headers, "If-None-Match": answer.headers["ETag"]}
    assert front.get(path, headers=known).status_code == 304
    assert status(front.get(path)) == "fwd=miss", "the keyed answer was not kept"
    assert status(front.get(path, headers=headers)) == "fwd=bypass"
    assert front.get(path, headers=bearer("cvk_not_a_key_of_anybody")).status_code == 401


def test_who_has_it_is_told_so(behind_nginx: Both) -> None:
    _, front = behind_nginx
    tag = front.get("/v1/articles/article-0").headers["ETag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}'):
        answer = front.get("/v1/articles/article-0", headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")


def test_head_has_the_headers_of_get(behind_nginx: Both) -> None:
    _, front = behind_nginx
    assert_head_is_get(front, "/v1/articles/article-2.html")


@pytest.mark.parametrize(
    "path",
    [
        *("/v1/articles/article-0", "/v1/articles/article-0/sections/overview", "/"),
        *("/v1/articles/article-0.html", "/v1/articles/none"),
    ],
)
def test_what_is_accepted_counts_as_at_the_origin(behind_nginx: Both, path: str) -> None:
    origin, front = behind_nginx
    for expected, found in accepted(origin, front, path):
        assert expected in found


def test_nobody_can_split_the_cache(behind_nginx: Both) -> None:
    _, front = behind_nginx
    before = _kept(front)
    for number in range(50):
        browser = f"Text/HTML, a/b{number}, */*;q=0.{number + 1}"
        for accept in (browser, f"application/json, a/b{number}", f"a/b{number},*/*;q=0.1"):
            headers = {"Accept": accept, "Host": f"host-{number}.example", "Cookie": f"a={number}"}
            assert front.get("/v1/articles/article-3", headers=headers).status_code == 200
    assert len(_kept(front) - before) <= 3


def test_nothing_is_given_for_longer_than_it_is_good_for(behind_nginx: Both) -> None:
    """Also where it is asked for all the time, so that it is never forgotten."""
    origin, front = behind_nginx
    path = "/v1/articles/article-4"
    assert front.get(path).status_code == 200
    end(origin.database, "article-4")
    began = time.monotonic()
    while front.get(path).status_code == 200:
        assert time.monotonic() - began < LIFE + MARGIN
    assert front.get(path).status_code == 410


def test_browsers_are_told_how_old_it_is(behind_nginx: Both) -> None:
    _, front = behind_nginx
    front.get("/v1/articles/article-5")
    time.sleep(1.2)
    answer = front.get("/v1/articles/article-5")
    assert status(answer) == "hit"
    (told,) = answer.headers.get_list("Date")
    assert datetime.now(UTC) - parsedate_to_datetime(told) > timedelta(seconds=1)


def test_it_asks_whether_what_has_expired_is_the_same(behind_nginx: Both) -> None:
    _, front = behind_nginx
    front.get("/v1/articles/article-6")
    time.sleep(LIFE + MARGIN)
    answer = front.get("/v1/articles/article-6")
    assert answer.headers["Cache-Status"].endswith("nginx; fwd=stale; fwd-status=304")
    assert status(front.get("/v1/articles/article-6")) == "hit"


def test_where_the_origin_is_down_what_is_good_is_given_and_the_help_after_it(
    behind_nginx: Both,
) -> None:
    origin, front = behind_nginx
    path = "/v1/articles/article-7"
    assert front.get(path).status_code == 200
    origin.serving.close()
    ended = time.monotonic()
    try:
        while (answer := front.get(path)).status_code == 200:
            assert status(answer) == "hit"
            assert time.monotonic() - ended < LIFE + MARGIN
        _assert_problem(answer)
        _assert_problem(front.get(path, headers={"Authorization": "Bearer cvk_of_somebody"}))
        _assert_problem(front.get("/v1/editorial/articles"))
    finally:
        origin.serve()
    programs.wait_for(lambda: front.get(path).status_code == 200)


def test_the_desk_is_reached_through_it(behind_nginx: Both) -> None:
    _, front = behind_nginx
    asked = front.client.post(f"{front.url}/v1/editorial/articles", json={"a": "b" * 100_000})
    assert (asked.status_code, status(asked)) == (401, "fwd=bypass")
    asked = front.client.options(f"{front.url}/v1/articles/article-0")
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    form = front.client.post(f"{front.url}/keys", data={"name": "x" * 30_000})
    assert form.status_code == 422, "a body that is sent on"
    assert [status(front.get("/healthz")) for _ in range(2)] == ["fwd=bypass"] * 2


def test_hot_addresses_are_hits(behind_nginx: Both) -> None:
    """All but those that ask again every two seconds; as it ships, that is every thirty."""
    _, front = behind_nginx
    began = time.monotonic()
    found = [status(front.get("/v1/articles/article-8")) for _ in range(MANY)]
    asked_again = 1 + (time.monotonic() - began) // LIFE
    assert found.count("hit") >= MANY - asked_again


def test_the_file_as_it_ships_is_good(behind_nginx: Both, here: Path, tmp_path: Path) -> None:
    site = (here / "deploy" / "nginx" / "nginx.conf").read_text()
    (tmp_path / "site.conf").write_text(site.replace("/var/cache/nginx", str(tmp_path)))
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; events {{}} http {{ access_log off; include {tmp_path}/site.conf; }}"
    )
    command = ["-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf", "-e", tmp_path / "log"]
    done = subprocess.run(
        ["nginx", *command], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def _kept(front: Front) -> set[Path]:
    return {path for path in (front.folder / "cache").rglob("*") if path.is_file()}


def _assert_problem(answer: httpx.Response) -> None:
    known = PROBLEMS["unavailable"]
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    body = json.loads(answer.content)
    assert (body["title"], body["your_copy"]) == (known.title, known.your_copy)
    assert body["status"] == answer.status_code == known.status
    assert body["help"] == generic()
