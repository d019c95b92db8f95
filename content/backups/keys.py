"""The keys in a backup: sealed under a passphrase, as a JWE (RFC 7516) that others can open, too.

The key is derived by PBES2 (RFC 7518, section 4.8), with as many rounds as the library takes; OWASP
asks for 210,000 of PBKDF2 with SHA-512.
"""

import json

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from content.backups import BadBackup
from content.errors import CaveatError

ALGORITHMS = ["PBES2-HS512+A256KW", "A256GCM"]
ROUNDS = 300_000
SHORTEST = 16  # characters of a passphrase


def seal(files: dict[str, str], passphrase: str) -> bytes:
    """Seal the texts of key files, by their names."""
    header = {"alg": ALGORITHMS[0], "enc": ALGORITHMS[1], "p2c": ROUNDS}
    octets = json.dumps(files).encode()
    return jwe.encrypt_compact(header, octets, _key(passphrase), algorithms=ALGORITHMS).encode()


def unseal(octets: bytes, passphrase: str) -> dict[str, str]:
    """Return the texts of key files; raise ``CaveatError`` for another passphrase."""
    try:
        found = jwe.decrypt_compact(octets, _key(passphrase), algorithms=ALGORITHMS)
        files: dict[str, str] = json.loads(found.plaintext or b"")
    except (JoseError, ValueError):
        raise BadBackup("its keys cannot be opened with this passphrase") from None
    return files


def _key(passphrase: str) -> OctKey:
    if len(passphrase) < SHORTEST:
        raise CaveatError(f"the passphrase has to have at least {SHORTEST} characters")
    return OctKey.import_key(passphrase)
