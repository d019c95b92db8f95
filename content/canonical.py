"""Canonical bytes: the one JSON form that Caveat stores, digests, signs and serves.

The form is RFC 8785 (JCS) restricted to strings, booleans, null and integers within ±2^53 with
ASCII keys; on that set orjson with sorted keys gives the same bytes (the ``rfc8785`` package is the
oracle in the tests).
"""

import hashlib
from typing import Any

import orjson

MAX_INTEGER = 2**53  # beyond it, JavaScript readers would see another number


def encode(data: Any) -> bytes:
    """Return the canonical bytes of a JSON value; raise ``ValueError`` for what JCS-lite excludes."""
    _check(data)
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


def decode(octets: bytes | str) -> Any:
    """Parse JSON bytes; raise ``ValueError`` when they are not JSON."""
    return orjson.loads(octets)


def digest(octets: bytes) -> str:
    """Return ``sha256:<hex>`` of some bytes."""
    return "sha256:" + hashlib.sha256(octets).hexdigest()


def _check(value: Any) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise ValueError(f"key {key!r} is not an ASCII string")
            _check(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check(item)
    elif isinstance(value, int):
        if not isinstance(value, bool) and abs(value) > MAX_INTEGER:
            raise ValueError(f"integer {value} is beyond ±2^53")
    elif not (value is None or isinstance(value, str)):
        raise ValueError(f"{type(value).__name__} has no canonical form")
