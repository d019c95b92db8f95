"""Whatever a stranger sends, the server does not fail: a documented answer comes, in time."""

import random
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import pytest
from factories import PUBLIC_URL
from flask import Flask
from problems import assert_problem, kind_of
from programs import answers, demo, free_port
from werkzeug.test import create_environ, run_wsgi_app
from werkzeug.wrappers import Response

pytestmark = pytest.mark.one_engine
COUNT = 1000
SEED = 20261123
LIMIT = 5  # seconds that any one answer may take
LARGE = 10 * 1024 * 1024  # bytes
DOCUMENTED = {200, 206, 304, 307, 308, 400, 401, 404, 405, 406, 413, 414, 416}
SLUG = "sleep-habits-and-insomnia"
CONTEXT = ["locale", "jurisdiction", "audience", "channel"]
PATHS: dict[str, Sequence[str]] = {  # and the parameters that each knows
    **dict.fromkeys(["/", "/terms", "/problems", "/docs/", "/openapi.yaml", "/healthz"], ()),
    **dict.fromkeys(["/readyz", "/v1/me", "/v1/topics", "/v1/schemas", "/problems/gone"], ()),
    **dict.fromkeys(["/v1/schemas/edition-1.0.json", "/.well-known/jwks.json"], ()),
    "/v1/articles": [*CONTEXT, "cursor", "limit", "fields"],
    f"/v1/articles/{SLUG}": [*CONTEXT, "revision", "fields"],
    f"/v1/articles/{SLUG}.html": [*CONTEXT, "revision"],
    f"/v1/articles/{SLUG}/revisions": ["locale"],
    f"/v1/articles/{SLUG}/revisions/1": [*CONTEXT, "fields"],
    "/v1/changes": [*CONTEXT, "after", "limit", "include", "cursor", "topic", "type", "fields"],
    "/v1/snapshot": [*CONTEXT, "at", "limit", "cursor", "fields"],
    "/v1/disclaimers": ["locale"],
    "/v1/disclaimers/not-medical-advice": ["locale"],
}
STRANGE = ["as_of", "at", "", "x[]", "lоcale", "local"]  # one of them has a Cyrillic letter
JUNK = [
    *("", " ", "%00", "\0", "%c0%af", "%ff%fe", "%F0%9F%92%A3", "%ed%a0%80", "%", "%zz", "%u0041"),
    *("-1", "0", "1.5", "1e9", "9" * 400, "9007199254740993", "%D9%A1%D9%A2", "٣", "²", "0x10"),
    *("true", "null", "[]", "{}", "../../etc/passwd", "..%2f..%2f", "' OR 1=1 --", "\r\nX: y"),
    *("<script>", "${7*7}", "{{7*7}}", "en-" * 50, "US-" + "A" * 300, "*", "MjMz", "MjMzLjIzNA=="),
    *("OTk5OTk5OTk5OTk5OTk5OS4x", "LTEuLTE", "====", "title," * 200, "title,,summary", "Title"),
]
HEADERS: dict[str, list[str]] = {
    "HTTP_ACCEPT": ["*/*;q=x", "text/html;q=", ",,,", "a" * 4000, "*/*, " * 500, "\xff", "en", ";"],
    "HTTP_IF_NONE_MATCH": ["*", '"', 'W/"', '"a", ' * 500, "\xff\xfe", "W/*", '""', "a" * 4000],
    "HTTP_IF_MODIFIED_SINCE": ["yesterday", "0", "Thu, 32 Foo 9999 99:99:99 GMT", "\x01", "9" * 99],
    "HTTP_AUTHORIZATION": ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer \xff\xff\xff\xff\xff\xff",
                           "Bearer " + "x" * 5000, "bearer cvk_" + "0" * 36, "Negotiate \0", "é"],
    "HTTP_RANGE": ["bytes=0-", "bytes=-1", "bytes=9-1", "bytes=" + "0-1," * 500, "lines=1"],
    "HTTP_IF_RANGE": ['"x"', "junk"],
    "HTTP_HOST": ["", "evil.example", "a b", "[::1", "\xff", "x" * 300, "127.0.0.1:99999", "a\\b"],
    "HTTP_X_FORWARDED_HOST": ["evil.example"],
    "HTTP_COOKIE": ["a=b; " * 500, "\xff", "="],
    "HTTP_TRANSFER_ENCODING": ["chunked", "junk"],
    "CONTENT_TYPE": ["application/json", "multipart/form-data", "x" * 4000, "\xff", ";;;"],
    "CONTENT_LENGTH": ["-1", "x", "99999999999", ""],
}  # fmt: skip
METHODS = ["GET"] * 40 + ["HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE", "get", "Q", "é", ""]


@pytest.mark.no_cover
def test_a_thousand_malformed_requests_fail_as_documented(app: Flask) -> None:
    chance = random.Random(SEED)  # noqa: S311 - a seed makes failures repeatable
    for number in range(COUNT):
        environ = malformed(chance)
        begun = time.monotonic()
        response = ask(app, environ)
        told = {k: str(v)[:200] for k, v in environ.items() if not k.startswith("wsgi")}
        assert time.monotonic() - begun < LIMIT, (number, told)
        assert response.status_code in DOCUMENTED, (number, told, response.text[:300])
        if response.status_code >= 400 and response.data:
            assert_problem(response, response.status_code, kind_of(response))


