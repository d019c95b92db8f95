"""Verification: whether an edition is what its publisher signed, and if not, what is wrong.

Needs only the edition and the publisher's public keys, so it works on any copy, years later. So it
does for checkpoints of the log, and for the proofs that come with them.
"""

from typing import Any

from content import canonical, signing
from content.errors import CaveatError
from content.signing import BadSignature
from content.transparency import merkle


class Altered(CaveatError):
    """The edition is not what was signed; the message says what was found."""


class Unreadable(CaveatError):
    """What was given is not an edition, or not a key set."""


def verify(edition: Any, jwks: Any) -> int:
    """Return the sequence as of which an edition is genuine.

    ``edition`` and ``jwks`` (RFC 7517) are parsed JSON. Raise :class:`Altered` or
    :class:`Unreadable`.
    """
    integrity, content = _parts(edition)
    key = _key(jwks, integrity["kid"])
    if missing := _missing(content):
        raise Altered(f"its notices name disclaimers that are missing: {', '.join(missing)}")
    if extra := set(edition["integrity"]) - set(integrity):
        raise Altered(f"its integrity has members that nobody signs: {', '.join(sorted(extra))}")
    octets = _octets(content)
    if canonical.digest(octets) != integrity["digest"]:
        raise Altered("the content does not match its digest")
    _check_signed(octets, integrity["jws"], key, "the content matches its digest, but")
    return int(content["sequence"])


def verify_checkpoint(checkpoint: Any, jwks: Any, older: Any = None) -> int:
    """Return the sequence of a checkpoint, as ``/v1/checkpoint`` answers it.

    With an ``older`` one it has to carry the proof that its log goes on from that. Raise
    :class:`Altered` or :class:`Unreadable`.
    """
    content, (kid, jws) = statement(checkpoint)
    _check_signed(canonical.encode(content), jws, _key(jwks, kid), "of its signature:")
    if older is not None:
        verify_checkpoint(older, jwks)
        _check_continues(older, checkpoint)
    if "inclusion" in checkpoint:
        check_included(checkpoint["inclusion"], checkpoint)
    return int(content["sequence"])


def statement(checkpoint: Any) -> tuple[dict[str, Any], tuple[str, str]]:
    """Return what a checkpoint says, and by which key with which signature."""
    try:
        content = {name: checkpoint[name] for name in ("sequence", "root", "at")}
        kid, jws = (checkpoint["integrity"][name] for name in ("kid", "jws"))
        whole = type(content["sequence"]) is int and bool(canonical.encode(content))
    except (AttributeError, KeyError, TypeError, ValueError):
        whole = False
    if not (whole and all(isinstance(v, str) for v in (content["root"], content["at"], kid, jws))):
        raise Unreadable("This is not a checkpoint with sequence, root, at, kid and jws.")
    return content, (kid, jws)


def keys(jwks: Any) -> list[dict[str, Any]]:
    """Return the keys of a JWK Set (RFC 7517); raise ``Unreadable`` for what is none."""
    try:
        return [dict(key.items()) for key in jwks["keys"]]
    except (AttributeError, KeyError, TypeError):
        raise Unreadable("The keys are not a JWK Set.") from None


def check_included(inclusion: Any, checkpoint: Any) -> None:
    """Check the proof that a change (its ``leaf``) is under a checkpoint; raise ``Altered``."""
    try:
        leaf, proof = inclusion["leaf"], _hashes(inclusion["hashes"])
        hash, index = merkle.leaf(canonical.encode(leaf)), int(leaf["seq"]) - 1
        root = merkle.octets(checkpoint["root"])
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Unreadable("This is not a proof with leaf and hashes.") from None
    if not merkle.includes(hash, index, checkpoint["sequence"], proof, root):
        raise Altered(f"change {leaf['seq']} is not in the log of this checkpoint")


def _check_continues(older: Any, newer: Any) -> None:
    try:
        proof = _hashes(newer["consistency"]["hashes"])
        roots = merkle.octets(older["root"]), merkle.octets(newer["root"])
    except (AttributeError, KeyError, TypeError, ValueError):
        ask = f"/v1/checkpoint?from={older['sequence']}"
        raise Unreadable(f"It has no proof that it goes on from the older one; ask {ask}") from None
    if not merkle.begins(older["sequence"], newer["sequence"], proof, *roots):
        raise Altered(f"its log does not go on from that of {older['sequence']}: it was rewritten")


def _check_signed(octets: bytes, jws: str, key: dict[str, Any], words: str) -> None:
    try:
        signing.verify(octets, jws, key)
    except signing.BadKey:
        raise Unreadable(f"The key {key['kid']} in the key set is not readable.") from None
    except BadSignature:
        raise Altered(f"{words} this key has not signed it") from None


def _hashes(shown: list[str]) -> list[bytes]:
    return [bytes.fromhex(one) for one in shown]


def _parts(edition: Any) -> tuple[dict[str, str], dict[str, Any]]:
    try:
        content = {name: value for name, value in edition.items() if name != "integrity"}
        integrity = {name: edition["integrity"][name] for name in ("digest", "kid", "jws")}
        whole = "sequence" in content and all(isinstance(v, str) for v in integrity.values())
    except (AttributeError, KeyError, TypeError):
        whole = False
    if not whole:
        raise Unreadable("This is not an edition with digest, kid and jws.")
    return integrity, content


def _octets(content: dict[str, Any]) -> bytes:
    try:
        return canonical.encode(content)
    except ValueError as error:
        raise Altered(f"it holds what no edition holds: {error}") from None


def _key(jwks: Any, kid: str) -> dict[str, Any]:
    found = [key for key in keys(jwks) if key.get("kid") == kid]
    if not found:
        raise Altered(f"the key {kid} is not, or no longer, one of the publisher's")
    return found[0]


def _missing(content: dict[str, Any]) -> list[str]:
    """Return the disclaimers that the notices name and the edition lacks."""
    try:
        named = {id for notice in content["notices"] for id in notice["items"]}
        return sorted(map(str, named - {entry["id"] for entry in content["disclaimers"]}))
    except (KeyError, TypeError):
        return ["all of them"]
