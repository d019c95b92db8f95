"""Packing: what is in the file of a backup, and whether all of it is as it was."""

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from content import backups
from content.backups import MANIFEST, BadBackup, Manifest

CHUNK = 1024 * 1024  # octets that are read and written at a time
LARGEST = 1024 * 1024  # octets of a manifest
LEVEL = 6  # of gzip
BROKEN = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError)
Step = Callable[[int], None]


@dataclass
class _Counted:
    """A file that tells how much of it was read."""

    file: IO[bytes]
    step: Step

    def read(self, size: int = -1) -> bytes:
        octets = self.file.read(size)
        self.step(len(octets))
        return octets


def pack(out: IO[bytes], manifest: Manifest, files: Mapping[str, Path], step: Step) -> None:
    """Write a backup of some files, by the names that the manifest gives them."""
    octets, at = manifest.octets(), datetime.fromisoformat(manifest.made_at).timestamp()
    with (
        gzip.GzipFile("", "wb", LEVEL, out, at) as plain,
        tarfile.open(fileobj=plain, mode="w|") as tar,
    ):
        tar.addfile(_entry(MANIFEST, len(octets), at), io.BytesIO(octets))
        for name, path in files.items():
            with path.open("rb") as file:
                counted: IO[bytes] = _Counted(file, step)  # type: ignore[assignment]  # reads only
                tar.addfile(_entry(name, manifest.members[name].size, at), counted)


def unpack(file: IO[bytes], folder: Path, step: Step) -> Manifest:
    """Write the members of a backup into a folder; raise :class:`BadBackup` unless all is sound."""
    try:
        with gzip.GzipFile(fileobj=file) as plain:
            with tarfile.open(fileobj=plain, mode="r|") as tar:
                manifest = _unpack(tar, folder, step)
            while rest := plain.read(CHUNK):  # to the end, where gzip has its check sum
                if rest.strip(b"\0"):
                    raise BadBackup("something follows its end")
    except BROKEN as error:
        raise BadBackup(f"it is cut off, damaged or another one's: {error}") from None
    return manifest


def _unpack(tar: tarfile.TarFile, folder: Path, step: Step) -> Manifest:
    first = tar.next()
    if first is None or first.name != MANIFEST or first.size > LARGEST:
        raise BadBackup("it does not begin with a manifest")
    manifest = backups.read(_opened(tar, first).read())
    waiting = dict(manifest.members)
    while (info := tar.next()) is not None:
        member = waiting.pop(info.name, None)
        if member is None or info.size != member.size:
            raise BadBackup(f"{info.name} is not what its manifest says")
        if _copy(_opened(tar, info), folder / info.name, step) != member.digest:
            raise BadBackup(f"{info.name} was altered: its digest is another one")
    if waiting:
        raise BadBackup(f"{', '.join(waiting)} is missing")
    return manifest


def _opened(tar: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    found = tar.extractfile(info) if info.isreg() else None
    if found is None:
        raise BadBackup(f"{info.name} is no file")
    return found


def _copy(source: IO[bytes], path: Path, step: Step) -> str:
    """Copy octets into a file that only its owner can read, and return their digest."""
    digest = hashlib.sha256()
    path.touch(mode=0o600, exist_ok=False)
    with path.open("wb") as out:
        while octets := source.read(CHUNK):
            digest.update(octets)
            out.write(octets)
            step(len(octets))
    return f"sha256:{digest.hexdigest()}"


def _entry(name: str, size: int, at: float) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, int(at), 0o600
    return info
