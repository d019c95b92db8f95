"""Whole installations: ``caveat backup`` writes one down, ``caveat restore`` makes it again."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import click
from redis.exceptions import RedisError
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from api import secrets
from api.cli.console import counting
from api.cli.exports import STDOUT, has_key, output
from api.cli.installation import alone
from api.cli.redactions import empty_cache
from api.db import now, opened
from api.settings import PASSPHRASE, Settings
from api.worker import grow_tree
from content import backups, canonical, changes, policy, signing
from content.backups import KEYS, BadBackup, Manifest, copies, keys, packing
from content.db import Database
from content.editorial import audit
from content.errors import CaveatError
from content.migrations import revisions
from content.signing import KeyMissing, write_private
from content.transparency import checkpoints, checks

passphrase_file = click.option(
    "--passphrase-file",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help=f"File that has the passphrase of the keys, if {PASSPHRASE} has not.",
)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-keys", is_flag=True, help="Put the keys in, sealed under a passphrase.")
@passphrase_file
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def backup(file: Path, with_keys: bool, passphrase_file: Path | None, force: bool) -> None:
    """Write all of this installation into FILE while it serves; its keys only with --with-keys."""
    settings = Settings.from_environment()
    if file == STDOUT:
        raise click.UsageError("a backup is written into a file")
    sealed = _sealed(settings, passphrase_file) if with_keys else None
    with opened(settings) as database, output(file, force=force) as out:
        _begin(database, settings, with_keys=with_keys)
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
            manifest, files = _copy(database, Path(folder), sealed)
            total = sum(one.size for one in manifest.members.values())
            with counting(total, "Packing") as step:
                packing.pack(out, manifest, files, step)
    made = backups.describe(file)
    click.echo(f"{file}  up to {manifest.sequence}, {made.size} octets, {made.digest}")
    if not with_keys:
        click.echo("the keys are not in it; keep signing-keys.json and secret-key, too", err=True)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@passphrase_file
@click.option("--without-keys", is_flag=True, help="Leave keys that are in it where they are.")
def restore(file: Path, passphrase_file: Path | None, without_keys: bool) -> None:
    """Make a new installation of FILE, wholly or not at all; then check its log.

    Exit code 0: all is as it was; 1: it is here, but its log is not what was signed; 2: refused.
    """
    settings = Settings.from_environment()
    phrase = None if without_keys else _passphrase(passphrase_file)
    with alone(settings):
        copies.refuse_used(settings.database)
        try:
            manifest = _restore(settings, file, phrase, without_keys=without_keys)
        except BadBackup as error:
            raise CaveatError(f"{file} is not restored: {error}") from None
    faults = _faults(settings, manifest)
    for line in (*faults, *_next(settings, manifest)):
        click.echo(line)
    if faults:
        sys.exit(1)


def _begin(database: Database, settings: Settings, *, with_keys: bool) -> None:
    """Note the backup in the audit, and sign the root of the log, so that it has both in it."""
    grow_tree(database)
    with database.write() as session:
        try:
            checkpoints.make(session, secrets.keyring(settings), now=now())
        except CaveatError as error:  # of all times, then a backup is needed
            click.echo(f"no checkpoint is made for it: {error}", err=True)
        detail = {"keys": with_keys}
        about = ("group", str(changes.head(session)))
        audit.note(session, "instance.backup", about, by="cli", now=now(), detail=detail)
        session.commit()


def _copy(
    database: Database, folder: Path, sealed: bytes | None
) -> tuple[Manifest, dict[str, Path]]:
    """Write what a backup has in it into a folder; return its manifest and the files."""
    with database.read() as session, counting(None, "Copying") as step:
        name = backups.DATABASES[database.engine.dialect.name]
        files = {name: folder / name}
        copies.take(session, files[name], step)
        if sealed:
            files[KEYS] = folder / KEYS
            files[KEYS].write_bytes(sealed)
        return _manifest(session, files), files


def _manifest(session: Session, files: dict[str, Path]) -> Manifest:
    number, newest = changes.head(session), checkpoints.newest(session)
    return Manifest(
        caveat=version("caveat"),
        engine=session.get_bind().dialect.name,
        server=copies.version(session),
        schema=revisions()[-1],
        sequence=number,
        checkpoint=checkpoints.facts(newest) if newest else None,
        kid=_in_force(session, number),
        public_url=str(policy.at(session, number).site.get("public_url", "")),
        made_at=canonical.time(now()),
        members={name: backups.describe(path) for name, path in files.items()},
    )


def _in_force(session: Session, number: int) -> str | None:
    try:
        return signing.in_force(session, number)
    except KeyMissing:
        return None


def _restore(settings: Settings, file: Path, phrase: str | None, *, without_keys: bool) -> Manifest:
    """Put back what a backup has; nothing of it has its name before all of it was checked."""
    place = _place(settings)
    place.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=place, prefix=".restore-") as name,
        file.open("rb") as octets,
        counting(None, "Reading") as step,
    ):
        folder = Path(name)
        manifest = packing.unpack(octets, folder, step)
        _refuse_unusable(settings, manifest)
        files: dict[str, str] = {}
        if KEYS in manifest.members and not without_keys:
            if phrase is None:
                raise CaveatError(f"{file} has keys: give --passphrase-file, or --without-keys")
            files = keys.unseal((folder / KEYS).read_bytes(), phrase)
        with _beside_keys(settings, files):
            copies.put(settings.database, folder / manifest.database)
    return manifest


def _refuse_unusable(settings: Settings, manifest: Manifest) -> None:
    copies.refuse_other(manifest.engine, settings.database)
    if manifest.schema not in revisions():
        raise BadBackup(f"it is of a newer Caveat ({manifest.caveat}); upgrade this program")


@contextmanager
def _beside_keys(settings: Settings, files: dict[str, str]) -> Iterator[None]:
    """Write the key files, and take them away where what follows fails.

    Those that are here already, as after a restore that was killed, have to be the same.
    """
    wanted = {path: files[path.name] for path in _key_files(settings) if path.name in files}
    fresh = [path for path in wanted if not path.exists()]
    for path in wanted.keys() - set(fresh):
        if path.read_bytes() != wanted[path].encode():
            raise CaveatError(f"{path} is another one; move it away, or use --without-keys")
    try:
        for path in fresh:
            write_private(path, wanted[path])
        yield
    except BaseException:
        for path in fresh:
            path.unlink(missing_ok=True)
        raise


def _key_files(settings: Settings) -> list[Path]:
    """Return where keys lie that do not come from the environment."""
    given = (settings.signing_keys, settings.secret_key)
    paths = (secrets.keyring_path(settings), secrets.pepper_path(settings))
    return [path for path, is_given in zip(paths, given, strict=True) if not is_given]


def _sealed(settings: Settings, passphrase_file: Path | None) -> bytes:
    phrase = _passphrase(passphrase_file)
    if phrase is None:
        raise CaveatError(f"--with-keys needs a passphrase: --passphrase-file, or {PASSPHRASE}")
    secrets.keyring(settings)  # which has to be one
    ring = settings.signing_keys or secrets.keyring_path(settings).read_text()
    secret = _text(secrets.pepper(settings), "the secret key")
    return keys.seal({"signing-keys.json": ring, "secret-key": secret}, phrase)


def _passphrase(file: Path | None) -> str | None:
    """Return the passphrase, None where there is none."""
    if file is None:
        return os.environ.get(PASSPHRASE)
    if file.stat().st_mode & 0o077:
        raise CaveatError(f"{file} is open to others; run: chmod 600 {file}")
    return _text(file.read_bytes(), str(file)).rstrip("\r\n")


def _text(octets: bytes, name: str) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        raise CaveatError(f"{name} is not text in UTF-8") from None


def _place(settings: Settings) -> Path:
    """Return the folder in which the database's file gets its name, else the data folder."""
    url = make_url(settings.database)
    is_file = url.get_backend_name() == "sqlite" and url.database
    return Path(str(url.database)).parent if is_file else settings.folder


