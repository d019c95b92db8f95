"""Insights: what dashboards are told is what has happened, counted by hand and by brute force."""

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import policies
import pytest
from acts import end, head
from desks import Desk
from factories import NOW, Databases, make_document, make_manuscript, publish
from sqlalchemy import select, text

from content import changes, policy, usage
from content.contexts import TEST
from content.db import Database
from content.editorial import drafts
from content.insights import calendar, corpus, days, disclaimers
from content.models.log import Change
from content.usage import Summed, Used

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REVIEWED = make_document()["review"] | {
    "status": "reviewed",
    "reviewed_on": "2026-11-20",
    "next_review_due": "2026-12-01",
    "provenance": {
        "author": "The test desk",
        "ai_statement": "No AI tools were used.",
        "reviewer_name": "A. Doctor",
        "reviewer_credential": "MD",
    },
}
OLD_PARTNER = """
INSERT INTO partners (id, name, audience, channel, domains, plan, created_at)
VALUES (:id, :id, 'adults', 'publisher', '[]', 'standard', CAST(:at AS TIMESTAMP))
"""
LATER = NOW + 40 * DAY


def corpus_of(database: Database) -> dict[str, Any]:
    with database.read() as session:
        return corpus.read(session, policy.at(session, changes.head(session)))


@pytest.fixture
def lived(desk: Desk) -> Database:
    """Articles of every state: live (one of them reviewed), and each ending there is."""
    database = desk.database
    publish(database, slug="one")
    publish(database, slug="two", review=REVIEWED, topics=["sleep", "stress"])
    publish(database, slug="short", display_until="2026-12-24")
    for slug in ("withdrawn", "suspended", "replaced", "gone", "secret"):
        publish(database, slug=slug, title=f"A title that is long enough: {slug}")
    publish(database, slug="a-test", topics=[TEST])
    for status in ("withdrawn", "suspended", "gone"):
        end(database, status, status=status)
    end(database, "replaced", status="replaced", replacement="one")
    with database.write() as session:
        drafts.create(session, make_manuscript(slug="new"), by="author", now=NOW)
        session.commit()
    desk.redact("secret")
    policies.lapse(database, LATER)
    return database


def test_every_text_is_counted_in_its_state_and_no_test_article_is(lived: Database) -> None:
    found = corpus_of(lived)
    ended = dict.fromkeys(("withdrawn", "suspended", "replaced", "gone"), 1)
    assert found["texts"] == {"live": 2, "expired": 1, "redacted": 1, **ended}
    assert found["locales"] == [{"locale": "en", "texts": found["texts"]}]
    assert found["articles"] == {"total": 9, "live": 2, "ended": 6, "never_published": 1}
    assert found["drafts"]["draft"] == 1
    assert [(one["topic"], one["articles"]) for one in found["topics"]] == [
        ("sleep", 2),
        ("stress", 1),
    ]


def test_texts_are_counted_by_review_and_those_that_no_clinician_saw(lived: Database) -> None:
    assert corpus_of(lived)["reviews"] == {
        "reviewed": 1,
        "unreviewed": 1,
        "translation_unreviewed": 0,
        "lapsed": 1,  # the reviewed one's date has passed
        "by_no_clinician": 1,
    }


def test_what_a_law_withholds_is_counted_where_its_law_is(lived: Database) -> None:
    when = {"topics": ["sleep", "stress"], "law": ["banned"]}
    withhold = {"status": 451, "authority": "https://law.example/order"}
    policies.record(lived, policies.rule("by-law", when=when, withhold=withhold))
    found = corpus_of(lived)["withheld"]
    rules = {one["rule"]: one for one in found["rules"]}
    assert rules["by-law"] == {"rule": "by-law", "status": 451, "texts": 2, "places": ["US-AL"]}
    assert rules["minors"]["places"] is None, "it looks at no place"
    policies.record(lived, policies.law("US-AL", "allowed", "regulated"))
    rules = {one["rule"]: one for one in corpus_of(lived)["withheld"]["rules"]}
    assert (rules["by-law"]["texts"], rules["by-law"]["places"]) == (0, [])


