"""A publisher as partners meet it: a real Caveat over HTTP, behind a line that can go bad."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import delivery
from delivery import OCD
from flask import Flask
from installations import Installation
from werkzeug.datastructures import Headers
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app

from content.db import Database
from content.models.log import Rule

PLACE = "US-AL"  # where the partners' readers are
REPLACEMENT = "kratom-and-depression-evidence"
NOTICE = "It was wrong about a dose."
HUNG = 30  # seconds; longer than any partner waits

Answer = tuple[int, Headers, bytes]
Fault = Callable[[Answer], Answer]


class Publisher:
    """A Caveat; each ``fault`` is what the line does to an answer whose address has some words."""

    url: str
    app: Flask
    faults: dict[str, Fault]
    answered: list[tuple[str, int]]
    is_over: threading.Event

    @contextmanager
    def opened(self, app: Flask) -> Iterator[None]:
        """Serve another application, behind a line that is good until told otherwise."""
        self.app, self.faults, self.answered = app, {}, []
        self.is_over = threading.Event()
        yield
        self.is_over.set()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request (WSGI), as it came through the line."""
        environ.pop("HTTP_ACCEPT_ENCODING", None)  # a fault changes what it can read
        pieces, status, headers = run_wsgi_app(self.app, environ)
        answer = (int(status.split()[0]), headers, b"".join(pieces))
        address = f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}"
        for words, fault in self.faults.items():
            answer = fault(answer) if words in address else answer
        code, headers, octets = answer
        self.answered.append((address, code))
        start_response(f"{code} {HTTPStatus(code).phrase}", list(headers))
        return [octets]

    @property
    def database(self) -> Database:
        """The database of the Caveat."""
        found: Database = self.app.extensions["caveat"].database
        return found

    @property
    def head(self) -> int:
        """The newest number of the log."""
        return delivery.head(self.database)

    def text(self, address: str) -> str:
        """Return what an address below the articles answers, not through the line."""
        found = self.app.test_client().get(f"/v1/articles/{address}")
        assert found.status_code == HTTPStatus.OK, found.text
        return found.text

    def read(self, slug: str = OCD) -> dict[str, Any]:
        """Return an edition for the partners' readers, not through the line."""
        found = self.app.test_client().get(f"/v1/articles/{slug}?jurisdiction={PLACE}")
        assert found.status_code == HTTPStatus.OK, found.text
        body: dict[str, Any] = found.get_json()
        return body

    def withdraw(self) -> None:
        """Take the article down; another one stands for it."""
        delivery.end(self.database, OCD, notice=NOTICE, replacement=REPLACEMENT)

    def restore(self) -> None:
        """Bring the article back."""
        delivery.revise(self.database, OCD)

    def revise(self) -> None:
        """Publish the article again, under another title."""
        delivery.revise(self.database, OCD, title="Kratom and OCD, told anew")

    def rename(self, slug: str) -> None:
        """Publish the article under another slug."""
        delivery.revise(self.database, OCD, slug=slug)

    def withhold(self, status: int) -> None:
        """Forbid to show it where the partners' readers are."""
        delivery.record(self.database, delivery.withholding("an-order", status, topics=["kratom"]))

    def alert(self) -> None:
        """Raise a notice to an alert where the partners' readers are."""
        raised = {"disclaimer": "emergency-help", "level": "alert"}
        data = {"because": "A test.", "when": {"jurisdiction": ["US"]}, "raise": raised}
        delivery.record(self.database, Rule(id="louder", data=data))

    def hang(self, answer: Answer) -> Answer:
        """Say nothing for longer than anybody waits."""
        self.is_over.wait(HUNG)
        return answer


def busy(answer: Answer) -> Answer:
    """Answer as a gateway whose server does not."""
    return 503, Headers({"Content-Type": "text/html"}), b"<h1>503 Service Unavailable</h1>"


def cut(answer: Answer) -> Answer:
    """Break off in the middle."""
    status, headers, octets = answer
    return status, headers, octets[: len(octets) // 2]


def shortened(answer: Answer) -> Answer:
    """Leave out the second half and say that this is all."""
    status, headers, octets = answer
    half = octets[: len(octets) // 2]
    return status, Headers({**headers, "Content-Length": str(len(half))}), half


def unfinished(answer: Answer) -> Answer:
    """Leave out the end, with no notice in it, and say that this is all."""
    status, headers, octets = answer
    most = octets[:-20]
    return status, Headers({**headers, "Content-Length": str(len(most))}), most


def reworded(answer: Answer) -> Answer:
    """Put a page of one's own in the place of the body."""
    return answer[0], Headers({"Content-Type": "text/html"}), b"<h1>Error</h1>"


def replaced(old: str, new: str) -> Fault:
    """Return a fault that puts one text in the place of another, which must be there."""

    def fault(answer: Answer) -> Answer:
        status, headers, octets = answer
        assert old.encode() in octets
        changed = octets.replace(old.encode(), new.encode())
        return status, Headers({**headers, "Content-Length": str(len(changed))}), changed

    return fault


@contextmanager
def listening() -> Iterator[Publisher]:
    """Listen on a free port, for one application after the other."""
    publisher = Publisher()
    server = make_server("127.0.0.1", 0, publisher, threaded=True, request_handler=Silent)
    publisher.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield publisher
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def installed(folder: Path) -> Iterator[Publisher]:
    """Run a fresh installation at the very address that its editions name."""
    with listening() as line:
        made = Installation(folder, {"CAVEAT_PUBLIC_URL": line.url})
        for command in ("init", "import"):
            done = made.run_inside(command)
            assert done.returncode == 0, done.stderr
        with line.opened(made.client().application):
            yield line
        made.close()


class Silent(WSGIRequestHandler):
    """Says nothing on the terminal."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Drop what would be said."""
