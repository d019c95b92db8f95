"""What stands in front of Caveat, and Caveat behind it: real programs on free ports."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import programs
import services
from accepting import HEADERS
from delivery import installed

from api.settings import PREFIX, Settings
from content.db import Database
from content.signing import Keyring

ORIGIN = "127.0.0.1:8000"  # in what we ship
STALE = "300s"


@dataclass
class Origin:
    """Caveat over a database, with two processes that serve, and a worker where that is wanted."""

    database: Database
    settings: Settings
    serving: ExitStack = field(default_factory=ExitStack)
    working: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.settings.port}"

    @property
    def env(self) -> dict[str, str]:
        """What a shell would export for it."""
        return {PREFIX + name.upper(): value for name, value in vars(self.settings).items()}

    def serve(self) -> None:
        """Begin to serve."""
        told = self.serving.enter_context((Path(self.settings.data) / "told").open("a"))
        self.serving.enter_context(
            programs.started("serve", env=self.env, stdout=told, stderr=told)
        )
        programs.wait_for(lambda: programs.answers(self.url))

    def work(self) -> None:
        """Have a worker, and wait until it is at work."""
        self.working.enter_context(programs.started("work", env=self.env))
        programs.wait_for(lambda: self.workers() == 1)

    def workers(self) -> int:
        """Return how many workers there are."""
        return int(httpx.get(f"{self.url}/readyz").json()["work"]["workers"])

    def close(self) -> None:
        """Stop everything."""
        self.working.close()
        self.serving.close()
        self.database.close()


@contextmanager
def origin(url: str, keyring: Keyring, folder: Path, **settings: str) -> Iterator[Origin]:
    """Serve a database."""
    database = Database(url)
    port = str(programs.free_port())
    known = replace(installed(database, keyring, folder), port=port, workers="2", **settings)
    made = Origin(database, known)
    try:
        made.serve()
        yield made
    finally:
        made.close()


@dataclass
class Front:
    """A cache in front, and the client that asks it."""

    url: str
    folder: Path
    client: httpx.Client

    def get(self, path: str, **facts: object) -> httpx.Response:
        """Ask it."""
        return self.client.get(f"{self.url}{path}", **facts)  # type: ignore[arg-type]

    def stored(self) -> int:
        """Return how many objects Varnish has."""
        found = subprocess.run(
            ["varnishstat", "-n", self.folder, "-1", "-f", "MAIN.n_object"],
            capture_output=True, text=True, check=True, timeout=20,
        )  # fmt: skip
        return int(found.stdout.split()[1])


def status(response: httpx.Response) -> str:
    """Return what the cache says of an answer: ``hit``, ``fwd=miss`` …"""
    return response.headers["Cache-Status"].rpartition(", ")[2].split("; ")[1]


def assert_head_is_get(front: Front, path: str) -> None:
    """Check that HEAD is answered as GET is, from what is kept."""
    head, got = front.client.head(f"{front.url}{path}"), front.get(path)
    assert (head.status_code, head.content, status(got)) == (200, b"", "hit")
    assert head.headers["ETag"] == got.headers["ETag"]


def accepted(origin: Origin, front: Front, path: str) -> Iterator[tuple[str, str]]:
    """Check that each ``Accept`` is given what the origin gives, twice; yield both ``Vary``."""
    for accept in HEADERS:
        headers = {"Accept": accept}
        direct = front.client.get(f"{origin.url}{path}", headers=headers)
        for _ in range(2):
            answer = front.get(path, headers=headers)
            assert answer.status_code == direct.status_code, accept
            assert answer.headers["Content-Type"] == direct.headers["Content-Type"], accept
            yield direct.headers["Vary"], answer.headers["Vary"]


@contextmanager
def varnish(
    here: Path, folder: Path, origin: str, port: int, *, stale: str = STALE
) -> Iterator[Front]:
    """Run Varnish with the file that we ship, in front of an address."""
    vcl = (here / "deploy/varnish/default.vcl").read_text()
    backend = origin.rpartition(":")[2]
    ours = ('.host = "127.0.0.1"', '.port = "8000"')
    assert all(vcl.count(one) == 1 for one in ours)
    vcl = vcl.replace(ours[1], f'.port = "{backend}"').replace(STALE, stale)
    (folder / "default.vcl").write_text(vcl)
    storage = ["-s", "malloc,64m", "-s", "Transient=malloc,16m"]
    arguments = ["-F", "-j", "none", "-n", folder, "-f", folder / "default.vcl", *storage]
    command = [services.varnishd(), *arguments, "-a", f"127.0.0.1:{port}"]
    with _running([*map(str, command)], folder, f"http://127.0.0.1:{port}") as front:
        yield front


@contextmanager
def nginx(here: Path, folder: Path, origin: str) -> Iterator[Front]:
    """Run nginx with the file that we ship, in front of an address."""
    port = programs.free_port()
    site = (here / "deploy/nginx/nginx.conf").read_text()
    for ours, theirs in (
        (f"server {ORIGIN}", f"server {origin}"),
        ("listen 8080", f"listen 127.0.0.1:{port}"),
        ("/var/cache/nginx/caveat", f"{folder}/cache"),
    ):
        assert site.count(ours) == 1
        site = site.replace(ours, theirs)
    (folder / "site.conf").write_text(site)
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; worker_processes 2; pid {folder}/pid; error_log {folder}/log;"
        f"events {{}} http {{ access_log off; include {folder}/site.conf; }}"
    )
    command = [services.nginx(), "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "log"]
    with _running([*map(str, command)], folder, f"http://127.0.0.1:{port}") as front:
        yield front


@contextmanager
def _running(command: list[str], folder: Path, url: str) -> Iterator[Front]:
    with (folder / "told").open("w") as told:
        process = subprocess.Popen(command, stdout=told, stderr=told)
    try:
        with httpx.Client(timeout=20) as client:
            programs.wait_for(lambda: process.poll() is None and programs.hears(f"{url}/healthz"))
            yield Front(url, folder, client)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(programs.PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
    shutil.rmtree(folder / "cache", ignore_errors=True)
