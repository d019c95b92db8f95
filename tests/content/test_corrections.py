"""Corrections: whoever reads an article that was corrected is told so, and nobody misses it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import acts
import policies
import pytest
from acts import correct, head, issue, revise
from factories import NOW, make_manuscript, publish

from content import articles, changes, corrections, diffs, editions, effects, lapses, policy
from content.contexts import AUDIENCES, CHANNELS, NOWHERE, WORLD, Context
from content.corrections import TYPES
from content.db import Database
from content.documents import SECTION_KINDS
from content.editions import Edition, Part
from content.editorial import drafts, publishing
from content.errors import Invalid, Unresolvable
from content.models.log import (
    Change,
    ClaimPack,
    DisclaimerVersion,
    Fact,
    JurisdictionFact,
    SiteFact,
)
from content.signing import Keyring

NOTICE = "correction-notice"
WRONG, UNCLEAR = "We gave the wrong number of trials.", "We meant adults only."
GERMAN = Context("de", "GB")
ENGLISH = {"locale": "en", "revision": 1, "status": "unreviewed"}
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


def notice(edition: Edition) -> dict[str, Any] | None:
    """Return what an edition says of corrections."""
    found = [entry for entry in edition.body["disclaimers"] if entry["id"] == NOTICE]
    return found[0] if found else None


def told(edition: Edition) -> tuple[str, str]:
    """Return what an edition says of corrections, and how visibly."""
    found = notice(edition)
    assert found is not None
    return found["text"], found["display"]["level"]


def newest(database: Database) -> Change:
    with database.read() as session:
        return session.get_one(Change, changes.head(session))


def pass_days(database: Database, days: int) -> list[str]:
    """Record what has passed some days later; return what it was."""
    with database.write() as session:
        due = lapses.record(session, by="test", now=NOW + timedelta(days=days))
        session.commit()
    return [one.what for one in due]


def translate(database: Database, **changed: Any) -> None:
    of = {"locale": "de", "title": "Ein Titel, der lang genug ist", "translation": ENGLISH}
    assert publish(database, slug="one", **{**of, **changed})


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


# Translations


def test_a_translation_says_what_its_source_says_and_in_which_language(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    translate(small)
    before = head(small)
    correct(small, UNCLEAR, "clarification")
    with small.read() as session:
        named = session.scalars(changes.select_after(before, changes.head(session))).all()
    assert [change.kind for change in named] == ["article.corrected", changes.AFFECTED]
    words, level = told(issue(small, small_keyring, GERMAN))
    assert (f"[2026-11-23, en] {UNCLEAR}" in words, level) == (True, "lead")
    pass_days(small, 60)
    assert told(issue(small, small_keyring, GERMAN))[1] == "foot"


def test_a_translation_of_what_was_corrected_leads_until_it_follows(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    translate(small)
    correct(small, WRONG, title="A title that is another one")
    pass_days(small, 60)
    assert told(issue(small, small_keyring, GERMAN))[1] == "lead"
    translate(small, translation={**ENGLISH, "revision": 2})
    words, level = told(issue(small, small_keyring, GERMAN))
    assert (WRONG in words, level) == (True, "foot")


def test_a_correction_of_a_translation_is_none_of_its_source(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    translate(small)
    translate(small, correction=corrections.make("correction", "Falsch übersetzt.", NOW))
    assert notice(issue(small, small_keyring)) is None
    assert "[2026-11-23] Falsch übersetzt." in told(issue(small, small_keyring, GERMAN))[0]


def test_the_translation_of_a_translation_says_it_too(
    small: Database, small_keyring: Keyring
) -> None:
    """Locales of test articles are free; here English comes from German, and that from French."""
    policies.record(small, policies.site("locales", ["de", "en", "fr"]), *french())
    publish(small, slug="one", locale="fr")
    translate(small, translation={**ENGLISH, "locale": "fr"})
    publish(small, slug="one", translation={**ENGLISH, "locale": "de"})
    before = head(small)
    correct(small, WRONG, locale="fr", title="A title that is another one")
    assert f"[2026-11-23, fr] {WRONG}" in told(issue(small, small_keyring))[0]
    with small.read() as session:
        found = session.scalars(changes.select_after(before, changes.head(session))).all()
    assert [change.kind for change in found].count(changes.AFFECTED) == 2
    pass_days(small, 60)
    assert told(issue(small, small_keyring))[1] == "lead", "what it comes from is older"


def french() -> list[Any]:
    """Return the small policy's texts in a third language."""
    found = []
    for fact in policies.all_facts():
        data: Any = getattr(fact, "data", None)
        if isinstance(fact, DisclaimerVersion) and fact.locale == "en":
            found.append(DisclaimerVersion(id=fact.id, locale="fr", data=data))
        elif isinstance(fact, JurisdictionFact):
            spoken = JurisdictionFact(code=fact.code, fact=fact.fact, data=spoken_in_french(data))
            found.append(spoken)
        elif isinstance(fact, SiteFact) and fact.id == "notice_labels":
            found.append(policies.site("notice_labels", {**data, "fr": data["en"]}))
    return found


