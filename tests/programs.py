"""Runs the ``caveat`` command as people do: the installed script, in a process of its own."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any
from unittest import mock

import httpx

from api import cli

SCRIPT = Path(sys.executable).parent / "caveat"
PATIENCE = 60  # seconds that a program may take to do what is waited for


def run(*arguments: str | Path, **facts: Any) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; ``env`` holds the settings, by their whole names."""
    env = environment(facts.pop("env", {}))
    return subprocess.run(
        [facts.pop("script", SCRIPT), *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        **facts,
    )


def run_inside(
    *arguments: str | Path, input: str = "", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command without a process of its own: quicker, where there are many to run."""
    out, told = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, environment(env or {}), clear=True),
        mock.patch.object(sys, "argv", ["caveat", *map(str, arguments)]),
        mock.patch.object(sys, "stdin", _pipe(input)),
        redirect_stdout(out),
        redirect_stderr(told),
    ):
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    return subprocess.CompletedProcess(sys.argv, code, out.getvalue(), told.getvalue())


def run_apart(*arguments: str | Path, **facts: Any) -> subprocess.CompletedProcess[str]:
    """Run a command so in a thread: one with an event loop, where a browser has one already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run_inside, *arguments, **facts).result()


def _pipe(text: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedReader(io.BytesIO(text.encode())))


def environment(settings: dict[str, str]) -> dict[str, str]:
    """Return this process's environment with no settings but these."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CAVEAT_")}
    return own | settings


@contextmanager
def started(
    *arguments: str | Path, env: dict[str, str] | None = None, **facts: Any
) -> Iterator[subprocess.Popen[str]]:
    """Start a command, and end it with its children when the block ends."""
    process = subprocess.Popen(
        [facts.pop("script", SCRIPT), *arguments],
        env=environment(env or {}),
        stdout=facts.pop("stdout", subprocess.PIPE),
        stderr=facts.pop("stderr", subprocess.DEVNULL),
        text=True,
        start_new_session=True,
        **facts,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        finally:
            kill(process)


def kill(process: subprocess.Popen[str]) -> None:
    """End a program and its children at once, as a power cut would."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@contextmanager
def demo(folder: Path, port: int, *more: str, **facts: Any) -> Iterator[dict[str, str]]:
    """Run ``caveat demo`` on a port and give the facts that it prints, once it answers."""
    arguments = ("demo", "--json", "--port", str(port), "--data", folder, *more)
    with started(*arguments, **facts) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "the demo ended before it said anything"
        told: dict[str, str] = json.loads(line)
        wait_for(lambda: answers(told["url"]))
        yield told


def answers(url: str) -> bool:
    """Return whether a server at this base address is up."""
    try:
        return httpx.get(f"{url}/healthz", timeout=PATIENCE).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def command_of(pid: str) -> str:
    """Return the command line of a process; nothing where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def hears(url: str) -> bool:
    """Return whether anything answers at an address, whatever it says."""
    try:
        httpx.get(url, timeout=PATIENCE)
    except httpx.TransportError:
        return False
    return True


def wait_for(true: Callable[[], object]) -> None:
    """Wait until something holds; fail when that takes too long."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def url_of(port: int) -> str:
    """Return the base address of a server here."""
    return f"http://127.0.0.1:{port}"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
