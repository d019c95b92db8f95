"""Signing: detached Ed25519 signatures over canonical bytes, and the keys that make them.

The public halves and their states are in the log; private halves are in a key file (mode 600) or
in the environment, never in the database. A signature is a detached JWS (RFC 7515, appendix F) with
the header ``{"alg": "Ed25519", "kid": …}`` (RFC 9864) and no time in it, so it can be reproduced.
"""

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from content.changes import Entry
from content.db import recall
from content.errors import CaveatError, Conflict
from content.models.log import SigningKey

ALGORITHM = "Ed25519"


class KeyMissing(CaveatError):
    """The private half of the key that has to sign is not in this installation's key file."""


class BadKey(CaveatError):
    """What was given as a public key is none."""


class BadSignature(CaveatError):
    """The signature does not fit the bytes and the key."""


class Keyring:
    """Private signing keys by ``kid``; retired ones stay, so that the past can be reproduced."""

    def __init__(self, keys: Iterable[OKPKey]) -> None:
        self._keys = {key.thumbprint(): key for key in keys}

    @classmethod
    def load(cls, text: str) -> "Keyring":
        """Read a private JWK Set (RFC 7517) from JSON text."""
        try:
            keys = [OKPKey.import_key(key) for key in json.loads(text)["keys"]]
        except (ValueError, KeyError, TypeError, JoseError):
            keys = []
        if not (keys and all(key.is_private and key.curve_name == ALGORITHM for key in keys)):
            raise CaveatError("The signing keys are not a JWK Set with private Ed25519 keys.")
        return cls(keys)

    @classmethod
    def open(cls, path: Path) -> "Keyring":
        """Read a key file; raise ``CaveatError`` when others could read it too."""
        try:
            if path.stat().st_mode & 0o077:
                raise CaveatError(f"{path} is open to others; run: chmod 600 {path}")
            return cls.load(path.read_text())
        except OSError as error:
            raise CaveatError(f"{path}: {error.strerror}; run: caveat init") from None

    def add_new(self) -> str:
        """Make a new key and return its kid (RFC 7638 thumbprint)."""
        key = OKPKey.generate_key("Ed25519")
        self._keys[key.thumbprint()] = key
        return key.thumbprint()

    def add(self, other: "Keyring") -> None:
        """Take the keys of another keyring in."""
        self._keys |= other._keys

    def newest(self) -> str:
        """Return the kid of the key that was added last."""
        return list(self._keys)[-1]

    def save(self, path: Path) -> None:
        """Write all keys to a file of mode 600; what was there is replaced in one step."""
        keys = [key.as_dict(private=True) for key in self._keys.values()]
        write_private(path, json.dumps({"keys": keys}))

    def public(self, kid: str) -> dict[str, Any]:
        """Return the public half of a key as a JWK."""
        facts = {"kid": kid, "use": "sig", "alg": ALGORITHM}
        return {**self._keys[kid].as_dict(private=False), **facts}

    def sign(self, kid: str, octets: bytes) -> str:
        """Return the detached JWS of some bytes; raise :class:`KeyMissing`."""
        if kid not in self._keys:
            raise KeyMissing(f"The private half of the signing key {kid} is not here.")
        header = {"alg": ALGORITHM, "kid": kid}
        whole = jws.serialize_compact(header, octets, self._keys[kid], algorithms=[ALGORITHM])
        protected, _, signature = whole.split(".")
        return f"{protected}..{signature}"

    def __contains__(self, kid: str) -> bool:
        return kid in self._keys


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read (mode 600), wholly or not at all."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def verify(octets: bytes, signature: str, jwk: dict[str, Any]) -> None:
    """Check a detached JWS; raise :class:`BadSignature` or :class:`BadKey`."""
    try:
        key = OKPKey.import_key(jwk)
    except (JoseError, ValueError, TypeError, KeyError):  # the last for an unknown curve
        key = None
    if key is None or key.curve_name != ALGORITHM:
        raise BadKey("The public key is not an Ed25519 key.")
    try:
        token = jws.deserialize_compact(signature, key, algorithms=[ALGORITHM], payload=octets)
    except (JoseError, ValueError):
        raise BadSignature("The signature does not fit the content.") from None
    if token.headers() != {"alg": ALGORITHM, "kid": jwk.get("kid")}:
        raise BadSignature(f"The signature's header is {token.headers()}.")


def thumbprint(jwk: dict[str, Any]) -> str:
    """Return the name of a public key that follows from it (RFC 7638); raise :class:`BadKey`."""
    try:
        return OKPKey.import_key({name: jwk[name] for name in ("kty", "crv", "x")}).thumbprint()
    except (JoseError, ValueError, TypeError, KeyError):
        raise BadKey("The public key is not an Ed25519 key.") from None


def in_force(session: Session, sequence: int) -> str:
    """Return the kid of the key that signs an edition of this sequence.

    That is the newest key that had begun by then and had not been retired, else the first that
    began later; so a new key changes nothing that was signed. One that is revoked today is
    skipped: a compromised key changes signatures and nothing else.
    """
    rows = _rows(session)
    revoked = {row.kid for row in rows if row.state == "revoked"}
    ended = {row.kid for row in rows if row.seq <= sequence and row.state == "retired"}
    usable = [row for row in rows if row.state == "active" and row.kid not in revoked]
    begun = [row.kid for row in usable if row.seq <= sequence and row.kid not in ended]
    later = [row.kid for row in usable if row.seq > sequence]
    if not (begun or later):
        raise KeyMissing("No signing key is in force; run: caveat keys rotate")
    return begun[-1] if begun else later[0]


def jwks(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Return the public keys by which editions can be verified (RFC 7517): all but revoked ones."""
    return {"keys": [row.public for row in states(session) if row.state != "revoked"]}


def states(session: Session) -> list[SigningKey]:
    """Return the newest row of each key, oldest key first."""
    newest = {row.kid: row for row in _rows(session)}
    return list(newest.values())


def _rows(session: Session) -> Sequence[SigningKey]:
    query = select(SigningKey).order_by(SigningKey.seq)
    return recall(session, "signing keys", lambda: session.scalars(query).all())


def begin(keyring: Keyring, kid: str) -> Entry:
    """Return the change by which a new key begins to sign."""
    row = SigningKey(kid=kid, state="active", public=keyring.public(kid))
    return Entry("signing-key.began", row, seen=None)


def end(session: Session, kid: str, *, compromised: bool, reason: str) -> Entry:
    """Return the change by which a key is retired, or revoked as compromised."""
    newest = next((row for row in states(session) if row.kid == kid), None)
    if newest is None or newest.state == "revoked":
        raise Conflict(f"There is no key {kid} that could be ended.")
    state = "revoked" if compromised else "retired"
    row = SigningKey(kid=kid, state=state, public=newest.public)
    return Entry(f"signing-key.{state}", row, seen=newest.seq, impact="safety", reason=reason)
