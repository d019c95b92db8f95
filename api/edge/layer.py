"""The layer in front of Flask: a request is given what is kept, or goes to Flask."""

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple

from flask import Flask

from api import news
from api.app import create_app
from api.codings import is_gzip
from api.edge.answers import Environ, Pairs
from api.edge.callers import Callers, Known, Sent
from api.edge.noting import ANSWER, CALLER
from api.edge.store import Store
from api.edge.tail import Listen, Tail
from api.meter import Meter
from api.settings import Settings
from content.usage import HIT

MEGABYTE = 1024 * 1024
# A request with one of these asks for more than a finished answer.
MORE = frozenset(("HTTP_RANGE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE"))
READS = ("GET", "HEAD")
STORED = ("Cache-Status", "caveat; fwd=uri-miss; stored")
MISSED = ("Cache-Status", "caveat; fwd=miss")
PATIENCE = 1.0  # seconds that a request waits for another one that asks Flask for the same
Key = tuple[object, ...]
Start = Callable[..., Any]


class Asked(NamedTuple):
    """A request for which a finished answer may do; ``sent`` is its key, if it has one."""

    environ: Environ
    start: Start
    sent: Sent | None
    caller: Known | None
    key: Key


def create_edge(settings: Settings | None = None) -> "Edge":
    """Make the application with the edge in front, for a WSGI server to serve."""
    settings = settings or Settings.from_environment()
    listen = partial(news.listen, settings.redis_url) if settings.redis_url else None
    return Edge(create_app(settings), settings.number("edge_megabytes") * MEGABYTE, listen)


class Edge:
    """A WSGI application: that of Flask, whose finished answers it gives again.

    ``most`` is how many bytes of them are kept; ``listen`` has itself called when there is
    something new.
    """

    def __init__(self, app: Flask, most: int, listen: Listen | None = None) -> None:
        self.app, self._inner = app, app.wsgi_app
        self.store, self.callers = Store(most), Callers()
        database = app.extensions["caveat"].database
        self.tail = Tail(database, self._move_on, self.callers.forget, listen)
        self._meter: Meter = app.extensions["caveat-meter"]
        self._asking: dict[Key, threading.Event] = {}
        self._hits, self._counting = 0, threading.Lock()

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer a request: with what is kept, or what Flask makes."""
        if environ["REQUEST_METHOD"] not in READS or not environ.keys().isdisjoint(MORE):
            return self._inner(environ, start)
        self.tail.follow()
        sent = _sent(environ)
        caller = self.callers.find(sent) if sent else None
        asked = Asked(environ, start, sent, caller, _key(environ, caller))
        if sent and caller is None:  # Flask knows who that is
            return self._pass_on(asked)
        given = self._give_kept(asked)
        return self._ask(asked) if given is None else given

    def _give_kept(self, asked: Asked) -> Iterable[bytes] | None:
        """Give what is kept, as Flask would: counted, and only what this reader does not have."""
        if not self.tail.is_usable() or "no-cache" in asked.environ.get("HTTP_CACHE_CONTROL", ""):
            return None
        if (answer := self.store.get(asked.key)) is None:
            return None
        given, payer = answer.facts.given, asked.caller.payer if asked.caller else None
        taken = self._meter.take(payer, is_safety=given.is_safety) if payer else None
        if taken and taken.broken:
            return self._inner(asked.environ, asked.start)  # which says so
        status, headers, body = answer.of(asked.environ, is_fresh=self.tail.is_fresh())
        size = None if asked.environ["REQUEST_METHOD"] == "HEAD" else sum(map(len, body))
        if payer:
            told = self._meter.settle(payer, taken, given, int(status[:3]), size)
            headers += told.items()
        with self._counting:
            self._hits += 1
        asked.start(status, headers)
        return [] if size is None else body

    def _ask(self, asked: Asked) -> Iterable[bytes]:
        """Ask Flask; one request does so for all that come meanwhile and want the same."""
        mine = threading.Event()
        theirs = self._asking.setdefault(asked.key, mine)
        if theirs is not mine:
            theirs.wait(PATIENCE)
            given = self._give_kept(asked)
            return self._pass_on(asked) if given is None else given
        try:
            return self._pass_on(asked)
        finally:
            del self._asking[asked.key]
            mine.set()

    def _pass_on(self, asked: Asked) -> Iterable[bytes]:
        """Let Flask answer, and keep what may be given again."""
        acts = self.tail.acts

        def begin(status: str, headers: Pairs, error: Any = None) -> Any:
            is_kept = self._keep(asked, acts)
            return asked.start(status, [*headers, STORED if is_kept else MISSED], error)

        return self._inner(asked.environ, begin)

    def _keep(self, asked: Asked, acts: int) -> bool:
        """Keep what Flask has answered, and who it was for: unless keys may have changed since."""
        answer, caller = asked.environ.get(ANSWER), asked.environ.get(CALLER)
        if bool(asked.sent) != bool(caller) or answer is None:
            return False
        if asked.sent and caller and acts == self.tail.acts:
            self.callers.add(asked.sent, caller)
        return self.store.put(_key(asked.environ, caller), answer)

    def _move_on(self, at: int, touched: frozenset[str]) -> None:
        self.store.move_on(at, touched)
        with self._counting:
            hits, self._hits = self._hits, 0
        if hits:
            self._meter.ledger.mark(HIT, datetime.now(UTC), hits)


def _sent(environ: Environ) -> Sent | None:
    authorization = environ.get("HTTP_AUTHORIZATION")
    if authorization is None:
        return None
    return sha256(authorization.encode("utf-8", "surrogatepass")).digest(), environ.get(
        "HTTP_ORIGIN"
    )


def _key(environ: Environ, caller: Known | None) -> Key:
    """Return all of a request that its answer depends on."""
    return (
        environ["PATH_INFO"],
        environ["QUERY_STRING"],
        environ.get("HTTP_ACCEPT"),
        is_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")),
        caller.fixes if caller else None,
    )
