"""Insights into who takes it: partners, deliveries and recalls, counted by hand."""

from datetime import timedelta
from typing import Any

import pytest
from acts import end
from factories import NOW, publish
from keyholders import Holder, hold
from sqlalchemy import select

from content import articles, exposures, plans, usage
from content.contexts import TEST
from content.db import Database
from content.exposures import Given, Refused
from content.insights import days, deliveries, partners, recalls
from content.models.webhooks import Delivery
from content.recalls import confirming, opening
from content.usage import Used
from content.webhooks import deliveries as sending
from content.webhooks import endpoints
from content.webhooks.deliveries import Outcome, Told

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLANS = plans.parse("standard=60,1000")


def given(
    database: Database, holder: Holder, slug: str, revision: int = 1, *, after: timedelta = DAY
) -> None:
    """Put it into the ledger that a partner was given a revision, so long after ``NOW``."""
    with database.write() as session:
        article, at = articles.identify(session, slug), NOW + after
        exposures.record(session, [Given(holder.id, article, "en", revision, "d", at, at)])
        session.commit()


def insight(database: Database, holder: Holder, at: Any = NOW + 2 * DAY) -> dict[str, Any]:
    """Return what is told of one partner."""
    with database.read() as session:
        found = [partners.partners.find(session, holder.id)]
        (told,) = partners.described(session, found, PLANS, at)
        return told


def retitle(number: int, **changed: Any) -> dict[str, Any]:
    return {"title": f"A title that is long enough, number {number}", **changed}


def test_a_partner_is_current_behind_or_holds_what_has_ended(small: Database) -> None:
    for slug in ("one", "two", "three", "ended", "seen"):
        publish(small, slug=slug)
    holder, stranger = hold(small), hold(small)
    for slug in ("one", "two", "three", "ended", "seen"):
        given(small, holder, slug)
    publish(small, slug="two", **retitle(2), now=NOW + DAY + HOUR)
    publish(small, slug="three", **retitle(3), now=NOW + DAY + 2 * HOUR)
    publish(small, slug="three", **retitle(4), now=NOW + DAY + 3 * HOUR)
    publish(small, slug="one", **retitle(5), now=NOW + DAY + 4 * HOUR)
    given(small, holder, "one", 2, after=DAY + 5 * HOUR)
    for slug in ("ended", "seen"):
        end(small, slug)
    with small.write() as session:
        at = NOW + DAY + 6 * HOUR
        article = articles.identify(session, "seen")
        exposures.record_endings(session, [Refused(holder.id, article, "en", 410, at, at)])
        session.commit()
    found = insight(small, holder)["holds"]
    assert found.pop("behind_since").startswith((NOW + DAY + HOUR).isoformat()[:19])
    expected = {"texts": 5, "current": 1, "behind": 2, "ended": 1, "seen": 1, "revisions_behind": 2}
    counted_at = found.pop("counted_at")
    assert counted_at == (NOW + 2 * DAY).isoformat()
    assert found == expected
    assert insight(small, stranger)["holds"] == {
        **dict.fromkeys(expected, 0),
        "behind_since": None,
        "counted_at": counted_at,
    }


def test_who_holds_an_older_text_again_is_behind_when_it_comes_back(small: Database) -> None:
    publish(small, slug="one")
    holder = hold(small)
    given(small, holder, "one")
    end(small, "one", status="suspended")
    publish(small, slug="one", now=NOW + 2 * DAY)
    assert insight(small, holder)["holds"]["behind"] == 1, "it does not know that it is back"
    given(small, holder, "one", after=3 * DAY)
    assert insight(small, holder)["holds"]["current"] == 1


def test_a_partner_that_holds_copies_and_asks_for_nothing_is_silent(small: Database) -> None:
    publish(small, slug="one")
    asking, quiet, fresh = hold(small), hold(small), hold(small)
    for one in (asking, quiet):
        given(small, one, "one")
    later = NOW + 20 * DAY
    with small.write() as session:
        day = (later - DAY).date().isoformat()
        usage.record(session, [Used(asking.id, day, "/v1/changes", 200, 1, 10, 10)])
        session.commit()
    told = {one.id: insight(small, one, later)["is_silent"] for one in (asking, quiet, fresh)}
    assert told == {asking.id: False, quiet.id: True, fresh.id: False}
    with small.read() as session:
        assert partners.counts(session, later) == {"total": 3, "suspended": 0, "silent": 1}


def test_usage_is_summed_over_today_a_week_and_a_month(small: Database) -> None:
    holder, now = hold(small), NOW + 40 * DAY
    rows = [(0, 200, 4), (0, 304, 3), (6, 429, 5), (7, 200, 7), (29, 503, 9), (30, 200, 100)]
    with small.write() as session:
        for ago, status, count in rows:
            day = (now - ago * DAY).date().isoformat()
            usage.record(session, [Used(holder.id, day, "/v1", status, count, count, 10 * count)])
        session.commit()
    told = insight(small, holder, now)
    answers = {span: told["usage"][span]["answers"] for span in ("today", "days_7", "days_30")}
    assert answers == {"today": 7, "days_7": 12, "days_30": 28}
    month = told["usage"]["days_30"]
    assert (month["unchanged"], month["refused"], month["failed"]) == (3, 5, 9)
    assert told["busiest_day"]["cost"] == 90
    assert told["last_asked_on"] == now.date().isoformat()


