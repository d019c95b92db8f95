"""Assertions: does a sentence state a fact about health that needs a source?

Figures with what they count make a claim, studies with what they found, and verbs of effect,
treatment or harm with the health that they touch. Questions, requests and plain definitions make
none. The words of each language are in ``content/library/assertions.yaml``.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from content.claims.patterns import Pattern, Patterns, any_of, fill, fold
from content.located import Located, read_text
from content.parts import Part, convert

WORDS = Path(__file__).parent.parent / "library" / "assertions.yaml"
FIGURES, STATEMENTS, REQUESTS = range(3)
PERCENTAGE = Pattern(r"\d\s?%")  # makes a claim in every language


class Wording(Part):
    """How one language asserts: its words, and patterns that name them in braces."""

    words: dict[str, str]
    figures: list[str]
    statements: list[str]
    requests: list[str]
    samples: list[str]


@dataclass(frozen=True)
class Signs:
    """The compiled patterns of one language."""

    claims: Patterns  # figures, statements and requests
    samples: Pattern


def makes_claim(sentence: str, locale: str) -> bool:
    """Return whether a sentence states a factual or health claim that needs a source.

    English and Spanish are known; of other languages only percentages are seen.
    """
    text = fold(sentence.strip())
    if text.endswith("?"):
        return False
    signs = _signs().get(locale.split("-", maxsplit=1)[0].lower())
    if signs is None:
        return PERCENTAGE.stands_in(text)
    found = signs.claims.standing_in(text)
    return FIGURES in found or (STATEMENTS in found and REQUESTS not in found)


def has_sample(text: str, locale: str) -> bool:
    """Return whether a text says how many were counted; of unknown languages it is believed."""
    signs = _signs().get(locale.split("-", maxsplit=1)[0].lower())
    return signs is None or signs.samples.stands_in(fold(text))


@cache
def _signs() -> dict[str, Signs]:
    """Read the words when they are first needed."""
    data = Located(read_text(WORDS), str(WORDS)).data
    wordings: dict[str, Wording] = convert(data, dict[str, Wording])
    return {language: _compiled(wording) for language, wording in wordings.items()}


def _compiled(wording: Wording) -> Signs:
    kinds = (wording.figures, wording.statements, wording.requests, wording.samples)
    *claims, samples = ([fill(one, wording.words) for one in kind] for kind in kinds)
    return Signs(Patterns(claims), any_of(samples))
