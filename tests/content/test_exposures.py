"""The ledger of who was given what, and sums of usage, on both engines."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from factories import NOW
from sqlalchemy import select
from sqlalchemy.orm import Session

from content import exposures, partners, usage
from content.db import Database
from content.exposures import Given, Refused
from content.models.log import Article
from content.usage import Used

HOUR = timedelta(hours=1)


@pytest.fixture
def session(small: Database) -> Iterator[Session]:
    """A transaction."""
    with small.write() as opened:
        yield opened


@pytest.fixture
def partner(session: Session) -> str:
    """The id of a partner."""
    return partners.add(session, {"name": "A partner"}, ["standard"], now=NOW).id


@pytest.fixture
def article(session: Session) -> str:
    """The id of an article."""
    session.add(Article(id="019a0000-0000-7000-8000-00000000000a"))
    session.flush()
    return session.scalars(select(Article.id)).first() or ""


def given(
    partner: str, article: str, at: datetime, digest: str = "one", revision: int = 1
) -> Given:
    """Return that a partner was given a revision once."""
    return Given(partner, article, "en", revision, digest, at, at)


def test_what_is_given_again_is_one_row_that_reaches_further(
    session: Session, partner: str, article: str
) -> None:
    exposures.record(session, [given(partner, article, NOW, "old")])
    later = given(partner, article, NOW + HOUR, "new")
    earlier = given(partner, article, NOW - HOUR, "oldest")
    exposures.record(session, [later, earlier])
    (row,) = exposures.of_article(session, article)
    assert (row.first_at, row.last_at) == (NOW - HOUR, NOW + HOUR)
    assert (row.count, row.digest) == (3, "new")


def test_an_article_s_exposures_are_those_of_all_partners_in_all_locales_or_one(
    session: Session, partner: str, article: str
) -> None:
    other = partners.add(session, {"name": "Another"}, ["standard"], now=NOW + HOUR).id
    one = given(partner, article, NOW)
    exposures.record(session, [one, given(other, article, NOW), replace(one, locale="de")])
    found = [(row.partner, row.locale) for row in exposures.of_article(session, article)]
    assert sorted(found) == sorted([(partner, "de"), (partner, "en"), (other, "en")])
    (german,) = exposures.of_article(session, article, locale="de")
    assert german.partner == partner


def test_a_partner_s_exposures_are_walked_in_pages_without_a_gap(
    session: Session, partner: str, article: str
) -> None:
    exposures.record(session, [given(partner, article, NOW, revision=n) for n in range(1, 6)])
    seen: list[int] = []
    place = None
    while page := exposures.of_partner(session, partner, after=place, limit=2):
        seen += [row.revision for row in page]
        place = (page[-1].article, page[-1].locale, page[-1].revision)
    assert seen == [1, 2, 3, 4, 5]


def test_an_ending_was_seen_by_a_410_since_then_and_by_nothing_else(
    session: Session, partner: str, article: str
) -> None:
    def saw(since: datetime, locale: str | None = None) -> datetime | None:
        seen = exposures.endings_seen(session, article, since).get(partner, {})
        return seen.get(locale) if locale else min(seen.values(), default=None)

    by_law = Refused(partner, article, "en", 451, NOW, NOW)
    exposures.record_endings(session, [by_law])
    assert saw(NOW - HOUR) is None
    exposures.record_endings(session, [replace(by_law, status=410)])
    assert saw(NOW - HOUR) == NOW
    assert saw(NOW - HOUR, "en") == NOW
    assert saw(NOW - HOUR, "de") is None
    assert saw(NOW + HOUR) is None
    again = NOW + 2 * HOUR
    exposures.record_endings(session, [Refused(partner, article, "en", 410, again, again)])
    assert saw(NOW + HOUR) == again


def test_usage_of_a_day_adds_up_under_its_route_and_status(session: Session, partner: str) -> None:
    one = Used(partner, "2026-11-23", "/v1/articles", 200, count=2, bytes=100, cost=20)
    usage.record(session, [one, replace(one, status=304, bytes=0), one])
    usage.record(session, [replace(one, day="2026-11-24")])
    found = usage.of_partner(session, partner, date(2026, 11, 23), date(2026, 11, 23))
    assert [(row.status, row.count, row.bytes, row.cost) for row in found] == [
        (200, 4, 200, 40),
        (304, 2, 0, 20),
    ]
