"""The shipped library in Spanish: nothing missing, nothing too long, and as careful as the English.

What is said in one place of the world is tested with the values of that place, for every place.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from factories import NOW, Databases

from content import disclaimers, documents, editions, imports, lapses, markdown, policy
from content.contexts import AUDIENCES, CHANNELS, NOWHERE, WORLD, Context
from content.db import Database
from content.documents import Manuscript
from content.errors import Withheld
from content.located import Located, read_text
from content.signing import Keyring

pytestmark = pytest.mark.one_engine  # about the words that are shipped
OCD = "kratom-and-ocd-evidence"
LOCALES = ("en", "es")
PLACES = Located(read_text(imports.LIBRARY / "jurisdictions.yaml"), "jurisdictions.yaml").data
UNLISTED = ["US-WA", "BE", "XK", "BR", "MX", "GB-SCT", "CA-QC"]  # they inherit
EVERYWHERE = [*(place["code"] for place in PLACES), *UNLISTED]


@pytest.fixture(scope="module")
def shipped(databases: Databases, full_template: str) -> Iterator[Database]:
    """A database with the shipped library in it; these tests only read."""
    opened = Database(databases.new(full_template))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def lapsed(databases: Databases, full_template: str) -> Iterator[Database]:
    """The same, ten years later: every date has passed."""
    opened = Database(databases.new(full_template))
    with opened.write() as session:
        lapses.record(session, by="test", now=NOW + timedelta(days=3653))
        session.commit()
    yield opened
    opened.close()


def manuscript(name: str) -> Manuscript:
    return markdown.parse(read_text(imports.LIBRARY / "articles" / f"{name}.md"), name)


def texts_of(data: Any) -> Iterator[dict[str, str]]:
    """Yield every text of some data that stands there per language."""
    if isinstance(data, dict):
        if "en" in data:
            yield data
        for value in data.values():
            yield from texts_of(value)
    elif isinstance(data, list):
        for value in data:
            yield from texts_of(value)


def test_both_languages_are_served(shipped: Database) -> None:
    with shipped.read() as session:
        assert policy.at(session, 10**6).site["locales"] == list(LOCALES)


def test_every_disclaimer_has_words_of_its_own_in_every_language(shipped: Database) -> None:
    with shipped.read() as session:
        texts = policy.at(session, 10**6).texts
    ids = {path.stem for path in (imports.LIBRARY / "disclaimers").glob("*.yaml")}
    for locale in LOCALES:
        assert {
            id for (id, spoken), said in texts.items() if said.locale == spoken == locale
        } == ids


def test_a_disclaimer_has_the_same_slots_actions_and_variants_in_every_language(
    shipped: Database,
) -> None:
    with shipped.read() as session:
        texts = policy.at(session, 10**6).texts
    for id in {id for id, _ in texts}:
        english, spanish = (texts[id, locale].said for locale in LOCALES)
        assert [v.state for v in spanish.variants] == [v.state for v in english.variants], id
        assert disclaimers.slots(spanish) == disclaimers.slots(english), id
        assert spanish.actions == english.actions, id


def test_every_text_about_a_place_is_there_in_every_language() -> None:
    for place in PLACES:
        for said in texts_of(place):
            assert list(said) == list(LOCALES), said
            assert said["es"].strip(), said


def test_a_text_about_a_place_has_the_same_telephone_numbers_in_every_language() -> None:
    for place in PLACES:
        for said in texts_of(place.get("help", {})):
            numbers = [re.sub(r"\D", "", said[locale]) for locale in LOCALES]
            assert numbers[0] == numbers[1], said


def test_every_group_of_notices_has_a_heading_in_every_language(shipped: Database) -> None:
    with shipped.read() as session:
        labels = policy.at(session, 10**6).site["notice_labels"]
    assert all(set(labels[locale]) == set(disclaimers.GROUPS) for locale in LOCALES)


@pytest.mark.parametrize(
    ("words", "id"),
    [
        ("Un antidepresivo, por ejemplo un ISRS.", "ssri"),
        ("La sertralina y otros antidepresivos.", "ssri"),
        ("No lo mezcle con opiáceos.", "opioid"),
        ("no lo mezcle con opiaceos", "opioid"),
        ("Las benzodiacepinas, o benzodiazepinas.", "benzodiazepine"),
        ("Pastillas para dormir.", "benzodiazepine"),
        ("Bebidas alcohólicas.", "alcohol"),
        ("Pensamientos suicidas.", "self-harm"),
        ("Quiere hacerse daño.", "self-harm"),
        ("La autolesion.", "self-harm"),
        ("La 7-hidroximitraginina.", "seven-oh"),
        ("Una cápsula con extracto.", "product"),
        ("Un suplemento contaminado.", "product"),
    ],
)
def test_spanish_words_are_found_with_and_without_accents(
    shipped: Database, words: str, id: str
) -> None:
    with shipped.read() as session:
        found = policy.at(session, 10**6)
    assert id in found.mentioned(words, "es")
    assert found.mentions["es"].ids == found.mentions["en"].ids


def test_the_spanish_article_mentions_what_the_english_one_does(shipped: Database) -> None:
    with shipped.read() as session:
        found = policy.at(session, 10**6)
    read = {
        locale: found.mentioned(documents.reading_text(manuscript(name).document), locale)
        for locale, name in (("en", OCD), ("es", f"{OCD}.es"))
    }
    assert read["es"] >= read["en"]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place["code"])
@pytest.mark.parametrize("locale", LOCALES)
def test_the_legal_note_of_a_place_is_short_in_every_language(
    shipped: Database, locale: str, place: dict[str, Any]
) -> None:
    law = place.get("law", {}).get("kratom")
    if law is not None:
        with shipped.read() as session:
            said = policy.at(session, 10**6).texts["legal-status-by-region", locale].said
        slots = {"jurisdictionName": place["name"][locale], "statusText": law["text"][locale]}
        slots["asOf"] = str(law["as_of"])
        assert len(disclaimers.fill(said.short, slots)) <= 120


@pytest.mark.parametrize("world", ["shipped", "lapsed"])
def test_every_spanish_text_is_short_and_within_the_budget_in_every_place(
    request: pytest.FixtureRequest, keyring: Keyring, world: str
) -> None:
    database: Database = request.getfixturevalue(world)
    with database.read() as session:
        for code in EVERYWHERE:
            body = editions.issue(session, OCD, Context("es", code), keyring).body
            assert body["context"]["locale"] == "es"
            assert_short(body)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_spanish_budget_holds_for_every_audience_and_channel(
    shipped: Database, keyring: Keyring, audience: str
) -> None:
    with shipped.read() as session:
        for channel in CHANNELS:
            for code in ("US-AL", "IE", "ID", WORLD, NOWHERE):
                context = Context("es", code, audience, channel)
                if audience == "minors":
                    with pytest.raises(Withheld):
                        editions.issue(session, OCD, context, keyring)
                else:
                    assert_short(editions.issue(session, OCD, context, keyring).body)


def assert_short(body: dict[str, Any]) -> None:
    """Shorts of 120 characters, texts of 70 words, at most 3 alerts and 220 words before all."""
    where = body["context"]["jurisdiction"]["code"]
    for one in body["disclaimers"]:
        assert len(one["short"]) <= 120, f"{where}: {one['short']}"
        assert len(one["text"].split()) <= 70, f"{where}: {one['text']}"
        assert not re.search(r"[{}]|None|\s\s", one["short"] + one["text"]), where
    said = [(one["display"]["level"], one["text"], one["short"]) for one in body["disclaimers"]]
    alerts = [text for level, text, _ in said if level == "alert"]
    leads = [short for level, _, short in said if level == "lead"]
    assert len(alerts) <= 3, where
    assert sum(len(text.split()) for text in [*alerts, *leads]) <= 220, where
