"""What a writing request has to say besides its body: the version it has seen, and its own key.

``If-Match`` (RFC 9110, 13.1.1) keeps two people from overwriting each other; ``Idempotency-Key``
lets a request whose answer was lost be sent again.
"""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, g, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import PreconditionRequired

from api.db import now, session
from api.editorial import acting
from content import canonical
from content.editorial import replies
from content.errors import Stale
from content.models.editorial import Reply

ETAG = re.compile(r'"([1-9][0-9]{0,15})"')
IF_MATCH = {  # these two as the description has them
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The `ETag` that you have read: 428 without it, 412 when it is another one.",
    "schema": {"type": "string", "pattern": f"^{ETAG.pattern}$"},
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "A key of your own; the same request with it is carried out once in 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": replies.MAX_KEY},
}
REPEATED = ("Location", "ETag")  # headers of a reply that are said again
View = Callable[..., Response]


def etag(version: int) -> str:
    """Return the entity tag of a version."""
    return f'"{version}"'


def match(version: int) -> None:
    """Raise ``PreconditionRequired`` (428) without ``If-Match``, ``Stale`` (412) for another."""
    asked = request.headers.get("If-Match")
    if asked is None:
        raise PreconditionRequired(f"Send If-Match: {etag(version)}, or what you have read.")
    if asked.strip() != etag(version):
        raise Stale(f"It is at version {version}; you have seen {asked[:40]}.", version)


def versioned(view: View) -> View:
    """Say of a view that it asks for ``If-Match``; it calls :func:`match` when it has read."""
    view.asks = [IF_MATCH]  # type: ignore[attr-defined] # ``Desk.needs`` reads it
    return view


def once(view: View) -> View:
    """Carry out a request with an ``Idempotency-Key`` once; then say the same answer again."""

    @wraps(view)
    def repeatable(*args: Any, **kwargs: Any) -> Response:
        body = request.get_data() if "Idempotency-Key" in request.headers else b""
        return said(hashlib.sha256(body)) or view(*args, **kwargs)

    return keyed(repeatable)


def keyed(view: View) -> View:
    """Say of a view that it looks at ``Idempotency-Key``; it calls :func:`said` by itself."""
    view.asks = [IDEMPOTENCY_KEY]  # type: ignore[attr-defined] # ``Desk.needs`` reads it
    return view


def said(body: "hashlib._Hash") -> Response | None:
    """Return what was answered before to this request with its key; ``body`` has digested its body.

    Raise ``Invalid`` where the key goes with another request. None: carry it out, and commit what
    it answers with :func:`commit`.
    """
    if (asked := request.headers.get("Idempotency-Key")) is None:
        return None
    key, digest = replies.check_key(asked), _digest(body)
    g.idempotency = (key, digest)
    found = replies.find(session(), acting().id, key, digest, now())
    return _again(found) if found else None


def commit(writing: Session, response: Response) -> Response:
    """Commit what was written, with the reply when the request has a key; return the response."""
    if "idempotency" in g:
        key, digest = g.idempotency
        kept = {name: response.headers[name] for name in REPEATED if name in response.headers}
        facts = {"status": response.status_code, "headers": kept, "created_at": now()}
        body = response.get_data(as_text=True)
        replies.keep(
            writing, Reply(editor=acting().id, key=key, request=digest, body=body, **facts)
        )
    writing.commit()
    return response


def _digest(body: "hashlib._Hash") -> str:
    asked = (request.method, request.full_path, request.content_type or "", body.hexdigest())
    return canonical.digest("\n".join(asked).encode())


def _again(found: Reply) -> Response:
    response = Response(found.body, status=found.status, mimetype="application/json")
    response.headers.update(found.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response
