"""Backups: one file that has all of an installation, and from which it is made again.

It is a tar, compressed with gzip. :data:`MANIFEST` comes first and names every other member with
its digest: the database as its own engine copies it, and the keys, where they were asked for,
sealed under a passphrase. A key is never in it in clear.
"""

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from content import canonical
from content.errors import CaveatError

TYPE, FORMAT = "caveat-backup", 1
MANIFEST, KEYS = "manifest.json", "keys.jwe"
DATABASES = {"sqlite": "database.sqlite", "postgresql": "database.pgdump"}  # by engine


class BadBackup(CaveatError):
    """The file is no backup, or is damaged; the message says which part of it."""


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of a backup."""

    size: int  # octets
    digest: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a backup says of itself."""

    type: str = TYPE
    format: int = FORMAT
    caveat: str  # the version that made it
    engine: str
    server: str  # the version of the engine
    schema: str  # the revision of the database
    sequence: int  # the newest number of the log
    checkpoint: dict[str, Any] | None  # the newest, as /v1/checkpoint shows it
    kid: str | None  # the signing key in force, whose private half is needed to serve
    public_url: str
    made_at: str
    members: dict[str, Member]

    @property
    def database(self) -> str:
        """The name of the member that is the database."""
        return DATABASES[self.engine]

    def octets(self) -> bytes:
        """Return it as it is written."""
        return canonical.encode(msgspec.to_builtins(self))


def read(octets: bytes) -> Manifest:
    """Read a manifest; raise :class:`BadBackup` for another one's, or of a later format."""
    try:
        found = canonical.decode(octets)
        if not isinstance(found, dict) or found.get("type") != TYPE:
            raise BadBackup("it has another manifest")
        if found.get("format") != FORMAT:
            raise BadBackup("it was made by a newer Caveat; upgrade this program")
        manifest = msgspec.convert(found, Manifest)
    except (ValueError, msgspec.MsgspecError) as error:
        raise BadBackup(f"its manifest is damaged: {error}") from None
    if manifest.members.keys() - {KEYS} != {DATABASES.get(manifest.engine)}:
        raise BadBackup("its manifest names other members than a backup has")
    return manifest


def describe(path: Path) -> Member:
    """Return what a manifest says of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Member(path.stat().st_size, f"sha256:{digest}")
