"""Corrections: what readers are told of them, how visibly, and for how long."""

from datetime import timedelta

import acts
import policies
import pytest
from acts import correct, head, issue, revise
from corrected import (
    UNCLEAR,
    WRONG,
    pass_days,
    told,
)
from factories import NOW, make_manuscript, publish

from content import articles, changes, corrections, notices
from content.db import Database
from content.editions import Part
from content.editorial import examining
from content.errors import Invalid
from content.models.log import (
    Change,
    ClaimPack,
)
from content.signing import Keyring

PACK = {
    "id": "general-en",
    "locale": "en",
    "when": {},
    "patterns": [
        {
            "id": "T01", "category": "CURE", "severity": "error", "message": "says that tea cures",
            "match": r"\btea cures\b", "rewrite": "No trial has tested tea.", "negation": "never",
        }
    ],
}  # fmt: skip


def newest(database: Database) -> Change:
    with database.read() as session:
        return session.get_one(Change, changes.head(session))


@pytest.mark.parametrize(
    ("type", "impact"),
    [("clarification", "notice"), ("correction", "safety"), ("retraction", "safety")],
)
def test_a_correction_is_a_change_of_its_own_kind_with_the_public_words(
    small: Database, type: str, impact: str
) -> None:
    publish(small, slug="one")
    number = correct(small, WRONG, type, title="A title that is another one")
    change = newest(small)
    assert (change.seq, change.kind, change.impact) == (number, "article.corrected", impact)
    assert (change.notice, change.subject_type) == (WRONG, "article")


