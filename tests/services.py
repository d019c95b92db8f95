"""What a test may need from the machine: skipped with the reason on a desk, a failure in CI."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def absent(what: str) -> NoReturn:
    """End the test: a service that it needs is not here."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is not here, and CI must have it")
    pytest.skip(f"{what} is not here")


def postgresql_url() -> str:
    """Return the URL of a server on which databases may be made."""
    return os.environ.get("CAVEAT_TEST_POSTGRESQL") or absent(
        "PostgreSQL (set CAVEAT_TEST_POSTGRESQL to postgresql://user@host:port/postgres)"
    )


def postgresql_bin() -> Path:
    """Return the folder of PostgreSQL's programs, with which tests run servers of their own."""
    known = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    known += [Path(path).parent for path in [shutil.which("initdb")] if path]
    return max(known, key=_version, default=None) or absent("initdb (Debian: postgresql)")


def redis_url() -> str:
    """Return the URL of a Redis that tests may fill and empty."""
    return os.environ.get("CAVEAT_TEST_REDIS") or absent(
        "Redis (set CAVEAT_TEST_REDIS to redis://host:port/0)"
    )


def chromium() -> str:
    """Return the path of Chromium."""
    return shutil.which("chromium") or absent("Chromium (Debian: apt-get install chromium)")


def node() -> str:
    """Return the path of Node.js, which runs what we ship for others."""
    return shutil.which("node") or absent("Node.js (Debian: apt-get install nodejs)")


def npm() -> str:
    """Return the path of npm, which installs what a checker imports."""
    return shutil.which("npm") or absent("npm (comes with Node.js)")


def npx() -> str:
    """Return the path of npx, which runs checkers from the npm registry."""
    return shutil.which("npx") or absent("npx (comes with Node.js)")


def php() -> str:
    """Return the path of PHP, which runs the example plugin."""
    return shutil.which("php") or absent("PHP (Debian: apt-get install php-cli)")


def redis_server() -> str:
    """Return the path of a Redis server that tests may start and kill."""
    return shutil.which("redis-server") or absent("Redis (Debian: apt-get install redis-server)")


def varnishd() -> str:
    """Return the path of Varnish; it needs its further modules, too."""
    return _debian("varnishd", "Varnish (Debian: apt-get install varnish varnish-modules)")


def nginx() -> str:
    """Return the path of nginx."""
    return _debian("nginx", "nginx (Debian: apt-get install nginx)")


def promtool() -> str:
    """Return the path of Prometheus' checker of rules."""
    return shutil.which("promtool") or absent("promtool (in Debian's package prometheus)")


def systemd_analyze() -> str:
    """Return the path of systemd's checker of units."""
    return shutil.which("systemd-analyze") or absent("systemd-analyze (Debian: systemd)")


def _version(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _debian(program: str, what: str) -> str:
    """Find a program also where Debian keeps those of root."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
    return shutil.which(program, path=path) or absent(what)
