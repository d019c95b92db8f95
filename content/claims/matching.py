"""Matching the patterns of packs: one pass over a sentence, then a closer look at what was found.

What is found does not count where the sentence denies it or only asks, where an allowed phrase
holds it, or where the words stand before, after or beside it that make it right.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from content.claims.packs import Pack, Wording, base, check, check_together, completed
from content.claims.patterns import Patterns, any_of, optional
from content.claims.saying import BEFORE, Manner
from content.claims.texts import Copy, Sentence
from content.errors import Invalid


@dataclass(frozen=True)
class Hit:
    """Words of a sentence that a pack's wording refuses; the range is within the sentence."""

    pack: Pack
    wording: Wording
    start: int
    end: int


class Lint:
    """Packs, compiled; costly to make, so make it once and keep it."""

    def __init__(self, packs: list[Pack]) -> None:
        findings = [*check_together(packs), *(one for pack in packs for one in check(pack))]
        if findings:
            raise Invalid(findings)
        self.packs = [completed(packs, pack) for pack in packs]
        languages = dict.fromkeys(pack.language for pack in packs)
        self._languages = {one: _Language(_of(self.packs, one)) for one in languages}

    def speaks(self, locale: str) -> bool:
        """Return whether there is any pack for the language of a locale."""
        return base(locale) in self._languages

    def packs_for(self, copy: Copy) -> list[Pack]:
        """Return the packs that speak about a text."""
        language = base(copy.locale)
        return [one for one in self.packs if one.language == language and copy.meets(one.when)]

    def hits(self, sentence: Sentence, locale: str, packs: list[Pack]) -> Iterator[Hit]:
        """Yield what some of the packs refuse in a sentence, at most once by each pattern."""
        language = self._languages.get(base(locale))
        if language:
            yield from language.hits(sentence, {pack.id for pack in packs})


class _Language:
    """The patterns of one language."""

    def __init__(self, packs: list[Pack]) -> None:
        self._matchers = [one for pack in packs for one in _matchers(pack)]
        self._all = Patterns(matcher.wording.match for matcher in self._matchers)

    def hits(self, sentence: Sentence, packs: set[str]) -> Iterator[Hit]:
        for number in self._all.standing_in(sentence.folded):
            matcher = self._matchers[number]
            if matcher.pack.id in packs:
                yield from matcher.hits(sentence)


class _Matcher:
    """One pattern with all that may clear what it finds."""

    def __init__(self, pack: Pack, wording: Wording, manner: Manner) -> None:
        self.pack, self.wording, self._manner = pack, wording, manner
        self._match = any_of(wording.match)
        self._allowed = any_of(wording.allow) if wording.allow else None
        self._before = optional(wording.unless_preceded_by, r"(?:{})\s*\z")
        self._after = optional(wording.unless_followed_by)
        self._unless = optional(wording.unless)

    def hits(self, sentence: Sentence) -> Iterator[Hit]:
        """Yield the first match in the sentence that nothing clears."""
        if self.wording.unless_cited and sentence.is_cited:
            return
        if self._unless and self._unless.stands_in(sentence.folded):
            return
        folded = self._allowed.without(sentence.folded) if self._allowed else sentence.folded
        for start, end in self._match.find(folded):
            if not self._cleared(sentence, folded, start, end):
                yield Hit(self.pack, self.wording, start, end)
                return

    def _cleared(self, sentence: Sentence, folded: str, start: int, end: int) -> bool:
        before = folded[max(0, start - BEFORE) : start]
        if self._before and self._before.stands_in(before):
            return True
        after = sentence.start + end
        if self._after and self._after.stands_in(
            sentence.piece.folded[after : after + self.wording.within]
        ):
            return True
        return self._manner.clears(self.wording, sentence, folded, (start, end))


def _matchers(pack: Pack) -> Iterator[_Matcher]:
    manner = Manner(pack)
    return (_Matcher(pack, wording, manner) for wording in pack.patterns)


def _of(packs: list[Pack], language: str) -> list[Pack]:
    return [pack for pack in packs if pack.language == language]
