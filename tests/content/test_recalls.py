"""Recalls: who was given it is asked, whatever happens meanwhile, and what time does to them."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from acts import end
from factories import NOW, publish
from keyholders import Holder, hold
from sqlalchemy import select

from content import articles, exposures, usage
from content.contexts import TEST
from content.db import Database
from content.editorial import tasks
from content.errors import Conflict, Invalid
from content.exposures import Given, Refused
from content.models.editorial import Task
from content.models.recalls import Recall
from content.models.webhooks import Delivery
from content.recalls import PARTNER, confirming, opening, reports, watching
from content.usage import Used
from content.webhooks import endpoints, events

HOUR = timedelta(hours=1)
DEADLINE = 24 * HOUR
KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def one(small: Database) -> None:
    """An article, ``one``."""
    publish(small, slug="one")


@pytest.fixture
def holder(small: Database) -> Holder:
    """A partner who was given the article ``one`` in English."""
    return given(small, hold(small, name="Holder", contact="web@holder.example"))


def given(database: Database, partner: Holder, slug: str = "one", locale: str = "en") -> Holder:
    """Put it into the ledger that a partner was given an article."""
    with database.write() as session:
        article = articles.identify(session, slug)
        exposures.record(session, [Given(partner.id, article, locale, 1, "d", NOW, NOW)])
        session.commit()
    return partner


def refused(database: Database, partner: Holder, after: timedelta, locale: str = "en") -> None:
    """Put it into the ledger that a partner was answered 410."""
    with database.write() as session:
        article, at = articles.identify(session, "one"), NOW + after
        exposures.record_endings(session, [Refused(partner.id, article, locale, 410, at, at)])
        session.commit()


def add_webhook(database: Database, partner: Holder, **facts: Any) -> str:
    """Give a partner a webhook that hears of rules alone."""
    with database.write() as session:
        owner = session.get_one(endpoints.Partner, partner.id)
        about = {"url": "https://www.partner.example/", "events": ["rule"], **facts}
        made, _ = endpoints.add(session, owner, about, key=KEY, loopback=False, now=NOW)
        endpoints.verified(made)
        session.commit()
        return made.id


def recall(database: Database, slug: str = "one", **asked: Any) -> str:
    """Take an article down and recall it."""
    ended = end(database, slug)
    with database.write() as session:
        said = {"hours": 24, "everyone": False, **asked}
        made = opening.open_recall(session, ended, **said, by="test", now=NOW)
        session.commit()
        return made.id


def look(database: Database, after: timedelta) -> None:
    """Let the worker look, so long after the beginning."""
    with database.write() as session:
        watching.look(session, now=NOW + after)
        session.commit()


def report(database: Database, id: str) -> dict[str, Any]:
    """Return what we know of a recall."""
    with database.read() as session:
        return reports.internal(session, opening.find(session, id))


def states(database: Database, id: str) -> dict[str, str]:
    """Return the states of those who are asked, by their names."""
    return {one["name"]: one["state"] for one in report(database, id)["exposed"]}


def events_of(database: Database, endpoint: str) -> list[str]:
    """Return the kinds of events that wait for an endpoint."""
    with database.read() as session:
        mine = select(Delivery.type).where(Delivery.endpoint == endpoint)
        return list(session.scalars(mine.order_by(Delivery.event.desc())))


def todo(database: Database) -> list[str]:
    """Return the kinds of open tasks."""
    with database.read() as session:
        return list(session.scalars(select(Task.kind).order_by(Task.id)))


def test_who_was_given_it_is_asked_and_nobody_else(small: Database, holder: Holder) -> None:
    hold(small, name="Stranger")
    found = report(small, recall(small))
    assert [one["name"] for one in found["exposed"]] == ["Holder"]
    assert found["exposed"][0]["given"][0]["revision"] == 1
    assert any("without a key" in one for one in found["not_known"])


def test_a_webhook_is_told_whatever_it_filters_and_however_it_rests(
    small: Database, holder: Holder
) -> None:
    hook = add_webhook(small, holder)
    with small.write() as session:
        session.get_one(endpoints.Endpoint, hook).paused_until = NOW + DEADLINE
        session.commit()
    recall(small)
    assert events_of(small, hook) == [events.RECALL_OPENED]
    with small.read() as session:
        assert session.get_one(endpoints.Endpoint, hook).paused_until is None


def test_who_gets_into_the_ledger_late_is_asked_late(small: Database, holder: Holder) -> None:
    id = recall(small)
    late = given(small, hold(small, name="Late"))
    hook = add_webhook(small, late)
    look(small, timedelta(seconds=5))
    assert states(small, id) == {"Holder": "told", "Late": "told"}
    look(small, timedelta(seconds=10))
    assert events_of(small, hook) == [events.RECALL_OPENED], "once"


def test_its_own_fetch_confirms_in_each_language_that_it_had(
    small: Database, holder: Holder
) -> None:
    given(small, holder, locale="de")
    refused(small, holder, -HOUR)  # of an earlier ending
    id = recall(small)
    look(small, HOUR)
    assert states(small, id) == {"Holder": "told"}
    refused(small, holder, HOUR)
    look(small, HOUR)
    assert states(small, id) == {"Holder": "told"}, "the German one may still be shown"
    refused(small, holder, 2 * HOUR, "de")
    look(small, 3 * HOUR)
    found = report(small, id)
    assert found["exposed"][0]["confirmed_by"] == "fetch"
    assert found["partners"]["seconds_to_last_confirmation"] == 2 * 60 * 60
    assert found["closed_because"] == watching.CONFIRMED_BY_ALL


def test_who_does_not_confirm_is_reminded_then_overdue_then_escalated(
    small: Database, holder: Holder
) -> None:
    hook, id = add_webhook(small, holder), recall(small)
    seen = []
    for after in (11 * HOUR, 13 * HOUR, 25 * HOUR, 26 * HOUR, 49 * HOUR, 99 * HOUR):
        look(small, after)
        seen.append(states(small, id)["Holder"])
    assert seen == ["told", "reminded", "overdue", "overdue", "escalated", "escalated"]
    assert events_of(small, hook) == [events.RECALL_OPENED, events.RECALL_REMINDER]
    assert todo(small) == [tasks.OVERDUE, tasks.ESCALATED]


def test_a_confirmation_stands_and_a_second_one_changes_nothing(
    small: Database, holder: Holder
) -> None:
    id = recall(small)
    with small.write() as session:
        made = opening.find(session, id)
        for after, note in ((HOUR, "taken down"), (2 * HOUR, "again")):
            said = {"by": PARTNER, "note": note, "now": NOW + after}
            confirming.confirm(session, made, holder.id, **said)
        session.commit()
    look(small, 99 * HOUR)
    found = report(small, id)["exposed"][0]
    assert (found["note"], found["state"], todo(small)) == ("taken down", "confirmed", [])


def test_an_article_that_is_live_again_ends_its_recall(small: Database, holder: Holder) -> None:
    id = recall(small)
    publish(small, slug="one", title="Mended")
    look(small, HOUR)
    assert report(small, id)["closed_because"] == opening.IS_BACK
    with small.write() as session:
        ended = opening.find(session, id)
        with pytest.raises(Conflict):
            confirming.confirm(session, ended, holder.id, by=PARTNER, note=None, now=NOW)


def test_a_recall_of_what_nobody_has_ends_with_its_deadline(small: Database) -> None:
    id = recall(small)
    look(small, HOUR)
    assert report(small, id)["closed_at"] is None
    look(small, DEADLINE)
    assert report(small, id)["closed_because"] == watching.NOBODY_HAD_IT


def test_a_drill_is_of_a_test_article_and_may_ask_everyone(small: Database) -> None:
    hold(small, name="Anybody")
    publish(small, slug="test-one", topics=[TEST])
    found = report(small, recall(small, "test-one", everyone=True))
    assert found["drill"] is True
    assert [one["name"] for one in found["exposed"]] == ["Anybody"]
    with small.read() as session:
        assert opening.page(session, None, 10, drills=False) == []
        assert watching.counts(session) == (0, 0), "a drill worries nobody"


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [({"everyone": True}, "/everyone"), ({"hours": 0}, "/hours"), ({"hours": 721}, "/hours")],
)
def test_a_recall_that_makes_no_sense_is_refused(
    small: Database, asked: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        recall(small, **asked)
    assert [one.pointer for one in refused.value.findings] == [pointer]
    with small.read() as session:
        assert session.scalars(select(Recall)).all() == []


def test_who_only_follows_the_changes_is_not_silent(small: Database, holder: Holder) -> None:
    week, day = timedelta(days=7), (NOW + timedelta(days=5)).date().isoformat()
    with small.write() as session:
        usage.record(session, [Used(holder.id, day, "/v1/changes", 200, 1, 1, 1)])
        session.commit()
    with small.read() as session:
        assert watching.silent(session, now=NOW + week + HOUR) == []
        found = watching.silent(session, now=NOW + 2 * week)
        assert [one.partner.id for one in found] == [holder.id]


def test_who_holds_copies_and_asks_for_nothing_is_noticed_once(
    small: Database, holder: Holder
) -> None:
    week = timedelta(days=7)  # freshness.max_offline
    for after in (week - HOUR, week + HOUR, week + 2 * HOUR, 9 * week):
        with small.write() as session:
            watching.report_silent(session, now=NOW + after)
            session.commit()
        silent = [] if after < week else [tasks.SILENT]
        assert todo(small) == silent


def test_what_is_taken_down_again_is_recalled_again(small: Database, holder: Holder) -> None:
    """Also before the worker has noticed that it was live meanwhile."""
    first = recall(small)
    publish(small, slug="one", title="Mended")
    second = recall(small)
    assert report(small, first)["closed_because"] == opening.IS_BACK
    assert states(small, second) == {"Holder": "told"}


@pytest.mark.postgresql
def test_nobody_waits_for_a_recall_that_waits_for_it(small: Database) -> None:
    """Whoever locks several webhooks does so in one order; the partners have another one."""
    holders = sorted((given(small, hold(small, name=one)) for one in "ab"), key=lambda one: one.id)
    first, last = hooks = sorted(add_webhook(small, one) for one in holders)
    with small.write() as session:
        for id, holder in zip(hooks, reversed(holders), strict=True):
            session.get_one(endpoints.Endpoint, id).partner = holder.id
        session.commit()
    with ThreadPoolExecutor(1) as threads, small.write() as session:
        session.get_one(endpoints.Endpoint, first, with_for_update=True)
        asked = threads.submit(recall, small)
        time.sleep(0.5)
        session.get_one(endpoints.Endpoint, last, with_for_update=True)
        session.commit()
        id = asked.result(10)
    look(small, 13 * HOUR)
    assert states(small, id) == {"a": "reminded", "b": "reminded"}
    both = [events.RECALL_OPENED, events.RECALL_REMINDER]
    assert (events_of(small, first), events_of(small, last)) == (both, both)
