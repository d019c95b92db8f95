"""The one door: what an edition says, for whom, and when it is refused."""

import itertools
from collections.abc import Callable
from typing import Any

import policies
import pytest
from acts import issue, rename, revise
from factories import NOW, publish
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content import contexts, editions
from content.contexts import WORLD, Context
from content.db import Database
from content.editions import Edition, Part
from content.errors import NotFound, Withheld
from content.signing import Keyring

KRATOM = "kratom-and-ocd-evidence"
SHIPPED = (KRATOM, "sleep-habits-and-insomnia")


def owed(edition: Edition) -> set[str]:
    return {entry["id"] for entry in edition.body["disclaimers"]}


def titles(edition: Edition) -> set[str]:
    return {section["title"] for section in edition.body["sections"]}


def words(edition: Edition, id: str) -> str:
    return next(d["text"] for d in edition.body["disclaimers"] if d["id"] == id)


@pytest.mark.parametrize("slug", ["kratom-and-ocd-evidence", "kratom-and-depression-evidence"])
def test_a_kratom_edition_for_alabama_has_its_sections_and_disclaimers(
    library: Database, keyring: Keyring, slug: str
) -> None:
    body = issue(library, keyring, Context("en", "US-AL"), slug=slug).body
    assert len(body["sections"]) == 4
    assert len(body["disclaimers"]) >= 15
    assert body["disclaimers"][0]["id"] == "crisis-support"
    assert "988" in body["disclaimers"][0]["text"]


class TestOwed:
    """Less knowledge of a reader never means fewer disclaimers."""

    @pytest.mark.parametrize("slug", SHIPPED)
    def test_whoever_has_no_key_gets_at_least_what_any_reader_gets(
        self, library: Database, keyring: Keyring, slug: str
    ) -> None:
        for place in (WORLD, "US-AL"):
            careful = owed(issue(library, keyring, Context("en", place), slug=slug))
            for audience, channel in itertools.product(contexts.AUDIENCES, contexts.CHANNELS):
                known = Context("en", place, audience, channel)
                try:
                    assert owed(issue(library, keyring, known, slug=slug)) <= careful, known
                except Withheld:
                    continue

    def test_nobody_gets_more_than_a_stranger_under_any_rules(
        self, another: Callable[[], Database], small_keyring: Keyring
    ) -> None:
        values = {
            "audience": st.sampled_from(contexts.AUDIENCES),
            "channel": st.sampled_from(contexts.CHANNELS),
            "jurisdiction": st.sampled_from(["US", "US-AL", "GB", "EU"]),
            "law": st.sampled_from(["banned", "regulated", "unknown"]),
            "topics": st.sampled_from(["sleep", "stress"]),
        }
        whens = st.fixed_dictionaries(
            {}, optional={k: st.lists(v, min_size=1, max_size=2) for k, v in values.items()}
        )
        notes = st.sampled_from(["shop-note", "stale-content", "crisis-support"])
        readers = st.builds(
            Context,
            st.just("en"),
            st.sampled_from([WORLD, "US", "US-AL", "GB", "ZZ"]),
            values["audience"],
            values["channel"],
        )
        database = another()
        publish(database, slug="one")

        @settings(
            max_examples=25, deadline=None, derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        )  # fmt: skip
        @given(st.lists(st.tuples(whens, notes), max_size=4), st.lists(readers, max_size=6))
        def hold(rules: list[tuple[dict[str, Any], str]], readers: list[Context]) -> None:
            rows = [policies.no_rule(f"drawn-{n}") for n in range(len(rules), 4)]
            rows += [policies.rule(f"drawn-{n}", i, when=w) for n, (w, i) in enumerate(rules)]
            policies.record(database, *rows)
            stranger = owed(issue(database, small_keyring, Context("en")))
            for reader in readers:
                here = owed(issue(database, small_keyring, Context("en", reader.jurisdiction)))
                assert here <= stranger
                if reader.audience != "minors":  # from whom this policy withholds
                    assert owed(issue(database, small_keyring, reader)) <= here

        hold()


