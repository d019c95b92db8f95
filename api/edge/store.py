"""The store: finished answers in memory, bounded in bytes, found by key and dropped by tag.

What was asked for once is with the strangers, and the oldest of these makes room for the next as
soon as they have more than their part of the memory. What is asked for again moves among the
regulars. They make room for each other: first those that nobody has asked for since they were last
looked at (CLOCK, which needs no lock to note a use). So a million addresses that nobody asks for
twice push out nothing that is in use. Who was dropped and soon comes back is a regular, too: this,
and the two queues, are those of S3-FIFO (Yang et al., SOSP 2023).
"""

import threading
from collections import deque
from collections.abc import Hashable
from itertools import takewhile

from api.edge.answers import Answer

STRANGERS = 8  # an eighth of the memory is theirs
MISSED = 20_000  # keys of strangers that were dropped, who may come back
LARGEST = 4  # an answer may take a quarter of the strangers' part
REMEMBERED = 512  # groups of changes of which it is known what they touched
Key = Hashable


class Store:
    """Answers by key, up to so many bytes; thread-safe, and :meth:`get` takes no lock."""

    def __init__(self, most: int) -> None:
        self._most, self._most_of_strangers = most, most // STRANGERS
        self._regulars: dict[Key, Answer] = {}
        self._strangers: dict[Key, Answer] = {}
        self._by_tag: dict[str, set[Key]] = {}
        self._missed: dict[int, None] = {}  # hashes of keys, oldest first
        self._bytes = self._bytes_of_strangers = 0  # all, and theirs
        self._lock = threading.Lock()
        self._knows_from, self._at = 0, -1  # it is known what was touched between these numbers
        self._touched: deque[tuple[int, frozenset[str]]] = deque(maxlen=REMEMBERED)
        self.dropped = 0  # to make room

    def __len__(self) -> int:
        """Return how many answers there are."""
        return len(self._regulars) + len(self._strangers)

    @property
    def size(self) -> int:
        """How many bytes they take, about."""
        return self._bytes

    def get(self, key: Key) -> Answer | None:
        """Return the answer to a request with this key."""
        if (found := self._regulars.get(key)) is not None:
            found.is_used = True
            return found
        return self._promote(key) if key in self._strangers else None

    def put(self, key: Key, answer: Answer) -> bool:
        """Keep an answer, unless a change has touched it since it was read; return whether."""
        if answer.size * LARGEST > self._most_of_strangers:
            return False
        with self._lock:
            if not self._is_true(answer):
                return False
            self._remove(key)
            self._add(key, answer)
        return True

    def move_on(self, at: int, touched: frozenset[str]) -> None:
        """Drop what the changes since the last call, up to a number, have touched."""
        with self._lock:
            if self._at < 0 or at < self._at:  # of what was before this log nothing is known
                self._forget(at)
            elif at > self._at:
                self._remember(at, touched)
            for tag in touched:
                for key in self._by_tag.pop(tag, ()):
                    self._remove(key)
            self._at = at

    def _forget(self, at: int) -> None:
        self._regulars.clear()
        self._strangers.clear()
        self._by_tag.clear()
        self._bytes = self._bytes_of_strangers = 0
        self._touched.clear()
        self._knows_from = at

    def _remember(self, at: int, touched: frozenset[str]) -> None:
        if len(self._touched) == REMEMBERED:
            self._knows_from = self._touched[0][0]
        self._touched.append((at, touched))

    def _is_true(self, answer: Answer) -> bool:
        """Return whether nothing that is known has touched an answer since it was read."""
        facts = answer.facts
        since = takewhile(lambda known: known[0] > facts.at, reversed(self._touched))
        return facts.at >= self._knows_from and all(
            facts.tags.isdisjoint(touched) for _, touched in since
        )

    def _promote(self, key: Key) -> Answer | None:
        with self._lock:
            found = self._strangers.get(key)
            if found is None:
                return self._regulars.get(key)
            if found.code == 200:  # what is not there stays with the strangers
                self._regulars[key] = self._strangers.pop(key)
                self._bytes_of_strangers -= found.size
            return found

    def _add(self, key: Key, answer: Answer) -> None:
        if hash(key) in self._missed and answer.code == 200:
            self._regulars[key] = answer
        else:
            self._strangers[key] = answer
            self._bytes_of_strangers += answer.size
        self._bytes += answer.size
        for tag in answer.facts.tags:
            self._by_tag.setdefault(tag, set()).add(key)
        while self._bytes > self._most:
            self._make_room()

    def _make_room(self) -> None:
        if self._bytes_of_strangers > self._most_of_strangers or not self._regulars:
            key = next(iter(self._strangers))
            self._miss(key)
        else:
            key, answer = next(iter(self._regulars.items()))
            if answer.is_used:
                answer.is_used = False
                self._regulars[key] = self._regulars.pop(key)
                return
        self._remove(key)
        self.dropped += 1

    def _miss(self, key: Key) -> None:
        self._missed[hash(key)] = None
        if len(self._missed) > MISSED:
            del self._missed[next(iter(self._missed))]

    def _remove(self, key: Key) -> None:
        if (found := self._regulars.pop(key, None)) is None:
            if (found := self._strangers.pop(key, None)) is None:
                return
            self._bytes_of_strangers -= found.size
        self._bytes -= found.size
        for tag in found.facts.tags:
            if keys := self._by_tag.get(tag):
                keys.discard(key)
                if not keys:
                    del self._by_tag[tag]
