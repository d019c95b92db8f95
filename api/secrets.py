"""The files of an installation that nobody else may read: signing keys and the secret key."""

import secrets
from pathlib import Path

from api.settings import Settings
from content.errors import CaveatError
from content.signing import Keyring, write_private


def keyring_path(settings: Settings) -> Path:
    """Return where the private signing keys lie."""
    return settings.folder / "signing-keys.json"


def pepper_path(settings: Settings) -> Path:
    """Return where the secret key lies."""
    return settings.folder / "secret-key"


def keyring(settings: Settings) -> Keyring:
    """Return the private signing keys, from the environment or from the key file."""
    if settings.signing_keys:
        return Keyring.load(settings.signing_keys)
    return Keyring.open(keyring_path(settings))


def pepper(settings: Settings) -> bytes:
    """Return the secret that keys the digests of tokens."""
    if settings.secret_key:
        return settings.secret_key.encode()
    path = pepper_path(settings)
    try:
        return path.read_bytes()
    except OSError as error:
        raise CaveatError(f"{path}: {error.strerror}; run: caveat init") from None


def make_pepper(settings: Settings) -> None:
    """Make the secret-key file unless it, or the setting, is there."""
    path = pepper_path(settings)
    if not settings.secret_key and not path.exists():
        write_private(path, secrets.token_hex(32))
