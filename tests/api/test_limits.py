"""Limits without HTTP: what is let in over time, for whom, and what is told of it."""

import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.leases import Alone, Lease, Unanswered
from api.limits import DAY, MINUTE, Limits, Taken
from content import plans
from content.credentials import ACCOUNT, SITE
from content.plans import UNITS, Plan

pytestmark = pytest.mark.one_engine
MIDNIGHT = 1_900_022_400.0  # the begin of a day, and so of a minute
PLAN = Plan("standard", 10, 25)


@dataclass
class Clock:
    """A clock that stands until it is set."""

    at: float = MIDNIGHT

    def __call__(self) -> float:
        """Return the time."""
        return self.at


@dataclass
class Sometimes:
    """A lessor of hundredths, that answers or does not."""

    alone: Alone
    answers: bool = True
    asked: int = 0

    def slice(self, quota: int) -> int:
        """Return a hundredth, at least one request."""
        return max(quota // 100, UNITS)

    def lease(self, name: str, start: int, length: int, quota: int, wanted: int) -> Lease:
        """Grant what is wanted, or what is left of it."""
        self.asked += 1
        if not self.answers:
            raise Unanswered
        return self.alone.lease(name, start, length, quota, wanted)


@pytest.fixture
def clock() -> Clock:
    """The time."""
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> Limits:
    """Limits of one process."""
    return Limits(Alone(), lambda: None, clock)


def ask(limits: Limits, cost: int = UNITS, pool: str = ACCOUNT, plan: Plan = PLAN) -> Taken:
    """Ask once; what is let in costs so many units."""
    taken = limits.take("a partner", pool, plan)
    limits.settle(taken, cost)
    return taken


def let_in(limits: Limits, tries: int, cost: int = UNITS, pool: str = ACCOUNT) -> int:
    """Return how many of some requests are let in."""
    return sum(not ask(limits, cost, pool).broken for _ in range(tries))


def test_a_minute_has_its_requests_and_the_next_one_has_them_again(
    limits: Limits, clock: Clock
) -> None:
    assert let_in(limits, 50) == PLAN.minute
    clock.at += MINUTE - 0.001
    assert let_in(limits, 1) == 0
    clock.at += 0.001
    assert let_in(limits, 50) == PLAN.minute


def test_a_day_has_its_requests_whatever_its_minutes_have(limits: Limits, clock: Clock) -> None:
    found = []
    for _ in range(4):
        found.append(let_in(limits, 50))
        clock.at += MINUTE
    assert found == [10, 10, 5, 0]
    clock.at = MIDNIGHT + DAY - 1
    assert let_in(limits, 1) == 0
    clock.at = MIDNIGHT + DAY
    assert let_in(limits, 50) == PLAN.minute


def test_what_a_broken_limit_refuses_costs_nothing_of_the_other(
    limits: Limits, clock: Clock
) -> None:
    assert let_in(limits, 500) == 10
    clock.at += MINUTE
    assert let_in(limits, 500) == 10


def test_strangers_with_a_site_key_cannot_starve_the_account(limits: Limits) -> None:
    assert let_in(limits, 50, pool=SITE) == PLAN.minute
    assert let_in(limits, 50, pool=ACCOUNT) == PLAN.minute


def test_partners_have_plans_of_their_own(limits: Limits) -> None:
    assert let_in(limits, 50) == PLAN.minute
    assert not limits.take("another partner", ACCOUNT, PLAN).broken


def test_what_is_not_new_costs_a_tenth_and_the_past_five_times_as_much(limits: Limits) -> None:
    assert let_in(limits, 500, plans.cost(304)) == 10 * PLAN.minute
    assert let_in(limits, 50, plans.cost(200, is_dear=True), SITE) == PLAN.minute // 5


@pytest.mark.parametrize(
    ("status", "is_head", "is_dear", "expected"),
    [
        (200, False, False, 10),
        (404, False, False, 10),
        (410, False, False, 10),
        (304, False, False, 1),
        (308, False, False, 1),
        (200, True, False, 1),
        (200, False, True, 50),
        (304, False, True, 5),
        (429, False, True, 0),
        (500, False, False, 0),
        (503, True, True, 0),
    ],
)
def test_an_answer_costs_what_the_docs_say(
    status: int, is_head: bool, is_dear: bool, expected: int
) -> None:
    assert plans.cost(status, is_head=is_head, is_dear=is_dear) == expected


def test_the_last_request_may_cost_more_than_is_left_and_the_rest_is_owed(
    limits: Limits, clock: Clock
) -> None:
    assert let_in(limits, 9) == 9
    assert not ask(limits, 50).broken
    assert ask(limits, 1).broken == ("burst",)
    clock.at += MINUTE
    assert let_in(limits, 50) == 10  # a debt ends with its window


def test_headers_tell_the_policy_what_is_left_and_when_there_is_more(
    limits: Limits, clock: Clock
) -> None:
    clock.at += 12.5
    told = limits.headers(ask(limits))
    assert told == {
        "RateLimit-Policy": '"burst";q=10;w=60, "daily";q=25;w=86400',
        "RateLimit": '"burst";r=9;t=48, "daily";r=24;t=86388',
    }
    let_in(limits, 9)
    refused = ask(limits)
    assert refused.broken == ("burst",)
    assert limits.retry_after(refused) == 48
    assert limits.headers(refused)["RateLimit"].startswith('"burst";r=0;t=48')


def test_a_larger_plan_holds_at_once(limits: Limits) -> None:
    assert let_in(limits, 50) == 10
    larger = Plan("large", 30, 1000)
    assert sum(not ask(limits, plan=larger).broken for _ in range(50)) == 20


def test_slices_are_asked_for_and_not_requests(clock: Clock) -> None:
    lessor = Sometimes(Alone())
    limits = Limits(lessor, lambda: None, clock)
    plan = Plan("large", 10_000, 1_000_000)
    for _ in range(1000):
        assert not ask(limits, plan=plan).broken
    assert lessor.asked == 10 + 1  # of 100 requests of the minute, of 10,000 of the day


def test_a_spent_limit_asks_nobody_until_its_window_ends(clock: Clock) -> None:
    lessor = Sometimes(Alone())
    limits = Limits(lessor, lambda: None, clock)
    let_in(limits, 11)
    asked = lessor.asked
    assert let_in(limits, 100) == 0
    assert lessor.asked <= asked + 1  # the day still had some


def test_where_nobody_can_say_all_are_let_in_counted_and_told_nothing(clock: Clock) -> None:
    failed = []
    lessor = Sometimes(Alone(), answers=False)
    limits = Limits(lessor, lambda: failed.append(1), clock)
    assert let_in(limits, 100) == 100
    assert len(failed) == 100
    assert set(limits.headers(ask(limits))) == {"RateLimit-Policy"}
    lessor.answers = True
    assert let_in(limits, 100) == PLAN.minute


@given(
    steps=st.lists(
        st.tuples(st.sampled_from([1, 5, 10, 50]), st.integers(0, 45), st.booleans()), max_size=120
    )
)
def test_no_window_ever_gives_more_than_its_quota_and_one_answer(
    steps: list[tuple[int, int, bool]],
) -> None:
    clock = Clock()
    processes = [Limits(Sometimes(shared), lambda: None, clock) for shared in [Alone()] * 2]
    spent: dict[tuple[int, int], int] = {}
    for cost, wait, which in steps:
        clock.at += wait
        if not ask(processes[which], cost).broken:
            for length in (MINUTE, DAY):
                window = (length, int(clock.at) // length)
                spent[window] = spent.get(window, 0) + cost
    dearest = 50
    for (length, _), units in spent.items():
        quota = (PLAN.minute if length == MINUTE else PLAN.day) * UNITS
        assert units < quota + 2 * dearest  # each process may let one in with the last unit


def test_the_headers_are_structured_fields(limits: Limits) -> None:
    item = re.compile(r'"[a-z]+"(;[a-z]+=[0-9]{1,15})+')
    for value in limits.headers(ask(limits)).values():
        assert all(item.fullmatch(one) for one in value.split(", ")), value
