"""Answers: finished ones, with what it takes to give them again without asking anybody."""

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.http import is_resource_modified

from api import surrogates
from api.meter import Given

Pairs = list[tuple[str, str]]
Told = tuple[str, Pairs, list[bytes]]  # status, headers and body
Environ = dict[str, Any]  # of WSGI
UNCHANGED = "304 NOT MODIFIED"
HIT = ("Cache-Status", "caveat; hit")
STALE = ("Cache-Status", "caveat; hit; detail=stale-if-error")
OWN = ("RateLimit", "RateLimit-Policy", "Date")  # of each answer by itself, not of what is kept
OF_UNCHANGED = {  # what RFC 9110 (15.4.5) asks for, and what a page needs to be let read it
    *("Cache-Control", "Content-Location", "ETag", "Vary"),
    *("Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "X-Content-Type-Options"),
    *("Caveat-Sequence", "RateLimit", "RateLimit-Policy"),
    *(name for name, _ in surrogates.HEADERS.values()),
}
OVERHEAD = 3000  # bytes that an answer takes beside its body: objects, keys and indexes


@dataclass(frozen=True, slots=True)
class Facts:
    """What an answer was made of, and what it is to the meter."""

    at: int  # the number of the log that it was read at
    tags: frozenset[str]
    given: Given


class Answer:
    """A finished answer to GET, for everybody whose request has the same key."""

    __slots__ = (
        "body",
        "code",
        "etag",
        "facts",
        "full",
        "is_used",
        "length",
        "modified",
        "size",
        "stale",
        "status",
        "unchanged",
    )

    def __init__(self, status: str, headers: Pairs, body: bytes, facts: Facts) -> None:
        found = Headers([pair for pair in headers if pair[0] not in OWN])
        found["Content-Length"] = str(len(body))
        self.status, self.code = status, int(status[:3])
        # A copy, as orjson leaves room behind what it gives, up to half of it again.
        self.body, self.length, self.facts = [bytes(memoryview(body))], len(body), facts
        self.full: Pairs = [*found, HIT]
        self.stale: Pairs = [*found, STALE]
        self.etag = found.get("ETag")
        self.modified = found.get("Last-Modified")
        slim(found)
        self.unchanged: Pairs = [*found, HIT]
        self.size = len(body) + sum(map(len, map(str, headers))) + OVERHEAD
        self.is_used = False

    def of(self, environ: Environ, *, is_fresh: bool) -> Told:
        """Return what to tell who sent a request."""
        if self._is_had(environ):
            return UNCHANGED, self.unchanged.copy(), []
        return self.status, (self.full if is_fresh else self.stale).copy(), self.body

    def _is_had(self, environ: Environ) -> bool:
        """Return whether who asks has exactly this (RFC 9110, 13)."""
        tags = environ.get("HTTP_IF_NONE_MATCH")
        if self.etag is None or (tags is None and "HTTP_IF_MODIFIED_SINCE" not in environ):
            return False
        if tags == self.etag:
            return True
        modified = parsedate_to_datetime(self.modified) if self.modified else None
        return not is_resource_modified(environ, self.etag, last_modified=modified)


def slim(headers: Headers) -> None:
    """Leave only what a 304 is to say again: what else its reader has, stays as it was."""
    for name in {*headers.keys()} - OF_UNCHANGED:
        headers.remove(name)
