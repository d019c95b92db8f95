"""Bulk imports that publish: every gate for each text, and no text keeps another back."""

import re
from datetime import timedelta
from typing import Any

import policies
from acts import end, head, issue
from bulk import bring, count, draft, incomplete, item, outcomes, rows
from desks import OF_ONE, Desk
from factories import NOW, make_source
from sqlalchemy import select

from content import heads
from content.contexts import Context
from content.db import Database
from content.editorial import drafts, publishing
from content.models.heads import Citation, Head, Trait
from content.models.log import Publication, Revision
from content.models.search import Facet
from content.signing import Keyring


def test_published_in_bulk_is_what_is_published_one_by_one(
    another: Any, small_keyring: Keyring
) -> None:
    texts = [item(f"n-{n}", title=f"Title {n}, which is long enough") for n in range(5)]
    texts.append(item("n-1", locale="de", **OF_ONE))
    bulk, single = another(), another()
    assert outcomes(bulk, *texts, live=True) == ["published"] * 6
    with single.write() as session:
        for one in texts:
            assert one.manuscript is not None
            publishing.publish_manuscript(session, one.manuscript, by="test", now=NOW)
        session.commit()
    for slug, locale in [*((f"n-{n}", "en") for n in range(5)), ("n-1", "de")]:
        mine, other = (
            issue(database, small_keyring, Context(locale, "GB"), slug=slug).body
            for database in (bulk, single)
        )
        for one in (mine, other):  # a group is one step, whatever is in it
            one["revision"]["published_at"] = one["article"]["id"] = one["id"] = ""
            del one["integrity"], one["sequence"]
        assert mine == other
    assert draft(bulk, "n-1", "de").state == draft(single, "n-1", "de").state == "published"


def test_the_projection_of_a_bulk_is_the_one_that_a_rebuild_makes(small: Database) -> None:
    bring(small, *(item(f"n-{n}", sources=[make_source(f"s-{n}")]) for n in range(5)), live=True)
    bring(small, item("n-2", title="Another title that is long enough"), live=True)
    tables = (Head, Trait, Citation, Facet)
    before = [rows(small, table) for table in tables]
    with small.write() as session:
        assert heads.rebuild(session) == 5
        session.commit()
    assert [rows(small, table) for table in tables] == before
    assert count(small, Citation) == 2 * 4 + 1  # live and pinned; and what was live before


def test_one_id_of_a_source_is_one_work_in_all_articles(small: Database) -> None:
    same, other = make_source("trial"), make_source("trial", doi="10.1000/another")
    texts = [item(str(n), sources=[source]) for n, source in enumerate((same, other, same))]
    assert outcomes(small, *texts, live=True) == ["published", "refused", "published"]
    (found,) = bring(small, texts[1], live=True)[0].findings
    assert (found.pointer, found.gate) == ("/document/sources/0", "sources")
    assert re.search("is another work in [02];", found.message)


def test_published_again_is_left_as_it_is(small: Database) -> None:
    texts = [item(f"n-{n}") for n in range(3)]
    bring(small, *texts, live=True)
    before, versions = head(small), [draft(small, f"n-{n}").version for n in range(3)]
    for live in (True, False):
        assert outcomes(small, *texts, live=live) == ["unchanged"] * 3
    assert head(small) == before
    assert [draft(small, f"n-{n}").version for n in range(3)] == versions
    assert count(small, Revision) == 3


def test_a_new_text_of_what_is_live_goes_live(small: Database) -> None:
    bring(small, item(), item("two"), live=True)
    renewed = item(title="Another title that is long enough")
    assert outcomes(small, renewed, item("two"), live=True) == ["published", "unchanged"]
    with small.read() as session:
        row = session.get_one(Publication, head(small))
    assert (row.slug, row.revision) == ("one", 2)


def test_drafts_that_there_are_go_live(small: Database) -> None:
    bring(small, item(), item("two"))
    assert outcomes(small, item(), item("two"), live=True) == ["published"] * 2
    assert draft(small).state == "published"


def test_what_a_gate_refuses_stays_as_a_draft_and_keeps_no_other_back(small: Database) -> None:
    slots = item("two", title="A title with a {placeholder} in it")
    found = bring(small, item(), slots, incomplete("three"), item("four"), live=True)
    assert [one.outcome for one in found] == ["published", "refused", "refused", "published"]
    assert "{placeholder}" in found[1].findings[0].message
    assert found[1].findings[0].pointer == "/document/title"
    assert {one.gate for one in found[2].findings} == {"sources"}
    assert draft(small, "two").state == draft(small, "three").state == "draft"
    better = item("two", title="A title without a placeholder in it")
    assert outcomes(small, slots, better, live=True) == ["refused", "published"]


