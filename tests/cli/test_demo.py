"""``caveat demo``: it serves from nothing, goes on where it was, and is lively if asked to be."""

import json
import os
import shlex
import signal
import socket
import subprocess
from pathlib import Path

import httpx
import programs
import pytest
from installations import ARTICLE, assert_refused, mode
from programs import url_of

from content import verifying

pytestmark = pytest.mark.one_engine
PATIENCE = programs.PATIENCE


def test_a_busy_port_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = programs.run("demo", "--port", port, "--data", tmp_path / "demo")
        assert_refused(done, port, "another port")
    assert not (tmp_path / "demo").exists()


def test_the_demo_serves_from_nothing_and_goes_on_from_there(tmp_path: Path, port: int) -> None:
    folder = tmp_path / "demo"
    with programs.demo(folder, port) as told:
        assert told["url"] == url_of(port)
        assert set(told) == {"url", "admin_token", "partner_key", "site_key"}
        first = edition(told)
        assert [entry["slug"] for entry in articles(told)] != []
        keys = httpx.get(f"{told['url']}/.well-known/jwks.json").json()
        assert verifying.verify(first, keys) == first["sequence"]
        programs.wait_for(lambda: workers(told["url"]) == 1)
    for name in ("demo.json", "signing-keys.json", "secret-key"):
        assert mode(folder / name) == 0o600
    with programs.demo(folder, port) as again:
        assert again == told
        assert edition(again) == first
        head = httpx.get(f"{again['url']}/v1/changes").json()["sequence"]
    other = programs.free_port()
    with programs.demo(folder, other) as moved:
        assert moved == {**told, "url": url_of(other)}
        assert edition(moved)["links"]["self"].startswith(f"{url_of(other)}/")
        assert httpx.get(f"{moved['url']}/v1/changes").json()["sequence"] == head + 1
        me = httpx.get(f"{moved['url']}/v1/me", headers=bearer(moved["admin_token"]))
        assert me.json()["role"] == "admin"


def workers(url: str) -> int:
    """Return how many workers a server has heard of."""
    found: int = httpx.get(f"{url}/readyz").json()["work"]["workers"]
    return found


def edition(told: dict[str, str]) -> dict[str, object]:
    """Return an edition of the demo as its partner gets it."""
    response = httpx.get(f"{told['url']}{ARTICLE}", headers=bearer(told["partner_key"]))
    assert response.status_code == 200
    found: dict[str, object] = response.json()
    return found


def articles(told: dict[str, str]) -> list[dict[str, str]]:
    """Return what the demo lists."""
    return [item["article"] for item in httpx.get(f"{told['url']}/v1/articles").json()["items"]]


def bearer(key: str) -> dict[str, str]:
    """Return the header that sends a key."""
    return {"Authorization": f"Bearer {key}"}


def test_the_requests_that_the_demo_prints_work(tmp_path: Path, port: int) -> None:
    with programs.started("demo", "--port", str(port), "--data", tmp_path / "demo") as process:
        programs.wait_for(lambda: programs.answers(url_of(port)))
        assert process.stdout is not None
        lines = []
        while len(curls(lines)) < 3:
            lines.append(process.stdout.readline())
        for arguments in curls(lines):
            status, body = asked(arguments)
            assert status == 200
            assert body["disclaimers"]
    assert "Ctrl-C" in "".join(lines)


def curls(lines: list[str]) -> list[list[str]]:
    """Return the words of each line that is a curl command."""
    return [shlex.split(line) for line in lines if line.strip().startswith("curl ")]


def asked(arguments: list[str]) -> tuple[int, dict[str, object]]:
    """Do what a curl command says."""
    headers = {}
    if "-H" in arguments:
        name, _, value = arguments[arguments.index("-H") + 1].partition(": ")
        headers = {name: value}
    response = httpx.get(arguments[-1], headers=headers)
    return response.status_code, response.json()


