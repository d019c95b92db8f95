"""Redacted bodies: the one row that may go, only after the log says so; it never comes back."""

import time
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
import sqlalchemy as sa
from acts import end, head, issue, revise
from desks import OF_ONE, Desk
from factories import NOW, make_manuscript, make_section, publish
from sqlalchemy.exc import DBAPIError

from content import articles, changes, documents, redactions
from content.db import Database
from content.editorial import drafts, publishing
from content.errors import CaveatError, Ended
from content.models import log
from content.models.editorial import Draft
from content.signing import Keyring

WAIT = 0.3  # seconds in which two transactions that can meet have met


def say_redacted(database: Database, digest: str, kind: str = "body.redacted") -> None:
    """Say in the log that a body was redacted, and delete nothing."""
    entry = changes.Entry(kind, about=("body", digest), impact="safety")
    with database.write() as session:
        changes.append(session, [entry], by="test", now=NOW)
        session.commit()


def digest_of(database: Database, slug: str) -> str:
    with database.read() as session:
        article = drafts.find_article(session, slug)
        return session.get_one(log.Revision, (article, "en", 1)).digest


def delete_body(database: Database, digest: str) -> int:
    with database.write() as session:
        gone = session.execute(sa.delete(log.Body).where(log.Body.digest == digest))
        session.commit()
    return int(gone.rowcount)  # type: ignore[attr-defined]


def another_text(text: str) -> list[dict[str, Any]]:
    return [make_section(kind, title=text) for kind in documents.SECTION_KINDS]


def test_a_body_is_deleted_only_after_the_log_names_it(small: Database) -> None:
    publish(small, slug="one")
    publish(small, slug="two", sections=another_text("Another text"))
    one, two = digest_of(small, "one"), digest_of(small, "two")
    say_redacted(small, one, kind="body.mentioned")
    with pytest.raises(DBAPIError, match="append-only"):
        delete_body(small, one)
    say_redacted(small, one)
    with pytest.raises(DBAPIError, match="append-only"):
        delete_body(small, two)
    assert delete_body(small, one) == 1


def insert_body(database: Database, body: log.Body) -> None:
    with database.write() as session:
        session.add(log.Body(digest=body.digest, octets=body.octets))
        session.commit()


def test_a_redacted_text_does_not_come_back_by_any_way(desk: Desk, small_keyring: Keyring) -> None:
    publish(desk.database, slug="one")
    (body,) = desk.rows(log.Body)
    desk.redact()
    after = head(desk.database)
    for slug in ("one", "two"):
        with pytest.raises(Ended, match="redacted"):
            publish(desk.database, slug=slug)
    with pytest.raises(DBAPIError, match="redacted"):
        insert_body(desk.database, body)
    assert head(desk.database) == after
    assert desk.rows(Draft) == [], "nor as a draft of what was refused"
    assert desk.gone(small_keyring).reason == "redacted"


def test_what_was_taken_down_and_redacted_is_not_restored(desk: Desk) -> None:
    publish(desk.database, slug="one")
    end(desk.database)
    desk.redact()
    with pytest.raises(Ended, match="redacted"):
        publish(desk.database, slug="one")


def test_a_translation_of_a_redacted_text_is_not_published(desk: Desk) -> None:
    publish(desk.database, slug="one")
    desk.redact()
    with pytest.raises(Ended, match="redacted"):
        publish(desk.database, slug="one", locale="de", title="Ein Titel für alle", **OF_ONE)


def test_an_article_goes_on_with_another_text(desk: Desk, small_keyring: Keyring) -> None:
    publish(desk.database, slug="one")
    desk.redact()
    number = revise(desk.database, "A text that may be shown")
    body = issue(desk.database, small_keyring).body
    assert (body["sequence"], body["revision"]["number"]) == (number, 2)


def test_a_publication_at_the_same_time_does_not_bring_it_back(
    desk: Desk, small_keyring: Keyring
) -> None:
    publish(desk.database, slug="one")
    request = desk.request()

    def others(number: int) -> None:
        try:
            publish(desk.database, slug=f"copy-{number}")
        except CaveatError:
            return

    with ThreadPoolExecutor(5) as pool:
        copies = [pool.submit(others, number) for number in range(12)]
        confirmed = pool.submit(desk.confirm, request)
        assert confirmed.result()
        assert [copy.result() for copy in copies] == [None] * 12
    assert desk.rows(log.Body) == []
    with desk.database.read() as session:
        slugs = [f"copy-{n}" for n in range(12) if drafts.find_article(session, f"copy-{n}")]
    for slug in ("one", *slugs):
        assert desk.gone(small_keyring, slug=slug).reason == "redacted"


def test_what_waits_for_the_redaction_is_refused_after_it(desk: Desk) -> None:
    publish(desk.database, slug="one")
    (body,) = desk.rows(log.Body)
    request = desk.request()
    with ThreadPoolExecutor(2) as pool:
        with desk.database.write() as session:
            redactions.confirm(session, request, by=desk.second, now=NOW)
            inserting = pool.submit(insert_body, desk.database, body)
            publishing = pool.submit(publish, desk.database, slug="two")
            time.sleep(WAIT)  # until both have come to where they have to wait
            assert not any(one.done() for one in (inserting, publishing))
            session.commit()
        with pytest.raises(DBAPIError, match="redacted"):
            inserting.result()
        with pytest.raises(Ended, match="redacted"):
            publishing.result()
    assert desk.rows(log.Body) == []


def test_who_corrects_the_article_at_the_same_time_is_waited_for(
    desk: Desk, small_keyring: Keyring
) -> None:
    publish(desk.database, slug="one")
    request = desk.request()
    corrected = make_manuscript(slug="one", sections=another_text("A text that may be shown"))
    with ThreadPoolExecutor(1) as pool, desk.database.write() as session:
        draft = session.get_one(Draft, (articles.identify(session, "one"), "en"))
        draft = drafts.save(session, draft, corrected, by="test", now=NOW)
        confirmed = pool.submit(desk.confirm, request)
        wait([confirmed], timeout=WAIT)
        revision = drafts.freeze(session, draft, by="test", now=NOW)
        publishing.publish(session, [publishing.Text(corrected, revision)], by="test", now=NOW)
        session.commit()
    assert confirmed.result()
    assert issue(desk.database, small_keyring).body["revision"]["number"] == 2


def test_a_draft_that_is_being_written_at_the_same_time_goes_too(desk: Desk) -> None:
    publish(desk.database, slug="one")
    request = desk.request()
    with ThreadPoolExecutor(1) as pool, desk.database.write() as session:
        drafts.create(session, make_manuscript(slug="two"), by="test", now=NOW)
        confirmed = pool.submit(desk.confirm, request)
        wait([confirmed], timeout=WAIT)
        session.commit()
    assert confirmed.result()
    assert desk.rows(Draft) == []
