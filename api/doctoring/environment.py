"""The environment: settings, the versions of libraries, and the files of an installation."""

import platform
import re
import shutil
import sqlite3
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from sqlalchemy.engine import make_url

from api import secrets, settings
from api.doctoring import Finding, warn, well, wrong
from api.settings import Settings
from content.errors import CaveatError

MIB = 1024 * 1024
LEAST_FREE, FREE = 100 * MIB, 1024 * MIB  # of a disk: below the first one something will fail soon
LONGEST_WAL = 256 * MIB
SHORTEST_SECRET = 32  # characters: 128 bits, if they are hexadecimal
LOCAL = re.compile(r"https?://(127\.|localhost|\[::1\])")
PINNED = re.compile(r"([A-Za-z0-9_.-]+)(?:\[\w+\])?==([^\s;]+)(?!.*extra)")
# Before these, two connections that write and checkpoint at once may damage a file in WAL mode
# (sqlite.org/wal.html#walresetbug): a series, and its first version in which that is mended.
MENDED = {(3, 44): 6, (3, 50): 7, (3, 51): 3}


def variables(here: Settings) -> Iterator[Finding]:
    """Look at the settings by themselves."""
    strangers = settings.unknown()
    for one in strangers:
        yield warn("settings", one, "correct or unset it")
    if here.flag("webhooks_loopback"):
        told = "CAVEAT_WEBHOOKS_LOOPBACK is set: webhooks may be sent into this machine"
        yield warn("settings", told, "unset it outside of development")
    if here.processes > 1 and not here.redis_url:
        told = f"{here.processes} processes count limits each for itself"
        yield warn("settings", told, "set CAVEAT_REDIS_URL")
    if not strangers:
        yield well("settings", "every CAVEAT_* variable is a setting")


def address(here: Settings) -> Iterator[Finding]:
    """Look at the base of all public addresses."""
    if LOCAL.match(here.public_url):
        told = f"CAVEAT_PUBLIC_URL is {here.public_url}, where nobody else can ask"
        yield warn("public url", told, "set it to the public address, then: caveat init")
    elif not here.public_url.startswith("https:"):
        yield warn("public url", f"{here.public_url} is not https", "set it, then: caveat init")


def versions(_: Settings) -> Iterator[Finding]:
    """Compare libraries with those that the tests run with, and look for known traps."""
    found = list(_strangers())
    for name, ours, theirs in found:
        yield warn("libraries", f"{name} is {theirs}; the tests run with {ours}", "pip install .")
    if not found:
        yield well("libraries", f"as tested; Python {platform.python_version()}")


def sqlite(here: Settings) -> Iterator[Finding]:
    """Look at the library of the embedded database."""
    if make_url(here.database).get_backend_name() != "sqlite":
        return
    told = f"SQLite {sqlite3.sqlite_version}"
    if is_mended(sqlite3.sqlite_version_info):
        yield well("sqlite", told)
    else:
        bug = "may, rarely, damage a file that several processes write to (its WAL-reset bug)"
        yield warn("sqlite", f"{told} {bug}", "take backups; install 3.51.3, or use PostgreSQL")


def is_mended(found: tuple[int, int, int]) -> bool:
    """Return whether a version of SQLite has its WAL-reset bug no more."""
    series = found[:2]
    return series > max(MENDED) or (series in MENDED and found[2] >= MENDED[series])


def private_files(here: Settings) -> Iterator[Finding]:
    """Look whether keys are here, and who can read what lies in the data folder."""
    try:
        secrets.keyring(here)
        yield well("key files", "the private signing keys are here, and private")
    except CaveatError as error:
        yield wrong("key files", str(error), "see docs/runbooks.md, a lost signing key")
    yield from _secret_key(here)
    for path in _files(here)[1:]:
        if path.exists() and path.stat().st_mode & path.parent.stat().st_mode & 0o044:
            told = f"others can read {path}, which has drafts and contacts"
            yield warn("database file", told, f"chmod 700 {path.parent}")


def disk(here: Settings) -> Iterator[Finding]:
    """Look how much room there is where the installation writes."""
    for folder in sorted({path.parent for path in _files(here)}):
        if not folder.exists():
            continue
        free = shutil.disk_usage(folder).free
        told = f"{free // MIB:,} MiB are free in {folder}"
        if free < LEAST_FREE:
            yield wrong("disk", told, "see docs/runbooks.md, the database is full")
        elif free < FREE:
            yield warn("disk", told, "make room, or give it a larger disk")
        else:
            yield well("disk", told)


def journal(here: Settings) -> Iterator[Finding]:
    """Look at SQLite's log of writes, which grows as long as somebody reads one snapshot."""
    for path in _files(here):
        wal = path.with_name(f"{path.name}-wal")
        if wal.exists() and (size := wal.stat().st_size) > LONGEST_WAL:
            told = f"{wal.name} has {size // MIB} MiB: somebody has read one snapshot for long"
            yield warn("journal", told, "end what reads for so long; restart what serves")


def _secret_key(here: Settings) -> Iterator[Finding]:
    path, fix = secrets.pepper_path(here), "restore it from a backup; see docs/operating.md, Keys"
    try:
        secret = secrets.pepper(here)
    except CaveatError as error:
        yield wrong("secret key", str(error), fix)
        return
    if not here.secret_key and path.stat().st_mode & 0o077:
        yield wrong("secret key", f"{path} is open to others", f"chmod 600 {path}")
    elif len(secret) < SHORTEST_SECRET:
        told = f"it is shorter than {SHORTEST_SECRET} characters"
        yield warn("secret key", told, "make a longer one before there are tokens")
    else:
        yield well("secret key", "is here")


def _files(here: Settings) -> list[Path]:
    """Return the paths whose disks matter: of the key files, and of an embedded database."""
    url = make_url(here.database)
    is_file = url.get_backend_name() == "sqlite" and url.database
    return [secrets.keyring_path(here), *([Path(str(url.database)).absolute()] if is_file else [])]


def _strangers() -> Iterator[tuple[str, str, str]]:
    """Yield each library that is here in another version: its name, ours, and what is here."""
    for line in requires("caveat") or []:
        if pinned := PINNED.match(line):
            name, ours = pinned.groups()
            try:
                theirs = version(name)
            except PackageNotFoundError:
                theirs = "missing"
            if theirs != ours:
                yield name, ours, theirs


CHECKS = (variables, address, versions, sqlite, private_files, disk, journal)
