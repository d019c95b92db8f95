"""Content codings (RFC 9110, 8.4): what delivery answers is compressed for who accepts gzip.

The same bytes always give the same compressed bytes, so that a coded answer has a strong entity tag
of its own, and can be resumed.
"""

import gzip
from functools import lru_cache

from flask import Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

SMALL = 1000  # bytes that are sent as they are


def encode(response: Response) -> Response:
    """Compress an answer where its reader prefers that; not one that is compressed already."""
    if "Content-Encoding" in response.headers:
        return response
    octets = response.get_data()
    if len(octets) < SMALL or not is_gzip(request.headers.get("Accept-Encoding", "")):
        return response
    response.set_data(gzip.compress(octets, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{response.get_etag()[0]}-gzip")
    return response


@lru_cache(maxsize=256)
def is_gzip(accepted: str) -> bool:
    """Return whether who sends this ``Accept-Encoding`` prefers gzip to none."""
    found = parse_accept_header(accepted, Accept)
    return found.best_match(["gzip", "identity"], "identity") == "gzip"
