"""The layer in front of Flask: a request is given what is kept, or goes to Flask."""

import itertools
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
from api.edge.answers import Answer, Environ, Pairs, Told
from api.edge.callers import Callers, Known, Sent
from api.edge.noting import ANSWER, CALLER
from api.edge.store import Store
from api.edge.tail import Listen, Tail
from api.meter import Given, Meter, Payer
from api.replica import KNOWN
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
    """A request for which nothing is kept; ``sent`` is its key, if it has one."""

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
        self._hits, self._told = itertools.count(), 0  # all that were given; those in the ledger

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer a request: with what is kept, or what Flask makes."""
        if environ["REQUEST_METHOD"] not in READS or not environ.keys().isdisjoint(MORE):
            return self._inner(environ, start)
        self.tail.follow()
        sent = _sent(environ)
        caller = self.callers.find(sent) if sent else None
        key = _key(environ, caller)
        if sent and caller is None:  # Flask knows who that is
            return self._pass_on(Asked(environ, start, sent, caller, key))
        given = self._give_kept(environ, start, caller, key)
        return self._ask(Asked(environ, start, sent, caller, key)) if given is None else given

    def _give_kept(
        self, environ: Environ, start: Start, caller: Known | None, key: Key
    ) -> Iterable[bytes] | None:
        """Give what is kept, if it may be given."""
        is_fresh = self.tail.is_fresh()
        if not (is_fresh or self.tail.is_usable()):
            return None
        answer = self.store.get(key)
        if answer is None or "no-cache" in environ.get("HTTP_CACHE_CONTROL", ""):
            return None
        return self._give(environ, start, caller, answer, answer.of(environ, is_fresh=is_fresh))

    def _give(
        self, environ: Environ, start: Start, caller: Known | None, answer: Answer, told: Told
    ) -> Iterable[bytes]:
        """Give an answer as Flask would: counted, and only what this reader does not have."""
        status, headers, body = told
        is_head = environ["REQUEST_METHOD"] == "HEAD"
        if caller:
            size = None if is_head else answer.length if body else 0
            limits = self._metered(caller.payer, answer.facts.given, int(status[:3]), size)
            if limits is None:
                return self._inner(environ, start)  # which says so
            headers += limits.items()
        next(self._hits)
        start(status, headers)
        return [] if is_head else body

    def _metered(
        self, payer: Payer, given: Given, status: int, size: int | None
    ) -> dict[str, str] | None:
        """Count an answer, and return what its headers say of limits; None: nothing is left."""
        taken = self._meter.take(payer, is_safety=given.is_safety)
        return None if taken.broken else self._meter.settle(payer, taken, given, status, size)

    def _ask(self, asked: Asked) -> Iterable[bytes]:
        """Ask Flask; one request does so for all that come meanwhile and want the same."""
        mine = threading.Event()
        theirs = self._asking.setdefault(asked.key, mine)
        if theirs is not mine:
            theirs.wait(PATIENCE)
            given = self._give_kept(asked.environ, asked.start, asked.caller, asked.key)
            return self._pass_on(asked) if given is None else given
        try:
            return self._pass_on(asked)
        finally:
            del self._asking[asked.key]
            mine.set()

    def _pass_on(self, asked: Asked) -> Iterable[bytes]:
        """Let Flask answer, and keep what may be given again."""
        acts, asked.environ[KNOWN] = self.callers.acts, self.tail.known()

        def begin(status: str, headers: Pairs, error: Any = None) -> Any:
            is_kept = self._keep(asked, acts)
            return asked.start(status, [*headers, STORED if is_kept else MISSED], error)

        return self._inner(asked.environ, begin)

    def _keep(self, asked: Asked, acts: int) -> bool:
        """Keep what Flask has answered, and who it was for: unless keys may have changed since."""
        answer, caller = asked.environ.get(ANSWER), asked.environ.get(CALLER)
        if bool(asked.sent) != bool(caller) or answer is None:
            return False
        if asked.sent and caller:
            self.callers.add(asked.sent, caller, acts)
        return self.store.put(_key(asked.environ, caller), answer)

    def _move_on(self, at: int, touched: frozenset[str]) -> None:
        self.store.move_on(at, touched)
        total = next(self._hits)
        if hits := total - self._told:
            self._meter.ledger.mark(HIT, datetime.now(UTC), hits)
        self._told = total + 1  # this call is one, too


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
