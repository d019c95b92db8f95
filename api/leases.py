"""Leases: who hands out a quota, slice by slice, to the processes that answer.

Over several processes Redis counts, and each takes slices of at most one per cent of the quota (or
one request), so that most requests ask nobody. Alone, a process has all of it.
"""

import logging
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from content.plans import UNITS

TIMEOUT = 0.1  # seconds that a request waits for a Redis that does not answer
REST = 5.0  # seconds for which it is not asked again then
# Grants what is wanted, or what is left, in one step; returns what had been granted before.
GRANT = """
local before = tonumber(redis.call('GET', KEYS[1]) or '0')
local granted = math.max(math.min(tonumber(ARGV[1]) - before, tonumber(ARGV[2])), 0)
redis.call('SET', KEYS[1], before + granted, 'EX', ARGV[3])
return before
"""
log = logging.getLogger("caveat")


class Unanswered(Exception):
    """Nobody can say how much is left."""


class Lease(NamedTuple):
    """Units that were granted, and what nobody has leased of the quota."""

    granted: int
    left: int


class Lessor(Protocol):
    """Hands out quotas, each known by a name and by when its window began."""

    def slice(self, quota: int) -> int:
        """Return how many units of a quota are taken at a time."""

    def lease(self, name: str, start: int, length: int, quota: int, wanted: int) -> Lease:
        """Grant what is wanted, or what is left of it; raise ``Unanswered``."""


class Alone:
    """The lessor of a process that shares its quotas with no other."""

    def __init__(self) -> None:
        self._granted: dict[str, tuple[int, int]] = {}  # name -> start, units

    def slice(self, quota: int) -> int:
        """Return all of it."""
        return quota

    def lease(self, name: str, start: int, length: int, quota: int, wanted: int) -> Lease:
        """Grant what is wanted, or what is left of it."""
        began, before = self._granted.get(name, (start, 0))
        before = before if began == start else 0
        lease = _grant(quota, before, wanted)
        self._granted[name] = (start, before + lease.granted)
        return lease


class Shared:
    """The lessor of several processes: one counter in Redis for each window.

    One that does not answer in time is not asked again for a while. That is told once in the log,
    and so is that it answers again.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis = Redis.from_url(
            url,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),
        )
        self._granting = self._redis.register_script(GRANT)
        self._clock = clock
        self._asked_again = 0.0  # when
        self._is_down = False

    def slice(self, quota: int) -> int:
        """Return a hundredth of it, and at least one request."""
        return max(quota // 100, UNITS)

    def lease(self, name: str, start: int, length: int, quota: int, wanted: int) -> Lease:
        """Grant what is wanted, or what is left of it; raise ``Unanswered``."""
        if self._is_down and self._clock() < self._asked_again:
            raise Unanswered
        self._asked_again = self._clock() + REST  # meanwhile no other thread waits for it
        try:
            key = f"caveat-limits:{name}:{start}"
            before = int(self._granting(keys=[key], args=[quota, wanted, 2 * length]))
        except RedisError as error:
            self._note(error)
            raise Unanswered from None
        self._note(None)
        return _grant(quota, before, wanted)

    def _note(self, error: RedisError | None) -> None:
        was_down, self._is_down = self._is_down, error is not None
        if error and not was_down:
            log.warning("limits are not held: Redis does not answer: %s", error)
        elif was_down and not error:
            log.warning("limits are held again: Redis answers")


def _grant(quota: int, before: int, wanted: int) -> Lease:
    free = max(quota - before, 0)
    granted = min(free, wanted)
    return Lease(granted, free - granted)
