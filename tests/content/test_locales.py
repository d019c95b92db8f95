"""Locales: what is served to whom, how it falls back, and what a translation owes."""

import policies
import pytest
from acts import issue, revise
from factories import publish

from content import contexts
from content.contexts import Context
from content.db import Database
from content.editions import Edition
from content.errors import CaveatError, Gone, Invalid
from content.models.log import DisclaimerVersion, Fact
from content.signing import Keyring

ENGLISH = {"locale": "en", "revision": 1, "status": "unreviewed"}


def owed(edition: Edition) -> set[str]:
    return {entry["id"] for entry in edition.body["disclaimers"]}


def borrowed(name: str, locale: str, of: str) -> Fact:
    """Return the row by which a disclaimer takes the words of another locale."""
    return DisclaimerVersion(id=name, locale=locale, data={"fallback": of})


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("en", "en"), ("EN-gb", "en"), ("de-AT", "de"), ("zh-TW", "zh-Hant"), ("iw", "he"),
        ("no", "nb"), ("es-MX", "es"), ("ca", None), ("x", None), ("xx-YY", None), ("", None),
    ],
)  # fmt: skip
def test_a_tag_finds_its_language_and_never_another(wanted: str, found: str | None) -> None:
    available = ["de", "en", "es", "he", "nb", "zh-Hans", "zh-Hant"]
    assert contexts.look_up(wanted, available) == found


