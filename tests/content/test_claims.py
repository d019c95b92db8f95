"""The claims lint on single sentences: what it refuses, what it lets pass, and where it points."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from content import claims, markdown
from content.claims import Lint, Subject
from content.documents import Manuscript

FOLDER = Path(__file__).parent / "claims"
KINDS = ("harmful", "innocent", "other-topics")
FILES = [f"{kind}.{locale}" for kind in KINDS for locale in ("en", "es")]
ARTICLES = Path(__file__).parents[2] / "content" / "library" / "articles"


def entries(name: str) -> list[dict[str, Any]]:
    """Return the sentences of one file."""
    text = (FOLDER / f"{name}.yaml").read_text()
    found: list[dict[str, Any]] = yaml.load(text, yaml.CSafeLoader)
    return found


@pytest.fixture(scope="module")
def lint() -> Lint:
    """The shipped packs."""
    return Lint(claims.read_packs())


def remarks(
    lint: Lint, text: str, topic: str = "kratom", locale: str = "en"
) -> list[claims.Remark]:
    """Return what the packs say about some words; the gates left out."""
    found = claims.check_text(text, lint, Subject(locale, (topic,)))
    return [one for one in found if one.pack]


@pytest.mark.parametrize("name", FILES)
def test_each_sentence_has_the_findings_that_stand_with_it(lint: Lint, name: str) -> None:
    locale, wrong = name.rpartition(".")[2], {}
    for entry in entries(name):  # 3,000 in all, too many to be tests of their own
        found = sorted(
            {one.pattern for one in remarks(lint, entry["text"], entry["topic"], locale)}
        )
        if found != entry["found"]:
            wrong[entry["text"]] = f"{found}, not {entry['found']}"
    assert wrong == {}


def test_there_are_many_sentences() -> None:
    least = {"harmful.en": 600, "innocent.en": 500, "harmful.es": 200, "innocent.es": 150}
    assert {name: len(entries(name)) >= number for name, number in least.items()} == dict.fromkeys(
        least, True
    )
    assert len({entry["topic"] for entry in entries("other-topics.en")}) >= 10


@pytest.mark.parametrize("locale", ["en", "es"])
def test_something_is_found_in_every_harmful_sentence(locale: str) -> None:
    assert all(entry["found"] for entry in entries(f"harmful.{locale}"))


def test_each_english_pattern_is_caught_by_a_sentence(lint: Lint) -> None:
    found = {id for entry in entries("harmful.en") for id in entry["found"]}
    assert {f"L{number:02}" for number in range(1, 59)} <= found
    assert {one.id for pack in lint.packs if pack.locale == "en" for one in pack.patterns} == found


def test_each_grave_spanish_pattern_is_caught_by_a_sentence(lint: Lint) -> None:
    found = {id for entry in entries("harmful.es") for id in entry["found"]}
    packs = [pack for pack in lint.packs if pack.locale == "es"]
    assert {one.id for p in packs for one in p.patterns if one.severity == "error"} <= found


def test_an_id_says_the_same_in_both_languages(lint: Lint) -> None:
    said: dict[str, dict[str, tuple[str, str]]] = {}
    for pack in lint.packs:
        for one in pack.patterns:
            said.setdefault(one.id, {})[pack.locale] = (one.category, one.severity)
    assert [id for id, by in said.items() if len(set(by.values())) > 1] == []


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("harmful")])
def test_innocent_sentences_are_hardly_ever_refused(lint: Lint, name: str) -> None:
    locale = name.rpartition(".")[2]
    refused = [
        entry["text"]
        for entry in entries(name)
        if any(
            one.severity == "error" for one in remarks(lint, entry["text"], entry["topic"], locale)
        )
    ]
    assert len(refused) <= 0.01 * len(entries(name)), refused


def test_no_rewrite_is_refused_itself(lint: Lint) -> None:
    for pack in lint.packs:
        for wording in pack.patterns:
            found = remarks(lint, wording.rewrite, locale=pack.locale)
            assert [one.matched for one in found if one.severity == "error"] == [], wording.id


def test_a_remark_points_at_the_words(lint: Lint) -> None:
    text = "Tea is a drink. Kratom cures OCD, they say."
    one = remarks(lint, text)[0]
    assert (one.pattern, one.pack, one.category, one.severity) == (
        "L02",
        "kratom-en",
        "CURE",
        "error",
    )
    assert (one.section, one.block, one.sentence) == ("text", 0, "Kratom cures OCD, they say.")
    assert text[one.start : one.end] == one.matched == "Kratom cures OCD"
    assert one.sentence_start == text.index("Kratom")
    assert one.rewrite.startswith("No trial has tested kratom")


def test_an_id_stays_as_long_as_the_sentence_does(lint: Lint) -> None:
    sentence = "Kratom cures OCD."
    digest = hashlib.sha256(f"text\n{sentence}".encode()).hexdigest()[:8]
    for text in (sentence, f"Tea is a drink. {sentence}\n\nMore."):
        assert f"L02-{digest}" in [one.id for one in remarks(lint, text)]
    assert f"L02-{digest}" not in [one.id for one in remarks(lint, "Kratom cures OCD!")]


def test_accents_quotes_and_case_hide_nothing(lint: Lint) -> None:
    for text in ("DON’T WAIT", "stock up"):
        assert "L33" in [one.pattern for one in remarks(lint, text)]
    for text in ("El kratom alivia la depresion.", "EL KRATOM ALIVIA LA DEPRESIÓN."):
        assert "L02" in [one.pattern for one in remarks(lint, text, locale="es-MX")]


def test_a_source_in_the_sentence_clears_what_needs_one(lint: Lint) -> None:
    bare = "Studies show that 40% of them slept longer"
    assert {one.pattern for one in remarks(lint, f"{bare}.")} == {"L42", "L47"}
    for source in ("[@a-2020]", "[^1]", "<cite>A</cite>", "doi:10.1000/1"):
        assert remarks(lint, f"{bare} {source}.") == []
    assert remarks(lint, f"{bare}. A source stands here [@a-2020].") != []


ASKED = "Does kratom cure depression?"


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        (ASKED, "en"),
        (f"{ASKED} Nobody knows.", "en"),
        (f"Readers ask: {ASKED.lower()}", "en"),
        ("Is kratom completely safe?", "en"),
        ("¿El kratom cura la depresión?", "es"),
    ],
)
def test_an_open_question_asserts_nothing(lint: Lint, text: str, locale: str) -> None:
    assert [one for one in remarks(lint, text, locale=locale) if one.severity == "error"] == []


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        (f"{ASKED} Yes.", "en"),
        ("Kratom cures depression, right?", "en"),
        ("Why suffer when kratom cures depression?", "en"),
        ("Who needs SSRIs when kratom cures depression?", "en"),
        ("Did you know that kratom cures depression?", "en"),
        ("Does everybody take 3 grams?", "en"),
        ("¿Sabía que el kratom cura la depresión?", "es"),
        ("¿El kratom cura la depresión? Sí.", "es"),
    ],
)
def test_a_question_that_says_its_answer_asserts_it(lint: Lint, text: str, locale: str) -> None:
    assert [one for one in remarks(lint, text, locale=locale) if one.severity == "error"] != []


def test_what_the_sentence_calls_false_is_let_pass(lint: Lint) -> None:
    for text in (
        "Sellers say that kratom is completely safe; no study supports this.",
        "The claim that kratom heals depression has no basis.",
        "Myth: kratom is harmless.",
    ):
        assert [one for one in remarks(lint, text) if one.severity == "error"] == []
    assert remarks(lint, "It is a myth that tea is bad; kratom heals depression.") != []
    assert remarks(lint, "Myth: 3 grams are harmless.") != []


def test_only_packs_about_the_subject_speak(lint: Lint) -> None:
    assert remarks(lint, "Take 5 ml in the morning.", "cough") == []
    assert "L20" in [one.pattern for one in remarks(lint, "Take 5 ml in the morning.")]


@pytest.mark.parametrize("path", sorted(ARTICLES.glob("*.md")), ids=lambda path: path.stem)
def test_the_shipped_articles_have_no_errors(lint: Lint, path: Path) -> None:
    manuscript: Manuscript = markdown.parse(path.read_text(), path.name)
    owed = frozenset({"crisis-support", "evidence-quality-ocd"})
    found = claims.check(manuscript, lint, owed)
    assert [one for one in found if one.severity == "error"] == []
    assert len(found) <= 5
