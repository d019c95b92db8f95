"""What the ledger has not written yet: rows that add up, until they are cut into transactions."""

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from content import exposures, usage
from content.exposures import Given, Refused
from content.usage import Summed, Used

BATCH = 2_000  # rows of one kind in one transaction


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


def _cut(rows: Rows) -> Rows:
    found = dict(itertools.islice(rows.items(), BATCH))
    for key in found:
        del rows[key]
    return found
