"""Pages of partners on a real server, and what conformance finds in the text of one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from factories import NOW
from lxml import html as lxml_html

from api.conforming import parsing, reading
from api.conforming.fetching import Fetched
from api.conforming.parts import assemble
from content import conformance, partners
from content.conformance import Fault, Page
from content.db import Database

TYPE = {"Content-Type": "text/html; charset=utf-8"}
ANYWHERE = "https://partner.example/an-article"
Answer = tuple[int, dict[str, str], bytes]


class Site:
    """A partner's server: ``put`` a page, and give its address to whoever shall read it."""

    url: str

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.agents: list[str | None] = []

    def put(self, path: str, body: str | bytes, status: int = 200, **headers: str) -> str:
        """Serve a page, and return its address."""
        octets = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, TYPE | named, octets)
        return f"{self.url}{path}"


@contextmanager
def serving() -> Iterator[Site]:
    """Run a partner's server."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.agents.append(self.headers.get("User-Agent"))
            status, headers, octets = site.answers.get(self.path, (404, TYPE, b"<p>Nothing here."))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    yield site
    server.shutdown()
    server.server_close()


def page_of(source: str, **headers: str) -> Page:
    """Return a page as it is read without a browser."""
    fetched = Fetched(ANYWHERE, 200, httpx.Headers(TYPE | headers), source.encode())
    parts, tree = reading.read(fetched, "https://nobody.example/embed/")
    return assemble(parts, {}, status=200, has_fragment=parsing.has_fragment(tree))


def faults(
    edition: dict[str, Any], source: str, *, older: Any = None, days: int = 0, **headers: str
) -> list[Fault]:
    """Return what is wrong with a page, some days after the revision was published."""
    since = datetime.fromisoformat(edition["revision"]["published_at"])
    now = since + timedelta(days=days, minutes=1)
    return conformance.check(edition, page_of(source, **headers), now=now, older=older)


def said(found: list[Fault]) -> list[tuple[str, str | None]]:
    """Return which checks say something, about which disclaimer."""
    return [(one.check, one.about) for one in found]


def bent(source: str, where: str, change: Callable[[Any], object]) -> str:
    """Return a page of which each element that an XPath finds was changed; there must be some."""
    tree = lxml_html.document_fromstring(source)
    found = tree.xpath(where)
    assert found, where
    for element in found:
        change(element)
    text: str = lxml_html.tostring(tree, encoding="unicode", doctype="<!doctype html>")
    return text


def around(article: str, canonical: str) -> str:
    """Return a partner's page around an article."""
    return (
        "<!doctype html><meta charset=utf-8><title>Ours</title>"
        f'<link rel="canonical" href="{canonical}"><header><a href="/">Home</a></header>'
        f"<main>{article}</main><footer>Our own words, after all else.</footer>"
    )


def keep(database: Database) -> None:
    """Keep a report on a page of a new partner."""
    report = {"url": ANYWHERE, "outcome": "unchecked", **dict.fromkeys(("article", "context"))}
    with database.write() as session:
        partner = partners.add(session, {"name": "A clinic"}, ["standard"], now=NOW)
        conformance.save(session, partner, {**report, "edition": None}, NOW)
        session.commit()
