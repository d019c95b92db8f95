"""An origin that answers when it is told to, with headers of a test's choice."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class SlowOrigin:
    """What it says, and whether it may say so yet."""

    port: int = 0
    is_down: bool = False  # it hangs up then
    body: str = "old"
    life: int = 30  # seconds
    may_answer: threading.Event = field(default_factory=threading.Event)
    asked: list[str | None] = field(default_factory=list)  # If-None-Match of each request

    def wait_for_request(self, number: int = 1) -> None:
        """Wait until so many requests are there."""
        for _ in range(1000):
            if len(self.asked) >= number:
                return
            threading.Event().wait(0.01)
        raise AssertionError("nobody has asked")


@contextmanager
def running() -> Iterator[SlowOrigin]:
    """Run one, with answers at once until told otherwise."""
    origin = SlowOrigin()
    origin.may_answer.set()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if origin.is_down:
                self.close_connection = True
                return
            if self.path == "/healthz":
                self._say(200, "ok", "no-store")
                return
            body, tag = origin.body, f'"{origin.body}"'
            origin.asked.append(self.headers["If-None-Match"])
            origin.may_answer.wait(20)
            same = self.headers["If-None-Match"] == tag
            life = f"public, max-age={origin.life}"
            self._say(304 if same else 200, "" if same else body, life, tag)

        def _say(self, status: int, body: str, life: str, tag: str = '"x"') -> None:
            self.send_response(status)
            self.send_header("Cache-Control", life)
            self.send_header("ETag", tag)
            self.send_header("xkey", "art-1 all")
            if status == 200:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    origin.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield origin
    finally:
        origin.may_answer.set()
        server.shutdown()
        server.server_close()
