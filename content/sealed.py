"""Sealed secrets: what has to be read again is stored so that the database alone does not tell it.

Fernet (AES-CBC with HMAC-SHA-256) under a key that HKDF (RFC 5869) makes of the installation's
secret key.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from content.errors import CaveatError

PURPOSE = b"caveat sealed secrets 1"


def seal(secret: str, key: bytes) -> str:
    """Return a secret as it is stored."""
    return _fernet(key).encrypt(secret.encode()).decode()


def unseal(sealed: str, key: bytes) -> str:
    """Return a stored secret; raise ``CaveatError`` where it was sealed with another key."""
    try:
        return _fernet(key).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CaveatError("a stored secret does not go with CAVEAT_SECRET_KEY") from None


def _fernet(key: bytes) -> Fernet:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key)
    return Fernet(base64.urlsafe_b64encode(made))