def malformed(chance: random.Random) -> dict[str, Any]:
    """Return one request in which a few things are wrong."""
    path = chance.choice(sorted(PATHS))
    names = chance.sample(PATHS[path], k=min(len(PATHS[path]), chance.choice([0, 1, 1, 2])))
    if chance.random() < 0.3:
        names += chance.choices([*STRANGE, *PATHS[path]], k=chance.choice([1, 1, 2, 40]))
    query = [f"{name}={''.join(chance.choices(JUNK, k=chance.choice([1, 2])))}" for name in names]
    if chance.random() < 0.3:
        path += chance.choice(["/", "//", "\0", "\xc0\xaf", "\xff", "/../x", ".html.html", "/%2e"])
    environ = dict(create_environ(base_url=PUBLIC_URL))
    environ["PATH_INFO"] = path
    environ["QUERY_STRING"] = "&".join(query).encode().decode("latin-1")
    environ["REQUEST_METHOD"] = chance.choice(METHODS)
    for name in chance.sample(sorted(HEADERS), k=chance.choice([0, 0, 1, 3])):
        environ[name] = chance.choice(HEADERS[name])
    return environ


def ask(app: Flask, environ: dict[str, Any]) -> Response:
    """Send a request as a server would hand it over, without a client that mends it."""
    body, status, headers = run_wsgi_app(app.wsgi_app, environ)
    return Response(b"".join(body), status, headers)


@pytest.mark.parametrize("path", PATHS)
def test_ten_megabytes_of_query_are_refused_at_once(app: Flask, path: str) -> None:
    environ = dict(create_environ(path, PUBLIC_URL)) | {"QUERY_STRING": "locale=" + "e" * LARGE}
    begun = time.monotonic()
    assert_problem(ask(app, environ), 414, "uri-too-long")
    assert time.monotonic() - begun < LIMIT


@pytest.mark.parametrize("path", PATHS)
def test_ten_megabytes_of_body_change_nothing(app: Flask, path: str) -> None:
    client = app.test_client()
    body = b"x" * LARGE
    assert client.get(path, data=body).status_code == client.get(path).status_code
    assert_problem(client.post(path, data=body), 405, "method-not-allowed")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo on a real server; the address of its base."""
    with demo(tmp_path_factory.mktemp("demo") / "data", free_port()) as told:
        yield told["url"]


def line(method: str, target: str, *headers: str, body: bytes = b"") -> bytes:
    """Return a request as it goes over the wire."""
    head = "\r\n".join([f"{method} {target} HTTP/1.1", "Host: a", "Connection: close", *headers])
    return head.encode("latin-1") + b"\r\n\r\n" + body


RAW: dict[str, Callable[[], bytes]] = {
    "10 MB of query": lambda: line("GET", "/v1/articles?locale=" + "e" * LARGE),
    "10 MB of path": lambda: line("GET", "/" + "e" * LARGE),
    "10 MB of header": lambda: line("GET", "/v1/articles", "Accept: " + "e" * LARGE),
    "10 MB of body": lambda: line(
        "POST", "/v1/articles", f"Content-Length: {LARGE}", body=b"x" * LARGE
    ),
    "a body that never comes": lambda: line("GET", "/healthz", f"Content-Length: {LARGE}"),
    "NUL in the path": lambda: line("GET", "/v1/\0"),
    "encoded NUL": lambda: line("GET", "/v1/articles/%00?locale=%00"),
    "overlong UTF-8": lambda: line("GET", "/v1/articles/%c0%af?locale=%c0%af"),
    "raw octets": lambda: line("GET", "/v1/articles?locale=\xff\xfe"),
    "octets in a header": lambda: line(
        "GET", "/v1/articles", "Accept: \xff", "If-None-Match: \xe9"
    ),
    "a method of its own": lambda: line("BREW", "/v1/articles"),
    "an absolute target": lambda: line("GET", "http://evil.example/v1/articles"),
    "an asterisk": lambda: line("OPTIONS", "*"),
    "two hosts": lambda: line("GET", "/v1/articles", "Host: b"),
    "two lengths": lambda: line("GET", "/v1/articles", "Content-Length: 1", "Content-Length: 2"),
    "both lengths": lambda: line(
        "POST", "/v1/articles", "Content-Length: 4", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"
    ),
    "not HTTP": lambda: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xff" * 100,
    "nothing": lambda: b"\r\n\r\n",
}


@pytest.mark.parametrize("what", RAW)
def test_a_real_server_survives(server: str, what: str) -> None:
    begun = time.monotonic()
    answer = exchange(server, RAW[what]())
    assert time.monotonic() - begun < LIMIT
    status = answer.split(b" ")[1] if answer else b"closed"
    assert not status.startswith(b"5"), answer[:300]
    assert b"Traceback" not in answer
    assert answers(server)


def exchange(server: str, octets: bytes) -> bytes:
    """Send octets and return the answer; a server may close instead of reading nonsense."""
    address = urlsplit(server)
    with socket.create_connection((str(address.hostname), address.port or 0), LIMIT) as wire:
        try:
            wire.sendall(octets)
            wire.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has answered and closed already
        return received(wire)


def received(wire: socket.socket) -> bytes:
    """Return all that comes until the other side closes."""
    answer = b""
    try:
        while octets := wire.recv(65536):
            answer += octets
    except ConnectionError:
        return answer
    return answer
