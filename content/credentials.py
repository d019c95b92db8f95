"""The secrets by which partners and editors are known: keys and tokens.

A secret is shown once; what is stored is a keyed digest (HMAC-SHA-256), so neither a stolen
database nor a lucky guess opens anything. The form, a prefix, 30 random characters and 6 of
checksum, lets secret scanners find leaked ones without asking us.
"""

import hashlib
import hmac
import secrets
import string
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from content import editors
from content.articles import new_id
from content.errors import Finding, Invalid, NotFound
from content.models.access import Credential, Editor, Partner

PARTNER_PREFIX = "cvk"
EDITOR_PREFIX = "cvt"
MAX_SECRET = 200  # characters; ours are shorter, and longer ones are not worth a digest
ALPHABET = string.digits + string.ascii_letters
RANDOM_LENGTH = 30  # characters of base 62: about 178 bits
MAX_GOOD = 20  # tokens of one editor that are good at a time
NOTED_EVERY = timedelta(minutes=1)  # how exactly the last use is known


@dataclass(frozen=True)
class Caller:
    """Who a secret belongs to, exactly one of the two; ``scopes`` are what an editor may do now."""

    credential: Credential
    partner: Partner | None = None
    editor: Editor | None = None
    scopes: frozenset[str] = frozenset()


def add(
    session: Session,
    owner: Partner | Editor,
    *,
    pepper: bytes,
    now: datetime,
    name: str = "",
    scopes: Iterable[str] | None = None,
    expires_at: datetime | None = None,
) -> tuple[Credential, str]:
    """Make a key or token; return it and the secret, which can never be shown again.

    ``scopes`` are some of those of the editor's role, None: always all of them. Raise ``Invalid``
    for a scope that the role has not, an end that has passed, and too many tokens.
    """
    session.flush()
    if isinstance(owner, Editor):
        _check(session, owner, scopes, expires_at, now)
    prefix = PARTNER_PREFIX if isinstance(owner, Partner) else EDITOR_PREFIX
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    secret = f"{prefix}_{body}{_checksum(body)}"
    made = Credential(
        digest=digest(secret, pepper),
        id=new_id(now),
        name=name,
        partner=owner.id if isinstance(owner, Partner) else None,
        editor=owner.id if isinstance(owner, Editor) else None,
        scopes=None if scopes is None else sorted(scopes),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(made)
    return made, secret


def find_caller(session: Session, secret: str, *, pepper: bytes, now: datetime) -> Caller | None:
    """Return whose secret this is; None for unknown, revoked, expired and malformed ones alike."""
    if not (secret.isascii() and len(secret) <= MAX_SECRET):
        return None
    found = session.scalar(_good(now).where(Credential.digest == digest(secret, pepper)))
    if found is None:
        return None
    if found.partner is not None:
        return Caller(found, partner=session.get_one(Partner, found.partner))
    editor = session.get_one(Editor, found.editor)
    scopes = editors.scopes(editor.role)
    if found.scopes is not None:
        scopes &= frozenset(found.scopes)  # a role may have become smaller since
    return Caller(found, editor=editor, scopes=scopes)


def of_editor(session: Session, editor: str) -> list[Credential]:
    """Return the tokens of an editor, oldest first, the revoked ones too."""
    mine = select(Credential).where(Credential.editor == editor)
    return list(session.scalars(mine.order_by(Credential.created_at, Credential.id)))


def revoke(session: Session, editor: str, id: str, *, now: datetime) -> Credential:
    """Revoke one token of an editor; again is no error, another one is ``NotFound``."""
    mine = (Credential.editor == editor, Credential.id == id)
    found = session.scalar(select(Credential).where(*mine))
    if found is None:
        raise NotFound(f"There is no token {id!r} of the editor {editor!r}.")
    found.revoked_at = found.revoked_at or now
    return found


def described(credential: Credential) -> dict[str, Any]:
    """Return whose token this is, what it may do and until when, as data for the audit."""
    ends = credential.expires_at.isoformat() if credential.expires_at else None
    return {"editor": credential.editor, "scopes": credential.scopes, "expires_at": ends}


def is_noted(credential: Credential, now: datetime) -> bool:
    """Return whether the last use of a secret is known well enough."""
    last = credential.last_used_at
    return last is not None and last > now - NOTED_EVERY


def note_use(session: Session, credential: Credential, *, now: datetime) -> None:
    """Remember that a secret is used."""
    mine = update(Credential).where(Credential.id == credential.id)
    session.execute(mine.values(last_used_at=now))


def digest(secret: str, pepper: bytes) -> str:
    """Return the keyed digest under which a secret is stored."""
    return hmac.new(pepper, secret.encode(), hashlib.sha256).hexdigest()


def _good(now: datetime) -> Any:
    ends = or_(Credential.expires_at.is_(None), Credential.expires_at > now)
    return select(Credential).where(Credential.revoked_at.is_(None), ends)


def _check(
    session: Session,
    editor: Editor,
    scopes: Iterable[str] | None,
    expires_at: datetime | None,
    now: datetime,
) -> None:
    findings = []
    allowed = editors.scopes(editor.role)
    if scopes is not None and not frozenset(scopes) <= allowed:
        message = f"the role {editor.role} has only {', '.join(sorted(allowed))}"
        findings.append(Finding("scopes", message))
    if expires_at is not None and expires_at <= now:
        findings.append(Finding("expires_at", "has passed already"))
    if len(session.scalars(_good(now).where(Credential.editor == editor.id)).all()) >= MAX_GOOD:
        findings.append(Finding("name", f"{MAX_GOOD} tokens are good already; revoke one first"))
    if findings:
        raise Invalid(findings)


def _checksum(body: str) -> str:
    number, out = zlib.crc32(body.encode()), ""
    while len(out) < 6:
        number, digit = divmod(number, len(ALPHABET))
        out = ALPHABET[digit] + out
    return out
