"""The tail: how far this process has followed the log, and how long it may rely on that.

A thread asks the database for the newest number a few times a second, as long as anybody is
answered, and at once when another process says that there is something new. What is kept may be
given under a lease, which begins when the database was last asked. Behind it, a request waits for
the next answer of the database. One that does not answer leaves what is known good for
:data:`STALE_IF_ERROR`: not what was known to have changed, which is no longer kept.
"""

import logging
import threading
from collections.abc import Callable
from time import monotonic, sleep

from sqlalchemy.orm import Session

from content import replica, surrogates
from content.db import Database
from content.replica import Known
from content.surrogates import ALL, LOG

EVERY = 0.25  # seconds between two looks
GAP = 0.02  # seconds between two looks at least, however much is written
LEASE = 0.8  # seconds, with which a withdrawal is seen within one second by every process
PATIENCE = 0.5  # seconds that a request waits for a look
STALE_IF_ERROR = 300.0  # seconds
IDLE = 8  # looks after which nobody was answered, and the thread sleeps
MOST = 5_000  # changes that one look reads; where there are more, everything may have changed
Listen = Callable[[Callable[[], None]], None]  # has what it is given called for each message
log = logging.getLogger("caveat")


class Tail:
    """Follows the log; ``moved`` is told each new number and the tags that were touched.

    ``rekeyed`` is told the newest number of the audit when a key, or what a key opens, may have
    changed: each such act is in there, and these numbers are dense, too. ``listen`` has the tail
    look when there is something new.
    """

    def __init__(
        self,
        database: Database,
        moved: Callable[[int, frozenset[str]], None],
        rekeyed: Callable[[int], None],
        listen: Listen | None = None,
    ) -> None:
        self._database, self._moved, self._rekeyed = database, moved, rekeyed
        self._listen = listen
        self.fresh_until = 0.0  # by the monotonic clock, as all times here
        self.is_used = False  # whether anybody was answered since the last look
        self.at = self.acts = -1  # the newest numbers of the log and of the audit
        self._asked = self._usable_until = 0.0
        self._is_looking = self._has_failed = False
        self._wake, self._looked = threading.Event(), threading.Condition()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def follow(self) -> None:
        """Be as far as the lease wants; wait a little for the database to say so."""
        self.is_used = True
        if self.is_fresh():
            return
        self._start()
        self.wake()
        with self._looked:
            self._looked.wait_for(self._is_decided, self._patience())

    def is_fresh(self) -> bool:
        """Return whether the lease holds."""
        return monotonic() < self.fresh_until

    def known(self) -> Known | None:
        """Return how far the database is at least; None where the lease does not hold.

        Who reads what is as far sees all that was committed before the lease began.
        """
        return Known(self.at, self.acts) if self.is_fresh() else None

    def is_usable(self) -> bool:
        """Return whether what is kept may be given: also when the database does not answer."""
        return monotonic() < self._usable_until

    def wake(self) -> None:
        """Look now: there is something new."""
        self._wake.set()

    def look(self) -> None:
        """Ask the database what is new, and tell it."""
        self._asked, self._is_looking = monotonic(), True
        try:
            self._read()
        except Exception as error:  # whatever it is, the next look may be better
            self._fail(error)
        else:
            self._has_failed = False
            self.fresh_until = self._asked + LEASE
            self._usable_until = self._asked + STALE_IF_ERROR
        self._is_looking = False
        with self._looked:
            self._looked.notify_all()

    def _read(self) -> None:
        with self._database.read() as session:
            at, acts = replica.known(session)
            touched = self._touched(session, at)
        if acts != self.acts:
            self.acts = acts  # first, so that nobody is remembered who was found before it
            self._rekeyed(acts)
        self._moved(at, touched)
        self.at = at

    def _touched(self, session: Session, at: int) -> frozenset[str]:
        if not 0 <= self.at < at:
            return frozenset()
        if at - self.at > MOST:
            return frozenset([ALL, LOG])
        return surrogates.touched_between(session, self.at, at)

    def _fail(self, error: Exception) -> None:
        if not self._has_failed:
            log.error("the log cannot be followed: %s", type(error).__name__)
        self._has_failed = True

    def _is_decided(self) -> bool:
        return self.is_fresh() or self._has_failed

    def _patience(self) -> float:
        """Return how long it is worth to wait: not anew for a look that keeps others waiting."""
        waited = monotonic() - self._asked if self._is_looking else 0.0
        return max(PATIENCE - waited, 0.0)

    def _start(self) -> None:
        """Start the thread when somebody is answered: a server may fork before that."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="caveat-tail", daemon=True)
                self._thread.start()
                if self._listen:
                    self._listen(self.wake)

    def _run(self) -> None:
        idle = 0
        while True:
            self._wake.wait(EVERY if idle < IDLE else None)
            self._wake.clear()
            idle = 0 if self.is_used else idle + 1
            self.is_used = False
            self.look()
            sleep(GAP)
