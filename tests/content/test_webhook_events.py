"""Events: what a group of the log is to an endpoint, thin, filtered, and endings first."""

import json
from datetime import timedelta
from typing import Any

import policies
import pytest
from acts import correct, end, head
from factories import NOW, publish

from content import changes
from content.db import Database
from content.webhooks import events
from content.webhooks.events import Event, Wanted

ALL = Wanted()


def read(database: Database, after: int, wanted: Wanted = ALL) -> list[Event]:
    """Return all events after a number, as they are read when nothing was told before."""
    with database.read() as session:
        upto, found = changes.head(session), list[Event]()
        while after < upto:
            more, after = events.following(session, after, upto, wanted)
            found += more
        return found


def urgent(database: Database, after: int, wanted: Wanted = ALL) -> list[Event]:
    """Return all endings after a number."""
    with database.read() as session:
        return events.urgent(session, after, changes.head(session), wanted)[0]


def test_a_group_is_one_event_that_names_numbers_slugs_and_ids(small: Database) -> None:
    before = head(small)
    publish(small, slug="one", title="A title that says what nobody must be told alone")
    (found,) = read(small, before)
    payload = found.payload()
    (change,) = payload["data"]["changes"]
    assert (payload["type"], payload["data"]["sequence"]) == ("article.published", head(small))
    assert (change["subject"]["slug"], change["subject"]["locale"]) == ("one", "en")
    assert "nobody must be told" not in json.dumps(payload)
    assert not payload["data"]["more"]


def test_the_type_is_the_gravest_kind_of_the_group(small: Database) -> None:
    publish(small, slug="one")
    before = head(small)
    correct(small, "The dose was wrong.")
    end(small, "one")
    assert [one.type for one in read(small, before)] == ["article.corrected", "article.withdrawn"]


def test_what_a_change_of_policy_may_have_changed_is_in_its_event(small: Database) -> None:
    publish(small, slug="one")
    before = head(small)
    policies.record(small, policies.law("GB", "another text", "regulated"))
    (found,) = read(small, before)
    assert found.type.startswith("jurisdiction.")
    assert [one["kind"] for one in found.changes][1:] == ["article.affected"]


@pytest.mark.parametrize(
    ("wanted", "kinds"),
    [
        (Wanted(frozenset(["article"])), ["article.published", "article.withdrawn"]),
        (Wanted(frozenset(["article.withdrawn"])), ["article.withdrawn"]),
        (Wanted(topics=frozenset(["sleep"])), ["article.published", "article.withdrawn"]),
        (Wanted(frozenset(["article"]), frozenset(["kratom"])), []),
    ],
)
def test_an_endpoint_hears_of_what_it_wants(
    small: Database, wanted: Wanted, kinds: list[str]
) -> None:
    before = head(small)
    publish(small, slug="one")
    end(small, "one")
    assert [one.type for one in read(small, before, wanted)] == kinds


def test_an_article_that_loses_a_topic_is_told_to_who_wants_that(small: Database) -> None:
    publish(small, slug="one", topics=["sleep", "kratom"])
    before = head(small)
    publish(small, slug="one", topics=["sleep"])
    assert len(read(small, before, Wanted(topics=frozenset(["kratom"])))) == 1


def test_nobody_hears_of_test_articles(small: Database) -> None:
    before = head(small)
    publish(small, slug="one", topics=["test"])
    assert read(small, before) == []


def test_endings_are_read_ahead(small: Database) -> None:
    before = head(small)
    for number in range(5):
        publish(small, slug=f"article-{number}")
    end(small, "article-1")
    (ahead,) = urgent(small, before)
    assert ahead.type == "article.withdrawn"
    with small.read() as session:
        upto = changes.head(session)
        found, seen = events.following(session, before, upto, ALL)
    assert [one.type for one in found] == [*["article.published"] * 5, ahead.type]
    assert seen == upto


def test_of_a_large_group_the_first_changes_are_named(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "LISTED", 3)
    for number in range(5):
        publish(small, slug=f"article-{number}")
    before = head(small)
    policies.record(small, policies.law("GB", "another text", "regulated"))
    (found,) = read(small, before)
    told = found.payload()["data"]
    assert (len(told["changes"]), told["more"], found.count) == (3, True, 6)


def test_few_rows_are_read_at_a_time_and_none_is_missed(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "GROUPS", 2)
    monkeypatch.setattr(events, "ROWS", 1)
    before = head(small)
    for number in range(7):
        publish(small, slug=f"article-{number}", now=NOW + timedelta(minutes=number))
    assert len({one.end for one in read(small, before)}) == 7
    assert _slugs(read(small, before)) == [f"article-{number}" for number in range(7)]


def _slugs(found: list[Event]) -> list[Any]:
    return [one.changes[0]["subject"]["slug"] for one in found]
