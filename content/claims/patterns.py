"""Patterns: regular expressions that take time in proportion to the text, whatever the text.

They are re2's, without look-around, and find words in any case. They look at a *folded* text: the
same length in plain letters, so that accents and typographic signs neither hide nor move anything,
``\\b`` works in every Latin script, and a pattern needs one spelling.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

import re2

PLAIN = {
    "'": "\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4",
    '"': "\u201c\u201d\u201e\u201f\u00ab\u00bb",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2212",
    " ": "\u00a0\u2002\u2003\u2009\u200a\u202f\u3000\t\n",
}
LATIN = (*range(0x00C0, 0x0250), *range(0x1E00, 0x1F00))
NAME = re.compile(r"(?<!\\[pPx])\{([a-z]+)\}")  # no count, class of characters or code point
DEPTH = 3  # how often words may stand for words
LONGEST = 50_000  # characters of an expression in which names are still filled in
MEMORY = 64 * 1024 * 1024  # octets that one pattern may take
SHARE = 8 * 1024 * 1024  # and one of those that are looked for together


Numbered = list[tuple[int, list[str]]]  # expressions by their numbers, each as its alternatives


class Broken(ValueError):
    """A pattern that re2 does not take, and why."""


class Pattern:
    """One regular expression, compiled."""

    def __init__(self, expression: str) -> None:
        self._compiled = _compiled(expression)

    def find(self, folded: str) -> Iterator[tuple[int, int]]:
        """Yield the ranges of all matches that hold a character."""
        found = (match.span() for match in self._compiled.finditer(folded))
        return ((start, end) for start, end in found if start < end)

    def stands_in(self, folded: str) -> bool:
        """Return whether the pattern is found."""
        return bool(self._compiled.search(folded))

    def without(self, folded: str) -> str:
        """Return a text with every match blanked."""
        return str(self._compiled.sub(lambda match: " " * len(match[0]), folded))


class Patterns:
    """Many regular expressions that are looked for together.

    Words that an expression cannot do without are looked for first, in one pass, and then only what
    may match. Each alternative is looked for by itself, since it needs more words than all of them.
    """

    def __init__(self, expressions: Iterable[str | Iterable[str]]) -> None:
        self._filters = _filters([(n, alternatives(one)) for n, one in enumerate(expressions)])

    def standing_in(self, folded: str) -> list[int]:
        """Return the numbers of the expressions that are found, in their order."""
        return sorted({number for one in self._filters for number in one.standing_in(folded)})


class _Filter:
    """Expressions that fit into one pass, by their numbers."""

    def __init__(self, expressions: Numbered) -> None:
        self._filter = re2.Filter()
        self._numbers: list[int] = []  # of the expression that each alternative is one of
        for number, one in expressions:
            self._add(number, one)
        self._filter.Compile()

    def standing_in(self, folded: str) -> Iterator[int]:
        return map(self._numbers.__getitem__, self._filter.Match(folded) or ())

    def _add(self, number: int, expressions: list[str]) -> None:
        """Add each alternative; all of them together where one is no expression alone."""
        try:
            for one in expressions:
                self._filter.Add(one, _options(SHARE))
                self._numbers.append(number)
        except re2.error:
            self._filter.Add(joined(expressions), _options())
            self._numbers.append(number)


def _filters(expressions: Numbered) -> list[_Filter]:
    """Return expressions in one filter, or in several where re2 has no room for all their words."""
    if not any(some for _, some in expressions):
        return []
    try:
        return [_Filter(expressions)]
    except re2.error:
        if len(expressions) == 1:
            number, some = expressions[0]
            expressions = [(number, [one]) for one in some]
        if len(expressions) == 1:
            raise
    half = len(expressions) // 2
    return [*_filters(expressions[:half]), *_filters(expressions[half:])]


def alternatives(expressions: str | Iterable[str]) -> list[str]:
    """Return the expressions any of which may match, each alone."""
    return [expressions] if isinstance(expressions, str) else list(expressions)


def joined(expressions: str | Iterable[str]) -> str:
    """Return one expression for several, any of which may match."""
    if isinstance(expressions, str):
        return expressions
    return "|".join(f"(?:{expression})" for expression in expressions)


def any_of(expressions: str | Iterable[str]) -> Pattern:
    """Return one pattern for several expressions."""
    return Pattern(joined(expressions))


def optional(expressions: str | Iterable[str] | None, form: str = "{}") -> Pattern | None:
    """Return the pattern of expressions within a form, or None where there are none."""
    return Pattern(form.format(joined(expressions))) if expressions else None


def fill(expressions: str | Iterable[str], words: Mapping[str, str | list[str]]) -> str:
    """Return one expression with the words that stand for each name in braces."""
    expression = joined(expressions)
    for _ in range(DEPTH):
        if len(expression) < LONGEST:
            expression = NAME.sub(lambda name: _words(name[1], words), expression)
    return expression


def _words(name: str, words: Mapping[str, str | list[str]]) -> str:
    return f"(?:{joined(words[name])})" if name in words else f"{{{name}}}"


def unknown(expression: str) -> list[str]:
    """Return the names in braces for which no words were found."""
    return NAME.findall(expression)


def fold(text: str) -> str:
    """Return a text of the same length in plain letters and signs."""
    if text.isascii():
        return text.replace("\t", " ").replace("\n", " ")
    return text.translate(_table())


@cache
def _table() -> dict[int, str]:
    signs = {ord(sign): plain for plain, signs in PLAIN.items() for sign in signs}
    letters = {code: unicodedata.normalize("NFD", chr(code))[0] for code in LATIN}
    return signs | {code: letter for code, letter in letters.items() if letter.isascii()}


@lru_cache(maxsize=2048)
def _compiled(expression: str) -> Any:
    """Compile once what is first checked, then used; that is most of what a lint costs to make."""
    try:
        return re2.compile(expression, _options())
    except re2.error as error:
        raise Broken(_reason(error)) from None


def _options(memory: int = MEMORY) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = memory
    return options


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else "it cannot be read"
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
