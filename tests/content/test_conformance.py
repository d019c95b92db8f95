"""Reports of conformance are kept as they were made, and found again."""

from datetime import timedelta

import pytest
from factories import NOW

from content import conformance, partners
from content.db import Database
from content.models.access import Partner


@pytest.fixture
def partner(database: Database) -> str:
    """The id of a partner."""
    with database.write() as session:
        made = partners.add(session, {"name": "A clinic"}, ["standard"], now=NOW)
        session.commit()
        return made.id


def report(outcome: str, article: str | None = "an-id") -> dict[str, object]:
    named = {"slug": "sleep", "id": article} if article else None
    context = {"locale": "en"} if article else None
    edition = {"revision": 3} if article else None
    known = {"article": named, "context": context, "edition": edition}
    return {"url": "https://partner.example/", "outcome": outcome, **known}


def test_reports_are_found_by_partner_article_and_time(database: Database, partner: str) -> None:
    hour = timedelta(hours=1)
    with database.write() as session:
        owner = session.get_one(Partner, partner)
        conformance.save(session, owner, report("conforms"), NOW)
        conformance.save(session, owner, report("fails", "other"), NOW + hour)
        conformance.save(session, owner, report("unchecked", None), NOW + 2 * hour)
        session.commit()
    with database.read() as session:
        first, second, third = conformance.of(session, partner=partner)
        assert (first.conforms, first.article, first.locale, first.revision) == (
            *(True, "an-id", "en"),
            3,
        )
        assert first.report == report("conforms")
        assert (second.conforms, third.conforms, third.article) == (False, False, None)
        assert conformance.of(session, article="other") == [second]
        assert conformance.of(session, since=NOW + hour, until=NOW + 2 * hour) == [second]
        assert conformance.of(session, partner="nobody") == []
