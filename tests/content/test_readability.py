"""Readability: each language by its own formula, and none where there is none."""

import pytest

from content import readability

EASY = "The cat sat on the mat. It was a warm day. " * 12
HARD = "Multidisciplinary considerations necessitate comprehensive reorganisation. " * 25
FACIL = "El gato come pan. La casa es roja. Hoy hace sol. " * 12
DIFICIL = "Consideraciones multidisciplinares imprescindibles obstaculizan reorganizaciones. " * 25


@pytest.mark.parametrize(
    ("text", "locale", "formula", "hard"),
    [
        (EASY, "en", "Flesch-Kincaid grade", False),
        (HARD, "en-US", "Flesch-Kincaid grade", True),
        (FACIL, "es", "Szigriszt-Pazos score", False),
        (DIFICIL, "es-MX", "Szigriszt-Pazos score", True),
    ],
)
def test_a_hard_text_is_told_from_an_easy_one(
    text: str, locale: str, formula: str, hard: bool
) -> None:
    reading = readability.read(text, locale)
    assert (reading.formula, reading.hard) == (formula, hard)


def test_a_language_without_a_formula_says_so() -> None:
    reading = readability.read(HARD, "fi")
    assert (reading.formula, reading.value, reading.hard) == (None, None, False)
    assert reading.words == 125


def test_a_few_words_are_measured_but_never_called_hard() -> None:
    reading = readability.read("Multidisciplinary reorganisation.", "en")
    assert reading.value is not None
    assert reading.value > readability.MAX_GRADE
    assert not reading.hard


def test_no_words_have_no_measure() -> None:
    assert readability.read("… !", "en").formula is None


@pytest.mark.parametrize(
    ("word", "syllables"),
    [("the", 1), ("medicine", 3), ("mitragynine", 4), ("SSRI", 4), ("2,798", 4), ("table", 2)],
)
def test_english_syllables(word: str, syllables: int) -> None:
    """A sentence of one word has the grade 0.39 + 11.8 * syllables - 15.59."""
    value = readability.read(word, "en").value
    assert value == round(0.39 + 11.8 * syllables - 15.59, 1)


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        *[("país", 2), ("depresión", 3), ("murciélago", 4), ("guitarra", 3), ("pingüino", 3)],
        *[("quiero", 2), ("muy", 1), ("día", 2), ("poesía", 4), ("agua", 2), ("TOC", 3)],
    ],
)
def test_spanish_syllables(word: str, syllables: int) -> None:
    """A sentence of one word scores 206.835 - 62.3 * syllables - 1."""
    value = readability.read(word, "es").value
    assert value == round(206.835 - 62.3 * syllables - 1, 1)