def test_a_reader_gets_the_fallbacks_of_the_site_in_their_order(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one", locale="en")
    assert served(small, small_keyring, "nl-BE") == "en"
    publish(small, slug="one", locale="de", title="Ein anderer Titel, und er ist lang genug")
    assert served(small, small_keyring, "nl-BE") == "en"
    policies.record(small, policies.site("fallbacks", {"nl": ["de", "en"]}))
    assert served(small, small_keyring, "nl-BE") == "de"
    assert served(small, small_keyring, "fr") == "en"


def served(database: Database, keyring: Keyring, locale: str) -> str:
    found: str = issue(database, keyring, Context(locale)).body["context"]["locale"]
    return found


def test_a_disclaimer_takes_the_words_of_another_language_only_where_that_is_said(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one", locale="de")
    before = issue(small, small_keyring, Context("de", "GB"))
    policies.record(small, borrowed("law-note", "de", "en"))
    after = issue(small, small_keyring, Context("de", "GB"))
    assert owed(after) == owed(before)
    (note,) = (entry for entry in after.body["disclaimers"] if entry["id"] == "law-note")
    assert (note["locale"], note["dir"]) == ("en", "ltr")
    assert note["text"].startswith("Place GB: ")  # its slots are filled in its own language


def test_a_fallback_that_leads_nowhere_is_refused(small: Database) -> None:
    publish(small, slug="one", locale="de")
    with pytest.raises(CaveatError, match="Nothing was changed"):
        policies.record(small, borrowed("law-note", "de", "fr"))


def test_a_translation_owes_at_least_what_its_source_owes(
    small: Database, small_keyring: Keyring
) -> None:
    policies.record(small, policies.mention("worry", "recognised"))
    publish(small, slug="one", topics=["sleep"])
    plain = {"title": "Ein Titel, der lang genug ist", "summary": "Eine Zusammenfassung."}
    publish(small, slug="one", locale="de", topics=["stress"], translation=ENGLISH, **plain)
    source = issue(small, small_keyring, Context("en", "GB"))
    translation = issue(small, small_keyring, Context("de", "GB"))
    assert {"law-note", "crisis-support"} <= owed(source) <= owed(translation)
    assert translation.body["review"]["translation"] == ENGLISH
    assert source.body["review"]["translation"] is None


def test_a_translation_of_what_was_never_published_is_refused(small: Database) -> None:
    publish(small, slug="one")
    with pytest.raises(Invalid, match="revision 7"):
        publish(small, slug="one", locale="de", translation={**ENGLISH, "revision": 7})
    with pytest.raises(Invalid, match="never published"):
        publish(small, slug="two", locale="de", translation=ENGLISH)


def test_what_the_source_owes_later_the_translation_owes_too(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one", topics=["stress"])
    publish(small, slug="one", locale="de", topics=["stress"], translation=ENGLISH)
    assert "law-note" not in owed(issue(small, small_keyring, Context("de")))
    number = publish(small, slug="one", topics=["sleep"])
    later = issue(small, small_keyring, Context("de"))
    assert "law-note" in owed(later)
    assert later.body["sequence"] == number


def test_an_unreviewed_translation_says_so_whatever_its_source_is(
    small: Database, small_keyring: Keyring
) -> None:
    words = [{"state": "translation-unreviewed", "text": "Not a reviewed translation."}]
    shape = policies.disclaimer("not-medical-advice", "Reviewed.", level="lead")
    for row in shape:
        row.data = {**(row.data or {}), "variants": words}  # type: ignore[attr-defined]
    policies.record(small, *shape)
    publish(small, slug="one")
    publish(small, slug="one", locale="de", translation=ENGLISH)
    texts = {
        locale: issue(small, small_keyring, Context(locale)).body["disclaimers"][0]["text"]
        for locale in ("en", "de")
    }
    assert texts["de"] == "Not a reviewed translation."
    assert texts["en"] == "Reviewed."


class TestLastDays:
    """``display_until`` is the last day; afterwards the article is gone, and can come back."""

    def test_a_last_day_is_told_and_then_ends_the_display(
        self, small: Database, small_keyring: Keyring
    ) -> None:
        publish(small, slug="one", display_until="2026-12-24")
        edition = issue(small, small_keyring)
        assert edition.body["freshness"]["display_until"] == "2026-12-24"
        policies.lapse(small, policies.NOW.replace(month=12, day=24))
        assert issue(small, small_keyring).octets == edition.octets
        assert policies.lapse(small, policies.NOW.replace(month=12, day=25)) > 0
        with pytest.raises(Gone) as refusal:
            issue(small, small_keyring)
        assert refusal.value.reason == "expired"
        assert refusal.value.help

    def test_a_later_last_day_brings_it_back(self, small: Database, small_keyring: Keyring) -> None:
        publish(small, slug="one", display_until="2026-12-24")
        policies.lapse(small, policies.NOW.replace(month=12, day=26))
        publish(small, slug="one", display_until="2027-12-24")
        assert issue(small, small_keyring).body["freshness"]["display_until"] == "2027-12-24"

    def test_what_is_over_in_one_language_is_shown_in_another(
        self, small: Database, small_keyring: Keyring
    ) -> None:
        publish(small, slug="one", locale="en")
        publish(small, slug="one", locale="de", display_until="2026-12-24")
        assert served(small, small_keyring, "de") == "de"
        policies.lapse(small, policies.NOW.replace(month=12, day=26))
        assert served(small, small_keyring, "de") == "en"

    def test_another_text_changes_nothing_about_the_day(
        self, small: Database, small_keyring: Keyring
    ) -> None:
        publish(small, slug="one", display_until="2026-12-24")
        revise(small, "Another title", display_until="2026-12-24")
        policies.lapse(small, policies.NOW.replace(month=12, day=26))
        with pytest.raises(Gone, match="expired"):
            issue(small, small_keyring)


def withhold(worldwide: bool) -> Fact:
    effect = {"status": 451, "authority": "https://law.example/order", "worldwide": worldwide}
    return policies.rule("order", when={"jurisdiction": ["US-AL"]}, withhold=effect)


@pytest.mark.parametrize("place", ["001", "ZZ"])
def test_worldwide_takes_the_most_careful_outcome_of_rules_that_are_marked_so(
    small: Database, small_keyring: Keyring, place: str
) -> None:
    publish(small, slug="one")
    policies.record(small, withhold(worldwide=False))
    assert issue(small, small_keyring, Context("en", place)).octets
    policies.record(small, withhold(worldwide=True))
    with pytest.raises(CaveatError, match="withholds"):
        issue(small, small_keyring, Context("en", place))
    assert issue(small, small_keyring, Context("en", "GB")).octets
