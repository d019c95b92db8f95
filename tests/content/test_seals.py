"""Seals: signed statements about every row, in a chain, whatever happens to who makes them."""

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import audits
import pytest
import rfc8785
from factories import NOW

from content import canonical, changes, signing
from content.db import Database
from content.editorial import audit, seals
from content.signing import KeyMissing, Keyring

KILLS = 6


def test_what_nobody_has_touched_holds(sealed: Database) -> None:
    report = audits.verify(sealed)
    assert (report.faults, report.remarks) == ([], [])
    assert (report.seals, report.rows, report.unsealed) == (3, 9, 2)
    assert report.unsealed_since == NOW


def test_an_empty_audit_holds(small: Database, small_keyring: Keyring) -> None:
    assert audits.seal(small, small_keyring) is None
    report = audits.verify(small)
    assert (report.faults, report.seals, report.newest) == ([], 0, None)


def test_nothing_new_gives_no_seal(sealed: Database, small_keyring: Keyring) -> None:
    written_down = audits.seal(sealed, small_keyring)
    assert audits.seal(sealed, small_keyring) is None
    assert audits.verify(sealed).newest == written_down


def test_a_seal_has_a_bound_and_the_next_one_goes_on(
    small: Database, small_keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "MOST", 4)
    audits.note(small, 10)
    made = [audits.seal(small, small_keyring) for _ in range(4)]
    assert [one is None for one in made] == [False, False, False, True]
    report = audits.verify(small)
    assert (report.faults, report.seals, report.rows, report.unsealed) == ([], 3, 10, 0)


def test_a_seal_can_be_checked_by_anybody_with_other_tools(sealed: Database) -> None:
    with sealed.read() as session:
        rows = [audit.facts(row) for row in audits.rows(sealed)]
        before, last = [seals.facts(one) for one in seals.find(session, after=1, limit=2)]
        keys = {key["kid"]: key for key in signing.jwks(session)["keys"]}
    digests = {str(row["number"]): canonical.digest(rfc8785.dumps(row)) for row in rows[6:9]}
    said = {name: last[name] for name in ("number", "first", "last", "at", "previous", "digests")}
    assert said["digests"] == digests
    assert (said["first"], said["last"], said["previous"]) == (7, 9, before["digest"])
    assert last["digest"] == canonical.digest(rfc8785.dumps(said))
    signing.verify(last["digest"].encode(), last["jws"], keys[last["kid"]])


def test_a_revoked_key_is_told_until_a_good_one_vouches(
    sealed: Database, small_keyring: Keyring, tmp_path: Path
) -> None:
    small_keyring.save(tmp_path / "keys")
    keyring = Keyring.open(tmp_path / "keys")
    with sealed.write() as session:
        old = signing.in_force(session, changes.head(session))
        gone = signing.end(session, old, compromised=True, reason="A test.")
        begun = signing.begin(keyring, keyring.add_new())
        changes.append(session, [gone, begun], by="test", now=NOW)
        session.commit()
    [fault] = audits.verify(sealed).faults
    assert fault == (
        f"seals 1 to 3: signed by {old}, which was revoked; "
        "run caveat audit seal, to vouch for them"
    )
    assert audits.seal(sealed, keyring)
    report = audits.verify(sealed)
    assert report.faults == []
    [remark] = report.remarks
    assert remark.startswith(f"seals 1 to 3: signed by {old}, which was revoked; seal 4 vouches")


def test_without_the_private_key_nothing_is_sealed(sealed: Database) -> None:
    with pytest.raises(KeyMissing):
        audits.seal(sealed, Keyring([]))
    assert audits.verify(sealed).seals == 3


@pytest.mark.no_cover
def test_a_sealer_that_is_killed_leaves_nothing_half(
    small: Database, small_keyring: Keyring, here: Path, tmp_path: Path
) -> None:
    keys, dice, reported = tmp_path / "keys", random.Random(1), ""  # noqa: S311 - reproducible
    small_keyring.save(keys)
    paths = os.pathsep.join([str(here), str(here / "tests")])
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, here / "tests" / "crash_sealer.py", small.url, keys],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": paths},
        ) as process:
            assert process.stdout is not None
            reported = process.stdout.readline().strip() or reported
            threading.Timer(dice.random() / 10, process.kill).start()
            for line in process.stdout:
                reported = line.strip() if line.endswith("\n") else reported
        report = audits.verify(small, reported)
        assert (report.faults, process.returncode) == ([], -9)
        assert report.unsealed <= 3
    audits.seal(small, small_keyring)
    assert audits.verify(small).unsealed == 0
