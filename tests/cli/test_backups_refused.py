"""Backups that are none, or not for this place: refused in words, and nothing is written."""

import json
from pathlib import Path
from typing import Any

import pytest
from backed import given, is_untouched, manifest_of, of_manifest, remade, spoilt, written
from installations import Installation, assert_refused

from content.backups import DATABASES, copies
from content.errors import CaveatError


def test_a_wrong_passphrase_is_refused(empty: Installation, whole: Path, tmp_path: Path) -> None:
    wrong = written(tmp_path / "wrong", "another phrase that is long")
    done = empty.run_inside("restore", whole, "--passphrase-file", wrong)
    assert_refused(done, "cannot be opened with this passphrase")
    assert is_untouched(empty)
    assert_refused(empty.run_inside("restore", whole), "--passphrase-file", "--without-keys")
    assert is_untouched(empty)
    assert empty.run_inside("restore", whole, "--without-keys").returncode == 0


def test_an_installation_that_is_there_is_not_written_over(
    installation: Installation, bare: Path
) -> None:
    before = given(installation)
    assert_refused(installation.run_inside("restore", bare), "is not empty")
    assert given(installation) == before


@pytest.mark.one_engine
def test_other_keys_that_are_there_are_kept(empty: Installation, whole: Path, phrase: Path) -> None:
    empty.folder.mkdir(parents=True)
    mine = written(empty.folder / "secret-key", "mine")
    done = empty.run_inside("restore", whole, "--passphrase-file", phrase)
    assert_refused(done, "secret-key is another one")
    assert mine.read_text() == "mine\n"
    assert not (empty.folder / "signing-keys.json").exists()


def test_keys_are_taken_away_again_where_the_database_cannot_be_put_back(
    empty: Installation, whole: Path, phrase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise CaveatError("it has no room")

    with monkeypatch.context() as patched:
        patched.setattr(copies, "put", fail)
        done = empty.run_inside("restore", whole, "--passphrase-file", phrase)
    assert_refused(done, "it has no room")
    assert is_untouched(empty)
    assert empty.run_inside("restore", whole, "--passphrase-file", phrase).returncode == 0


def test_what_is_not_whole_and_sound_is_refused_and_nothing_is_written(
    empty: Installation, bare: Path, tmp_path: Path
) -> None:
    for number, (word, octets) in enumerate(spoilt(bare.read_bytes())):
        file = tmp_path / f"{number}.backup"
        file.write_bytes(octets)
        assert_refused(empty.run_inside("restore", file), "is not restored", word)
        assert is_untouched(empty), word
    assert empty.run_inside("restore", bare).returncode == 0


def test_a_backup_of_the_other_engine_is_refused(
    empty: Installation, bare: Path, tmp_path: Path
) -> None:
    engine = manifest_of(bare)["engine"]
    (other,) = DATABASES.keys() - {engine}

    def swapped(name: str, data: bytes) -> tuple[str, bytes]:
        if name == DATABASES[engine]:
            return DATABASES[other], data
        found = json.loads(data)
        members = {DATABASES[other]: found["members"][DATABASES[engine]]}
        return name, json.dumps({**found, "engine": other, "members": members}).encode()

    file = tmp_path / "other.backup"
    file.write_bytes(remade(bare.read_bytes(), swapped))
    assert_refused(empty.run_inside("restore", file), f"it is of {other}", "caveat export")
    assert is_untouched(empty)


def test_a_log_that_is_not_what_was_signed_is_told(
    installation: Installation, empty: Installation, bare: Path, tmp_path: Path
) -> None:
    def lied(one: dict[str, Any]) -> dict[str, Any]:
        return {**one, "sequence": one["sequence"] + 1}

    file = tmp_path / "lied.backup"
    file.write_bytes(remade(bare.read_bytes(), of_manifest(lied)))
    done = empty.run_inside("restore", file)
    assert done.returncode == 1
    assert f"the log is here up to {installation.head}, and not to" in done.stdout