def test_the_live_words_may_be_corrected_without_new_ones(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    number = correct(small, UNCLEAR, "clarification")
    edition = issue(small, small_keyring)
    assert (edition.body["revision"]["number"], edition.body["sequence"]) == (1, number)
    assert told(edition) == (f"On 2026-11-23: [2026-11-23] {UNCLEAR}", "lead")


def test_the_same_correction_of_the_same_words_on_the_same_day_is_said_once(
    small: Database,
) -> None:
    publish(small, slug="one")
    said = {"slug": "one", "correction": corrections.make("correction", WRONG, NOW)}
    assert publish(small, **said)
    assert publish(small, **said) is None
    assert publish(small, slug="one") is None
    assert publish(small, **{**said, "correction": corrections.make("correction", UNCLEAR, NOW)})


def test_it_leads_for_thirty_days_and_then_stands_at_the_foot(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    correct(small, WRONG)
    assert pass_days(small, 30) == []
    assert told(issue(small, small_keyring))[1] == "lead"
    before = head(small)
    assert pass_days(small, 31) == ["lead_until of one in en"]
    edition = issue(small, small_keyring)
    assert told(edition) == (f"On 2026-11-23: [2026-11-23] {WRONG}", "foot")
    assert edition.body["sequence"] == before + 1
    assert newest(small).kind == "article.lapsed"
    assert pass_days(small, 32) == []
    assert told(issue(small, small_keyring, at=before))[1] == "lead"


def test_dates_of_several_articles_pass_in_one_group_for_each_day(small: Database) -> None:
    for slug, day in (("one", 0), ("two", 0), ("three", 1)):
        publish(small, slug=slug)
        correct(small, WRONG, slug=slug, now=NOW + timedelta(days=day))
    before = head(small)
    assert len(pass_days(small, 60)) == 3
    with small.read() as session:
        rows = session.scalars(changes.select_after(before, changes.head(session))).all()
    assert [change.group_end - before for change in rows] == [2, 2, 3]


def test_a_retraction_leads_for_ever(small: Database, small_keyring: Keyring) -> None:
    publish(small, slug="one")
    correct(small, WRONG, "retraction")
    assert pass_days(small, 100) == []
    revise(small, "Words that are newer", now=NOW + timedelta(days=100))
    assert told(issue(small, small_keyring))[1] == "lead"


def test_later_revisions_say_all_that_was_corrected_newest_first(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    correct(small, WRONG)
    revise(small, "Words that are newer")
    correct(small, UNCLEAR, "clarification", now=NOW + timedelta(days=40))
    words = f"On 2026-11-23: [2027-01-02] {UNCLEAR} [2026-11-23] {WRONG}"
    assert told(issue(small, small_keyring)) == (words, "lead")
    pass_days(small, 40)
    assert told(issue(small, small_keyring))[1] == "lead", "the newer one still leads"
    pass_days(small, 80)
    assert told(issue(small, small_keyring)) == (words, "foot")


def test_an_older_revision_leads_with_what_was_corrected_since(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    correct(small, WRONG, title="A title that is another one")
    pass_days(small, 60)
    pinned = issue(small, small_keyring, part=Part(revision=1))
    assert told(pinned) == (f"On 2026-11-23: [2026-11-23] {WRONG}", "lead")
    assert told(issue(small, small_keyring, part=Part(revision=2)))[1] == "foot"
    assert told(issue(small, small_keyring))[1] == "foot"


def test_what_was_taken_down_may_come_back_with_a_correction(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    acts.end(small)
    correct(small, WRONG)
    assert newest(small).kind == "article.corrected"
    assert WRONG in told(issue(small, small_keyring))[0]
    acts.end(small)
    publish(small, slug="one")
    assert WRONG in told(issue(small, small_keyring))[0], "an ending takes nothing back"


def test_nothing_can_be_corrected_that_nobody_has_seen(small: Database) -> None:
    before = head(small)
    with pytest.raises(Invalid, match=r"/correction: .*never published"):
        correct(small, WRONG)
    assert head(small) == before


@pytest.mark.parametrize(
    ("type", "text"),
    [("correction", ""), ("correction", " \n"), ("correction", "x" * 301), ("x", "y")],
)
def test_a_correction_without_a_type_or_readable_words_is_refused(type: str, text: str) -> None:
    with pytest.raises(Invalid):
        corrections.make(type, text, NOW)


def test_the_words_of_a_correction_are_plain_and_on_one_line() -> None:
    made = corrections.make("correction", " We\n were  wrong\x00. ", NOW)
    assert (made.text, made.on, made.lead_until) == ("We were wrong.", "2026-11-23", "2026-12-23")
    assert corrections.make("correction", "x" * 300, NOW)


def test_the_words_of_a_correction_are_linted(small: Database) -> None:
    policies.record(small, ClaimPack(id="general-en", data=PACK))
    publish(small, slug="one")
    with pytest.raises(Invalid, match="says that tea cures"):
        correct(small, "It is clear that tea cures this.")
    assert correct(small, "It is not clear whether tea helps.")


def test_what_the_lint_has_learnt_since_keeps_no_notice_from_readers(
    small: Database, small_keyring: Keyring
) -> None:
    title = "It is well known that tea cures this"
    publish(small, slug="one", title=title)
    policies.record(small, ClaimPack(id="general-en", data=PACK))
    with pytest.raises(Invalid, match="says that tea cures"):
        correct(small, WRONG, "retraction", title=title, summary="A summary that is another one.")
    assert correct(small, WRONG, "retraction", title=title)
    assert WRONG in told(issue(small, small_keyring))[0]


def test_the_log_names_an_article_by_its_slug_of_today_when_an_old_correction_passes(
    small: Database,
) -> None:
    publish(small, slug="one")
    correct(small, WRONG)
    acts.rename(small, "one", "renamed")
    pass_days(small, 60)
    with small.read() as session:
        number = changes.head(session)
        assert articles.shown_by(session, [number])[number].slug == "renamed"


def test_a_correction_does_not_have_to_wait_for_room(small: Database) -> None:
    """So many words that no text could be published beside them."""
    publish(small, slug="one")
    long = [policies.disclaimer(f"long-{n}", "word " * 19, level="lead") for n in range(12)]
    facts = [fact for texts in long for fact in texts]
    rules = [policies.rule(f"long-{n}", f"long-{n}") for n in range(12)]
    policies.record(small, *facts, *rules)
    with pytest.raises(Invalid, match="too much stands before the first section"):
        publish(small, slug="one", title="A title that is another one")
    assert correct(small, WRONG, "retraction")


def test_a_correction_takes_no_room_from_other_notices() -> None:
    words = [("text", 1), ("short", 100)]
    entry = {name: "word " * times for name, times in words} | {"display": {"level": "lead"}}
    others = [{**entry, "kind": "safety"}] * 2
    assert notices.crowd(others) is None
    assert notices.crowd([*others, {**entry, "kind": "correction"}]) is None
    assert notices.crowd([*others, {**entry, "kind": "status"}])


def test_a_draft_is_examined_as_newer_than_every_correction(small: Database) -> None:
    publish(small, slug="one")
    correct(small, WRONG, title="A title that is another one")
    manuscript = make_manuscript(slug="one", title="A title of a draft")
    with small.read() as session:
        mine, at = articles.identify(session, "one"), changes.head(session)
        found = examining.subject_of(session, manuscript, article=mine, at=at, now=NOW)
    assert found.corrections.states == {"corrected"}


def test_nothing_passes_while_an_article_is_not_shown(small: Database) -> None:
    publish(small, slug="one")
    correct(small, WRONG)
    acts.end(small)
    assert pass_days(small, 60) == []
    publish(small, slug="one")
    assert pass_days(small, 60) == ["lead_until of one in en"]
