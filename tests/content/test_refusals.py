"""Refusals: what may not be shown is refused, with help, today and in the past."""

from typing import Any

import policies
import pytest
from acts import EN, end, head, issue
from factories import NOW, publish

from content import changes
from content.contexts import Context
from content.db import Database
from content.editions import Part
from content.editorial import endings
from content.errors import Gone, NotFound, Refusal, Unresolvable, Withheld
from content.signing import Keyring


def refusal(database: Database, keyring: Keyring, context: Context = EN, **asked: Any) -> Refusal:
    """Return how an edition is refused, always with help that can be used."""
    with pytest.raises(Refusal) as caught:
        issue(database, keyring, context, **asked)
    assert {entry["kind"] for entry in caught.value.help} >= {"emergency", "crisis"}
    return caught.value


@pytest.mark.parametrize("status", endings.ENDINGS)
def test_what_has_ended_is_gone_and_says_why(
    small: Database, small_keyring: Keyring, status: str
) -> None:
    number = publish(small, slug="one")
    end(small, status=status)
    for asked in ({}, {"at": number}, {"part": Part(revision=1)}):
        gone = refusal(small, small_keyring, **asked)
        assert isinstance(gone, Gone)
        assert (gone.reason, gone.notice) == (status, "An error was found.")


def test_at_a_number_where_it_was_down_it_is_gone_also_after_it_came_back(
    small: Database, small_keyring: Keyring
) -> None:
    first = publish(small, slug="one")
    down = end(small, notice="Down for a while.")[-1]
    publish(small, slug="one")
    gone = refusal(small, small_keyring, at=down)
    assert (type(gone), str(gone)) == (Gone, "Down for a while.")
    assert issue(small, small_keyring, at=first).body["sequence"] == first


def test_a_language_that_was_withdrawn_is_not_read_from_the_past(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    both = publish(small, slug="one", locale="de")
    end(small)
    publish(small, slug="one")
    german = Context("de", "GB")
    assert issue(small, small_keyring, german).body["context"]["locale"] == "en"
    assert isinstance(refusal(small, small_keyring, german, at=both), Gone)


def test_what_a_rule_withholds_is_withheld_there_and_only_there(
    small: Database, small_keyring: Keyring
) -> None:
    number = publish(small, slug="one")
    minors = Context("en", "GB", audience="minors")
    withheld = refusal(small, small_keyring, minors)
    assert isinstance(withheld, Withheld)
    assert (withheld.rule, withheld.status) == ("minors", 403)
    law = {"status": 451, "authority": "https://law.example/1"}
    policies.record(small, policies.rule("al", when={"law": ["banned"]}, withhold=law))
    for asked in ({}, {"at": number}, {"part": Part(revision=1)}):
        banned = refusal(small, small_keyring, Context("en", "US-AL"), **asked)
        assert isinstance(banned, Withheld)
        assert (banned.status, banned.authority) == (451, "https://law.example/1")
    assert issue(small, small_keyring)


def test_a_past_with_tags_that_are_withheld_today_is_withheld(
    small: Database, small_keyring: Keyring
) -> None:
    before = publish(small, slug="one", topics=["sleep", "secret"])
    publish(small, slug="one", topics=["sleep"])
    assert issue(small, small_keyring, at=before)
    policies.record(
        small, policies.rule("hush", when={"topics": ["secret"]}, withhold={"status": 403})
    )
    assert issue(small, small_keyring)
    assert isinstance(refusal(small, small_keyring, at=before), Withheld)


def test_what_cannot_be_resolved_is_not_published(small: Database, small_keyring: Keyring) -> None:
    for n, text in enumerate(("{reviewerName} has read this.", "No {noSuchSlot} here.")):
        policies.record(small, *policies.disclaimer(f"note-{n}", text))
        topic = {"topics": [f"topic-{n}"]}
        policies.record(small, policies.rule(f"rule-{n}", f"note-{n}", when=topic))
        with pytest.raises(Unresolvable, match="cannot be resolved"):
            publish(small, slug=f"new-{n}", topics=[f"topic-{n}"])
        with pytest.raises(NotFound):
            issue(small, small_keyring, slug=f"new-{n}")


def test_a_language_without_words_is_not_published(small: Database) -> None:
    with pytest.raises(Unresolvable) as caught:
        publish(small, slug="one", locale="fr")
    assert caught.value.help


def test_a_policy_that_would_leave_an_edition_without_words_is_refused(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    before, edition = head(small), issue(small, small_keyring).octets
    with pytest.raises(Unresolvable):
        policies.record(small, policies.rule("bad", "no-such-disclaimer"))
    with pytest.raises(Unresolvable):
        policies.record(small, policies.site("public_url", None))
    assert head(small) == before
    assert issue(small, small_keyring).octets == edition


def test_nothing_is_published_where_no_rule_requires_a_disclaimer(small: Database) -> None:
    policies.record(small, *map(policies.no_rule, ("all", "shop")))
    with pytest.raises(Unresolvable, match="no rule requires"):
        publish(small, slug="one", topics=["stress"], conditions=[])


def test_nothing_is_published_without_a_policy(database: Database) -> None:
    with pytest.raises(Unresolvable) as caught:
        publish(database)
    assert caught.value.help


def test_what_broke_after_all_is_refused_and_not_shown_bare(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    bad = policies.rule("bad", "no-such-disclaimer")
    with small.write() as session:  # past the gate, as a fault of ours would be
        changes.append(session, [changes.Entry("x", bad, seen=None)], by="test", now=NOW)
        session.commit()
    assert isinstance(refusal(small, small_keyring), Unresolvable)


@pytest.mark.parametrize("asked", [{"slug": "never-was"}, {"at": 1}, {"at": 10**6}])
def test_what_never_was_is_not_found(
    small: Database, small_keyring: Keyring, asked: dict[str, Any]
) -> None:
    publish(small, slug="one")
    with pytest.raises(NotFound):
        issue(small, small_keyring, **asked)
