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
FILES = ("harmful.en", "innocent.en", "other-topics.en", "sentences.es")
ARTICLES = Path(__file__).parents[2] / "content" / "library" / "articles"


def entries(name: str) -> list[dict[str, Any]]:
    """Return the sentences of one file."""
    found: list[dict[str, Any]] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text())
    return found


ENTRIES = [(name, entry) for name in FILES for entry in entries(name)]


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


@pytest.mark.parametrize(("name", "entry"), ENTRIES, ids=lambda value: str(value)[:60])
def test_each_sentence_has_the_findings_that_stand_with_it(
    lint: Lint, name: str, entry: dict[str, Any]
) -> None:
    found = remarks(lint, entry["text"], entry["topic"], name.rpartition(".")[2])
    assert sorted({one.pattern for one in found}) == entry["found"]


def test_there_are_many_sentences() -> None:
    assert len(ENTRIES) >= 180
    assert len(entries("other-topics.en")) >= 60
    assert len({entry["topic"] for entry in entries("other-topics.en")}) >= 10


def test_each_english_pattern_is_caught_by_a_sentence(lint: Lint) -> None:
    found = {id for entry in entries("harmful.en") for id in entry["found"]}
    assert {f"L{number:02}" for number in range(1, 59)} <= found
    assert {one.id for pack in lint.packs if pack.locale == "en" for one in pack.patterns} == found


def test_each_grave_spanish_pattern_is_caught_by_a_sentence(lint: Lint) -> None:
    found = {id for entry in entries("sentences.es") for id in entry["found"]}
    packs = [pack for pack in lint.packs if pack.locale == "es"]
    assert {one.id for p in packs for one in p.patterns if one.severity == "error"} <= found


def test_an_id_says_the_same_in_both_languages(lint: Lint) -> None:
    said: dict[str, dict[str, tuple[str, str]]] = {}
    for pack in lint.packs:
        for one in pack.patterns:
            said.setdefault(one.id, {})[pack.locale] = (one.category, one.severity)
    assert [id for id, by in said.items() if len(set(by.values())) > 1] == []


@pytest.mark.parametrize("name", ["innocent.en", "other-topics.en"])
def test_innocent_sentences_are_hardly_ever_refused(lint: Lint, name: str) -> None:
    refused = [
        entry["text"]
        for entry in entries(name)
        if any(one.severity == "error" for one in remarks(lint, entry["text"], entry["topic"]))
    ]
    assert len(refused) <= 0.02 * len(entries(name)), refused


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


def test_only_packs_about_the_subject_speak(lint: Lint) -> None:
    assert remarks(lint, "Take 5 ml in the morning.", "cough") == []
    assert remarks(lint, "Take 5 ml in the morning.")[0].pattern == "L20"


@pytest.mark.parametrize("path", sorted(ARTICLES.glob("*.md")), ids=lambda path: path.stem)
def test_the_shipped_articles_have_no_errors(lint: Lint, path: Path) -> None:
    manuscript: Manuscript = markdown.parse(path.read_text(), path.name)
    owed = frozenset({"crisis-support", "evidence-quality-ocd"})
    found = claims.check(manuscript, lint, owed)
    assert [one for one in found if one.severity == "error"] == []
    assert len(found) <= 5
