"""How often somebody may try to sign in: a few times a minute from one network, and in all.

Only what fails counts. A network is an IPv4 address or an IPv6 /64. Networks share a fixed number
of windows, chosen by a keyed digest, so whoever has many addresses cannot fill the memory, nor
choose whom they meet. Processes share the counts in Redis; while that does not answer, each counts
by itself.
"""

import hashlib
import hmac
import math
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from api.leases import Alone, Lease, Lessor, Unanswered
from api.limits import MINUTE, Window
from content.plans import LEAST, UNITS

EACH, ALL = 10, 300  # attempts a minute
POOLS = 4096  # windows that networks share
PREFIX = 64  # bits of an IPv6 address that one network has


class Careful:
    """A lessor that asks another one, and grants by itself what that does not answer."""

    def __init__(self, other: Lessor) -> None:
        self._other, self._alone = other, Alone()

    def slice(self, quota: int) -> int:
        """Return how many units of a quota are taken at a time."""
        return self._other.slice(quota)

    def lease(self, name: str, start: int, length: int, quota: int, wanted: int) -> Lease:
        """Grant what is wanted, or what is left of it."""
        try:
            return self._other.lease(name, start, length, quota, wanted)
        except Unanswered:
            return self._alone.lease(name, start, length, quota, wanted)


class Throttle:
    """What may still be tried in this minute; ``key`` chooses the windows of networks."""

    def __init__(self, lessor: Lessor, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._lessor, self._key, self._clock = Careful(lessor), key, clock
        self._all = self._window("all", ALL)
        self._pools: dict[int, Window] = {}

    def take(self, address: str) -> bool:
        """Take an attempt from an address; False where it has none left, or nobody has."""
        took: list[Window] = []
        for window in self._windows(address):
            if not window.take(self._clock()):
                for one in took:
                    one.add(LEAST)
                return False
            took.append(window)
        for window in took:
            window.add(LEAST - UNITS)
        return True

    def give_back(self, address: str) -> None:
        """Give an attempt back: it has not failed."""
        for window in self._windows(address):
            window.add(UNITS)

    def retry_after(self) -> int:
        """Return after how many seconds there are new attempts."""
        return math.ceil(MINUTE - self._clock() % MINUTE) or 1

    def _windows(self, address: str) -> tuple[Window, Window]:
        digest = hmac.new(self._key, network(address).encode(), hashlib.sha256).digest()
        number = int.from_bytes(digest[:4]) % POOLS
        if number not in self._pools:
            self._pools[number] = self._window(str(number), EACH)
        return self._pools[number], self._all

    def _window(self, of: str, attempts: int) -> Window:
        return Window("sign-in", of, MINUTE, attempts * UNITS, self._lessor)


def network(address: str) -> str:
    """Return the network of an address; what is none (a socket's path) stands for itself."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or int(found) >> (128 - PREFIX))
