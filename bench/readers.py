"""Readers: threads that ask a server again and again, and note each answer.

They do what browsers and proxies do (RFC 9110, 9.2.2): where a connection is closed before anything
was answered, they ask again, once.
"""

import http.client
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from bench import processes
from bench.errors import BenchError
from bench.servers import NOTHING, Server

CLOSED = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)
TIMEOUT = 30  # seconds
AT_ONCE, ROUNDS = 16, 20  # connections
LOST = 0  # in place of a status: nobody answered


@dataclass(frozen=True)
class Noted:
    """An answer: when it was there (monotonic), its status, what caches say of it, its path."""

    at: float
    status: int
    cache: str
    path: str

    @property
    def is_hit(self) -> bool:
        """Whether Caveat had it at hand, fresh or where the database does not answer."""
        return "caveat; hit" in self.cache


@dataclass
class Connection:
    """A connection that is kept, and made anew when it was closed."""

    url: str
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    again: int = 0  # requests that were made twice
    _open: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Noted:
        """Ask for a path."""
        try:
            try:
                return self._get(path)
            except CLOSED:
                self.close()
                self.again += 1
                return self._get(path)
        except (OSError, http.client.HTTPException):
            self.close()
            return Noted(time.monotonic(), LOST, "", path)

    def _get(self, path: str) -> Noted:
        connection = self.open()
        connection.request("GET", path, headers=dict(self.headers))
        response = connection.getresponse()
        response.read()
        cache = ", ".join(response.headers.get_all("Cache-Status", []))
        return Noted(time.monotonic(), response.status, cache, path)

    def open(self) -> http.client.HTTPConnection:
        """Return the connection, opened."""
        if self._open is None:
            where = urlsplit(self.url)
            self._open = http.client.HTTPConnection(where.netloc, timeout=TIMEOUT)
            self._open.connect()
        return self._open

    def close(self) -> None:
        """Close it; the next request opens it again."""
        if self._open is not None:
            self._open.close()
        self._open = None


class Readers:
    """Threads that ask for what ``path`` says next, pausing for seconds."""

    def __init__(
        self,
        url: str,
        path: Callable[[], str],
        threads: int = 4,
        *,
        pause: float = 0,
        is_kept: bool = True,
    ) -> None:
        self._url, self._path, self._count = url, path, threads
        self._pause, self._is_kept = pause, is_kept
        self._stopped = threading.Event()
        self.noted: list[Noted] = []
        self.again = 0

    @contextmanager
    def asking(self) -> Iterator["Readers"]:
        """Ask until the block ends."""
        threads = [threading.Thread(target=self._ask) for _ in range(self._count)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stopped.set()
            for thread in threads:
                thread.join()

    def _ask(self) -> None:
        connection, found = Connection(self._url), list[Noted]()
        while not self._stopped.is_set():
            found.append(connection.get(self._path()))
            if not self._is_kept:
                connection.close()
            if self._pause or found[-1].status == LOST:
                self._stopped.wait(self._pause or 0.01)
        connection.close()
        self.noted += found
        self.again += connection.again


def one_to_each(server: Server) -> list[Connection]:
    """Return a connection to each process.

    They share a port, so connections are made until all are met: many at once, for those that are
    at work leave the next ones to the others.
    """
    pids, port = server.workers(), int(server.url.rpartition(":")[2])
    found: dict[int, Connection] = {}
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for _ in range(ROUNDS):
            made = [Connection(server.url) for _ in range(AT_ONCE)]
            list(threads.map(lambda one: one.get("/readyz"), made))
            for one in made:
                pid = processes.holder(pids, port, one.open().sock.getsockname()[1])
                if pid is None or found.setdefault(pid, one) is not one:
                    one.close()
            if len(found) == len(pids):
                return list(found.values())
    raise BenchError(f"only {len(found)} of {len(pids)} processes took connections")


def fetch(url: str) -> Any:
    """Return the JSON at an address."""
    return httpx.get(url, trust_env=False, timeout=TIMEOUT).raise_for_status().json()


def slugs(url: str, count: int) -> list[str]:
    """Return the slugs of the newest articles of a server."""
    listed = fetch(f"{url}/v1/articles?limit={count}")
    return [item["article"]["slug"] for item in listed["items"]]


def read_all(url: str, paths: list[str], threads: int = 4) -> None:
    """Read each path once."""
    left, lock = iter(paths), threading.Lock()

    def work() -> None:
        connection = Connection(url)
        while True:
            with lock:
                path = next(left, None)
            if path is None:
                return connection.close()
            connection.get(path)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
