"""``caveat serve`` under load: it is told to reload, or to end, and nobody's request is lost.

Callers do what browsers and proxies do (RFC 9110, 9.2.2): where a connection is closed before
anything was answered, they ask again, once.
"""

import http.client
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import programs
import pytest
from installations import ARTICLE, Installation

pytestmark = [pytest.mark.one_engine, pytest.mark.no_cover]
CALLERS = 4
CLOSED = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


@dataclass
class Load:
    """What callers of a server have got, each with a new connection for each request."""

    port: int
    answered: int = 0
    refused: int = 0
    lost: list[str] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        """Ask until the end."""
        while not self._stopped.is_set():
            try:
                with suppress(*CLOSED):
                    self._ask()
                    continue
                self._ask()
            except ConnectionRefusedError:
                self.refused += 1
            except (OSError, http.client.HTTPException, AssertionError) as error:
                self.lost.append(repr(error))

    def _ask(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", ARTICLE)
        response = connection.getresponse()
        assert response.status == 200
        assert len(response.read()) == int(response.headers["Content-Length"])
        connection.close()
        self.answered += 1

    @contextmanager
    def kept_up(self) -> Iterator[None]:
        """Ask as long as the block lasts."""
        callers = [threading.Thread(target=self.ask) for _ in range(CALLERS)]
        for one in callers:
            one.start()
        try:
            yield
        finally:
            self._stopped.set()
            for one in callers:
                one.join()


@contextmanager
def serving(installation: Installation, **more: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Serve an installation on a free port."""
    port = programs.free_port()
    env = {**installation.settings, "CAVEAT_PORT": str(port), **more}
    with programs.started("serve", env=env) as server:
        programs.wait_for(lambda: programs.answers(f"http://127.0.0.1:{port}"))
        yield server, port


def workers(server: subprocess.Popen[str]) -> set[str]:
    """Return the processes that answer."""
    with open(f"/proc/{server.pid}/task/{server.pid}/children") as children:
        found = children.read().split()
    return {pid for pid in found if "resource_tracker" not in programs.command_of(pid)}


def test_a_reload_replaces_each_process_and_loses_no_request(installation: Installation) -> None:
    with serving(installation, CAVEAT_WORKERS="2") as (server, port):
        before = workers(server)
        load = Load(port)
        with load.kept_up():
            server.send_signal(signal.SIGHUP)
            programs.wait_for(lambda: len(workers(server)) == 2 and not workers(server) & before)
            reached = load.answered
            programs.wait_for(lambda: load.answered > reached + 100)
        assert (load.lost, load.refused) == ([], 0)


def test_who_was_being_answered_when_a_server_ends_is_answered(installation: Installation) -> None:
    with serving(installation) as (server, port):
        load = Load(port)
        with load.kept_up():
            programs.wait_for(lambda: load.answered > 50)
            server.send_signal(signal.SIGTERM)
            assert server.wait(programs.PATIENCE) == 0
        assert load.lost == []


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_end_while_it_starts_ends(
    installation: Installation, sent: signal.Signals
) -> None:
    env = {**installation.settings, "CAVEAT_PORT": str(programs.free_port())}
    with programs.started("serve", env=env) as server:
        programs.wait_for(lambda: workers(server))
        server.send_signal(sent)
        assert server.wait(10) in (0, 130)


def test_a_request_with_too_many_headers_is_refused(installation: Installation) -> None:
    with serving(installation) as (_, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", ARTICLE, headers={"X-Long": "x" * 200_000})
        assert connection.getresponse().status == 431


def test_a_developer_is_served_what_has_just_been_changed(
    installation: Installation, here: Path
) -> None:
    env = {**installation.settings, "CAVEAT_PORT": (port := str(programs.free_port()))}
    with programs.started("serve", "--reload", env=env) as server:
        programs.wait_for(lambda: programs.answers(f"http://127.0.0.1:{port}"))
        before = workers(server)
        (here / "api" / "py.typed").touch()
        programs.wait_for(lambda: workers(server) and not workers(server) & before)
        programs.wait_for(lambda: programs.answers(f"http://127.0.0.1:{port}"))
