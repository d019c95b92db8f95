"""Partners and editors, and the secrets by which they are known.

A secret is shown once; what is stored is a keyed digest (HMAC-SHA-256), so neither a stolen
database nor a lucky guess opens anything. The form, a prefix, 30 random characters and 6 of
checksum, lets secret scanners find leaked ones without asking us.
"""

import hashlib
import hmac
import secrets
import string
import zlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from content import contexts
from content.articles import new_id
from content.errors import Finding, Invalid, NotFound
from content.models.access import Credential, Editor, Partner

PARTNER_PREFIX = "cvk"
EDITOR_PREFIX = "cvt"
ADMIN = "admin"  # may do everything
ROLES = (ADMIN, "editor", "clinical-editor", "legal", "auditor")
MAX_NAME = 200  # characters of an editor's name
MAX_SECRET = 200  # characters; ours are shorter, and longer ones are not worth a digest
ALPHABET = string.digits + string.ascii_letters
RANDOM_LENGTH = 30  # characters of base 62: about 178 bits


@dataclass(frozen=True)
class Caller:
    """Who a secret belongs to: exactly one of the two is there."""

    partner: Partner | None = None
    editor: Editor | None = None


def add_partner(
    session: Session,
    name: str,
    *,
    audience: str,
    channel: str,
    now: datetime,
    locale: str | None = None,
    jurisdiction: str | None = None,
) -> Partner:
    """Register who takes content, with the context that its keys fix."""
    fixed = contexts.parse(
        locale=locale, jurisdiction=jurisdiction, audience=audience, channel=channel
    )
    partner = Partner(
        id=new_id(now),
        name=name,
        audience=fixed.audience,
        channel=fixed.channel,
        locale=locale,
        jurisdiction=fixed.jurisdiction if jurisdiction else None,
        created_at=now,
    )
    session.add(partner)
    return partner


def add_editor(session: Session, name: str, *, role: str, now: datetime) -> Editor:
    """Register who makes content; a name may stand twice, an id cannot."""
    if role not in ROLES:
        raise Invalid([Finding("role", f"{role!r} is not one of {', '.join(ROLES)}")])
    name = name.strip()
    if not (name.isprintable() and 0 < len(name) <= MAX_NAME):
        message = f"must be 1 to {MAX_NAME} characters on one line"
        raise Invalid([Finding("name", message)])
    editor = Editor(id=new_id(now), name=name, role=role, created_at=now)
    session.add(editor)
    return editor


def editors(session: Session) -> list[Row[Editor, bool]]:
    """Return every editor, oldest first, each with whether a token of theirs is still good."""
    good = (Credential.editor == Editor.id, Credential.revoked_at.is_(None))
    query = select(Editor, select(Credential).where(*good).exists())
    return list(session.execute(query.order_by(Editor.created_at, Editor.id)))


def revoke_editor(session: Session, editor_id: str, *, now: datetime) -> Editor:
    """Revoke all tokens of an editor; again is no error, an unknown id is ``NotFound``."""
    editor = session.get(Editor, editor_id)
    if editor is None:
        raise NotFound(f"There is no editor {editor_id!r}; caveat editors list names them.")
    still_good = (Credential.editor == editor.id, Credential.revoked_at.is_(None))
    session.execute(update(Credential).where(*still_good).values(revoked_at=now))
    return editor


def add_secret(session: Session, owner: Partner | Editor, *, pepper: bytes, now: datetime) -> str:
    """Make a new key or token for somebody and return it; it can never be shown again."""
    prefix = PARTNER_PREFIX if isinstance(owner, Partner) else EDITOR_PREFIX
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    secret = f"{prefix}_{body}{_checksum(body)}"
    session.flush()
    session.add(
        Credential(
            digest=digest(secret, pepper),
            partner=owner.id if isinstance(owner, Partner) else None,
            editor=owner.id if isinstance(owner, Editor) else None,
            created_at=now,
        )
    )
    return secret


def find_caller(session: Session, secret: str, *, pepper: bytes) -> Caller | None:
    """Return whose secret this is; None for unknown, revoked and malformed ones alike."""
    if not (secret.isascii() and len(secret) <= MAX_SECRET):
        return None
    query = select(Credential).where(Credential.digest == digest(secret, pepper))
    found = session.scalar(query.where(Credential.revoked_at.is_(None)))
    if found is None:
        return None
    if found.partner is not None:
        return Caller(partner=session.get_one(Partner, found.partner))
    return Caller(editor=session.get_one(Editor, found.editor))


def digest(secret: str, pepper: bytes) -> str:
    """Return the keyed digest under which a secret is stored."""
    return hmac.new(pepper, secret.encode(), hashlib.sha256).hexdigest()


def _checksum(body: str) -> str:
    number, out = zlib.crc32(body.encode()), ""
    while len(out) < 6:
        number, digit = divmod(number, len(ALPHABET))
        out = ALPHABET[digit] + out
    return out
