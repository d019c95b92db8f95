"""Mentions: what a text is found to mention, by the words that each language has for it.

The words are data. They are looked for whole and in any case, as :mod:`re` does it; because most
texts have none of them, what may be there is found first, in one pass over the text.
"""

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache

import re2

from content.claims.patterns import Patterns

Terms = tuple[tuple[str, tuple[str, ...]], ...]  # ids, each with its words or phrases
PLAIN = re.compile(r"[\x20-\x7e\u00c0-\u00de\u00e0-\u00fe]+")  # whose cases are beyond doubt
DOUBTFUL = ("\u0130", "\u0131")  # what ``re`` takes for an i, and others do not


class Mentions:
    """The words of one language by which a text is found to mention something."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._patterns = [_pattern(words) for _, words in terms]

    @property
    def ids(self) -> frozenset[str]:
        """What can be mentioned in this language."""
        return frozenset(id for id, _ in self._terms)

    def of(self, text: str) -> frozenset[str]:
        """Return the ids of what a text mentions."""
        likely = self._all if any(sign in text for sign in DOUBTFUL) else self._likely(text)
        found = (number for number in likely if self._patterns[number].search(text))
        return frozenset(self._terms[number][0] for number in found)

    def _likely(self, text: str) -> set[int]:
        return {*self._words.standing_in(text), *self._strange}

    @cached_property
    def _all(self) -> set[int]:
        return set(range(len(self._terms)))

    @cached_property
    def _words(self) -> Patterns:
        plain = ((one for one in words if PLAIN.fullmatch(one)) for _, words in self._terms)
        return Patterns([re2.escape(one) for one in words] for words in plain)

    @cached_property
    def _strange(self) -> list[int]:
        """Numbers of what has words with other signs: they are always looked for."""
        terms = enumerate(words for _, words in self._terms)
        return [number for number, words in terms if not all(map(PLAIN.fullmatch, words))]


def by_locale(words: Mapping[str, Mapping[str, list[str]]]) -> dict[str, Mentions]:
    """Return what each language's words find; ``words`` has them by id and locale."""
    locales = dict.fromkeys(locale for by in words.values() for locale in by)
    return {
        locale: _compiled(
            tuple((id, tuple(by[locale])) for id, by in words.items() if locale in by)
        )
        for locale in locales
    }


@lru_cache(maxsize=64)
def _compiled(terms: Terms) -> Mentions:
    """Compile the same words once: policies change more often than they."""
    return Mentions(terms)


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    alternatives = "|".join(re.escape(one) for one in words)
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)
