"""Translations: they owe what their source owes, follow it, and are named when it changes them."""

import policies
import pytest
from acts import head, issue
from factories import NOW, make_document, publish

from content import changes
from content.contexts import Context
from content.db import Database
from content.editions import Edition
from content.errors import CaveatError, Gone
from content.models.log import Effect
from content.signing import Keyring

GERMAN = Context("de", "GB")
ENGLISH = {"locale": "en", "revision": 1, "status": "unreviewed"}
REVIEWED = {
    **make_document()["review"],
    "status": "reviewed",
    "reviewed_on": "2026-11-20",
    "provenance": {
        "author": "The test desk",
        "ai_statement": "No AI tools were used.",
        "reviewer_name": "A. Clinician",
        "reviewer_credential": "MD",
    },
}


def owed(edition: Edition) -> set[str]:
    return {entry["id"] for entry in edition.body["disclaimers"]}


def named(database: Database, after: int) -> set[str]:
    """Return the locales of what changes after a number name as affected."""
    with database.read() as session:
        found = session.scalars(changes.select_after(after, changes.head(session))).all()
        rows = [session.get(Effect, change.seq) for change in found]
    return {row.locale for row in rows if row is not None}


def both(database: Database, topics: list[str]) -> None:
    publish(database, slug="one", topics=topics)
    publish(database, slug="one", locale="de", topics=topics, translation=ENGLISH)


def test_a_source_that_is_published_again_names_its_translations(
    small: Database, small_keyring: Keyring
) -> None:
    both(small, ["stress"])
    before, number = issue(small, small_keyring, GERMAN), head(small)
    publish(small, slug="one", topics=["stress", "sleep"])
    after = issue(small, small_keyring, GERMAN)
    assert "law-note" in owed(after) - owed(before)
    assert named(small, number) == {"de"}


def test_a_translation_says_so_when_the_review_of_its_source_lapses(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    later = {**make_document()["review"], "next_review_due": "2036-01-01"}
    publish(small, slug="one", locale="de", translation=ENGLISH, review=later)
    number = head(small)
    policies.lapse(small, NOW.replace(year=2027, month=6))
    assert "stale-content" in owed(issue(small, small_keyring, Context("en", "GB")))
    assert "stale-content" in owed(issue(small, small_keyring, GERMAN))
    assert named(small, number) == {"de"}


def test_a_translation_is_no_more_reviewed_than_its_source(
    small: Database, small_keyring: Keyring
) -> None:
    more = policies.rule("more", "shop-note", when={"review": ["unreviewed"]})
    policies.record(small, more)
    publish(small, slug="one")
    of = {**ENGLISH, "status": "reviewed"}
    publish(small, slug="one", locale="de", translation=of, review=REVIEWED)
    assert "shop-note" in owed(issue(small, small_keyring, Context("en", "GB")))
    assert "shop-note" in owed(issue(small, small_keyring, GERMAN))


def test_tags_that_a_translation_cannot_answer_are_refused(
    small: Database, small_keyring: Keyring
) -> None:
    policies.record(small, *policies.disclaimer("law-note", "Reviewed on {reviewedOn}."))
    publish(small, slug="one", topics=["stress"], review=REVIEWED)
    publish(small, slug="one", locale="de", topics=["stress"], translation=ENGLISH)
    before = head(small)
    with pytest.raises(CaveatError, match="one in de would not resolve"):
        publish(small, slug="one", topics=["stress", "sleep"], review=REVIEWED)
    assert head(small) == before
    assert issue(small, small_keyring, GERMAN).octets


def test_tags_that_an_old_revision_cannot_answer_are_refused(small: Database) -> None:
    policies.record(small, *policies.disclaimer("law-note", "Reviewed on {reviewedOn}."))
    publish(small, slug="one", topics=["stress"])
    with pytest.raises(CaveatError, match="would not resolve"):
        publish(small, slug="one", topics=["sleep"], review=REVIEWED)


def test_words_are_checked_with_every_kind_of_facts(small: Database) -> None:
    """Two texts with the same traits may differ in what their slots find."""
    review = make_document()["review"]
    told = {**review["provenance"], "reviewer_credential": "MD"}
    publish(small, slug="one", review={**review, "provenance": told})
    publish(small, slug="two")
    with pytest.raises(CaveatError, match="two in en would not resolve"):
        policies.record(small, *policies.disclaimer("law-note", "By {reviewerCredential}."))


def test_a_reader_of_what_is_over_is_told_so_and_gets_no_other_language(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one", display_until="2026-12-24")
    publish(small, slug="one", locale="de", translation=ENGLISH)
    policies.lapse(small, NOW.replace(month=12, day=26))
    with pytest.raises(Gone, match="expired"):
        issue(small, small_keyring, Context("en", "GB"))
    assert issue(small, small_keyring, GERMAN).body["context"]["locale"] == "de"
