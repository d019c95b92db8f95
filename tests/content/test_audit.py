"""The audit: dense numbers in the order of commits, times that never go back, rows by filters."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import audits
import pytest
from acts import head
from factories import NOW

from content import changes
from content.changes import Entry
from content.db import Database
from content.editorial import audit
from content.editorial.audit import Wanted
from content.models.log import SiteFact
from content.signing import Keyring

WRITERS = 8
SHARE = 25  # acts that each writer notes


def test_a_row_says_who_did_what_when_and_why(small: Database) -> None:
    with small.write() as session:
        audit.note(
            session,
            "article.publish",
            ("article", "an-id"),
            by="an-editor",
            now=NOW,
            locale="en",
            reason="It is ready.",
            detail={"change": 3},
            request_id="a-request",
        )
        session.commit()
    [row] = audits.rows(small)
    assert audit.facts(row) == {
        "number": 1,
        "at": "2026-11-23T12:00:00+00:00",
        "actor": "an-editor",
        "act": "article.publish",
        "subject": {"type": "article", "id": "an-id"},
        "locale": "en",
        "reason": "It is ready.",
        "detail": {"change": 3},
        "request_id": "a-request",
    }


def test_an_act_that_is_rolled_back_takes_no_number(small: Database) -> None:
    with small.write() as session:
        audit.note(session, "draft.save", ("article", "one"), by="test", now=NOW)
    assert audits.note(small) == 1


def test_times_do_not_go_back_when_a_clock_does(small: Database) -> None:
    for minutes in (5, 0, 7):
        audits.note(small, now=NOW + timedelta(minutes=minutes))
    assert [(row.at - NOW).seconds // 60 for row in audits.rows(small)] == [5, 5, 7]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [1, 2, 3, 4]),
        ({"actor": "ada"}, [1, 3]),
        ({"act": "draft.save"}, [1, 4]),
        ({"subject_type": "editor"}, [3]),
        ({"subject_type": "article", "subject": "two"}, [2, 4]),
        ({"since": NOW + timedelta(hours=2)}, [3, 4]),
        ({"until": NOW + timedelta(hours=2)}, [1, 2]),
        ({"actor": "ada", "since": NOW + timedelta(hours=1)}, [3]),
        ({"actor": "nobody"}, []),
    ],
)
def test_rows_are_found_by_what_they_say(
    small: Database, wanted: dict[str, object], expected: list[int]
) -> None:
    for hours, (by, act, subject) in enumerate(
        [
            ("ada", "draft.save", ("article", "one")),
            ("bo", "article.publish", ("article", "two")),
            ("ada", "editor.add", ("editor", "cy")),
            ("cy", "draft.save", ("article", "two")),
        ]
    ):
        audits.note(small, by=by, act=act, subject=subject, now=NOW + timedelta(hours=hours))
    assert [row.number for row in audits.rows(small, **wanted)] == expected
    with small.read() as session:
        newest = audit.find_newest(session, Wanted(**wanted), limit=2)
        older = audit.find_newest(session, Wanted(**wanted), limit=9, before=3)
    assert [row.number for row in newest] == expected[::-1][:2]
    assert [row.number for row in older] == [number for number in expected[::-1] if number < 3]


@pytest.mark.no_cover
def test_eight_writers_leave_no_gap_and_no_seal_misses_a_row(
    small: Database, small_keyring: Keyring
) -> None:
    before = head(small)

    def write(writer: int) -> None:
        for number in range(SHARE):
            fact = SiteFact(id=f"{writer}-{number}", data="x")
            with small.write() as session:
                if number % 3 == 0:  # most acts change the log first, and then say so
                    changes.append(session, [Entry("site.added", fact)], by="test", now=NOW)
                about = ("site", fact.id)
                audit.note(session, "site.add", about, by=f"writer-{writer}", now=NOW)
                session.commit()

    with ThreadPoolExecutor(WRITERS + 2) as pool:
        written = [pool.submit(write, writer) for writer in range(WRITERS)]
        made, refused = 0, []
        while not all(one.done() for one in written):
            together = [pool.submit(audits.seal, small, small_keyring) for _ in range(2)]
            made += sum(one.result() is not None for one in together)
            refused += audits.verify(small).faults
        for one in written:
            one.result()
    assert refused == []
    assert made > 0, "seals have to be made while others write"
    while audits.seal(small, small_keyring):
        pass
    report = audits.verify(small)
    assert (report.faults, report.rows, report.unsealed) == ([], WRITERS * SHARE, 0)
    assert [row.number for row in audits.rows(small)] == list(range(1, WRITERS * SHARE + 1))
    assert head(small) == before + WRITERS * len(range(0, SHARE, 3))
