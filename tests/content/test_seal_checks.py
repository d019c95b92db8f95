"""Checking seals: what was changed after it was sealed is found and named, by whomever it was."""

# ruff: noqa: S608 - the tests tamper with their own database

import audits
import pytest
from factories import NOW

from content.db import Database
from content.editorial import seals
from content.signing import Keyring

ROW = "INSERT INTO audit SELECT {number}, at, actor, act, subject_type, subject, locale, reason, "
ROW += "detail, request_id FROM audit WHERE number = 5"
TAMPERED = {
    "a row is changed": (
        ["UPDATE audit SET actor = 'somebody else' WHERE number = 5"],
        ["row 5: changed since seal 2 was made"],
    ),
    "a reason is forgotten": (
        ["UPDATE audit SET reason = NULL WHERE number = 4"],
        ["row 4: changed since seal 2 was made"],
    ),
    "a time is moved": (
        ["UPDATE audit SET at = '2020-01-01 00:00:00.000000+00:00' WHERE number = 4"],
        ["row 4: changed since seal 2 was made"],
    ),
    "a detail is no JSON any more": (
        ["UPDATE audit SET detail = '{' WHERE number = 6"],
        ["row 6: changed since seal 2 was made"],
    ),
    "a row is deleted": (
        ["DELETE FROM audit WHERE number = 5"],
        ["row 5: missing since seal 2 was made"],
    ),
    "all rows are deleted": (
        ["DELETE FROM audit"],
        [
            "rows 1 to 3: missing since seal 1 was made",
            "rows 4 to 6: missing since seal 2 was made",
            "rows 7 to 9: missing since seal 3 was made",
        ],
    ),
    "a row is inserted and the later ones move up": (
        [
            *(f"UPDATE audit SET number = {n + 1} WHERE number = {n}" for n in range(11, 4, -1)),
            ROW.format(number=5).replace("WHERE number = 5", "WHERE number = 4"),
        ],
        [
            "rows 5 to 6: changed since seal 2 was made",
            "rows 7 to 9: changed since seal 3 was made",
        ],
    ),
    "a row is put before all others": (
        [ROW.format(number=0)],
        ["row 0: numbers begin with 1"],
    ),
    "two rows are swapped": (
        [
            "UPDATE audit SET number = 100 WHERE number = 4",
            "UPDATE audit SET number = 4 WHERE number = 8",
            "UPDATE audit SET number = 8 WHERE number = 100",
        ],
        ["row 4: changed since seal 2 was made", "row 8: changed since seal 3 was made"],
    ),
    "the rows are renumbered from the second on": (
        [
            "DELETE FROM audit WHERE number = 2",
            *(f"UPDATE audit SET number = {n - 1} WHERE number = {n}" for n in range(3, 12)),
        ],
        [
            "rows 2 to 3: changed since seal 1 was made",
            "rows 4 to 6: changed since seal 2 was made",
            "rows 7 to 9: changed since seal 3 was made",
        ],
    ),
    "a row that is not sealed yet is deleted": (
        ["DELETE FROM audit WHERE number = 10"],
        ["row 10: missing, and not sealed yet"],
    ),
    "a seal is changed": (
        ["UPDATE audit_seals SET last = 5 WHERE number = 2"],
        ["seal 2: changed", "rows 4 to 6: no seal that holds vouches for them"],
    ),
    "a seal has another digest": (
        [f"UPDATE audit_seals SET digest = 'sha256:{'0' * 64}' WHERE number = 2"],
        ["seal 2: changed", "rows 4 to 6: no seal that holds vouches for them"],
    ),
    "the digests of a seal are no JSON any more": (
        ["UPDATE audit_seals SET digests = '{' WHERE number = 2"],
        ["seal 2: cannot be read", "rows 4 to 6: no seal that holds vouches for them"],
    ),
    "a seal is signed by nobody": (
        ["UPDATE audit_seals SET jws = 'e30..e30' WHERE number = 3"],
        ["seal 3: its signature does not fit"],
    ),
    "a seal is signed by an unknown key": (
        ["UPDATE audit_seals SET kid = 'nobody' WHERE number = 3"],
        ["seal 3: signed by nobody, which is no key of this installation"],
    ),
    "a seal in the middle is deleted": (
        ["DELETE FROM audit_seals WHERE number = 2"],
        ["seal 2: missing", "rows 4 to 6: no seal that holds vouches for them"],
    ),
    "the first seals are deleted": (
        ["DELETE FROM audit_seals WHERE number < 3"],
        ["seals 1 to 2: missing", "rows 1 to 6: no seal that holds vouches for them"],
    ),
    "a seal is deleted and the later one renumbered": (
        [
            "DELETE FROM audit_seals WHERE number = 2",
            "UPDATE audit_seals SET number = 2 WHERE number = 3",
        ],
        ["seal 2: changed"],
    ),
    "two seals are swapped": (
        [
            "UPDATE audit_seals SET number = 100 WHERE number = 1",
            "UPDATE audit_seals SET number = 1 WHERE number = 2",
            "UPDATE audit_seals SET number = 2 WHERE number = 100",
        ],
        [
            "seal 1: changed",
            "seal 2: changed",
            "rows 1 to 6: no seal that holds vouches for them",
        ],
    ),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_tampered_with_is_found_and_named(sealed: Database, name: str) -> None:
    statements, faults = TAMPERED[name]
    audits.tamper(sealed, *statements)
    assert audits.verify(sealed).faults == faults


def test_seals_missing_at_the_end_are_found_by_who_wrote_one_down(
    sealed: Database, small_keyring: Keyring
) -> None:
    written_down = audits.verify(sealed).newest
    assert written_down
    assert audits.verify(sealed, written_down).faults == []
    audits.tamper(sealed, "DELETE FROM audit_seals WHERE number = 3")
    assert audits.verify(sealed).faults == [], "by itself the audit cannot tell"
    [fault] = audits.verify(sealed, written_down).faults
    assert fault.startswith("seal 3: missing, and sha256:")
    audits.seal(sealed, small_keyring)
    [fault] = audits.verify(sealed, written_down).faults
    assert fault.startswith("seal 3: its digest is sha256:")


def test_whoever_has_key_and_database_is_found_by_what_was_written_down(
    sealed: Database, small_keyring: Keyring
) -> None:
    written_down = audits.verify(sealed).newest
    audits.tamper(
        sealed,
        "DELETE FROM audit_seals",
        "UPDATE audit SET actor = 'somebody else' WHERE number = 5",
    )
    while audits.seal(sealed, small_keyring):
        pass
    report = audits.verify(sealed, written_down)
    assert audits.verify(sealed).faults == [], "all was made anew, and signed"
    assert report.faults == [f"seal 3: missing, and {str(written_down)[2:]} was written down"]


def test_a_seal_that_was_made_anew_does_not_fit_the_next_one(
    sealed: Database, small_keyring: Keyring
) -> None:
    with sealed.write() as session:
        [forged] = seals.find(session, after=1, limit=1)
        session.expunge(forged)
        forged.at = NOW.replace(year=2030)
        forged.digest = seals.digest(forged)
        forged.jws = small_keyring.sign(forged.kid, forged.digest.encode())
    audits.tamper(
        sealed,
        f"UPDATE audit_seals SET digest = '{forged.digest}', jws = '{forged.jws}', "
        "at = '2030-11-23 12:00:00.000000+00:00' WHERE number = 2",
    )
    assert audits.verify(sealed).faults == ["seal 3: does not follow on seal 2"]


def test_a_row_that_was_gone_before_it_was_sealed_is_told_for_ever(
    sealed: Database, small_keyring: Keyring
) -> None:
    audits.tamper(sealed, "DELETE FROM audit WHERE number = 10")
    audits.seal(sealed, small_keyring)
    assert audits.verify(sealed).faults == ["row 10: was not there when seal 4 was made"]
    audits.tamper(sealed, ROW.format(number=10))
    assert audits.verify(sealed).faults == [
        "row 10: put in since seal 4 was made",
        "row 10: was not there when seal 4 was made",
    ]


def test_a_row_that_nobody_can_read_does_not_stop_the_seals(
    sealed: Database, small_keyring: Keyring
) -> None:
    audits.tamper(sealed, "UPDATE audit SET detail = '{' WHERE number = 11")
    assert audits.seal(sealed, small_keyring)
    fault = "row 11: nobody could read it when seal 4 was made"
    assert audits.verify(sealed).faults == [fault]


def test_a_number_far_away_costs_nothing(sealed: Database, small_keyring: Keyring) -> None:
    audits.tamper(sealed, ROW.format(number=2**53 - 2))
    gap = f"12 to {2**53 - 3}"
    assert audits.verify(sealed).faults == [f"rows {gap}: missing, and not sealed yet"]
    audits.seal(sealed, small_keyring)
    assert audits.verify(sealed).faults == [f"rows {gap}: was not there when seal 4 was made"]
