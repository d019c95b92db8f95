"""A Redis of a test's own, which it may kill and start again."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import programs
import redis
import services


class OwnRedis:
    """A server on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, programs.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen(
            [services.redis_server(), *arguments, "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
        )
        with redis.Redis.from_url(self.url) as client:
            for _ in range(200):
                try:
                    client.ping()
                    return
                except redis.ConnectionError:
                    time.sleep(0.05)
        raise AssertionError("Redis does not start")

    def kill(self) -> None:
        """Kill it, as a power cut would."""
        self._process.kill()
        self._process.wait()


@contextmanager
def running(folder: Path) -> Iterator[OwnRedis]:
    """Run one."""
    own = OwnRedis(folder)
    try:
        yield own
    finally:
        own.kill()
