"""Varnish where it is easy to go wrong: what is under way, what has expired, who may purge."""

import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fronted
import httpx
import programs
import pytest
import slow_origins
from fronted import Front, status
from slow_origins import SlowOrigin

STALE = 2  # seconds for which Varnish gives what has expired, in the place of 300
PATH = "/v1/articles/one"
Both = tuple[SlowOrigin, Front]


@pytest.fixture(scope="module")
def pair(here_: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """An origin of our own, and Varnish before it."""
    folder, port = tmp_path_factory.mktemp("varnish"), programs.free_port()
    with slow_origins.running() as origin:
        address = f"127.0.0.1:{origin.port}"
        with fronted.varnish(here_, folder, address, port, stale=f"{STALE}s") as front:
            yield origin, front


@pytest.fixture
def both(pair: Both) -> Both:
    """The same, with nothing kept and nothing asked yet."""
    origin, front = pair
    origin.body, origin.life, origin.is_down = "old", 30, False
    origin.may_answer.set()
    programs.wait_for(lambda: front.get("/healthz").status_code == 200)
    assert purge(front, "all").status_code == 200
    origin.asked.clear()
    return origin, front


def purge(front: Front, tags: str, source: str = "127.0.0.1", **headers: str) -> httpx.Response:
    """Have it drop what has some tags, from an address of this machine."""
    with httpx.Client(transport=httpx.HTTPTransport(local_address=source)) as client:
        return client.request("PURGE", front.url, headers={"xkey-purge": tags, **headers})


def test_what_was_asked_for_before_a_purge_is_not_kept(both: Both) -> None:
    origin, front = both
    origin.may_answer.clear()
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(httpx.get, f"{front.url}{PATH}")
        origin.wait_for_request()
        assert purge(front, "art-1 log").status_code == 200
        origin.may_answer.set()
        assert under_way.result().text == "old"
    origin.body = "new"
    assert front.get(PATH).text == "new"
    programs.wait_for(lambda: status(front.get(PATH)) == "hit")
    assert front.get(PATH).text == "new"


def test_it_asks_whether_what_has_expired_is_the_same(both: Both) -> None:
    origin, front = both
    origin.life = 1
    front.get(PATH)
    time.sleep(1.2)
    assert (status(front.get(PATH)), status(front.get(PATH))) == ("fwd=miss", "hit")
    assert origin.asked == [None, '"old"']


def test_what_has_expired_is_not_given_where_the_origin_answers(both: Both) -> None:
    origin, front = both
    origin.life = 1
    assert front.get(PATH).text == "old"
    origin.body = "new"
    time.sleep(1.2)
    assert front.get(PATH).text == "new"


def test_what_has_expired_is_given_where_the_origin_is_down_but_not_for_long(both: Both) -> None:
    origin, front = both
    origin.life = 1
    assert front.get(PATH).text == "old"
    origin.is_down = True
    time.sleep(1.2)
    for _ in range(3):
        answer = front.get(PATH)
        assert (answer.text, status(answer)) == ("old", "hit")
        assert int(answer.headers["Cache-Status"].rpartition("ttl=")[2]) <= 0
    time.sleep(STALE)
    assert front.get(PATH).status_code == 503


def test_what_was_purged_is_not_given_where_the_origin_is_down(both: Both) -> None:
    origin, front = both
    origin.life = 1
    assert front.get(PATH).text == "old"
    origin.is_down = True
    assert front.get(PATH).text == "old"
    assert purge(front, "art-1").reason_phrase == "Purged 1"
    assert front.get(PATH).status_code == 503


@pytest.mark.parametrize(
    ("source", "headers", "told"),
    [
        ("127.0.0.2", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, 403),  # somebody behind a proxy of ours
        ("127.0.0.1", {"xkey-purge": ""}, 400),
    ],
)
def test_not_everybody_may_purge(
    both: Both, source: str, headers: dict[str, str], told: int
) -> None:
    _, front = both
    front.get(PATH)
    assert purge(front, "all", source, **headers).status_code == told
    assert status(front.get(PATH)) == "hit"


def test_other_tags_are_left(both: Both) -> None:
    _, front = both
    front.get(PATH)
    assert purge(front, "art-2 log").status_code == 200
    assert status(front.get(PATH)) == "hit"
    assert purge(front, "art-2 art-1").status_code == 200
    assert status(front.get(PATH)) == "fwd=miss"


def test_the_file_as_it_ships_is_good(here_: Path) -> None:
    vcl = here_ / "deploy" / "varnish" / "default.vcl"
    done = subprocess.run(
        ["varnishd", "-C", "-f", vcl], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert fronted.STALE in vcl.read_text()
