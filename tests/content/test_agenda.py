"""The agenda: what an endpoint is told next, and that nothing waits for a log to come to rest."""

from datetime import timedelta

import pytest
from acts import end, head
from factories import NOW, publish
from keyholders import hold

from api.sending import agenda
from api.sending.agenda import Work
from content import partners
from content.db import Database
from content.models.webhooks import Endpoint
from content.webhooks import endpoints

KEY = bytes(range(32))


@pytest.fixture
def endpoint(small: Database) -> str:
    """A webhook that hears of everything from now on."""
    partner = hold(small)
    with small.write() as session:
        about = (session, partners.find(session, partner.id), {"url": "https://p.example/"})
        made, _ = endpoints.add(*about, key=KEY, loopback=False, now=NOW)
        endpoints.verified(made)
        session.commit()
        return made.id


def next_work(database: Database, id: str, *, endings_first: bool = True) -> Work | None:
    """Return what is to be told next, up to the newest number."""
    upto = head(database)
    with database.read() as session:
        one = session.get_one(Endpoint, id)
        asked = {"upto": upto, "at": NOW + timedelta(hours=1), "endings_first": endings_first}
        return agenda.read(session, one, key=KEY, **asked)


def test_what_is_no_ending_is_told_in_the_same_turn(small: Database, endpoint: str) -> None:
    began = head(small)
    publish(small, slug="one")
    work = next_work(small, endpoint)
    assert work is not None
    assert [event.type for event in work.events] == ["article.published"]
    assert (work.cursor, work.urgent) == ("cursor", (began, head(small)))


def test_an_ending_goes_first(small: Database, endpoint: str) -> None:
    publish(small, slug="one")
    end(small, "one")
    work = next_work(small, endpoint)
    assert work is not None
    assert [event.type for event in work.events] == ["article.withdrawn"]
    assert work.is_of_endings


def test_after_endings_it_is_the_turn_of_the_others_and_none_is_told_twice(
    small: Database, endpoint: str
) -> None:
    publish(small, slug="one")
    end(small, "one")
    work = next_work(small, endpoint, endings_first=False)
    assert work is not None
    assert [event.type for event in work.events] == ["article.published"]
    assert work.urgent == (0, 0), "the ending is still to be told"
