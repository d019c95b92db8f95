"""Canonical bytes: the one JSON form that Caveat stores, digests, signs and serves.

The form is RFC 8785 (JCS) restricted to strings, booleans, null, integers within ±(2^53 - 1) and
ASCII keys; on that set orjson with sorted keys gives the same bytes (the ``rfc8785`` package is the
oracle in the tests).
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

import orjson

MAX_INTEGER = 2**53 - 1  # beyond it, JavaScript readers would see another number (RFC 7493)


def encode(data: Any) -> bytes:
    """Return the canonical bytes of a JSON value; raise ``ValueError`` for what has none."""
    _check(data)
    try:
        return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:  # lone surrogates, or nesting beyond reason
        raise ValueError(f"this has no canonical form: {error}") from None


def decode(octets: bytes | str) -> Any:
    """Parse JSON bytes; raise ``ValueError`` when they are not JSON."""
    return orjson.loads(octets)


def digest(octets: bytes) -> str:
    """Return ``sha256:<hex>`` of some bytes."""
    return "sha256:" + hashlib.sha256(octets).hexdigest()


def time(at: datetime) -> str:
    """Return a moment in UTC as canonical data tells it: exact, as ``as_of`` takes it."""
    return at.isoformat().replace("+00:00", "Z")


def _check(data: Any) -> None:
    """Walk without recursion: how deep a value may be is for orjson to say."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            _check_keys(value)
            inside: Iterable[Any] = value.values()
        else:
            inside = value if isinstance(value, (list, tuple)) else (value,)
        for one in inside:
            if type(one) is str:  # most are, and all of these have a form
                continue
            if isinstance(one, (dict, list, tuple)):
                waiting.append(one)
            else:
                _check_scalar(one)


def _check_keys(keys: Iterable[Any]) -> None:
    with suppress(TypeError):
        if "".join(keys).isascii():  # all at once, as nearly always there is nothing to find
            return
    wrong = next(key for key in keys if not (isinstance(key, str) and key.isascii()))
    raise ValueError(f"the key {wrong!r} is not an ASCII string")


def _check_scalar(value: Any) -> None:
    if isinstance(value, int):
        if not isinstance(value, bool) and abs(value) > MAX_INTEGER:
            raise ValueError(f"the integer {value} is beyond ±(2^53 - 1)")
    elif not (value is None or isinstance(value, str)):
        raise ValueError(f"{type(value).__name__} has no canonical form")