def test_the_demo_is_not_led_astray_by_other_settings(tmp_path: Path, port: int) -> None:
    env = {"CAVEAT_DATABASE_URL": f"sqlite:///{tmp_path}/other.db", "CAVEAT_OPEN_DELIVERY": "no"}
    with programs.demo(tmp_path / "demo", port, env=env) as told:
        assert len(articles(told)) == 3
    assert not (tmp_path / "other.db").exists()


@pytest.mark.parametrize("said", [0, 2])
def test_a_demo_that_was_killed_in_its_first_import_can_be_run_again(
    tmp_path: Path, port: int, said: int
) -> None:
    folder = tmp_path / "demo"
    arguments = ("demo", "--json", "--port", str(port), "--data", folder)
    with programs.started(*arguments, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        for _ in range(said):
            process.stderr.readline()
        programs.wait_for((folder / "caveat.db").exists)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)
    assert not (folder / "demo.json").exists(), "it was killed in time"
    with programs.demo(folder, port) as told:
        assert len(articles(told)) == 3
        assert edition(told)
        me = httpx.get(f"{told['url']}/v1/me", headers=bearer(told["admin_token"]))
        assert me.status_code == 200
        assert httpx.get(f"{told['url']}/readyz").status_code == 200


def test_the_demos_facts_are_one_line_of_json(tmp_path: Path, port: int) -> None:
    arguments = ("demo", "--json", "--port", str(port), "--data", tmp_path / "demo")
    with programs.started(*arguments) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        programs.wait_for(lambda: programs.answers(told["url"]))
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert process.stdout.read() == ""


@pytest.mark.parametrize("port_given", ["0", "65536", "x", "-1"])
def test_a_port_that_is_none_is_told(tmp_path: Path, port_given: str) -> None:
    done = programs.run_inside("demo", "--port", port_given, "--data", tmp_path / "demo")
    assert done.returncode == 2
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_lively_demo_has_people_at_work_and_says_that_they_are_made_up(
    tmp_path: Path, port: int
) -> None:
    folder = tmp_path / "demo"
    with programs.demo(folder, port, "--lively") as told:
        who = bearer(told["admin_token"])
        drafts = httpx.get(f"{told['url']}/v1/editorial/drafts?state=in-review", headers=who)
        assert drafts.json()["drafts"][0]["title"].startswith("Synthetic: ")
        answer = httpx.get(f"{told['url']}/v1/partners", headers=who)
        names = [one["name"] for one in answer.json()["partners"]]
        assert "Good Morning Health (synthetic)" in names
        assert told["label"] in httpx.get(f"{told['url']}/console/sign-in").text
    with programs.demo(folder, port) as again:
        assert again == told
        assert told["label"] in httpx.get(f"{told['url']}/console/sign-in").text
    (folder / "demo.json").unlink()  # as when it is killed just before it writes that
    with programs.demo(folder, port, "--lively") as anew:
        me = httpx.get(f"{anew['url']}/v1/me", headers=bearer(anew["admin_token"]))
        assert me.json()["role"] == "admin"
        known = httpx.get(f"{anew['url']}/v1/partners", headers=bearer(anew["admin_token"]))
        assert [one["name"] for one in known.json()["partners"]].count(names[0]) == 1


def test_a_lively_demo_is_not_made_out_of_a_plain_one(tmp_path: Path, port: int) -> None:
    with programs.demo(tmp_path, port):
        pass
    again = ("demo", "--lively", "--port", str(port), "--data", tmp_path)
    assert_refused(programs.run(*again), str(tmp_path), "without a newsroom", "--data")
    (tmp_path / "demo.json").unlink()  # as when it was killed in its first import
    assert_refused(programs.run(*again), "articles", "--data")


@pytest.mark.parametrize("written", ["", "{}", "[]", '{"admin_token": 1}'])
def test_what_no_demo_has_written_is_told(tmp_path: Path, port: int, written: str) -> None:
    (tmp_path / "demo.json").write_text(written)
    done = programs.run_inside("demo", "--port", str(port), "--data", tmp_path)
    assert_refused(done, str(tmp_path / "demo.json"), "--data")
