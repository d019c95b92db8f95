"""Previews: leave to look at a draft without a token, for a while, by an address nobody can guess.

The address carries its end and a signature (HMAC-SHA-256) over id, format and end, by a key that
is derived from the installation's secret. A preview has no text of its own: it shows the draft as
it is when somebody looks, and nothing once it was revoked.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from content import contexts, helplines
from content.contexts import Context
from content.editions import Edition
from content.editorial import editions
from content.errors import Finding, Invalid, NotFound, Over
from content.models.editorial import Draft, Preview

SHORTEST, USUAL, LONGEST = 60, 24 * 60 * 60, 30 * 24 * 60 * 60  # seconds until it ends
MAX_NOTE = 500  # characters
MOST = 100  # of one draft that are good at a time
OVER = {"revoked": "was revoked", "ended": "has ended", "gone": "is gone, like its draft"}
PURPOSE = b"caveat: addresses of previews"  # what its key is derived for


def add(
    session: Session,
    draft: Draft,
    asked: Context,
    *,
    by: str,
    now: datetime,
    expires_in: int = USUAL,
    note: str | None = None,
) -> Preview:
    """Let a draft be seen in a context for some seconds; raise ``Unfinished`` where it cannot be.

    Raise ``Invalid`` when too many are good already.
    """
    editions.preview(session, draft, asked, now=now)  # who sends it on should not send a problem
    good = select(func.count()).select_from(Preview).where(*_mine(draft))
    good = good.where(Preview.revoked_at.is_(None), Preview.expires_at > now)
    if (session.scalar(good) or 0) >= MOST:
        message = f"{MOST} previews of this draft are good already; revoke one first"
        raise Invalid([Finding("", message)])
    made = Preview(
        id=secrets.token_hex(16),
        article=draft.article,
        locale=draft.locale,
        jurisdiction=asked.jurisdiction,
        audience=asked.audience,
        channel=asked.channel,
        note=note,
        created_at=now,
        created_by=by,
        expires_at=now.replace(microsecond=0) + timedelta(seconds=expires_in),
    )
    session.add(made)
    return made


def of(session: Session, draft: Draft) -> list[Preview]:
    """Return the previews of a draft, newest first, those that are over too."""
    query = select(Preview).where(*_mine(draft))
    return list(session.scalars(query.order_by(Preview.created_at.desc(), Preview.id)))


def revoke(session: Session, draft: Draft, id: str, *, by: str, now: datetime) -> Preview:
    """End a preview at once; again is no error."""
    found = session.get(Preview, id)
    if found is None or (found.article, found.locale) != (draft.article, draft.locale):
        raise NotFound(f"The draft has no preview {id!r}.")
    if found.revoked_at is None:
        found.revoked_at, found.revoked_by = now, by
    return found


def show(session: Session, id: str, *, now: datetime) -> Edition:
    """Return the draft as it is now, as an edition that is marked as a preview.

    The caller has checked the signature. Raise ``Over`` when it was revoked, has ended, or its
    draft is gone, and what :func:`editions.preview` raises.
    """
    found = session.get(Preview, id)
    draft = session.get(Draft, (found.article, found.locale)) if found else None
    if found is None or draft is None:
        raise _over("gone")
    if (state := found.state(now)) in OVER:
        raise _over(state)
    return editions.preview(session, draft, context(found), now=now)


def context(preview: Preview) -> Context:
    """Return for whom a preview is made."""
    return Context(preview.locale, preview.jurisdiction, preview.audience, preview.channel)


def parse(jurisdiction: str | None, audience: str | None, channel: str | None) -> Context:
    """Return for whom a preview is asked; raise ``Invalid``. The locale is the draft's."""
    asked = {"jurisdiction": jurisdiction, "audience": audience, "channel": channel}
    return contexts.parse(locale=None, **asked)


def sign(id: str, form: str, expires: int, pepper: bytes) -> str:
    """Return the signature of an address: of its id, its format, and its end in Unix seconds."""
    key = hmac.new(pepper, PURPOSE, hashlib.sha256).digest()
    return hmac.new(key, f"{id}.{form} {expires}".encode(), hashlib.sha256).hexdigest()


def is_signed(signature: str, id: str, form: str, expires: int, *, pepper: bytes) -> bool:
    """Return whether a signature is ours, in a time that tells nothing about it."""
    wanted = sign(id, form, expires, pepper)
    return hmac.compare_digest(wanted.encode(), signature.encode())


def _over(state: str) -> Over:
    return Over(f"The preview {OVER[state]}.", help=helplines.generic())


def _mine(draft: Draft) -> tuple[ColumnElement[bool], ...]:
    return Preview.article == draft.article, Preview.locale == draft.locale
