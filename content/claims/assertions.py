"""Assertions: does a sentence state a fact about health that needs a source?

Figures with what they count make a claim, studies with what they found, and verbs of effect,
treatment or harm with the health that they touch. Questions, requests and plain definitions make
none. The words of each language are in ``content/library/assertions.yaml``.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from content.claims.patterns import Pattern, any_of, fill, fold
from content.located import Located, read_text
from content.parts import Part, convert

WORDS = Path(__file__).parent.parent / "library" / "assertions.yaml"
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

    figures: Pattern
    statements: Pattern
    requests: Pattern
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
    if signs.figures.stands_in(text):
        return True
    return signs.statements.stands_in(text) and not signs.requests.stands_in(text)


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
    def pattern(expressions: list[str]) -> Pattern:
        return any_of(fill(expression, wording.words) for expression in expressions)

    return Signs(
        *map(pattern, (wording.figures, wording.statements, wording.requests, wording.samples))
    )
