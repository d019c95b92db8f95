"""Limits: how much of its plan a partner has used, in this minute and on this day (UTC).

Account keys share one pool, and site keys, which strangers can copy from a page, another one of the
same size; which pools there are is for the caller to say. Windows begin with the minute and the
day. What an answer costs is known only when it is there, so a request is let in as long as anything
is left, and settled afterwards.

Knows no Flask: whoever answers a partner calls :meth:`Limits.take` and :meth:`Limits.settle`.
"""

import math
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from api.leases import Lessor, Unanswered
from content.plans import LEAST, UNITS, Plan

MINUTE, DAY = 60, 24 * 60 * 60
BURST, DAILY = "burst", "daily"


class State(NamedTuple):
    """How much is left of a window: requests, and seconds to its end."""

    name: str
    left: int
    ends_in: int


class Window:
    """One quota of one pool, of which this process has some units in hand; thread-safe."""

    def __init__(self, name: str, of: str, length: int, quota: int, lessor: Lessor) -> None:
        self.name, self.length, self.quota = name, length, quota
        self._key = f"{of}:{name}"
        self._lessor, self._lock = lessor, threading.Lock()
        self._start = self._left = self._beyond = 0
        self._is_spent = False  # nobody has more of it

    def take(self, now: float) -> bool:
        """Take the least that an answer costs; False where nothing is left.

        Raise ``Unanswered`` where nobody can say.
        """
        with self._lock:
            self._turn(now)
            if self._left < LEAST and not self._is_spent:
                self._lease(LEAST - self._left)
            if self._left < LEAST:
                return False
            self._left -= LEAST
            return True

    def add(self, units: int) -> None:
        """Give units back, or take more where they are less than none; that may leave a debt."""
        with self._lock:
            self._left += units

    def state(self, now: float) -> State:
        """Return how much is left, as far as this process knows."""
        left = max(self._left + self._beyond, 0) // UNITS
        return State(self.name, left, max(self._start + self.length - math.floor(now), 1))

    def _turn(self, now: float) -> None:
        start = int(now) // self.length * self.length
        if start != self._start:
            self._start, self._left, self._beyond, self._is_spent = start, 0, 0, False

    def _lease(self, needed: int) -> None:
        wanted = max(self._lessor.slice(self.quota), needed)
        lease = self._lessor.lease(self._key, self._start, self.length, self.quota, wanted)
        self._left += lease.granted
        self._beyond, self._is_spent = lease.left, lease.granted < wanted


class Taken(NamedTuple):
    """A request that was let in, or the names of the limits that it would break."""

    plan: Plan
    windows: tuple[Window, ...]  # none where nobody can say what is left of them
    broken: tuple[str, ...] = ()


class Limits:
    """What partners have left; ``failed`` is called for each request that nobody could count."""

    def __init__(
        self, lessor: Lessor, failed: Callable[[], None], clock: Callable[[], float] = time.time
    ) -> None:
        self._lessor, self._failed, self._clock = lessor, failed, clock
        self._pools: dict[tuple[str, str, Plan], tuple[Window, ...]] = {}

    def take(self, partner: str, pool: str, plan: Plan) -> Taken:
        """Let a request of a partner in, or not; it is let in where nobody can say."""
        now = self._clock()
        windows = self._windows(partner, pool, plan)
        took: list[Window] = []
        try:
            for window in windows:
                if window.take(now):
                    took.append(window)
        except Unanswered:
            self._failed()
            windows = ()
        if len(took) == len(windows):
            return Taken(plan, windows)
        for window in took:
            window.add(LEAST)
        broken = tuple(window.name for window in windows if window not in took)
        return Taken(plan, windows, broken)

    def settle(self, taken: Taken, cost: int) -> None:
        """Take the rest of what an answer has cost, in units; less than was taken is given back."""
        if cost != LEAST and not taken.broken:
            for window in taken.windows:
                window.add(LEAST - cost)

    def states(self, taken: Taken) -> tuple[State, ...]:
        """Return how much is left of each limit; nothing where nobody can say."""
        now = self._clock()
        return tuple([window.state(now) for window in taken.windows])

    def retry_after(self, taken: Taken) -> int:
        """Return after how many seconds it is worth to ask again."""
        found = self.states(taken)
        return max((one.ends_in for one in found if one.name in taken.broken), default=0)

    def headers(self, taken: Taken) -> dict[str, str]:
        """Return how a partner is told what it may ask for, and what is left of that.

        By draft-ietf-httpapi-ratelimit-headers-10: structured fields (RFC 9651), lists of strings.
        """
        headers = {"RateLimit-Policy": _told(taken.plan)}
        if taken.windows:
            left = [f'"{name}";r={left};t={ends_in}' for name, left, ends_in in self.states(taken)]
            headers["RateLimit"] = ", ".join(left)
        return headers

    def _windows(self, partner: str, pool: str, plan: Plan) -> tuple[Window, ...]:
        key = (partner, pool, plan)
        if (found := self._pools.get(key)) is None:
            of = f"{partner}:{pool}"
            made = (
                Window(BURST, of, MINUTE, plan.minute * UNITS, self._lessor),
                Window(DAILY, of, DAY, plan.day * UNITS, self._lessor),
            )
            found = self._pools.setdefault(key, made)
        return found


@cache
def _told(plan: Plan) -> str:
    quotas = ((BURST, plan.minute, MINUTE), (DAILY, plan.day, DAY))
    return ", ".join(f'"{name}";q={quota};w={length}' for name, quota, length in quotas)