class TestIdentity:
    """A slug is a way to an article, and stays one."""

    def test_an_old_slug_still_finds_the_article(
        self, small: Database, small_keyring: Keyring
    ) -> None:
        before = publish(small, slug="one")
        rename(small, "one", "two")
        for slug in ("one", "two"):
            edition = issue(small, small_keyring, slug=slug)
            assert edition.body["article"]["slug"] == "two"
            past = issue(small, small_keyring, slug=slug, at=before)
            assert past.body["article"]["slug"] == "one"

    def test_a_slug_that_another_article_had_is_refused(
        self, small: Database, small_keyring: Keyring
    ) -> None:
        publish(small, slug="one")
        rename(small, "one", "two")
        published = publish(
            small, slug="one", title="Taken for the same article, with its old name"
        )
        edition = issue(small, small_keyring, slug="two")
        assert (edition.body["sequence"], edition.body["article"]["slug"]) == (published, "one")


class TestPins:
    """A pin fixes the text, never the disclaimers."""

    def test_a_pinned_revision_shows_its_text_with_the_disclaimers_of_today(
        self, small: Database, small_keyring: Keyring
    ) -> None:
        publish(small, slug="one", topics=["sleep"])
        old = titles(issue(small, small_keyring))
        revise(small, "A newer text", topics=["sleep", "stress"])
        policies.record(small, *policies.disclaimer("not-medical-advice", "The words of today."))
        stress = {"topics": ["stress"]}
        policies.record(small, policies.rule("stress", "crisis-support", when=stress))
        pinned = issue(small, small_keyring, part=Part(revision=1))
        whole = issue(small, small_keyring)
        assert titles(pinned) == old != titles(whole) == {"A newer text"}
        assert words(pinned, "not-medical-advice") == "The words of today."
        assert owed(pinned) >= owed(whole) >= {"crisis-support"}

    def test_a_pinned_text_owes_the_law_of_the_topics_that_it_had(
        self, small: Database, small_keyring: Keyring
    ) -> None:
        publish(small, slug="one", topics=["sleep"])
        revise(small, "A newer text", topics=["stress"])
        assert "law-note" not in owed(issue(small, small_keyring))
        assert "law-note" in owed(issue(small, small_keyring, part=Part(revision=1)))

    def test_a_pinned_text_is_as_old_as_the_one_that_replaced_it(
        self, small: Database, small_keyring: Keyring
    ) -> None:
        publish(small, slug="one")
        revise(small, "A newer text")
        policies.lapse(small, NOW.replace(year=2028))
        assert "stale-content" in owed(issue(small, small_keyring))
        assert "stale-content" in owed(issue(small, small_keyring, part=Part(revision=1)))

    def test_new_tags_make_an_old_text_no_fresher(
        self, small: Database, small_keyring: Keyring
    ) -> None:
        publish(small, slug="one")
        policies.lapse(small, NOW.replace(year=2028))
        publish(small, slug="one", topics=["stress"])
        assert "stale-content" in owed(issue(small, small_keyring))
        revise(small, "A newer text")
        assert "stale-content" not in owed(issue(small, small_keyring))

    def test_a_revision_that_was_never_published_is_not_found(
        self, small: Database, small_keyring: Keyring
    ) -> None:
        first = publish(small, slug="one")
        revise(small, "A newer text")
        for asked in ({"part": Part(revision=3)}, {"part": Part(revision=2), "at": first}):
            with pytest.raises(NotFound, match="never published"):
                issue(small, small_keyring, **asked)


def test_the_past_is_reproduced_byte_for_byte(small: Database, small_keyring: Keyring) -> None:
    numbers = [publish(small, slug="one")]
    made = [issue(small, small_keyring).octets]
    for step in range(4):
        numbers.append(revise(small, f"Text {step}", topics=["sleep", f"topic-{step}"]))
        made.append(issue(small, small_keyring).octets)
        group = policies.record(small, *policies.disclaimer("not-medical-advice", f"Words {step}."))
        numbers.append((group or [0])[-1])
        made.append(issue(small, small_keyring).octets)
    assert len(set(made)) == len(made)
    assert [issue(small, small_keyring, at=number).octets for number in numbers] == made


def test_an_edition_without_its_disclaimers_cannot_be_built(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    edition = issue(small, small_keyring)
    for missing in ([], edition.body["disclaimers"][1:]):
        octets = editions.canonical.encode({**edition.body, "disclaimers": missing})
        with pytest.raises(ValueError, match="without the disclaimers"):
            Edition(octets, edition.modified)
