"""The ledger writes by itself: soon, when a process ends, and from several threads at once."""

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import ledgers
import pytest
from delivery import OCD, SLEEP, article_id
from factories import NOW
from keyholders import Holder, hold
from ledgers import given
from programs import wait_for

from api import ledger
from api.ledger import Carried, Ledger
from content import exposures, usage
from content.db import Database

EDITION = ("en", 1, "sha256:a-digest")


@pytest.fixture
def mine(library: Database) -> Holder:
    """A partner."""
    return hold(library)


def is_written(library: Database, mine: Holder) -> bool:
    with library.read() as session:
        return bool(exposures.of_partner(session, mine.id))


def carried(library: Database, slug: str = OCD) -> Carried:
    return Carried(article_id(library, slug), *EDITION)


def test_what_was_seen_is_written_soon_and_no_thread_stays(
    library: Database, mine: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "EVERY", 0.01)
    before = threading.active_count()
    book = Ledger(library)
    book.saw(mine.id, [carried(library)], NOW)
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
        Ledger(Database(url)).saw(mine.id, [edition], NOW)

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
            book.saw(mine.id, order, NOW + timedelta(seconds=step))
            book.flush()

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    assert [row.count for row in given(library, Ledger(library), mine)] == [times * writers] * 2


def test_what_the_database_refuses_keeps_nothing_else_back(library: Database, mine: Holder) -> None:
    """A backup that was put in place of the database may know less than this process does."""
    book = Ledger(library)
    for id in ("a-partner-of-another-database", mine.id):
        book.saw(id, [carried(library), carried(library, SLEEP)], NOW)
        book.refused(id, article_id(library, OCD), "en", 410, NOW)
        book.count(id, "/v1/articles", 200, 1, 1, NOW)
    assert [row.count for row in given(library, book, mine)] == [1, 1]
    assert list(ledgers.used(library, book, mine)) == [("/v1/articles", 200)]
    with library.read() as session:
        assert usage.tallied(session, usage.LOST) == 4
