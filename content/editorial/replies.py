"""Replies: a request with an ``Idempotency-Key`` is carried out once, and always answered alike.

The header is described in draft-ietf-httpapi-idempotency-key-header. The reply is written in the
transaction of what it speaks of, so neither is there without the other.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from content.errors import Conflict, Finding, Invalid
from content.models.editorial import Reply

KEPT = timedelta(hours=24)
MAX_KEY = 100  # characters


def check_key(key: str) -> str:
    """Return a key as it was sent, without quotes; raise ``Invalid``."""
    found = key.strip().removeprefix('"').removesuffix('"')
    if not (0 < len(found) <= MAX_KEY and found.isascii() and found.isprintable()):
        message = f"must be 1 to {MAX_KEY} printable ASCII characters, such as a UUID"
        raise Invalid([Finding("Idempotency-Key", message)])
    return found


def find(session: Session, editor: str, key: str, request: str, now: datetime) -> Reply | None:
    """Return what was answered to this very request; raise ``Invalid`` if it was another one."""
    found = session.get(Reply, (editor, key))
    if found is None or found.created_at < now - KEPT:
        return None
    if found.request != request:
        message = "was used for another request; choose a new one"
        raise Invalid([Finding("Idempotency-Key", message)])
    return found


def keep(session: Session, reply: Reply) -> None:
    """Keep a reply; raise ``Conflict`` while the same request is being carried out."""
    session.execute(delete(Reply).where(Reply.created_at < reply.created_at - KEPT))
    session.add(reply)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict("The same request is being carried out; ask again in a moment.") from None