def test_a_text_that_owes_words_that_are_not_there_is_refused_alone(small: Database) -> None:
    policies.record(small, *policies.disclaimer("named-note", "By {reviewerName}."))
    policies.record(small, policies.rule("named", "named-note", when={"topics": ["stress"]}))
    found = bring(small, item(), item("two", topics=["stress"]), item("three"), live=True)
    assert [one.outcome for one in found] == ["published", "refused", "published"]
    assert "reviewerName" in found[1].findings[0].message


def test_texts_that_are_alike_but_for_a_fact_are_checked_each(small: Database) -> None:
    policies.record(small, *policies.disclaimer("named-note", "By {reviewerName}."))
    policies.record(small, policies.rule("named", "named-note", when={"topics": ["stress"]}))
    by = {"author": "The desk", "ai_statement": "None.", "reviewer_name": "A. Doctor"}
    reviewed = {
        "status": "reviewed",
        "reviewed_on": "2026-11-22",
        "searched_on": "2026-11-22",
        "next_review_due": "2027-05-22",
        "provenance": {**by, "reviewer_credential": "MD"},
    }
    texts = [item(f"n-{n}", topics=["stress"], review=reviewed) for n in range(2)]
    texts.insert(1, item("not", topics=["stress"]))
    assert outcomes(small, *texts, live=True) == ["published", "refused", "published"]


def test_translations_are_published_after_their_sources_wherever_they_stand(
    small: Database,
) -> None:
    german = item(locale="de", **OF_ONE)
    found = bring(small, german, item(), live=True)
    assert [(one.outcome, one.key[1]) for one in found] == [
        ("published", "en"),
        ("published", "de"),
    ]


def test_a_translation_falls_with_its_source(small: Database) -> None:
    source = item(title="A title with a {placeholder} in it")
    found = bring(small, source, item(locale="de", **OF_ONE), item("two"), live=True)
    assert [one.outcome for one in found] == ["refused", "published", "refused"]
    assert "translates revision 1 in en" in found[2].findings[0].message
    with small.read() as session:
        assert {row.slug for row in session.scalars(select(Publication))} == {"two"}


def test_what_was_taken_down_stays_down(small: Database) -> None:
    bring(small, item(), item("two"), live=True)
    end(small)
    found = bring(small, item(), item("two"), live=True)
    assert [one.outcome for one in found] == ["refused", "unchanged"]
    assert "withdrawn" in found[0].findings[0].message


def test_a_redacted_text_does_not_come_back(desk: Desk) -> None:
    bring(desk.database, item(), item("two", title="Another title that is long"), live=True)
    desk.redact()
    found = bring(desk.database, item("new"), item("three", title="A third one"), live=True)
    assert [one.outcome for one in found] == ["refused", "published"]
    assert found[0].findings[0].message == drafts.REDACTED


def test_a_new_topic_that_a_translation_cannot_owe_is_refused_alone(small: Database) -> None:
    bring(small, item(), item("two"), item(locale="de", **OF_ONE), live=True)
    text = {"en": "Words.", "de": "By {reviewerName}."}
    facts = policies.disclaimer("named-note", "Words.")
    for fact in facts:
        fact.data = {**fact.data, "text": text[fact.locale], "short": text[fact.locale]}  # type: ignore[attr-defined]
    policies.record(small, *facts)
    policies.record(small, policies.rule("named", "named-note", when={"topics": ["stress"]}))
    before = head(small)
    found = bring(small, item(topics=["sleep", "stress"]), item("two", topics=["law"]), live=True)
    assert [one.outcome for one in found] == ["refused", "published"]
    assert head(small) == before + 1


def test_a_day_that_has_passed_meanwhile_is_recorded_for_what_came_in(small: Database) -> None:
    bring(small, item(display_until="2026-12-01"), live=True)
    policies.lapse(small, NOW + timedelta(days=30))
    with small.read() as session:
        assert session.scalars(select(Head)).all() == []
    assert outcomes(small, item(display_until="2026-12-01"), live=True) == ["unchanged"]
