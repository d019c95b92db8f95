"""Backups: a whole installation in one file, taken while it serves, and made again elsewhere."""

import gzip
import json
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest
from backed import PHRASE, copy_keys, given, manifest_of, written
from installations import Installation, assert_refused, mode

from content.backups import copies, keys, packing


def test_what_is_restored_elsewhere_serves_the_same_bytes(
    installation: Installation, empty: Installation, whole: Path, phrase: Path
) -> None:
    before = given(installation)
    done = empty.run("restore", whole, "--passphrase-file", phrase)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"restored up to {installation.head}" in done.stdout
    assert given(empty) == before
    assert empty.client().get("/readyz").status_code == 200
    for name in ("signing-keys.json", "secret-key"):
        assert mode(empty.folder / name) == 0o600
        assert (empty.folder / name).read_bytes() == (installation.folder / name).read_bytes()
    assert empty.run_inside("checkpoints", "verify").returncode == 0
    assert not list(empty.folder.glob(".restore-*"))


def test_only_its_owner_can_read_it_and_nothing_is_left_beside_it(whole: Path) -> None:
    assert mode(whole) == 0o600
    assert [path.name for path in whole.parent.glob(".*")] == []


def test_both_acts_stand_in_the_audit(
    installation: Installation, empty: Installation, whole: Path, phrase: Path
) -> None:
    assert empty.run_inside("restore", whole, "--passphrase-file", phrase).returncode == 0
    told = empty.run_inside("audit", "list").stdout
    assert "instance.backup" in told
    assert "instance.restore" in told
    assert "instance.restore" not in installation.run_inside("audit", "list").stdout


def test_a_backup_is_one_moment_while_others_write(
    installation: Installation, empty: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, heads, file = installation.head, list[int](), tmp_path / "one.backup"
    take, run = copies.take, copies._run

    def write_on(done: int) -> None:
        if done and not heads:
            heads.append(rotated(installation))

    def run_late(*arguments: Any) -> None:
        """Write when the snapshot is there, and the program has yet to begin."""
        write_on(1)
        run(*arguments)

    monkeypatch.setattr(copies, "PAGES", 20)
    monkeypatch.setattr(copies, "_run", run_late)
    monkeypatch.setattr(copies, "take", lambda session, path, _: take(session, path, write_on))
    assert installation.run_inside("backup", file).returncode == 0
    monkeypatch.undo()
    assert manifest_of(file)["sequence"] == before < heads[0]
    copy_keys(installation, empty)
    done = empty.run_inside("restore", file)
    assert done.returncode == 0, done.stdout + done.stderr
    assert empty.head == before
    assert installation.head == heads[0]


def rotated(installation: Installation) -> int:
    """Let the log grow, as another process, and return its newest number."""
    done = installation.run("keys", "rotate", "--reason", "It is time.")
    assert done.returncode == 0, done.stderr
    return installation.head


def test_no_key_is_in_it_in_clear(installation: Installation, whole: Path, bare: Path) -> None:
    ring = json.loads((installation.folder / "signing-keys.json").read_text())
    secrets = [key["d"].encode() for key in ring["keys"]]
    secrets += [(installation.folder / "secret-key").read_bytes(), PHRASE.encode()]
    for file, names in ((whole, 3), (bare, 2)):
        with tarfile.open(file) as tar:
            assert len(tar.getnames()) == names
        octets = gzip.decompress(file.read_bytes())
        assert b"kratom" in octets, "the octets can be looked into"
        assert [one for one in secrets if one in octets or one in file.read_bytes()] == []


def test_without_its_keys_it_says_which_are_needed(
    installation: Installation, empty: Installation, bare: Path
) -> None:
    done = empty.run_inside("restore", bare)
    assert done.returncode == 0, done.stderr
    assert "next: copy signing-keys.json" in done.stdout
    assert "next: copy secret-key" in done.stdout
    copy_keys(installation, empty)
    assert empty.client().get("/readyz").status_code == 200


@pytest.mark.one_engine
def test_a_passphrase_is_long_and_private(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "x.backup"
    short = written(tmp_path / "short", "short")
    asked = ("backup", file, "--with-keys")
    done = installation.run_inside(*asked, "--passphrase-file", short)
    assert_refused(done, f"at least {keys.SHORTEST} characters")
    (tmp_path / "binary").touch(mode=0o600)
    (tmp_path / "binary").write_bytes(b"\xff" * 20)
    done = installation.run_inside(*asked, "--passphrase-file", tmp_path / "binary")
    assert_refused(done, "is not text in UTF-8")
    short.chmod(0o644)
    assert_refused(installation.run_inside(*asked, "--passphrase-file", short), "chmod 600")
    assert_refused(installation.run_inside(*asked), "CAVEAT_PASSPHRASE")
    assert not file.exists()
    installation.env["CAVEAT_PASSPHRASE"] = PHRASE
    done = installation.run_inside(*asked)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_backup_that_is_stopped_leaves_nothing_and_can_be_taken_again(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "again.backup"

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(packing, "pack", interrupt)
        done = installation.run_inside("backup", file)
    assert done.returncode == 130
    assert "run it again" in done.stderr
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []
    assert installation.run_inside("backup", file).returncode == 0
    assert_refused(installation.run_inside("backup", file), "is there already", "--force")
    assert installation.run_inside("backup", file, "--force").returncode == 0
    assert installation.run_inside("backup", "-").returncode == 2


def test_a_backup_is_taken_also_where_the_keys_are_lost(
    installation: Installation, tmp_path: Path
) -> None:
    (installation.folder / "signing-keys.json").unlink()
    done = installation.run_inside("backup", tmp_path / "x.backup")
    assert done.returncode == 0
    assert "no checkpoint is made for it" in done.stderr
    assert manifest_of(tmp_path / "x.backup")["checkpoint"] is None


@pytest.mark.postgresql
def test_a_client_that_is_missing_is_named(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = installation.run_inside("backup", tmp_path / "x.backup")
    assert_refused(done, "pg_dump", "postgresql-client")
    assert not (tmp_path / "x.backup").exists()


@pytest.mark.postgresql
def test_the_password_is_no_argument(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "bin" / "seen"
    seen.parent.mkdir()
    program = seen.parent / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "$@ PASSWORD=$PGPASSWORD" > {seen}\necho no >&2\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{seen.parent}{os.pathsep}{os.environ['PATH']}")
    url = installation.env["CAVEAT_DATABASE_URL"].replace("caveat@", "caveat:s3cret@")
    installation.env["CAVEAT_DATABASE_URL"] = url
    assert_refused(installation.run_inside("backup", tmp_path / "x.backup"), "no")
    arguments, _, password = seen.read_text().strip().partition(" PASSWORD=")
    assert password == "s3cret"
    assert "s3cret" not in arguments
    assert "--snapshot=" in arguments
