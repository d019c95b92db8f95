"""Content codings (RFC 9110, 8.4): the long answers of sync are compressed for who accepts gzip.

The same bytes always give the same compressed bytes, so that a coded answer has a strong entity tag
of its own, and can be resumed. All else is left to the proxy in front.
"""

import gzip

from flask import Response, request

SMALL = 1000  # bytes that are sent as they are
VARY = "Accept, Accept-Encoding, Authorization"


def encode(response: Response) -> Response:
    """Compress an answer where its reader prefers that; to be called before it is conditional."""
    response.headers["Vary"] = VARY
    octets = response.get_data()
    if len(octets) < SMALL or _preferred() != "gzip":
        return response
    response.set_data(gzip.compress(octets, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{response.get_etag()[0]}-gzip")
    return response


def _preferred() -> str | None:
    return request.accept_encodings.best_match(["gzip", "identity"], "identity")
