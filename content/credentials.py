"""The secrets by which partners and editors are known: keys and tokens.

An account key is secret, and asks for everything that a partner may; a site key stands in pages for
everybody to see, and opens delivery alone. A secret is shown once; what is stored is a keyed digest
(HMAC-SHA-256), so neither a stolen database nor a lucky guess opens anything. The form, a prefix,
30 random characters and 6 of checksum, lets secret scanners find leaked ones without asking us.
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

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from content import editors
from content.articles import new_id
from content.errors import Conflict, Finding, Invalid, NotFound
from content.models.access import Credential, Editor, Partner

ACCOUNT, SITE = "account", "site"  # kinds of keys
KINDS = (ACCOUNT, SITE)
PREFIXES = {ACCOUNT: "cvk", SITE: "cvs", None: "cvt"}
MAX_SECRET = 200  # characters; ours are shorter, and longer ones are not worth a digest
ALPHABET = string.digits + string.ascii_letters
RANDOM_LENGTH = 30  # characters of base 62: about 178 bits
MAX_GOOD = 20  # secrets of one owner that are good at a time
LONGEST_OVERLAP = timedelta(days=30)  # that a key stays good after it was rotated
NOTED_EVERY = timedelta(minutes=1)  # how exactly the last use is known


@dataclass(frozen=True)
class Caller:
    """Who a secret belongs to, exactly one of the two; ``scopes`` are what an editor may do now."""

    credential: Credential
    partner: Partner | None = None
    editor: Editor | None = None
    scopes: frozenset[str] = frozenset()

    @property
    def is_site(self) -> bool:
        """Whether the secret is none: a site key, which everybody can read in a page."""
        return self.credential.kind == SITE


def add(  # noqa: PLR0913 - whose it is, and each way in which it is less than all
    session: Session,
    owner: Partner | Editor,
    *,
    pepper: bytes,
    now: datetime,
    name: str = "",
    kind: str = ACCOUNT,
    scopes: Iterable[str] | None = None,
    expires_at: datetime | None = None,
) -> tuple[Credential, str]:
    """Make a key or token; return it and the secret, which can never be shown again.

    ``kind`` is that of a partner's key. ``scopes`` are some of those of the editor's role, None:
    always all of them. Raise ``Invalid`` for a scope that the role has not, an end that has passed,
    and too many that are good.
    """
    session.flush()
    _check(session, owner, scopes, expires_at, now)
    of_kind = kind if isinstance(owner, Partner) else None
    secret = new_secret(PREFIXES[of_kind])
    made = Credential(
        digest=digest(secret, pepper),
        id=new_id(now),
        name=name,
        kind=of_kind,
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
    good = select(Credential).where(*is_good(now))
    found = session.scalar(good.where(Credential.digest == digest(secret, pepper)))
    if found is None:
        return None
    return caller(session, found)


def caller(session: Session, found: Credential) -> Caller:
    """Return whose a key or token is, and what they may do."""
    if found.partner is not None:
        return Caller(found, partner=session.get_one(Partner, found.partner))
    editor = session.get_one(Editor, found.editor)
    scopes = editors.scopes(editor.role)
    if found.scopes is not None:
        scopes &= frozenset(found.scopes)  # a role may have become smaller since
    return Caller(found, editor=editor, scopes=scopes)


def of(session: Session, owner: Partner | Editor) -> list[Credential]:
    """Return the keys of a partner, or the tokens of an editor, oldest first, revoked ones too."""
    mine = select(Credential).where(_is_of(owner))
    return list(session.scalars(mine.order_by(Credential.created_at, Credential.id)))


def find(session: Session, owner: Partner | Editor, id: str) -> Credential:
    """Return one of somebody's keys or tokens; raise ``NotFound`` for another's, too."""
    found = session.scalar(select(Credential).where(_is_of(owner), Credential.id == id))
    if found is None:
        what = "key" if isinstance(owner, Partner) else "token"
        raise NotFound(f"There is no {what} {id!r} of {owner.name}.")
    return found


def revoke(session: Session, owner: Partner | Editor, id: str, *, now: datetime) -> Credential:
    """Revoke a key or token; again is no error, another's is ``NotFound``."""
    found = find(session, owner, id)
    found.revoked_at = found.revoked_at or now
    return found


def rotate(
    session: Session, partner: Partner, id: str, overlap: timedelta, *, pepper: bytes, now: datetime
) -> tuple[Credential, str]:
    """Make the successor of a key, of its name and kind; the old one ends after the overlap.

    Raise ``NotFound`` for another's key, and ``Conflict`` for one that opens nothing any more.
    """
    old = find(session, partner, id)
    if old.state(now) != "good":
        raise Conflict(f"The key {id!r} is {old.state(now)}; make a new one.")
    ends = now + min(overlap, LONGEST_OVERLAP)
    old.expires_at = min(old.expires_at or ends, ends)
    return add(session, partner, pepper=pepper, now=now, name=old.name, kind=old.kind or ACCOUNT)


def described(credential: Credential) -> dict[str, Any]:
    """Return whose this is, what it may do and until when, as data for the audit."""
    ends = credential.expires_at.isoformat() if credential.expires_at else None
    if credential.partner:
        return {"partner": credential.partner, "kind": credential.kind, "expires_at": ends}
    return {"editor": credential.editor, "scopes": credential.scopes, "expires_at": ends}


def is_noted(credential: Credential, now: datetime) -> bool:
    """Return whether the last use of a secret is known well enough."""
    last = credential.last_used_at
    return last is not None and last > now - NOTED_EVERY


def note_use(session: Session, credential: Credential, *, now: datetime) -> None:
    """Remember that a secret is used."""
    mine = update(Credential).where(Credential.id == credential.id)
    session.execute(mine.values(last_used_at=now))


def is_good(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a key or token opens anything."""
    ends = or_(Credential.expires_at.is_(None), Credential.expires_at > now)
    return Credential.revoked_at.is_(None), ends


def new_secret(prefix: str) -> str:
    """Return a secret that nobody can guess, and that is known for one when it leaks."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return f"{prefix}_{body}{_checksum(body)}"


def digest(secret: str, pepper: bytes) -> str:
    """Return the keyed digest under which a secret is stored."""
    return hmac.new(pepper, secret.encode(), hashlib.sha256).hexdigest()


def _is_of(owner: Partner | Editor) -> ColumnElement[bool]:
    if isinstance(owner, Partner):
        return Credential.partner == owner.id
    return Credential.editor == owner.id


def _check(
    session: Session,
    owner: Partner | Editor,
    scopes: Iterable[str] | None,
    expires_at: datetime | None,
    now: datetime,
) -> None:
    findings = []
    if isinstance(owner, Editor) and scopes is not None:
        allowed = editors.scopes(owner.role)
        if not frozenset(scopes) <= allowed:
            has = ", ".join(sorted(allowed))
            findings.append(Finding("scopes", f"the role {owner.role} has only {has}"))
    if expires_at is not None and expires_at <= now:
        findings.append(Finding("expires_at", "has passed already"))
    good = select(Credential).where(*is_good(now), _is_of(owner))
    if len(session.scalars(good).all()) >= MAX_GOOD:
        findings.append(Finding("name", f"{MAX_GOOD} are good already; revoke one first"))
    if findings:
        raise Invalid(findings)


def _checksum(body: str) -> str:
    number, out = zlib.crc32(body.encode()), ""
    while len(out) < 6:
        number, digit = divmod(number, len(ALPHABET))
        out = ALPHABET[digit] + out
    return out
