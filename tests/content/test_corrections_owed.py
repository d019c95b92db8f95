"""Corrections are owed: nobody misses one, in no context or part, and by no change of policy."""

from collections.abc import Callable
from typing import Any

import policies
import pytest
from acts import correct, head, issue
from corrected import (
    NOTICE,
    UNCLEAR,
    WRONG,
    pass_days,
    told,
    worded,
)
from factories import publish

from content import articles, changes, diffs, editions, effects, policy
from content.contexts import AUDIENCES, CHANNELS, NOWHERE, WORLD, Context
from content.corrections import TYPES
from content.db import Database
from content.documents import SECTION_KINDS
from content.editions import Part
from content.errors import Unresolvable
from content.models.log import (
    Change,
    Fact,
)
from content.signing import Keyring


@pytest.mark.one_engine  # thousands of editions of one snapshot
@pytest.mark.no_cover
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