@pytest.fixture
def hook(small: Database) -> str:
    """The id of an endpoint that has said its challenge."""
    return add_webhook(small, hold(small))


def add_webhook(database: Database, holder: Holder) -> str:
    with database.write() as session:
        owner = partners.partners.find(session, holder.id)
        about = {"url": "https://www.partner.example/secret?key=1"}
        made, _ = endpoints.add(session, owner, about, key=b"k" * 32, loopback=False, now=NOW)
        endpoints.verified(made)
        session.commit()
        return made.id


def attempt(database: Database, hook: str, event: int, status: int, ms: int, at: Any) -> None:
    """Note how an attempt went."""
    with database.write() as session:
        endpoint = session.get_one(endpoints.Endpoint, hook)
        outcome = Outcome(event, "article.updated", status, None, ms)
        told = Told(endpoint.cursor, endpoint.urgent_cursor, [outcome])
        sending.record(session, endpoint, told, now=at)
        session.commit()


def test_deliveries_are_counted_and_timed(small: Database, hook: str) -> None:
    for event in range(1, 21):
        attempt(small, hook, event, 200, event * 10, NOW)
    attempt(small, hook, 21, 500, 1, NOW)
    attempt(small, hook, 21, 204, 7, NOW + HOUR)
    attempt(small, hook, 22, 500, 1, NOW + HOUR)
    with small.read() as session:
        found = deliveries.summary(session, NOW)
        (one,) = deliveries.described(session, deliveries.page(session, "", 9), NOW)
    events = found["events"]
    assert one["events"] == events
    assert (one["host"], "secret" in str(one)) == ("www.partner.example", False)
    assert events["waiting_since"].startswith((NOW + HOUR).isoformat()[:19])
    names = ("delivered", "failed", "waiting", "at_once", "attempts", "permille_delivered")
    assert [events[name] for name in names] == [21, 0, 1, 20, 23, 1000]
    assert (events["p50_ms"], events["p95_ms"]) == (100, 190)  # of 7, 10, 20 … 200
    assert [(f["type"], f["status"]) for f in found["last_failures"]] == [("article.updated", 500)]
    assert found["webhooks"] == {"pending": 0, "active": 1, "disabled": 0}


def test_days_keep_their_deliveries_when_these_are_forgotten(small: Database, hook: str) -> None:
    attempt(small, hook, 1, 200, 1, NOW)
    attempt(small, hook, 2, 200, 1, NOW + DAY)
    attempt(small, hook, 3, 500, 1, NOW + DAY)
    with small.write() as session:
        session.get_one(Delivery, newest(small)).state = "failed"
        session.commit()

    def told() -> list[tuple[int, int]]:
        with small.read() as session:
            first = NOW.date()
            rows = days.read(session, first, first + 2 * DAY, ["webhooks"])
        return [(row["webhooks"]["delivered"], row["webhooks"]["failed"]) for row in rows]

    expected = [(1, 0), (1, 1), (0, 0)]
    assert told() == expected
    with small.write() as session:
        assert sending.forget(session, NOW + sending.KEPT + HOUR) == 1
        session.commit()
    assert told() == expected
    with small.write() as session:
        sending.forget_endpoint(session, hook)
        session.delete(session.get_one(endpoints.Endpoint, hook))
        session.commit()
    assert told() == expected


def newest(database: Database) -> str:
    with database.read() as session:
        return session.scalars(select(Delivery.id).order_by(Delivery.event.desc())).first() or ""


def test_recalls_are_timed_and_drills_are_apart(small: Database) -> None:
    publish(small, slug="one")
    publish(small, slug="a-test", topics=[TEST])
    first, second = hold(small), hold(small)
    for slug in ("one", "a-test"):
        given(small, first, slug)
        given(small, second, slug)
    for slug in ("one", "a-test"):
        numbers = end(small, slug)
        with small.write() as session:
            facts = {"hours": 24, "everyone": False, "by": "test"}
            made = opening.open_recall(session, numbers, **facts, now=NOW + DAY)
            at = NOW + DAY + HOUR
            confirming.confirm(session, made, first.id, by="partner", note=None, now=at)
            session.commit()
    with small.read() as session:
        told = recalls.summary(session, NOW + 3 * DAY)
        found = opening.page(session, None, 9)
        shown = recalls.described(session, found, NOW + 3 * DAY)
        row = days.read(session, NOW.date(), NOW.date() + DAY, ["recalls"])[-1]["recalls"]
    assert (told["open"], told["open_drills"], told["days_since_drill"]) == (1, 1, 2)
    facts = {one["slug"]: (one["drill"], one["asked"], one["confirmed"]) for one in shown}
    assert facts == {"one": (False, 2, 1), "a-test": (True, 2, 1)}
    assert {one["seconds_to_last_confirmation"] for one in shown} == {3600}
    assert all(one["is_overdue"] for one in shown)
    assert row == {"opened": 1, "drills": 1, "confirmed": 1}
    assert insight(small, second)["recalls"] == {"open": 1, "drills": 1}
    assert insight(small, first)["recalls"] == {"open": 0, "drills": 0}
