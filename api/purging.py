"""Purging: caches in front are told what they have to drop as soon as that is true.

Each cache has a thread of its own, so one that does not answer delays nothing else. It is told at
once, and again when no process of ours can answer from before the change any more, because until
then one may have given it an old answer anew. Only then its cursor moves. Several workers may
purge: a cache is told the same again, which does no harm.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from api.settings import Settings
from content import changes, purges
from content.db import Database
from content.errors import CaveatError

log = logging.getLogger("caveat")
METHOD, HEADER = "PURGE", "xkey-purge"
PAUSE = 0.25  # seconds between two looks at the log
SETTLED = 1.25  # seconds after which no process answers from before a change; a lease is 1
REST = 1.0  # seconds for which a cache that fails is let alone
TIMEOUT = 2.0  # seconds
AT_ONCE = 100  # tags in a request, so that its header stays below 8 KB
STOP = 5  # seconds that what is under way may take


class NotPurged(CaveatError):
    """A cache has not done what it was told."""


@dataclass
class Purger:
    """Tells one cache, by its address, what the log has made untrue."""

    database: Database
    target: str
    clock: Callable[[], float] = time.monotonic
    seen: int | None = None  # up to where it was told at once
    again: list[tuple[float, int]] = field(default_factory=list)  # when, and up to where then

    def look(self) -> int:
        """Tell what is due, and return how many requests that took; raise what hinders it."""
        try:
            return self._look()
        except Exception:
            self.seen, self.again = None, []  # all after the cursor is told anew
            raise

    def run(self, stopped: threading.Event) -> None:
        """Look until stopped; what fails is tried again, and is told in the log once."""
        was_failing = False
        while not stopped.is_set():
            failure = self._try()
            if failure and not was_failing:
                log.warning("%s is not purged: %s", self.target, failure)
            elif was_failing and not failure:
                log.warning("%s is purged again", self.target)
            was_failing = bool(failure)
            stopped.wait(REST if failure else PAUSE)

    def _try(self) -> str:
        try:
            self.look()
        except Exception as error:  # whatever it is: nobody else tells this cache
            return f"{type(error).__name__}: {error}"
        return ""

    def _look(self) -> int:
        with self.database.read() as session:
            cursor, head = purges.cursor(session, self.target), changes.head(session)
        if cursor is None:
            self._begin()
            return 0
        seen = cursor if self.seen is None else self.seen
        count = self._tell(seen, head)
        if seen != head:
            self.again.append((self.clock() + SETTLED, head))
        self.seen = head
        return count + self._settle(cursor, head)

    def _begin(self) -> None:
        with self.database.write() as session:
            purges.begin(session, self.target)
            session.commit()

    def _settle(self, cursor: int, head: int) -> int:
        """Tell again what is settled by now, and move the cursor behind it."""
        settled = [upto for at, upto in self.again if at <= self.clock()]
        self.again = self.again[len(settled) :]
        if not settled or settled[-1] <= cursor <= head:  # another worker may have been faster
            return 0
        count = self._tell(cursor, settled[-1])
        with self.database.write() as session:
            purges.move(session, self.target, cursor, settled[-1])
            session.commit()
        return count

    def _tell(self, after: int, at: int) -> int:
        """Have the cache drop what changes touch; return how many requests that took."""
        if after == at:
            return 0
        with self.database.read() as session:
            tags = sorted(purges.due(session, after, at))
        parts = [tags[start : start + AT_ONCE] for start in range(0, len(tags), AT_ONCE)]
        for part in parts:
            _purge(self.target, part)
        return len(parts)


def once(settings: Settings, database: Database) -> int:
    """Tell each cache all that it was not told yet; return how many requests that took."""
    purgers = [Purger(database, target) for target in settings.purged]
    count = sum(one.look() for one in purgers)
    if count:
        time.sleep(SETTLED)
        count += sum(one.look() for one in purgers)
    return count


@contextmanager
def purging(settings: Settings, database: Database) -> Iterator[None]:
    """Purge the caches that the settings name until the block ends."""
    stopped = threading.Event()
    purgers = [Purger(database, target) for target in settings.purged]
    threads = [threading.Thread(target=one.run, args=(stopped,), daemon=True) for one in purgers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join(STOP)


def _purge(target: str, tags: list[str]) -> None:
    # What stands between is not asked to help: a proxy for the world does not know these addresses.
    with httpx.Client(timeout=TIMEOUT, trust_env=False) as client:
        answer = client.request(METHOD, target, headers={HEADER: " ".join(tags)})
    if not answer.is_success:
        raise NotPurged(f"it answers {answer.status_code} to {METHOD}")
