"""The replica: a standby of PostgreSQL, read only where it has all that is known of the primary.

Who reads says what is known: the newest numbers of the log and of the audit. Both are dense and in
the order of commits, and a standby replays commits in that order. So one that has these numbers has
every change before them, and every act on a key or a partner. It is asked for its own numbers in
the very snapshot that is read then. One that is behind, that does not answer, or that is no standby
(any more) is not read: who asked goes to the primary.
"""

import logging
import threading
from time import monotonic
from typing import NamedTuple

from sqlalchemy import ExceptionContext, event, func, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from content import changes, db, engines
from content.db import Database, SchemaMismatch
from content.errors import CaveatError
from content.models.audit import AuditRow
from content.models.log import Counter

CONNECT = 2  # seconds until a connection is given up; psycopg waits no less
ANSWER = 2.0  # seconds that a statement may take
REST = 5.0  # seconds until one that failed is looked at again
LAG = 0.1  # seconds for which one that was behind is not asked again
BEHIND, AWAY = "behind", "away"  # why it is not read
SILENT = (DBAPIError, PoolTimeout)
BROKEN = (OperationalError, InterfaceError)
KNOWN = select(Counter.value, select(func.coalesce(func.max(AuditRow.number), 0)).scalar_subquery())
KNOWN_THERE = KNOWN.add_columns(func.pg_is_in_recovery())
log = logging.getLogger("caveat")


class Known(NamedTuple):
    """How far somebody is: the newest number of the log, and that of the audit, 0 for none."""

    head: int
    acts: int

    def has(self, other: "Known") -> bool:
        """Return whether this is as far as the other at least, in both."""
        return self.head >= other.head and self.acts >= other.acts


class Unread(Exception):
    """The replica is not read now; ``why`` is :data:`BEHIND` or :data:`AWAY`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Unfit(CaveatError):
    """What answers is no standby of this database; the message ends "the replica …"."""


def known(session: Session) -> Known:
    """Return how far the database of a snapshot is."""
    return Known(*session.execute(KNOWN).one())


class Replica:
    """One standby by its URL; thread-safe. A server may fork as long as nobody has read.

    Who reads never waits for one that is known to be away: a thread looks whether it is back.
    """

    def __init__(self, url: str, primary: Database) -> None:
        self._primary = primary
        self._engine = engines.make_bounded(url, CONNECT, ANSWER)
        event.listen(self._engine, "handle_error", self._hear)
        self._reads = db.snapshots(self._engine, primary.memory)
        self._is_up = self._is_told = False  # whether it is read, whether the log says that not
        self._asked_again = 0.0  # when, by the monotonic clock
        self._lock, self._closed = threading.Lock(), threading.Event()
        self._watcher: threading.Thread | None = None

    def open(self, wanted: Known) -> Session:
        """Return a snapshot that has all of this, for the caller to close; raise ``Unread``."""
        if not self._is_up:
            self._watch()
            raise Unread(AWAY)
        if monotonic() < self._asked_again:
            raise Unread(BEHIND)
        session = self._reads()
        try:
            self._keep_up(session, wanted)
        except BaseException:
            session.close()
            raise
        return session

    def numbers(self) -> Known | None:
        """Return how far it is; None where it does not answer, or is no standby."""
        try:
            with self._reads() as session:
                return self._numbers(session)
        except (*SILENT, Unfit):
            return None

    def check(self) -> Known:
        """Return how far it is.

        Raise ``Unfit`` for what is no standby of this database, and what the database raises.
        """
        with self._primary.read() as session:
            first = changes.first(session)
        with self._reads() as session:
            found = self._numbers(session)
            try:
                db.check_schema(session.connection())
            except SchemaMismatch:
                raise Unfit("has another schema than this program") from None
            if changes.first(session) != first:
                raise Unfit("has another log than the database")
        return found

    def close(self) -> None:
        """Return all connections, also that of a look which has begun."""
        with self._lock:
            self._closed.set()
            watcher = self._watcher
        if watcher:
            watcher.join()
        self._engine.dispose()

    def _keep_up(self, session: Session, wanted: Known) -> None:
        try:
            found = self._numbers(session)
        except Unfit as error:
            self._rest(str(error))
            raise Unread(AWAY) from None
        except SILENT:
            raise Unread(AWAY) from None
        if not found.has(wanted):
            self._asked_again = monotonic() + LAG
            raise Unread(BEHIND)
        changes.fix_head(session, found.head)

    def _numbers(self, session: Session) -> Known:
        head, acts, is_standby = session.execute(KNOWN_THERE).one()
        if not is_standby:
            raise Unfit("is no standby")
        return Known(head, acts)

    def _hear(self, context: ExceptionContext) -> None:
        """Let it rest where it fails, whatever it was asked."""
        if self._is_up and isinstance(context.sqlalchemy_exception, BROKEN):
            self._rest(engines.cause(context.original_exception))

    def _rest(self, cause: str) -> None:
        self._is_up = False  # of its pool, what is older than this failure is not used again
        self._tell(cause)
        self._watch()

    def _watch(self) -> None:
        """Have a thread look whether it may be read."""
        with self._lock:
            if self._closed.is_set() or (self._watcher and self._watcher.is_alive()):
                return
            self._watcher = threading.Thread(target=self._run, name="caveat-replica", daemon=True)
            self._watcher.start()

    def _run(self) -> None:
        pause = REST if self._is_told else 0.0
        while not self._closed.wait(pause):
            try:
                self.check()
            except Exception as error:  # whatever it is, the next look may be better
                self._tell(engines.cause(error))
            else:
                self._is_up = True
                self._tell(None)
                return
            pause = REST

    def _tell(self, cause: str | None) -> None:
        """Say in the log why it is not read, once, and that it is again."""
        with self._lock:
            was_told, self._is_told = self._is_told, cause is not None
        if cause and not was_told:
            log.warning("the replica is not read: %s", cause)
        elif was_told and not cause:
            log.warning("the replica is read again")
