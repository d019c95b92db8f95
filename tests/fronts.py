"""An application behind a real port, and what may go wrong between it and its readers."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from delivery import running
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response

from api.settings import Settings

HANG = 3  # seconds; longer than any reader here waits


class Quiet(WSGIRequestHandler):
    """Tells nobody of its requests."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@dataclass
class Front:
    """A server that answers as the application does, or is out of order."""

    app: Any
    url: str = ""
    is_down: bool = False  # 503, as from a proxy in front
    is_slow: bool = False
    before: Callable[[str], object] = lambda path: None
    change: Callable[[str, bytes], bytes] = lambda path, octets: octets

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer a request."""
        path = environ["PATH_INFO"]
        if self.is_down:
            return Response("<h1>Sorry</h1>", 503, mimetype="text/html")(environ, start)
        if self.is_slow:
            time.sleep(HANG)
        self.before(path)
        environ.pop("HTTP_ACCEPT_ENCODING", None)  # so that ``change`` sees what is said
        octets, status, headers = run_wsgi_app(self.app, environ, buffered=True)
        changed = self.change(path, b"".join(octets))
        headers["Content-Length"] = str(len(changed))
        return Response(changed, status, headers)(environ, start)


@contextmanager
def serving(settings: Settings, port: int) -> Iterator[Front]:
    """Serve an installation on a port of this machine."""
    url = f"http://127.0.0.1:{port}"
    with running(replace(settings, public_url=url)) as app:
        front = Front(app.wsgi_app, url)
        server = make_server("127.0.0.1", port, front, threaded=True, request_handler=Quiet)
        server.daemon_threads = False  # so that they are waited for, also those of dead readers
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield front
        server.shutdown()
        thread.join()
        server.server_close()
