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
    key = _key(jwks, str(integrity["kid"]))
    octets = canonical.encode(content)
    missing = _missing(content)
    if missing:
        raise Altered(f"its notices name disclaimers that are missing: {', '.join(missing)}")
    if canonical.digest(octets) != integrity["digest"]:
        raise Altered("the content does not match its digest")
    try:
        signing.verify(octets, str(integrity["jws"]), key)
    except BadSignature as error:
        raise Altered(f"digest and content agree, but they were not signed by this key: {error}") from None
    return int(content["sequence"])


def _parts(edition: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        content = {name: value for name, value in edition.items() if name != "integrity"}
        integrity = {name: edition["integrity"][name] for name in ("digest", "kid", "jws")}
        canonical.encode(content)
        int(content["sequence"])
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Unreadable("This is not an edition with digest, kid and jws.") from None
    return integrity, content


def _key(jwks: Any, kid: str) -> dict[str, Any]:
    try:
        found = [key for key in jwks["keys"] if key["kid"] == kid]
    except (KeyError, TypeError):
        raise Unreadable("The keys are not a JWK Set.") from None
    if not found:
        raise Altered(f"the key {kid} is not, or no longer, one of the publisher's")
    return dict(found[0])


def _missing(content: dict[str, Any]) -> list[str]:
    """Return the disclaimers that the notices name and the edition lacks."""
    try:
        named = {id for notice in content["notices"] for id in notice["items"]}
        return sorted(named - {entry["id"] for entry in content["disclaimers"]})
    except (KeyError, TypeError):
        return ["all of them"]
