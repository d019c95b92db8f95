"""Moments: the number of the log that a request asks for, by ``at`` or by ``as_of``."""

import re
from datetime import UTC, datetime
from typing import Any

from api import caching, replica
from api.db import now, session
from content import changes
from content.errors import Finding, Invalid, NotFound

# RFC 3339; a ``+`` that was sent bare arrives as a space.
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[ +-]\d\d:\d\d)", re.ASCII)


def number(query: dict[str, Any]) -> int | None:
    """Return the number at which an answer is wanted, the end of its group; None for now.

    Raise ``Invalid`` for a number or a time that is not in the log.
    """
    at, as_of = query.get("at"), query.get("as_of")
    if at is not None and as_of is not None:
        raise Invalid([Finding("as_of", "and 'at' name two moments; give one of them")])
    if as_of is not None:
        return _at_time(as_of)
    return None if at is None else _at_number(at)


def number_before(since: str | None) -> int:
    """Return the newest number before a time, 0 for none; raise ``Invalid`` for what is no time."""
    if since is None:
        return 0
    return changes.number_before(session(), parse(since, "updated_since"))


def _at_number(at: int) -> int:
    head = caching.head()
    if at > head:
        raise Invalid([Finding("at", f"is not a number of the log yet; the newest is {head}")])
    return changes.end_of_group(session(), at)


def _at_time(text: str) -> int:
    moment = parse(text, "as_of")
    newest = changes.time(session(), caching.head())
    if moment > max(now(), newest):
        raise Invalid([Finding("as_of", "is in the future; leave it out for now")])
    if moment >= newest:
        replica.ask_database()  # which may have a later change that was made before that
    try:
        return changes.number_at(session(), moment)
    except NotFound:
        first = changes.time(session(), 1).isoformat()
        raise Invalid([Finding("as_of", f"is before the log began, at {first}")]) from None


def parse(text: str, name: str) -> datetime:
    """Read a time by RFC 3339; raise ``Invalid`` that names the parameter ``name``."""
    try:
        if not TIME.fullmatch(text):
            raise ValueError
        return datetime.fromisoformat(text.replace(" ", "+")).astimezone(UTC)
    except (ValueError, OverflowError):
        message = "is not a time by RFC 3339; write it like 2026-11-24T12:00:00Z"
        raise Invalid([Finding(name, message)]) from None
