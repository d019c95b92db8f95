"""The ledger writes by itself: soon, when a process ends, and from several threads at once."""

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import ledgers
import pytest
from delivery import OCD, SLEEP, article_id
from factories import NOW
from keyholders import Holder, hold
from ledgers import given
from programs import wait_for
from sqlalchemy.orm import Session

from api import ledger
from api.ledger import Carried, Ledger
from content import exposures, usage
from content.db import Database
from content.exposures import Given

EDITION = ("en", 1, "sha256:a-digest")
ROUTE = "/v1/articles"


@pytest.fixture
def mine(library: Database) -> Holder:
    """A partner."""
    return hold(library)


def is_written(library: Database, mine: Holder) -> bool:
    with library.read() as session:
        return bool(exposures.of_partner(session, mine.id))


def carried(library: Database, slug: str = OCD) -> Carried:
    return Carried(article_id(library, slug), *EDITION)


def give(book: Ledger, partner: str, *editions: Carried, at: datetime = NOW, size: int = 1) -> None:
    book.count(partner, ROUTE, 200, size, 1, at.timestamp(), editions)


def test_what_was_seen_is_written_soon_and_no_thread_stays(
    library: Database, mine: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "EVERY", 0.01)
    before = threading.active_count()
    book = Ledger(library)
    give(book, mine.id, carried(library))
    wait_for(lambda: is_written(library, mine))
    wait_for(lambda: threading.active_count() == before)


@pytest.mark.no_cover
def test_a_process_that_ends_writes_what_is_left(
    library: Database, mine: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "EVERY", 60.0)
    edition = carried(library)
    url = library.url
    library.close()  # a fork must not share connections

    def serve() -> None:
        give(Ledger(Database(url)), mine.id, edition)

    process = multiprocessing.get_context("fork").Process(target=serve)
    process.start()
    process.join(30)
    assert process.exitcode == 0
    assert is_written(library, mine)


def test_processes_that_write_the_same_rows_lose_nothing_and_never_lock_each_other(
    library: Database, mine: Holder
) -> None:
    editions = [carried(library), carried(library, SLEEP)]
    times, writers = 15, 3

    def write(number: int) -> None:
        book = Ledger(library)
        for step in range(times):
            order = editions if (number + step) % 2 else editions[::-1]
            give(book, mine.id, *order, at=NOW + timedelta(seconds=step))
            book.flush()

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    assert [row.count for row in given(library, Ledger(library), mine)] == [times * writers] * 2


def test_what_the_database_refuses_keeps_nothing_else_back(library: Database, mine: Holder) -> None:
    """A backup that was put in place of the database may know less than this process does."""
    book = Ledger(library)
    for id in ("a-partner-of-another-database", mine.id):
        give(book, id, carried(library), carried(library, SLEEP))
        book.refused(id, article_id(library, OCD), "en", 410, NOW)
    assert [row.count for row in given(library, book, mine)] == [1, 1]
    assert list(ledgers.used(library, book, mine)) == [(ROUTE, 200)]
    with library.read() as session:
        assert usage.tallied(session, usage.LOST) == 4


def test_answers_that_differ_only_in_when_are_one_row_with_its_first_and_last_moment(
    library: Database, mine: Holder
) -> None:
    book = Ledger(library)
    last = NOW + timedelta(seconds=1, milliseconds=250)
    for at in (NOW, NOW + timedelta(milliseconds=1), last):
        give(book, mine.id, carried(library), at=at, size=7)
    (row,) = given(library, book, mine)
    assert (row.count, row.first_at, row.last_at) == (3, NOW, last)
    used = ledgers.used(library, book, mine)[ROUTE, 200]
    assert (used.count, used.bytes) == (3, 21)


def test_answers_around_midnight_belong_to_their_own_days(library: Database, mine: Holder) -> None:
    book = Ledger(library)
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    for at in (midnight - timedelta(microseconds=1), midnight, midnight + timedelta(seconds=1)):
        give(book, mine.id, at=at)
    assert ledgers.days(library, book, mine) == {"2026-11-23": 1, "2026-11-24": 2}


def test_more_kinds_of_answers_than_are_kept_apart_lose_nothing(
    library: Database, mine: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "KINDS", 3)
    book = Ledger(library)
    for size in range(10):
        give(book, mine.id, carried(library), size=size)
    assert [row.count for row in given(library, book, mine)] == [10]


def test_what_is_counted_while_it_writes_waits_for_the_next_time(
    library: Database, mine: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would never cease to write as long as anybody asks."""
    book, record, edition = Ledger(library), exposures.record, carried(library)
    times = iter(range(5))

    def busy(session: Session, given: list[Given]) -> None:
        next(times)
        give(book, mine.id, edition)
        record(session, given)

    give(book, mine.id, edition)
    monkeypatch.setattr(exposures, "record", busy)
    for written in (1, 2):
        book.flush()
        with library.read() as session:
            assert [row.count for row in exposures.of_partner(session, mine.id)] == [written]