def _faults(settings: Settings, manifest: Manifest) -> list[str]:
    """Check the log that was restored, and note in its audit that it was."""
    if manifest.schema != revisions()[-1]:
        return []
    with opened(settings) as database:
        with database.read() as session:
            kept = [manifest.checkpoint] if manifest.checkpoint else []
            faults = checks.verify(session, kept).faults
            if (head := changes.head(session)) != manifest.sequence:
                faults.append(f"the log is here up to {head}, and not to {manifest.sequence}")
        with database.write() as session:
            about = ("group", str(manifest.sequence))
            audit.note(session, "instance.restore", about, by="cli", now=now())
            session.commit()
    return faults


def _next(settings: Settings, manifest: Manifest) -> list[str]:
    """Return what is done, and what is to be done now."""
    told = [f"restored up to {manifest.sequence}, as of {manifest.made_at}"]
    if manifest.checkpoint:
        told.append(f"its checkpoint is of {manifest.checkpoint['sequence']}")
    if manifest.kid and not has_key(settings, manifest.kid):
        told.append(f"next: copy signing-keys.json (with {manifest.kid}) to {settings.folder}")
    if not (settings.secret_key or secrets.pepper_path(settings).exists()):
        told.append(f"next: copy secret-key to {settings.folder}; without it no token is good")
    try:
        empty_cache(settings)
    except RedisError as error:
        told.append(f"next: empty the cache in Redis, which cannot be done now: {error}")
    return [*told, "next: caveat init, caveat check, caveat doctor"]


COMMANDS = (backup, restore)
