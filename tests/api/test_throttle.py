"""The throttle of signing in, without HTTP: attempts a minute of one network, and of all."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import redises

from api.leases import Alone, Lease, Shared, Unanswered
from api.throttle import ALL, EACH, POOLS, Throttle, network

pytestmark = pytest.mark.one_engine
MINUTE = 1_900_022_400.0  # the begin of one


@dataclass
class Clock:
    """A clock that stands until it is set."""

    at: float = MINUTE

    def __call__(self) -> float:
        """Return the time."""
        return self.at


class Silent:
    """A lessor that never answers."""

    def slice(self, quota: int) -> int:
        """Return all of it."""
        return quota

    def lease(self, name: str, start: int, length: int, quota: int, wanted: int) -> Lease:
        """Say nothing."""
        raise Unanswered


def tries(throttle: Throttle, address: str, count: int) -> int:
    """Return how many of so many attempts are let in."""
    return sum(throttle.take(address) for _ in range(count))


def test_a_network_has_so_many_attempts_a_minute() -> None:
    clock = Clock()
    throttle = Throttle(Alone(), b"k", clock)
    assert tries(throttle, "192.0.2.1", 3 * EACH) == EACH
    clock.at += 59
    assert tries(throttle, "192.0.2.1", 1) == 0
    assert throttle.retry_after() == 1
    clock.at += 1
    assert throttle.retry_after() == 60
    assert tries(throttle, "192.0.2.1", 3 * EACH) == EACH


def test_all_together_have_so_many() -> None:
    throttle = Throttle(Alone(), b"k", Clock())
    assert sum(tries(throttle, f"192.0.2.{number}", 5) for number in range(200)) == ALL


def test_what_did_not_fail_is_given_back() -> None:
    throttle = Throttle(Alone(), b"k", Clock())
    for _ in range(2 * ALL):
        assert throttle.take("192.0.2.1")
        throttle.give_back("192.0.2.1")
    assert tries(throttle, "192.0.2.1", 2 * EACH) == EACH


def test_who_is_refused_takes_nothing_from_the_others() -> None:
    throttle = Throttle(Alone(), b"k", Clock())
    tries(throttle, "192.0.2.1", 5 * ALL)
    assert tries(throttle, "192.0.2.2", EACH) == EACH


def test_many_addresses_do_not_fill_the_memory() -> None:
    clock = Clock()
    throttle = Throttle(Alone(), b"k", clock)
    for number in range(3 * POOLS):
        clock.at = MINUTE + number // 100 * 60
        throttle.take(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
    assert len(throttle._pools) <= POOLS


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("", "unix:", False),
    ],
)
def test_a_network_is_an_address_or_a_prefix(one: str, other: str, same: bool) -> None:
    assert (network(one) == network(other)) == same


def test_processes_share_what_is_left(tmp_path: Path) -> None:
    with redises.running(tmp_path) as server:
        throttles = [Throttle(Shared(server.url), b"k", Clock()) for _ in range(4)]
        assert sum(tries(one, "192.0.2.1", EACH) for one in throttles) == EACH


def test_each_process_counts_by_itself_while_nobody_answers() -> None:
    throttle = Throttle(Silent(), b"k", Clock())
    assert tries(throttle, "192.0.2.1", 3 * EACH) == EACH