def spoken_in_french(data: Any) -> Any:
    if not isinstance(data, dict):
        return [spoken_in_french(one) for one in data] if isinstance(data, list) else data
    if data.keys() == {"en", "de"}:
        return {**data, "fr": data["en"]}
    return {name: spoken_in_french(value) for name, value in data.items()}


def test_a_source_and_its_translation_may_be_corrected_together(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    translate(small)
    texts = [
        text(small, correction=corrections.make("correction", WRONG, NOW), title="A title anew"),
        text(small, locale="de", title="Ein Titel, neu", translation={**ENGLISH, "revision": 2}),
    ]
    with small.write() as session:
        publishing.publish(session, texts, by="test", now=NOW)
        session.commit()
    assert f"[2026-11-23, en] {WRONG}" in told(issue(small, small_keyring, GERMAN))[0]


def text(database: Database, correction: Any = None, **changed: Any) -> publishing.Text:
    manuscript = make_manuscript(slug="one", **changed)
    with database.write() as session:
        article = articles.identify(session, "one")
        draft = drafts.open_draft(session, article, manuscript, by="test", now=NOW)
        draft = drafts.save(session, draft, manuscript, by="test", now=NOW)
        revision = drafts.freeze(session, draft, by="test", now=NOW)
        session.commit()
    return publishing.Text(manuscript, revision, correction=correction)


# Nobody misses it


@pytest.mark.parametrize("type", TYPES)
def test_no_context_part_or_selection_is_without_it(
    small: Database, small_keyring: Keyring, type: str
) -> None:
    publish(small, slug="one")
    correct(small, WRONG, type, title="A title that is another one")
    parts = [Part(), Part(revision=1), Part(fields=frozenset()), Part(fields=frozenset({"title"}))]
    parts += [Part(section=kind) for kind in SECTION_KINDS]
    readers = [(a, c) for a in AUDIENCES if a != "minors" for c in CHANNELS]
    with small.read() as session:
        for place in (WORLD, NOWHERE, "US-AL", "FR"):
            for audience, channel in readers:
                for part in parts:
                    asked = Context("en", place, audience, channel)
                    found = editions.issue(session, "one", asked, small_keyring, part=part)
                    assert WRONG in told(found)[0], (asked, part)


def test_a_difference_of_two_revisions_says_it_in_the_words_of_both(
    small: Database, small_keyring: Keyring
) -> None:
    policies.record(small, *worded("corrected-since", "An older text: {correctionText}"))
    publish(small, slug="one")
    correct(small, WRONG, title="A title that is another one")
    pass_days(small, 60)
    whole = [issue(small, small_keyring, part=Part(revision=n)).body for n in (1, 2)]
    found = diffs.between(*whole)["disclaimers"]
    levels = [one["display"]["level"] for one in found if one["id"] == NOTICE]
    assert sorted(levels) == ["foot", "lead"]


DROPS: dict[str, Callable[[], list[Fact]]] = {
    "no rule": lambda: [policies.no_rule("corrected")],
    "some readers": lambda: [owed_where(audience=["patients"])],
    "some channels": lambda: [owed_where(channel=["app", "retail"])],
    "some places": lambda: [owed_where(jurisdiction=["US"])],
    "other topics": lambda: [owed_where(topics=["stress"])],
    "only lately": lambda: [owed_where(facts=["corrected-recently"])],
    "only older texts": lambda: [owed_where(facts=["corrected-since"])],
    "no words": lambda: policies.disclaimer(NOTICE, "Corrected on {correctedOn}."),
    "no words of a part": lambda: worded(state="part"),
    "no words of its state": lambda: worded(state="corrected"),
}


def owed_where(**when: Any) -> Fact:
    return policies.rule("corrected", NOTICE, when={"facts": ["corrected"], **when})


def worded(state: str, text: str = "It was wrong.") -> list[Fact]:
    """Return words of the notice with others, which say nothing, in one state."""
    found: list[Any] = policies.disclaimer(NOTICE, "So: {correctionText}")
    for one in found:
        one.data["variants"] = [{"state": state, "short": "x", "text": text}]
    return found


@pytest.mark.parametrize("drop", DROPS)
def test_a_correction_that_somebody_would_miss_is_refused(small: Database, drop: str) -> None:
    publish(small, slug="one")
    policies.record(small, *DROPS[drop]())
    before = head(small)
    with pytest.raises(Unresolvable, match="no disclaimer that is owed says"):
        correct(small, WRONG)
    assert head(small) == before


@pytest.mark.parametrize("drop", DROPS)
def test_a_policy_by_which_somebody_would_miss_it_is_refused(small: Database, drop: str) -> None:
    publish(small, slug="other")
    publish(small, slug="one")
    correct(small, WRONG)
    before = head(small)
    with pytest.raises(Unresolvable, match="one in en would not resolve"):
        policies.record(small, *DROPS[drop]())
    assert head(small) == before


def test_a_policy_by_which_readers_of_another_state_would_miss_it_changes(small: Database) -> None:
    publish(small, slug="one")
    correct(small, UNCLEAR, "clarification")
    assert policies.record(small, *worded(state="corrected"))


def test_kinds_of_corrections_are_checked_each(small: Database) -> None:
    for slug, type in (("one", "clarification"), ("two", "retraction"), ("three", "correction")):
        publish(small, slug=slug)
        correct(small, WRONG, type, slug=slug)
    with pytest.raises(Unresolvable, match="two in en would not resolve"):
        policies.record(small, *worded(state="retracted"))


def test_an_old_text_that_would_not_say_it_refuses_the_correction(small: Database) -> None:
    policies.record(small, *worded(state="corrected-since"))
    publish(small, slug="one")
    assert correct(small, WRONG), "these words are as old as the correction"
    with pytest.raises(Unresolvable, match="one in en would not resolve"):
        correct(small, WRONG, title="A title that is another one")


def test_a_notice_is_used_where_something_was_corrected(small: Database) -> None:
    publish(small, slug="other")
    publish(small, slug="one")
    correct(small, WRONG)
    with small.read() as session:
        now = policy.at(session, changes.head(session))
        found = session.scalars(effects.owing(now, NOTICE, ("", ""), test=False)).all()
    assert [one.slug for one in found] == ["one"]


def test_new_words_of_the_notice_touch_only_what_was_corrected(small: Database) -> None:
    publish(small, slug="other")
    publish(small, slug="one")
    correct(small, WRONG)
    group = policies.record(small, *policies.disclaimer(NOTICE, "Thus: {correctionText}"))
    assert group is not None
    with small.read() as session:
        found = [session.get_one(Change, number) for number in group]
        mine = articles.identify(session, "one")
    assert {one.subject for one in found if one.subject_type == "article"} == {mine}


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


def test_nothing_passes_while_an_article_is_not_shown(small: Database) -> None:
    publish(small, slug="one")
    correct(small, WRONG)
    acts.end(small)
    assert pass_days(small, 60) == []
    publish(small, slug="one")
    assert pass_days(small, 60) == ["lead_until of one in en"]
