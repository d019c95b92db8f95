"""A cache that can be purged, and remembers what it was told; it may refuse, or be away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Cache:
    """What it was told to drop, request by request, and what it answers."""

    url: str = ""
    told: list[set[str]] = field(default_factory=list)
    status: int = 200

    @property
    def tags(self) -> set[str]:
        """Everything that it was told."""
        return set().union(*self.told)


@contextmanager
def running() -> Iterator[Cache]:
    """Run one."""
    cache = Cache()

    class Handler(BaseHTTPRequestHandler):
        def do_PURGE(self) -> None:
            if cache.status == 200:
                cache.told.append(set(self.headers["xkey-purge"].split(" ")))
            self.send_response(cache.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    cache.url = f"http://127.0.0.1:{server.server_address[1]}/purge"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield cache
    finally:
        server.shutdown()
        server.server_close()
