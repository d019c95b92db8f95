"""Snapshots: an edition is put together by many queries, and none of them sees a later change."""

import gc
import itertools
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import policies
import pytest
import sqlalchemy as sa
from acts import end
from factories import NOW, Databases, make_manuscript, make_section, publish
from sqlalchemy.exc import DBAPIError

from content import changes, documents, editions, signing
from content.contexts import Context
from content.db import Database
from content.editions import Part
from content.editorial import drafts
from content.errors import Refusal
from content.models import log
from content.signing import Keyring

HERE = Context("en", "US-AL")


def revise(database: Database, n: int) -> None:
    sections = [make_section(kind, title=f"Title {n}") for kind in documents.SECTION_KINDS]
    publish(database, slug="one", sections=sections, topics=["sleep", f"topic-{n}"])


def withdraw(database: Database, n: int) -> None:
    end(database)


def change_words(database: Database, n: int) -> None:
    policies.record(database, *policies.disclaimer("not-medical-advice", f"Words {n}."))


def change_rules(database: Database, n: int) -> None:
    policies.record(database, policies.rule(f"rule-{n}", "stale-content"))


def change_law(database: Database, n: int) -> None:
    policies.record(database, policies.law("US-AL", f"law {n}", "banned"))


def change_site(database: Database, n: int) -> None:
    policies.record(database, policies.site("publisher", f"Publisher {n}"))


def withhold(database: Database, n: int) -> None:
    policies.record(database, policies.rule(f"hide-{n}", withhold={"status": 403}))


def lapse(database: Database, n: int) -> None:
    policies.lapse(database, NOW + timedelta(days=4000 + n))


def revoke_key(database: Database, n: int) -> None:
    with database.write() as session:
        for row in signing.states(session):
            if row.state == "active":
                entry = signing.end(session, row.kid, compromised=True, reason="x")
                changes.append(session, [entry], by="test", now=NOW)
        session.commit()


def take_the_slug(database: Database, n: int) -> None:
    """Give the slug to another article, as only a hand in the database could."""
    with database.write() as session:
        old = session.scalars(sa.select(log.Publication)).first()
        assert old is not None
        session.add(log.Article(id=f"thief-{n}"))
        revision = session.get_one(log.Revision, (old.article, old.locale, old.revision))
        copied = {c: getattr(revision, c) for c in ("number", "digest", "change_note")}
        by = {"created_at": NOW, "created_by": "test"}
        session.add(log.Revision(article=f"thief-{n}", locale="en", **copied, **by))
        session.flush()
        names = ("locale", "status", "revision", "slug", "topics", "conditions")
        stolen = {name: getattr(old, name) for name in names}
        fact = log.Publication(article=f"thief-{n}", **stolen)
        changes.append(
            session, [changes.Entry("article.published", fact, seen=None)], by="test", now=NOW
        )
        session.commit()


CHANGES: list[Callable[[Database, int], None]] = [
    revise, change_words, change_rules, change_law, change_site,
    lapse, withhold, revoke_key, withdraw, take_the_slug,
]  # fmt: skip


REPEATABLE = (revise, change_words, change_rules, change_law, change_site)


@contextmanager
def commits_between(reading: Database, commit: Callable[[int], None]) -> Iterator[list[int]]:
    """Commit a change from another connection before each query but the first."""
    count = itertools.count()
    committed: list[int] = []

    def interfere(*arguments: Any) -> None:
        if not arguments[2].startswith("SELECT"):
            return
        if (number := next(count)) > 0:
            commit(number)
            committed.append(number)

    sa.event.listen(reading.engine, "before_cursor_execute", interfere)
    yield committed
    sa.event.remove(reading.engine, "before_cursor_execute", interfere)


def issue(database: Database, keyring: Keyring, part: Part) -> editions.Edition:
    with database.read() as session:
        return editions.issue(session, "one", HERE, keyring, part=part)


@pytest.mark.no_cover
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("part", [Part(), Part(revision=1)], ids=["whole", "pinned"])
def test_a_commit_between_any_two_queries_changes_no_byte(
    small: Database, small_keyring: Keyring, change: Callable[[Database, int], None], part: Part
) -> None:
    publish(small, slug="one")
    revise(small, 0)
    before = issue(small, small_keyring, part)
    attempts = itertools.count()

    def commit(number: int) -> None:
        # Some changes can be made only once; afterwards the text changes again and again.
        make = change if next(attempts) == 0 or change in REPEATABLE else change_words
        make(small, number)

    reading = Database(small.url)  # one that remembers nothing, and asks for all
    with commits_between(reading, commit) as committed:
        during = issue(reading, small_keyring, part)
    reading.close()
    assert len(committed) > 10
    assert during.octets == before.octets


@pytest.mark.parametrize("change", CHANGES)
def test_each_of_these_changes_is_seen_by_the_next_read(
    small: Database, small_keyring: Keyring, change: Callable[[Database, int], None]
) -> None:
    """Without this, the test above could pass with changes that matter to nobody."""
    publish(small, slug="one")
    revise(small, 0)
    before = issue(small, small_keyring, Part())
    change(small, 1)
    try:
        after = issue(small, small_keyring, Part()).octets
    except (Refusal, signing.KeyMissing):
        return
    assert after != before.octets


def test_a_read_is_one_snapshot_whatever_is_written_meanwhile(small: Database) -> None:
    with small.read() as session:
        before = changes.head(session)
        change_site(small, 1)
        session.expire_all()
        assert changes.head(session) == before
        assert session.scalar(sa.select(sa.func.max(log.Change.seq))) == before
    with small.read() as session:
        assert changes.head(session) == before + 1


def test_a_read_session_cannot_write(small: Database) -> None:
    with small.read() as session, pytest.raises(DBAPIError, match=r"read-?only"):
        session.execute(sa.text("INSERT INTO articles (id) VALUES ('x')"))
    with small.write() as session:
        drafts.create(session, make_manuscript(), by="test", now=NOW)
        session.commit()


def test_a_database_that_is_closed_is_forgotten(databases: Databases, small_template: str) -> None:
    database = Database(databases.new(small_template))
    revise(database, 1)
    engine = weakref.ref(database.engine)
    database.close()
    del database
    gc.collect()
    assert engine() is None