def test_the_calendar_has_every_date_once_the_oldest_first(lived: Database) -> None:
    with lived.read() as session:
        last, found, after = date(2036, 12, 31), list[calendar.Entry](), calendar.BEGIN
        while page := calendar.entries(session, None, last, after=after, limit=3):
            found, after = [*found, *page], page[-1].place
        whole = calendar.entries(session, None, last, limit=1000)
        overdue = calendar.overdue(session, LATER.date())
        by_day = calendar.days(session, date(2026, 1, 1), last)
    assert found == whole
    assert [one.place for one in found] == sorted({one.place for one in found})
    assert [(one.day, one.kind, one.slug, one.by) for one in found[:2]] == [
        ("2026-12-01", "review_due", "two", "test"),
        ("2027-05-22", "review_due", "one", "test"),
    ], "what is expired or redacted is nobody's to review"
    assert Counter(one.kind for one in found if one.day == policies.LATE) == {
        "law": 3,
        "help": 2,
        "authority": 1,
    }
    assert overdue == {**dict.fromkeys(calendar.KINDS, 0), "review_due": 1}
    brute = Counter((one.day, one.kind) for one in found)
    assert brute == {
        (row["day"], kind): row[kind] for row in by_day for kind in calendar.KINDS if row[kind]
    }


def test_disclaimers_are_counted_by_the_texts_and_rules_that_owe_them(lived: Database) -> None:
    with lived.read() as session:
        found = disclaimers.read(session, policy.at(session, changes.head(session)))
    known = {one["id"]: one for one in found["disclaimers"]}
    assert known["law-note"]["rules"] == [{"rule": "sleep", "texts": 2, "places": 6}]
    assert known["fda-note"]["rules"] == [{"rule": "fda", "texts": 2, "places": 4}]
    assert (known["crisis-support"]["texts"], known["correction-notice"]["texts"]) == (0, 0)
    raised = [(one["rule"], one["level"]) for one in known["correction-notice"]["raised"]]
    assert raised == [(f"{rule}", "lead") for rule in ("corrected-lately", "corrected-since")] + [
        ("retracted", "lead")
    ]
    assert [one["locale"] for one in known["law-note"]["versions"]] == ["de", "en"]
    assert known["law-note"]["changes"] == 2


def test_every_day_has_a_row_and_the_sums_are_those_of_the_log(small: Database) -> None:
    dice = random.Random(4)  # noqa: S311 - the same every time
    for number in range(12):
        publish(small, slug=f"s-{number}", now=NOW + dice.randrange(200) * HOUR)
    end(small, "s-1")
    first, last = NOW.date() - DAY, NOW.date() + 12 * DAY
    with small.write() as session:
        usage.add(session, [Summed(NOW.date().isoformat(), usage.answers(304), 3, 0, 3)])
        usage.add(session, [Summed(NOW.date().isoformat(), usage.answers(200), 1, 50, 10)])
        usage.add(session, [Summed(NOW.date().isoformat(), usage.HIT, 4)])
        session.commit()
    with small.read() as session:
        rows = days.read(session, first, last, days.SERIES)
        brute = Counter((c.at.date().isoformat(), c.kind) for c in session.scalars(select(Change)))
    assert [row["day"] for row in rows] == [(first + n * DAY).isoformat() for n in range(14)]
    counted = {(r["day"], k["kind"]): k["count"] for r in rows for k in r["log"]["kinds"]}
    assert counted == brute
    assert sum(row["log"]["changes"] for row in rows) == head(small)
    assert sum(row["log"]["publications"] for row in rows) == 12
    assert sum(row["log"]["endings"] for row in rows) == 1
    today = rows[1]
    assert (today["usage"]["answers"], today["usage"]["bytes"]) == (4, 50)
    assert today["usage"]["permille_unchanged"] == 750
    assert today["cache"] == {"hits": 4, "misses": 0, "unanswered": 0, "permille_hits": 1000}
    assert rows[0]["usage"]["permille_unchanged"] is None


def test_days_before_there_were_sums_are_summed_once(databases: Databases) -> None:
    database = Database(databases.new())
    database.migrate(to="0016")
    with database.write() as session:
        for name in "ab":  # as the table was then
            session.execute(text(OLD_PARTNER), {"id": name, "at": str(NOW)})
        rows = [("a", 200, 2), ("b", 200, 3), ("b", 304, 4)]
        usage.record(session, [Used(id, "2026-11-23", "/v1", *one, 5, 6) for id, *one in rows])
        session.commit()
    database.migrate()
    with database.read() as session:
        found = usage.totals(session)
    database.close()
    assert {name: (one.count, one.bytes) for name, one in found.items()} == {
        "answers 200": (5, 10),
        "answers 304": (4, 5),
    }
