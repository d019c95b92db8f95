"""What partners took, kept in memory and written to the database every few seconds.

Usage by day, which revisions went to whom, and which endings were seen: see :mod:`content.usage`
and :mod:`content.exposures`. To count an answer costs about a microsecond, as repeats are only
counted until they are written; a process that dies loses what it has not written.
Knows no Flask, and is thread-safe.
"""

import logging
import threading
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.util import Finalize
from typing import Any, NamedTuple

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.unwritten import Page, Rows, Span, Sum
from content import usage
from content.db import Database
from content.usage import LOST

# Seconds between two writes; None: only who asks for it writes. At most five may ever be lost.
EVERY: float | None = 2.0
MOST = 200_000  # rows in memory, about 100 MB, while the database does not take them
KINDS = 1_000  # of answers, whose repeats are counted before rows are made of them
DAY = 24 * 60 * 60  # seconds
FAILURES = (DBAPIError, PoolTimeout)
REFUSED = (IntegrityError, DataError)  # as of a partner of whom the database does not know
log = logging.getLogger("caveat")


class Carried(NamedTuple):
    """An edition that an answer carries."""

    article: str
    locale: str
    revision: int
    digest: str


@dataclass(slots=True)
class Repeats:
    """How often the same was answered, and when: in seconds since 1970."""

    first_at: float
    last_at: float
    count: int = 0


class Ledger:
    """What partners took since the last write."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._repeats: dict[tuple[Any, ...], Repeats] = {}
        self._page = Page()
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._is_awaited = False  # whether a write comes by itself
        self._has_failed = False
        self._last: Finalize | None = None  # writes when the process ends as it should

    def count(
        self,
        partner: str,
        route: str,
        status: int,
        size: int,
        cost: int,
        at: float,
        carried: tuple[Carried, ...] = (),
    ) -> None:
        """Count an answer: its bytes, its cost in units, when, and the editions that it carries.

        A 304 carries those that its reader hears to have.
        """
        kind = (partner, route, status, size, cost, carried, at // DAY)
        with self._lock:
            repeats = self._repeats.get(kind) or self._begin(kind, at)
            repeats.count += 1
            repeats.last_at = at

    def refused(self, partner: str, article: str, locale: str, status: int, now: datetime) -> None:
        """Note that a partner asked for an article, and was told that it may not show it."""
        with self._lock:
            key = (partner, article, locale, status)
            self._add(self._page.refused, key, Span("", now, now))

    def mark(self, name: str, now: datetime, count: int = 1) -> None:
        """Count that something has happened on this day."""
        with self._lock:
            self._add(self._page.summed, (now.date().isoformat(), name), Sum(count, 0, 0))

    def tally(self, name: str) -> None:
        """Count that something has happened."""
        with self._lock:
            self._page.tallies[name] += 1
            self._await()

    def flush(self) -> None:
        """Write all that is there now, in short transactions; what comes meanwhile waits.

        Raise what the database raises; what it has not taken is kept, but for what it refuses.
        """
        with self._writing:
            there, waiting = self._take(), list[Page]()
            try:
                while page := there.cut():
                    waiting.append(page)
                    while waiting:
                        waiting[-1:] = self._write(waiting[-1])
            except FAILURES:
                for one in (*waiting, there):
                    self._put_back(one)
                raise

    def write(self) -> None:
        """Write everything; where that fails say so, once."""
        try:
            self.flush()
        except FAILURES as error:
            if not self._has_failed:
                log.error("usage cannot be written: %s", type(error).__name__)
            self._has_failed = True
            return
        if self._has_failed:
            log.warning("usage is written again")
        self._has_failed = False

    def write_awaited(self) -> None:
        """Write what had to be written soon, and try again later where that fails."""
        with self._lock:
            self._is_awaited = False
        self.write()
        with self._lock:
            if self._page:
                self._await()

    def _begin(self, kind: tuple[Any, ...], at: float) -> Repeats:
        if len(self._repeats) >= KINDS:
            self._make_rows()
        self._await()
        return self._repeats.setdefault(kind, Repeats(at, at))

    def _make_rows(self) -> None:
        """Make the rows of what was counted."""
        for kind, repeats in self._repeats.items():
            self._add_rows(kind, repeats)
        self._repeats = {}

    def _add_rows(self, kind: tuple[Any, ...], repeats: Repeats) -> None:
        partner, route, status, size, cost, carried, day = kind
        first, last = (
            datetime.fromtimestamp(at, UTC) for at in (repeats.first_at, repeats.last_at)
        )
        date, count = datetime.fromtimestamp(day * DAY, UTC).date().isoformat(), repeats.count
        used = Sum(count, count * size, count * cost)
        self._add(self._page.used, (partner, date, route, status), used)
        self._add(self._page.summed, (date, usage.answers(status)), replace(used))
        for article, locale, revision, digest in carried:
            edition = (partner, article, locale, revision)
            self._add(self._page.given, edition, Span(digest, first, last, count))

    def _add(self, rows: Rows, key: tuple[Any, ...], row: Any) -> None:
        known = rows.get(key)
        if known is not None:
            known.add(row)
        elif len(self._page) < MOST or rows is self._page.summed:
            rows[key] = row
        else:
            self._page.tallies[LOST] += row.count
        self._await()

    def _write(self, page: Page) -> list[Page]:
        """Write a page; return its halves where there is a row in it that cannot be written."""
        try:
            with self._database.write() as session:
                page.write(session)
                session.commit()
        except REFUSED as error:
            if len(page) > 1:
                return page.halves()
            log.error("usage is lost: %s", str(error).partition("\n")[0])
            with self._lock:
                self._page.tallies += page.tallies + Counter({LOST: 1})
        return []

    def _take(self) -> Page:
        with self._lock:
            self._make_rows()
            there, self._page = self._page, Page()
            return there

    def _put_back(self, page: Page) -> None:
        with self._lock:
            for here, there in self._page.pairs(page):
                for key, row in there.items():
                    self._add(here, key, row)
            self._page.tallies += page.tallies

    def _await(self) -> None:
        """Have everything written soon, by a thread that is there for that alone.

        So there is none before the first answer, when a server may yet fork.
        """
        if self._is_awaited or EVERY is None:
            return
        self._is_awaited = True
        if self._last is None:  # the end of a process that a server has forked runs it, too
            self._last = Finalize(None, self.write, exitpriority=0)
        timer = threading.Timer(EVERY, self.write_awaited)
        timer.daemon = True
        timer.start()
