"""What a measure is given, and the rows of the page that are made of what it finds."""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench.load import Options
from bench.servers import Programs

T = TypeVar("T")
CONNECTIONS = 16


@dataclass(frozen=True)
class Peer:
    """Another server that is asked for an article and a list of its own."""

    name: str
    url: str
    article: str
    listed: str


@dataclass(frozen=True)
class Corpora:
    """Where corpora of which sizes are, or shall be; ``server`` is a PostgreSQL server's URL."""

    folder: Path | None
    sizes: tuple[int, ...]
    server: str


@dataclass(frozen=True)
class Trial:
    """What a measure is given: an empty folder, and how long it may take.

    ``tell`` shows a line of what is going on.
    """

    folder: Path
    programs: Programs
    tell: Callable[[str], None]
    is_quick: bool = False
    peers: tuple[Peer, ...] = ()
    corpora: Corpora = Corpora(None, (), "")

    @property
    def options(self) -> Options:
        """How wrk is run."""
        return Options(self.programs.wrk, 1 if self.is_quick else 5, CONNECTIONS)

    @property
    def repeats(self) -> int:
        """How often each run is made."""
        return 1 if self.is_quick else 5

    @property
    def workers(self) -> int:
        """Processes of each server: half of the cores, for wrk has the other half."""
        return max(1, len(os.sched_getaffinity(0)) // 2)

    def either(self, quick: T, whole: T) -> T:
        """Return one for a quick look, or the other for the figures that are kept."""
        return quick if self.is_quick else whole


def percent(share: float, digits: int = 2) -> str:
    """Return a share of 1 in words; what is not all is not rounded up to it."""
    unit = 10**digits
    return f"{math.floor(share * 100 * unit + 1e-9) / unit:.{digits}f} %"


@dataclass(frozen=True)
class Row:
    """A promise, what was found, and whether it holds; ``ceiling`` is what could be reached."""

    what: str
    bar: str
    measured: str
    holds: bool | None  # None: nothing to judge
    ceiling: str = ""
    why: str = ""  # where it is missed
