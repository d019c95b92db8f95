"""The ceiling: the server of ``caveat serve`` with its options, and a callable that does nothing.

The callable gives one answer of Caveat, status, headers and bytes, out of memory. Whatever Caveat
does for a request comes on top, so no application in this server can be faster. Run as a program,
``python -m bench.measures.ceiling PORT WORKERS THREADS``, with the answer in a file that
:data:`ANSWER` names.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from api.cli import serving
from api.settings import Settings
from bench import servers
from bench.servers import HOST, Server

ANSWER = "BENCH_ANSWER"
ROOT = Path(__file__).resolve().parent.parent.parent
OF_THE_SERVER = ("date", "server")  # headers that granian writes


class Constant(msgspec.Struct):
    """An answer."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    def headers_of_app(self) -> list[tuple[str, str]]:
        """Return the headers that an application gives."""
        return [pair for pair in self.headers if pair[0].lower() not in OF_THE_SERVER]


@contextmanager
def constant(
    folder: Path, answer: Constant, workers: int = 1, threads: int = serving.THREADS
) -> Iterator[Server]:
    """Serve an answer to each request, until the block ends."""
    port, log = servers.free_port(), folder / "ceiling.log"
    file = folder / f"answer-{port}"
    file.write_bytes(msgspec.msgpack.encode(answer))
    command = [sys.executable, "-m", __name__, str(port), str(workers), str(threads)]
    settings = {ANSWER: str(file), "PYTHONPATH": str(ROOT)}
    with servers.running(command, log, settings=settings) as process:
        servers.wait(process, lambda: servers.hears(port), log)
        yield Server("constant callable", f"http://{HOST}:{port}", process.pid)


def load() -> Callable[..., list[bytes]]:
    """Return the callable of a new process."""
    answer = msgspec.msgpack.decode(Path(os.environ[ANSWER]).read_bytes(), type=Constant)
    return callable_of(answer)


def callable_of(answer: Constant) -> Callable[..., list[bytes]]:
    """Return a WSGI application that gives an answer."""
    status, headers, body = answer.status, answer.headers_of_app(), [answer.body]
    if not answer.body:
        body = []

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start(status, headers.copy())
        return body

    return app


def main(port: int, workers: int, threads: int) -> None:
    """Serve until stopped."""
    multiprocessing.set_start_method("spawn")
    settings = Settings(port=str(port), workers=str(workers))
    serving.server(settings, threads=threads).serve(target_loader=load, wrap_loader=False)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
