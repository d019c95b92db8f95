"""Callers: partners whose keys this process has just checked, and what follows from that.

A key is remembered with the page that it was sent from, and until a key, or what one opens, may
have changed (:class:`~api.edge.tail.Tail` says so). Who is not remembered is asked about by Flask.
"""

import threading
import time
from dataclasses import dataclass

from api.meter import Payer

MOST = 10_000  # of which the oldest makes room for the next
Sent = tuple[bytes, str | None]  # the digest of ``Authorization``, and ``Origin``


@dataclass(frozen=True, slots=True)
class Known:
    """A caller whose key is good: ``fixes`` is all of it that an answer depends on."""

    payer: Payer
    fixes: tuple[object, ...]
    expires_at: float | None  # seconds since 1970


class Callers:
    """Callers by what they sent; thread-safe."""

    def __init__(self) -> None:
        self._known: dict[Sent, Known] = {}
        self._lock = threading.Lock()
        self.acts = -1  # the number of the audit from which on they are as they were found

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._known)

    def find(self, sent: Sent) -> Known | None:
        """Return who sent this, as long as the key has not expired."""
        found = self._known.get(sent)
        has_ended = found and found.expires_at is not None and found.expires_at <= time.time()
        return None if has_ended else found

    def add(self, sent: Sent, known: Known, acts: int) -> None:
        """Remember who sent this, unless keys may have changed since they were at ``acts``."""
        with self._lock:
            if acts != self.acts:
                return
            if len(self._known) >= MOST:
                for oldest in list(self._known)[: MOST // 10]:
                    self._known.pop(oldest, None)
            self._known[sent] = known

    def forget(self, acts: int) -> None:
        """Forget everybody who was found before this number of the audit."""
        with self._lock:
            self.acts = acts
            self._known.clear()
