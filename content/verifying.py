"""Verification: whether an edition is what its publisher signed, and if not, what is wrong.

Needs only the edition and the publisher's public keys, so it works on any copy, years later.
"""

from typing import Any

from content import canonical, signing
from content.errors import CaveatError
from content.signing import BadSignature


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
    try:
        signing.verify(octets, integrity["jws"], key)
    except signing.BadKey:
        raise Unreadable(f"The key {integrity['kid']} in the key set is not readable.") from None
    except BadSignature:
        raise Altered("the content matches its digest, but this key has not signed it") from None
    return int(content["sequence"])


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
    try:
        found = [key for key in jwks["keys"] if key.get("kid") == kid]
    except (AttributeError, KeyError, TypeError):
        raise Unreadable("The keys are not a JWK Set.") from None
    if not found:
        raise Altered(f"the key {kid} is not, or no longer, one of the publisher's")
    return dict(found[0])


def _missing(content: dict[str, Any]) -> list[str]:
    """Return the disclaimers that the notices name and the edition lacks."""
    try:
        named = {id for notice in content["notices"] for id in notice["items"]}
        return sorted(map(str, named - {entry["id"] for entry in content["disclaimers"]}))
    except (KeyError, TypeError):
        return ["all of them"]
