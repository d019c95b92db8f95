"""Deliveries: what is tried again when, what rests, and what is given up."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from factories import NOW
from sqlalchemy.orm import Session

from content import partners
from content.db import Database
from content.models.webhooks import DELIVERED, FAILED, WAITING, Endpoint
from content.webhooks import deliveries, endpoints, events
from content.webhooks.deliveries import URGENT_WAITS, WAITS, Outcome, Told

KEY = b"k" * 32
DICE = random.Random(1)  # noqa: S311 - reproducible, not secret


@pytest.fixture
def session(small: Database) -> Iterator[Session]:
    """A transaction."""
    with small.write() as opened:
        yield opened


@pytest.fixture
def endpoint(session: Session) -> Endpoint:
    """An endpoint that has said its challenge."""
    partner = partners.add(session, {"name": "A partner"}, ["standard"], now=NOW)
    facts = {"url": "https://partner.example/hook"}
    made, _ = endpoints.add(session, partner, facts, key=KEY, loopback=False, now=NOW)
    endpoints.verified(made)
    return made


def attempt(
    session: Session,
    endpoint: Endpoint,
    status: int | None,
    at: datetime = NOW,
    event: int = 1,
    **more: Any,
) -> Any:
    """Note an attempt; return what is known of the event."""
    facts = {"type": "article.updated", "error": None, "milliseconds": 1, **more}
    told = Told(endpoint.cursor, endpoint.urgent_cursor, [Outcome(event, status=status, **facts)])
    deliveries.record(session, endpoint, told, now=at)
    session.flush()
    return next(
        one for one in deliveries.page(session, endpoint.id, None, 50) if one.event == event
    )


@pytest.mark.parametrize("waits", [WAITS, URGENT_WAITS])
def test_what_is_not_taken_is_tried_again_for_three_days(waits: list[timedelta]) -> None:
    assert timedelta(hours=68) < sum(waits, timedelta()) < timedelta(hours=76)
    assert waits == sorted(waits)


def test_an_ending_is_tried_again_far_more_often() -> None:
    hour = timedelta(hours=1)
    within = [
        sum(sum(w[: n + 1], timedelta()) < hour for n in range(len(w)))
        for w in (WAITS, URGENT_WAITS)
    ]
    assert within[1] > 3 * within[0]


def test_no_two_wait_equally_long() -> None:
    found = {deliveries.wait(3, urgent=False, dice=DICE) for _ in range(20)}
    assert len(found) == 20
    assert all(one and timedelta(minutes=4) <= one <= timedelta(minutes=6) for one in found)


def test_an_event_is_given_up_after_the_last_attempt(session: Session, endpoint: Endpoint) -> None:
    states = [attempt(session, endpoint, 500).state for _ in range(len(WAITS) + 1)]
    assert states == [WAITING] * len(WAITS) + [FAILED]


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_what_is_taken_is_done(session: Session, endpoint: Endpoint, status: int) -> None:
    attempt(session, endpoint, 500)
    found = attempt(session, endpoint, status)
    assert (found.state, found.attempts, found.next_at) == (DELIVERED, 2, None)
    assert (endpoint.failures, endpoint.failing_since) == (0, None)


@pytest.mark.parametrize("status", [None, 100, 301, 302, 307, 400, 404, 429, 500])
def test_nothing_else_is_taken(session: Session, endpoint: Endpoint, status: int | None) -> None:
    assert attempt(session, endpoint, status).state == WAITING


def test_how_long_an_answer_asks_to_be_left_alone_is_kept(
    session: Session, endpoint: Endpoint
) -> None:
    asked = timedelta(hours=3)
    found = attempt(session, endpoint, 429, retry_after=asked)
    assert found.next_at >= NOW + asked
    assert endpoint.paused_until == NOW + asked


def test_nobody_can_ask_to_be_left_alone_for_ever(session: Session, endpoint: Endpoint) -> None:
    attempt(session, endpoint, 503, retry_after=timedelta(days=400))
    assert endpoint.paused_until == NOW + deliveries.LONGEST_ASKED


def test_an_endpoint_that_fails_again_and_again_rests_ever_longer(
    session: Session, endpoint: Endpoint
) -> None:
    rests = []
    for event in range(1, 20):
        attempt(session, endpoint, 500, event=event)
        rests.append((endpoint.paused_until or NOW) - NOW)
    assert rests[: deliveries.BREAKS_AFTER - 1] == [timedelta(0)] * (deliveries.BREAKS_AFTER - 1)
    assert rests == sorted(rests)
    assert rests[-1] == deliveries.LONGEST_REST


def test_who_answers_410_is_told_no_more(session: Session, endpoint: Endpoint) -> None:
    attempt(session, endpoint, 410)
    assert endpoint.state == endpoints.DISABLED
    assert "410" in (endpoint.reason or "")


def test_who_takes_nothing_for_three_days_is_told_no_more(
    session: Session, endpoint: Endpoint
) -> None:
    attempt(session, endpoint, 500)
    attempt(session, endpoint, 500, NOW + timedelta(days=2), 2)
    assert endpoint.state == endpoints.ACTIVE
    attempt(session, endpoint, 500, NOW + timedelta(days=3), 3)
    assert endpoint.state == endpoints.DISABLED


def test_enabled_again_everything_is_tried_again(session: Session, endpoint: Endpoint) -> None:
    attempt(session, endpoint, 410)
    endpoints.enable(endpoint)
    deliveries.retry_all(session, endpoint.id, NOW)
    assert (endpoint.state, endpoint.failures) == (endpoints.PENDING, 0)
    assert [one.event for one in deliveries.due(session, endpoint.id, NOW)] == [1]


def test_endings_are_tried_again_first(session: Session, endpoint: Endpoint) -> None:
    for event, type in ((1, "article.updated"), (2, "article.withdrawn"), (3, "rule.changed")):
        attempt(session, endpoint, 500, event=event, type=type)
    due = deliveries.due(session, endpoint.id, NOW + timedelta(days=1))
    assert [one.event for one in due] == [2, 1, 3]


def test_what_was_done_long_ago_is_forgotten(session: Session, endpoint: Endpoint) -> None:
    attempt(session, endpoint, 204)
    attempt(session, endpoint, 500, event=2)
    deliveries.forget(session, NOW + timedelta(days=31))
    assert [one.event for one in deliveries.page(session, endpoint.id, None, 50)] == [2]


def test_a_notice_has_a_number_that_none_had_before(session: Session, endpoint: Endpoint) -> None:
    """A program that knows an id has seen the event, and drops what comes with it again."""
    numbers = []
    for days in (0, 40, 80):
        now = NOW + timedelta(days=days)
        deliveries.notify(
            session, [endpoint.partner], events.RECALL_OPENED, about="a recall", now=now
        )
        session.flush()
        due = deliveries.due(session, endpoint.id, now + timedelta(minutes=1))
        numbers.append(due[0].event)
        attempt(session, endpoint, 204, now, due[0].event, type=events.RECALL_OPENED)
        deliveries.forget(session, now + timedelta(days=39))
    assert len(set(numbers)) == 3, numbers
    assert numbers == sorted(numbers, reverse=True)


def test_what_is_told_once_more_is_tried_as_often_again(
    session: Session, endpoint: Endpoint
) -> None:
    for _ in range(len(WAITS) + 1):
        attempt(session, endpoint, 500)
    endpoints.replay(session, endpoint, 0)
    again = attempt(session, endpoint, 500)
    assert (again.state, again.attempts) == (WAITING, 1)


def test_one_test_waits_at_a_time(session: Session, endpoint: Endpoint) -> None:
    """An endpoint that is not told anything would gather as many as somebody asks for."""
    for _ in range(3):
        deliveries.send_test(session, endpoint, NOW)
    session.flush()
    (only,) = deliveries.due(session, endpoint.id, NOW)
    attempt(session, endpoint, 204, event=only.event, type=events.TEST)
    deliveries.send_test(session, endpoint, NOW)
    session.flush()
    assert len(deliveries.due(session, endpoint.id, NOW)) == 1
