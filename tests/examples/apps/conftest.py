"""Fixtures: a publisher of the shipped library behind a line, and the example apps that take it."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import example_sites
import programs
import publishers
import pytest
import services
from example_sites import NextJs, Plain, Site, WordPress
from installations import Installation
from publishers import Publisher

PATIENCE = 300  # seconds for npm, which may have to download, and for the build
QUIET = {"NEXT_TELEMETRY_DISABLED": "1"}


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the shipped library, to be copied."""
    made = Installation(tmp_path_factory.mktemp("publisher") / "data")
    for command in ("init", "import"):
        done = made.run_inside(command)
        assert done.returncode == 0, done.stderr
    made.client()
    made.close()
    return made.folder


@pytest.fixture(scope="session")
def line() -> Iterator[Publisher]:
    """The address at which every publisher is found."""
    with publishers.listening() as found:
        yield found


@pytest.fixture
def publisher(line: Publisher, stocked: Path, tmp_path: Path) -> Iterator[Publisher]:
    """A fresh Caveat, served over HTTP."""
    shutil.copytree(stocked, tmp_path / "publisher")
    installation = Installation(tmp_path / "publisher")
    with line.opened(installation.client().application):
        yield line
    installation.close()


@pytest.fixture(params=["plain", "nextjs", "wordpress"])
def site(request: pytest.FixtureRequest) -> Site:
    """Each of the example apps in turn."""
    found: Site = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def plain(publisher: Publisher, tmp_path: Path, here: Path) -> Plain:
    """The page in plain Python."""
    return Plain(publisher, tmp_path, here)


@pytest.fixture
def nextjs(publisher: Publisher, started: NextJs) -> NextJs:
    """The Next.js app, with nothing kept."""
    for copy in started.folder.iterdir():
        copy.unlink()
    return started


@pytest.fixture
def wordpress(publisher: Publisher, tmp_path: Path, here: Path) -> WordPress:
    """The plugin, activated."""
    plugin = here / "examples" / "wordpress" / "caveat.php"
    stubs = here / "tests" / "examples" / "apps" / "wordpress.php"
    return WordPress(publisher, tmp_path, [services.php(), str(stubs), str(plugin)])


@pytest.fixture(scope="session")
def started(
    built: Path, line: Publisher, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NextJs]:
    """The Next.js app, started once for all tests."""
    copies = tmp_path_factory.mktemp("copies")
    with next_started(built, line, copies) as url:
        yield NextJs(line, copies, url)


@pytest.fixture(scope="session")
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Next.js app, installed, its types checked, and built; by one of several processes."""
    npm, own = services.npm(), tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    ignored = shutil.ignore_patterns("node_modules", ".next", ".caveat")
    with (shared / "nextjs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "nextjs").exists():
            shutil.copytree(
                request.config.rootpath / "examples" / "nextjs", shared / "half", ignore=ignored
            )
            run(shared / "half", npm, "install", "--no-audit", "--no-fund", "--no-package-lock")
            run(shared / "half", npm, "run", "build")
            (shared / "half").rename(shared / "nextjs")
    return shared / "nextjs"


def run(folder: Path, *command: str) -> None:
    """Run a command in a folder to its good end."""
    env = programs.environment(QUIET)
    done = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def next_started(built: Path, line: Publisher, copies: Path) -> Iterator[str]:
    """Run ``next start``; give its address once it answers."""
    told = {
        **example_sites.settings(line),
        "CAVEAT_COPIES": str(copies),
        "CAVEAT_WEBHOOK_SECRET": example_sites.WEBHOOK_SECRET,
    }
    port = str(programs.free_port())
    command = ("node_modules/next/dist/bin/next", "start", "-H", "127.0.0.1", "-p", port)
    facts = {"script": shutil.which("node"), "cwd": built, "env": QUIET | told}
    with programs.started(*command, **facts):
        url = f"http://127.0.0.1:{port}"
        programs.wait_for(lambda: programs.hears(url))
        yield url
