"""Corrections and translations: a text says what was wrong in the one that it comes from."""

from typing import Any

import policies
from acts import correct, head, issue
from corrected import (
    ENGLISH,
    GERMAN,
    UNCLEAR,
    WRONG,
    notice,
    pass_days,
    told,
    translate,
)
from factories import NOW, make_manuscript, publish

from content import articles, changes, corrections
from content.db import Database
from content.editorial import drafts, publishing
from content.models.log import (
    DisclaimerVersion,
    JurisdictionFact,
    SiteFact,
)
from content.signing import Keyring


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
