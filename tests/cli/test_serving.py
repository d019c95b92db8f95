"""``caveat serve``: it answers, stops cleanly, and leaves nothing behind."""

import signal
import socket
from pathlib import Path

import httpx
import programs
import pytest
from installations import ARTICLE, Installation, assert_refused
from programs import url_of

pytestmark = pytest.mark.one_engine
PATIENCE = programs.PATIENCE


def test_serve_answers_and_stops_cleanly(installation: Installation, port: int) -> None:
    env = {**installation.settings, "CAVEAT_PORT": str(port)}
    with programs.started("serve", env=env) as server:
        programs.wait_for(lambda: programs.answers(url_of(port)))
        assert httpx.get(f"{url_of(port)}/readyz").status_code == 200
        assert httpx.get(f"{url_of(port)}{ARTICLE}").status_code == 200
        server.send_signal(signal.SIGTERM)
        assert server.wait(PATIENCE) == 0
    assert not programs.answers(url_of(port))


def test_serve_with_several_processes_and_without_open_delivery(
    installation: Installation, port: int
) -> None:
    env = {"CAVEAT_PORT": str(port), "CAVEAT_WORKERS": "2", "CAVEAT_OPEN_DELIVERY": "false"}
    with programs.started("serve", env={**installation.settings, **env}) as server:
        programs.wait_for(lambda: programs.answers(url_of(port)))
        assert httpx.get(f"{url_of(port)}{ARTICLE}").status_code == 401
        assert httpx.get(f"{url_of(port)}/.well-known/jwks.json").status_code == 200
        server.send_signal(signal.SIGINT)
        assert server.wait(PATIENCE) in (0, 130)


def test_serve_records_dates_that_have_passed(
    installation: Installation, here: Path, tmp_path: Path, port: int
) -> None:
    article = here / "content" / "library" / "articles" / "sleep-habits-and-insomnia.md"
    text = article.read_text().replace("searched_on: 2026-11-22", "searched_on: 2020-01-01")
    (tmp_path / "a.md").write_text(text.replace("due: 2027-05-22", "due: 2020-06-01"))
    assert installation.run("publish", tmp_path / "a.md").returncode == 0
    with programs.started("serve", env={**installation.settings, "CAVEAT_PORT": str(port)}):
        programs.wait_for(lambda: programs.answers(url_of(port)))
        assert httpx.get(f"{url_of(port)}/readyz").status_code == 200


def test_a_busy_port_is_told(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        installation.env["CAVEAT_PORT"] = port
        assert_refused(installation.run("serve"), port, "another port")


def test_who_is_refused_is_told_so_however_much_was_sent(
    installation: Installation, port: int
) -> None:
    address, octets = f"{url_of(port)}/v1/editorial/articles", b"x" * 200_000
    with programs.started("serve", env={**installation.settings, "CAVEAT_PORT": str(port)}):
        programs.wait_for(lambda: programs.answers(url_of(port)))
        with httpx.Client() as client:
            found = [client.post(address, content=octets).status_code for _ in range(60)]
    assert found == [401] * 60


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGKILL])
def test_what_a_server_has_begun_ends_with_it(
    installation: Installation, port: int, sent: signal.Signals
) -> None:
    env = {"CAVEAT_PORT": str(port), "CAVEAT_BACKGROUND_WORK": "true"}
    with programs.started("serve", env={**installation.settings, **env}) as server:
        programs.wait_for(lambda: programs.answers(url_of(port)) and workers(url_of(port)) == 1)
        children = children_of(server.pid)
        assert len(children) == 2  # one answers, and one works
        server.send_signal(sent)
        server.wait(PATIENCE)
        programs.wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))


def workers(url: str) -> int:
    """Return how many workers a server has heard of."""
    found: int = httpx.get(f"{url}/readyz").json()["work"]["workers"]
    return found


def children_of(server: int) -> list[str]:
    """Return the processes that a server has begun."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return [pid for pid in children if "resource_tracker" not in programs.command_of(pid)]
