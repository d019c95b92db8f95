"""What partners took, kept in memory and written to the database every few seconds.

Usage by day, which revisions went to whom, and which endings were seen: see :mod:`content.usage`
and :mod:`content.exposures`. To add costs microseconds; a process that dies loses what it has not
written. Knows no Flask, and is thread-safe.
"""

import itertools
import logging
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from datetime import datetime
from multiprocessing.util import Finalize
from typing import Any, NamedTuple

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from content import exposures, usage
from content.db import Database
from content.exposures import Given, Refused
from content.usage import LOST, Summed, Used

# Seconds between two writes; None: only who asks for it writes. At most five may ever be lost.
EVERY: float | None = 2.0
MOST = 200_000  # rows in memory, about 100 MB, while the database does not take them
BATCH = 2_000  # rows of one kind in one transaction
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
class Sum:
    """Answers of one kind."""

    count: int
    bytes: int
    cost: int

    def add(self, other: "Sum") -> None:
        """Add others of the same kind."""
        self.count += other.count
        self.bytes += other.bytes
        self.cost += other.cost


@dataclass(slots=True)
class Span:
    """Answers about the same thing, between two moments; of an edition its last digest."""

    digest: str
    first_at: datetime
    last_at: datetime
    count: int = 1

    def add(self, other: "Span") -> None:
        """Add others about the same thing."""
        if other.last_at >= self.last_at:
            self.digest, self.last_at = other.digest, other.last_at
        self.first_at = min(self.first_at, other.first_at)
        self.count += other.count


Rows = dict[tuple[Any, ...], Any]  # key -> Sum or Span, the same in all of one dict


@dataclass
class Page:
    """What is not written yet."""

    used: Rows = field(default_factory=dict)  # by partner, day, route and status
    given: Rows = field(default_factory=dict)  # by partner, article, locale and revision
    refused: Rows = field(default_factory=dict)  # by partner, article, locale and status
    summed: Rows = field(default_factory=dict)  # by day and name, of all partners
    tallies: Counter[str] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        """Return whether there is anything."""
        return any((*self._kinds(), self.tallies))

    def __len__(self) -> int:
        """Return how many rows there are that may be many."""
        return len(self.used) + len(self.given) + len(self.refused)

    def pairs(self, other: "Page") -> Iterable[tuple[Rows, Rows]]:
        """Return the rows of each kind, with those of another page."""
        return zip(self._kinds(), other._kinds(), strict=True)

    def cut(self) -> "Page":
        """Return some of it, and drop that here."""
        used, given, refused, summed = map(_cut, self._kinds())
        page = Page(used, given, refused, summed, self.tallies)
        self.tallies = Counter()
        return page

    def halves(self) -> "list[Page]":
        """Return all of it as two pages."""
        rows = [(kind, key) for kind, there in enumerate(self._kinds()) for key in there]
        pages = [Page(tallies=self.tallies), Page()]
        for place, (kind, key) in enumerate(rows):
            page = pages[2 * place >= len(rows)]
            page._kinds()[kind][key] = self._kinds()[kind][key]
        return pages

    def write(self, session: Session) -> None:
        """Add it to what is in the database."""
        usage.record(session, [Used(*key, *astuple(row)) for key, row in self.used.items()])
        given = [Given(*key, *astuple(row)) for key, row in self.given.items()]
        exposures.record(session, given)
        ended = [Refused(*key, *astuple(row)[1:]) for key, row in self.refused.items()]
        exposures.record_endings(session, ended)
        usage.add(session, [Summed(*key, *astuple(row)) for key, row in self.summed.items()])
        usage.tally(session, self.tallies)

    def _kinds(self) -> tuple[Rows, Rows, Rows, Rows]:
        return self.used, self.given, self.refused, self.summed


class Ledger:
    """What partners took since the last write."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._page = Page()
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._is_awaited = False  # whether a write comes by itself
        self._has_failed = False
        self._last: Finalize | None = None  # writes when the process ends as it should

    def count(
        self, partner: str, route: str, status: int, size: int, cost: int, now: datetime
    ) -> None:
        """Count an answer: its size in bytes, its cost in units."""
        day = now.date().isoformat()
        with self._lock:
            self._add(self._page.used, (partner, day, route, status), Sum(1, size, cost))
            self._add(self._page.summed, (day, usage.answers(status)), Sum(1, size, cost))

    def saw(self, partner: str, carried: Iterable[Carried], now: datetime) -> None:
        """Note that a partner was given editions, or heard that it has them."""
        with self._lock:
            for article, locale, revision, digest in carried:
                key = (partner, article, locale, revision)
                self._add(self._page.given, key, Span(digest, now, now))

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
        """Write everything now, in short transactions.

        Raise what the database raises; what it has not taken is kept, but for what it refuses.
        """
        with self._writing:
            while page := self._cut():
                waiting = [page]
                try:
                    while waiting:
                        waiting[-1:] = self._write(waiting[-1])
                except FAILURES:
                    for one in waiting:
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

    def _cut(self) -> Page:
        with self._lock:
            return self._page.cut()

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


def _cut(rows: Rows) -> Rows:
    found = dict(itertools.islice(rows.items(), BATCH))
    for key in found:
        del rows[key]
    return found
