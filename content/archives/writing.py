"""Writing an archive: members one after the other, and a signed manifest of them at the end.

The same members at the same time are the same bytes.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from content import canonical
from content.signing import Keyring

MANIFEST, SIGNATURE = "manifest.json", "manifest.jws"
MODE = 0o100644 << 16  # of a plain file, for whoever unpacks it
ON_UNIX = 3


class Writer:
    """A ZIP file that is being written; ``at`` is the time of all its members.

    ``step`` is told of each member that is done.
    """

    def __init__(
        self, file: IO[bytes], at: datetime, step: Callable[[int], None] = lambda _: None
    ) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED)
        self._at = at.astimezone(UTC).timetuple()[:6]
        self._step = step
        self.members: list[dict[str, Any]] = []

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        """Add a member as it is made."""
        size, digest = 0, hashlib.sha256()
        with self._zip.open(self._info(name), "w") as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.members.append({"name": name, "size": size, "sha256": digest.hexdigest()})
        self._step(1)

    def add_json(self, name: str, data: Any) -> None:
        """Add data in its canonical form."""
        self.add(name, [canonical.encode(data)])

    def finish(self, facts: dict[str, Any], keyring: Keyring, kid: str) -> None:
        """Add the manifest of all members, and its signature; nothing can be added after it."""
        octets = canonical.encode({**facts, "members": self.members})
        for name, content in ((MANIFEST, octets), (SIGNATURE, keyring.sign(kid, octets).encode())):
            self._zip.writestr(self._info(name), content)
        self._zip.close()

    def _info(self, name: str) -> ZipInfo:
        info = ZipInfo(name, self._at)
        info.compress_type, info.external_attr, info.create_system = ZIP_DEFLATED, MODE, ON_UNIX
        return info
