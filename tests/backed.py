"""Backups as tests look at them: what they say, what is served of them, and how one is spoilt."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from installations import ARTICLE, Installation
from sqlalchemy import create_engine, inspect

PHRASE = "a phrase that nobody guesses"
PATHS = (
    ARTICLE,
    f"{ARTICLE}?jurisdiction=US-AL",
    "/v1/articles/kratom-and-ocd-evidence?locale=es",
    "/v1/articles/kratom-and-ocd-evidence.html",
    "/.well-known/jwks.json",
    "/v1/checkpoint",
)
Remake = Callable[[str, bytes], tuple[str, bytes] | None]


def written(path: Path, words: str) -> Path:
    """Return a file of mode 600 with a line in it."""
    path.touch(mode=0o600)
    path.write_text(f"{words}\n")
    return path


def given(installation: Installation) -> dict[str, bytes]:
    """Return what is served."""
    client = installation.client()
    return {path: client.get(path).data for path in PATHS}


def copy_keys(source: Installation, target: Installation) -> None:
    """Copy the key files by hand, as an operator does."""
    target.folder.mkdir(parents=True, exist_ok=True)
    for name in ("signing-keys.json", "secret-key"):
        path = target.folder / name
        path.touch(mode=0o600)
        path.write_bytes((source.folder / name).read_bytes())


def is_untouched(installation: Installation) -> bool:
    """Return whether nothing of a backup is there."""
    if {path.name for path in installation.folder.rglob("*")} - {"lock"}:
        return False
    if "CAVEAT_DATABASE_URL" not in installation.env:
        return True
    engine = create_engine(installation.env["CAVEAT_DATABASE_URL"])
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
    engine.dispose()
    return not names


def manifest_of(file: Path) -> dict[str, Any]:
    """Return what a backup says of itself."""
    with tarfile.open(file) as tar:
        member = tar.extractfile("manifest.json")
        assert member is not None
        found: dict[str, Any] = json.load(member)
    return found


def spoilt(octets: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what is no backup any more, or never was."""
    yield "cut off", octets[: len(octets) // 2]
    yield "cut off", octets[:-1]
    yield "cut off", octets[:-9]
    yield "", octets[: len(octets) // 2] + b"x" + octets[len(octets) // 2 + 1 :]
    yield "cut off", b""
    yield "cut off", b"no archive at all"
    yield "cut off", gzip.compress(b"no archive, but compressed")
    yield "begin with a manifest", remade(octets, lambda name, data: (f"x{name}", data))
    yield "another manifest", remade(octets, of_manifest(lambda _: {"type": "other"}))
    yield "newer Caveat", remade(octets, of_manifest(lambda one: {**one, "format": 2}))
    yield "newer Caveat", remade(octets, of_manifest(lambda one: {**one, "schema": "9999"}))
    yield "damaged", remade(octets, of_manifest(lambda one: {**one, "sequence": "x"}))
    yield "damaged", remade(octets, of_manifest(lambda one: {**one, "more": 1}))
    yield "other members", remade(octets, of_manifest(lambda one: {**one, "engine": "oracle"}))
    yield "was altered", remade(octets, flipped)
    yield "is missing", remade(octets, lambda name, data: (name, data) if "man" in name else None)
    yield "not what its manifest says", remade(octets, shortened)


def remade(octets: bytes, change: Remake) -> bytes:
    """Write an archive anew, its members changed."""
    out = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(octets)) as old,
        tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as new,
    ):
        for info in old:
            member = old.extractfile(info)
            assert member is not None
            if (changed := change(info.name, member.read())) is not None:
                info.name, data = changed
                info.size = len(data)
                new.addfile(info, io.BytesIO(data))
    return out.getvalue()


def of_manifest(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Remake:
    """Change the manifest alone."""

    def remake(name: str, data: bytes) -> tuple[str, bytes]:
        known = name == "manifest.json"
        return name, json.dumps(change(json.loads(data))).encode() if known else data

    return remake


def shortened(name: str, data: bytes) -> tuple[str, bytes]:
    """Take the last octet of what is not the manifest."""
    return name, data if name == "manifest.json" else data[:-1]


def flipped(name: str, data: bytes) -> tuple[str, bytes]:
    """Change one octet of what is not the manifest."""
    middle = len(data) // 2
    other = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    return name, data if name == "manifest.json" else other
