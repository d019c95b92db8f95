"""The two servers that are compared: a demo of Caveat, and nginx with the same bytes as files."""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bench import processes
from bench.errors import BenchError

HOST = "127.0.0.1"
START = 120  # seconds that a server may take to answer; the demo imports its library first
STOP = 10  # seconds that it may take to end, before it is killed
NOTHING: Mapping[str, str] = {}
CONFIGURATION = Path(__file__).with_name("nginx.conf.in")


@dataclass(frozen=True)
class Programs:
    """Where Debian's programs are."""

    wrk: str
    nginx: str


@dataclass(frozen=True)
class Server:
    """A running server."""

    name: str
    url: str
    pid: int
    partner_key: str = field(default="", repr=False)

    def workers(self) -> list[int]:
        """Return its processes that answer requests."""
        return processes.workers(self.pid)


def programs() -> Programs:
    """Find wrk and nginx."""
    found = {name: find(name) for name in ("wrk", "nginx")}
    missing = [name for name, place in found.items() if place is None]
    if missing:
        names = " and ".join(missing)
        raise BenchError(f"{names} not found on PATH; on Debian: apt-get install wrk nginx")
    return Programs(str(found["wrk"]), str(found["nginx"]))


def find(program: str) -> str | None:
    """Return where a program is, also one that Debian keeps where only root's PATH looks."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"])
    return shutil.which(program, path=path)


def check_ports(*ports: int) -> None:
    """Raise :class:`BenchError` when a port is taken."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                message = f"cannot listen on {HOST}:{port}: {error.strerror}; give another --port"
                raise BenchError(message) from None


def command() -> str:
    """Return the ``caveat`` of this interpreter's installation."""
    found = Path(sys.executable).with_name("caveat")
    if not found.exists():
        raise BenchError(f"{found} is missing; install the project here: pip install -e .")
    return str(found)


@contextmanager
def caveat(data: Path, port: int, workers: int) -> Iterator[Server]:
    """Run ``caveat demo`` of this interpreter's installation in a fresh folder."""
    facts, log = data.with_name("demo.json"), data.with_name("demo.log")
    arguments = [command(), "demo", "--json", "--port", str(port), "--data", str(data)]
    settings = {"CAVEAT_WORKERS": str(workers)}
    with facts.open("w") as out, running(arguments, log, out.fileno(), settings) as process:
        url = f"http://{HOST}:{port}"
        wait(process, lambda: answers(f"{url}/readyz"), log)
        key = json.loads(facts.read_text().splitlines()[0])["partner_key"]
        yield Server("caveat", url, process.pid, key)


@contextmanager
def nginx(programs: Programs, folder: Path, www: Path, port: int, workers: int) -> Iterator[Server]:
    """Run nginx over a folder of files, with as many worker processes as Caveat has."""
    configuration, log = folder / "nginx.conf", folder / "nginx.log"
    root = os.geteuid() == 0  # then its workers must be told to stay who can read the folder
    values = {
        "USER": f"user {pwd.getpwuid(os.geteuid()).pw_name};" if root else "",
        "WORKERS": str(workers),
        "FOLDER": str(folder),
        "LISTEN": f"{HOST}:{port}",
        "WWW": str(www),
    }
    text = CONFIGURATION.read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    configuration.write_text(text)
    arguments = [programs.nginx, "-p", str(folder), "-c", str(configuration), "-e", str(log)]
    with running(arguments, log, subprocess.DEVNULL) as process:
        url = f"http://{HOST}:{port}"
        wait(process, lambda: answers(f"{url}/{next(www.iterdir()).name}"), log)
        yield Server("nginx", url, process.pid)


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return our environment with these settings, and none of another installation.

    The plan of the demo's partner is so large that a bench does not meet its limits. What Python
    compiles is kept, as where anybody installs it.
    """
    left_out = ("CAVEAT_", "PYTHONDONTWRITEBYTECODE")
    own = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {**own, "CAVEAT_PLANS": "bench=100000000,100000000000", **settings}


@contextmanager
def running(
    arguments: list[str],
    log: Path,
    out: int = subprocess.DEVNULL,
    settings: Mapping[str, str] = NOTHING,
    *,
    user: str | None = None,
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server in a session of its own: Ctrl-C reaches only us, and we end all of it.

    ``user`` is another one than ours, for programs that root may not run.
    """
    with log.open("ab") as errors:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=errors,
            start_new_session=True,
            cwd=log.parent,
            env=_environment(settings),
            user=user,
        )
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End a server with everything that it started, by force where asking does not help."""
    process.terminate()
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(STOP)


def wait(process: "subprocess.Popen[bytes]", ready: Callable[[], bool], log: Path) -> None:
    """Wait until a server is ready; raise :class:`BenchError` when it ends or takes too long."""
    end = time.monotonic() + START
    while not ready():
        check_alive(process, log)
        if time.monotonic() > end:
            raise BenchError(f"a server did not answer within {START} seconds")
        time.sleep(0.05)


def check_alive(process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Raise :class:`BenchError` for a server that has ended, with its last words."""
    if process.poll() is not None:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
        raise BenchError(f"a server ended at its start:\n{tail}")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def hears(port: int) -> bool:
    """Return whether anybody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def answers(url: str) -> bool:
    """Return whether an address answers 200."""
    try:
        return httpx.get(url, trust_env=False, timeout=2).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
