"""Mentions: what is looked for first in one pass is never less than what stands there."""

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content import imports, mentions
from content.claims.patterns import Patterns
from content.mentions import DOUBTFUL, PLAIN, Mentions

EVERYTHING = "".join(
    chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF
)
WORDS = ["kratom", "st. john's wort", "7-oh", "sueño", "SSRI", "k", "İ", "a b"]


def plainly(words: tuple[str, ...], text: str) -> bool:
    alternatives = "|".join(map(re.escape, words))
    return bool(re.search(rf"(?<!\w)(?:{alternatives})(?!\w)", text, re.IGNORECASE))


@given(
    text=st.lists(
        st.sampled_from([*WORDS, *map(str.upper, WORDS), "ſ", "ı", "K", " ", "-", "x", "."])
        | st.characters(codec="utf-8")
    ).map("".join)
)
def test_a_text_mentions_what_the_plain_pattern_finds(text: str) -> None:
    terms = tuple((word, (word, f"{word} tea")) for word in WORDS)
    expected = {id for id, words in terms if plainly(words, text)}
    assert Mentions(terms).of(text) == expected


def test_every_case_of_a_plain_letter_is_found_in_the_one_pass() -> None:
    letters = [sign for sign in map(chr, range(0x20, 0x250)) if PLAIN.fullmatch(sign)]
    assert {"a", "Z", "é", "Ñ", "ü"} <= set(letters)
    for letter in letters:
        twins = {*re.findall(re.escape(letter), EVERYTHING, re.IGNORECASE)}.difference(DOUBTFUL)
        quick = Patterns([mentions.re2.escape(letter)])
        assert all(quick.standing_in(twin) for twin in twins), letter


def test_the_shipped_words_are_found() -> None:
    items = imports.read_policy(imports.LIBRARY)
    words = {item.key[1]: item.fact.data for item in items if item.key[0] == "mention"}  # type: ignore[attr-defined]
    known = mentions.by_locale(words)
    assert set(known) == {"en", "es"}
    assert known["es"].of("El té de kratom y el alcohol.") >= {"alcohol"}
    assert known["en"].of("Plain words.") == frozenset()


@pytest.mark.parametrize("each", [1, 9000])
def test_more_words_than_one_pass_has_room_for_are_found(each: int) -> None:
    words = [f"{number:012}" for number in range(9000)]
    terms = tuple((words[n], tuple(words[n : n + each])) for n in range(0, len(words), each))
    known = Mentions(terms)
    for word in (words[0], words[4500], words[-1]):
        assert known.of(f"It has {word} in it.") == {word if each == 1 else words[0]}
    assert known.of("It has none of them.") == frozenset()
