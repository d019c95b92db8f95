"""Work: only one process does it at a time, and what is due is recorded once."""

import threading
from datetime import timedelta

import policies
from acts import head
from factories import NOW, publish

from content import lapses, work
from content.db import Database
from content.models.log import Lapse


def test_a_turn_is_taken_by_one_and_free_again_afterwards(small: Database) -> None:
    with small.write() as session:
        assert work.take_turn(session, work.LAPSES)
        if small.engine.dialect.name == "postgresql":  # SQLite lets nobody else write meanwhile
            with small.write() as other:
                assert not work.take_turn(other, work.LAPSES)
    with small.write() as session:
        assert work.take_turn(session, work.LAPSES)


def test_there_is_no_turn_for_what_nobody_knows(small: Database) -> None:
    with small.write() as session:
        assert not work.take_turn(session, "no-such-work")


def test_several_workers_record_each_date_once(small: Database) -> None:
    publish(small, slug="one", display_until="2026-12-24")
    policies.record(small, policies.law("GB", "rules", "regulated", recheck_by=policies.SOON))
    later = NOW + timedelta(days=400)
    failures: list[BaseException] = []

    def look() -> None:
        try:
            with small.write() as session:
                if work.take_turn(session, work.LAPSES):
                    lapses.record(session, by="test", now=later)
                    session.commit()
        except BaseException as error:
            failures.append(error)

    workers = [threading.Thread(target=look) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert failures == []
    with small.read() as session:
        rows = [(row.table_name, row.row, row.field) for row in session.query(Lapse)]
        assert len(rows) == len(set(rows)) == 3
        assert lapses.overdue(session, later) == []


def test_each_day_that_has_passed_is_a_group_with_what_it_touches(small: Database) -> None:
    publish(small, slug="one", topics=["sleep"])
    publish(small, slug="two", topics=["stress"])
    policies.record(small, policies.law("GB", "rules", "regulated", recheck_by="2026-12-01"))
    policies.record(small, policies.law("US", "rules", "regulated", recheck_by="2026-12-02"))
    before = head(small)
    with small.write() as session:
        due = lapses.record(session, by="test", now=NOW + timedelta(days=30))
        session.commit()
    assert [one.day for one in due] == ["2026-12-01", "2026-12-02"]
    with small.read() as session:
        found = list(session.scalars(lapses.changes.select_after(before, head(small))))
    kinds = [(change.kind, change.group_end - before) for change in found]
    assert kinds == [
        ("jurisdiction.lapsed", 2), ("article.affected", 2),
        ("jurisdiction.lapsed", 4), ("article.affected", 4),
    ]  # fmt: skip
