"""Finding a text on a page: neither spaces nor typography count, every word and sign does."""

import re
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate

from content.conformance.pages import Run

ALIKE = 0.75  # from this share of equal words on, a text is the wanted one, altered
OFTEN = 200  # places of one word that are looked at; more say nothing
STEP = 4  # words by which two places may differ and still be the same one
UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]"
)
TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)


@dataclass(frozen=True, order=True)
class Place:
    """Where a text begins: which run of the page, and how far in it."""

    run: int
    offset: int


def spaced(text: str) -> str:
    """Return a text in one way of writing it: NFKC, plain quotes and dashes, single spaces."""
    plain = text.translate(TYPOGRAPHY)  # before NFKC takes accents off their spaces
    seen = UNSEEN.sub("", unicodedata.normalize("NFKC", plain).translate(TYPOGRAPHY))
    return " ".join(seen.split())


def packed(text: str) -> str:
    """Return it without spaces: where a line or a block ends is the page's own affair."""
    return spaced(text).replace(" ", "")


class Stream:
    """Some runs of a page as one text; ``chosen`` are their numbers on the page."""

    def __init__(self, runs: Sequence[Run], chosen: Iterable[int]) -> None:
        self._runs = runs
        self._chosen = list(chosen)
        parts = [packed(runs[i].text) for i in self._chosen]
        self._starts = [0, *accumulate(map(len, parts))]
        self._text = "".join(parts)
        self._words: list[str] | None = None

    def __contains__(self, text: str) -> bool:
        return packed(text) in self._text

    def find(self, text: str) -> Place | None:
        """Return where a text stands for the first time, whole and in one piece."""
        at = self._text.find(packed(text))
        return None if at < 0 else self._place(at)

    def find_last(self, text: str, before: Place) -> Place | None:
        """Return where a text stands for the last time before a place."""
        end = self._offset(before)
        at = self._text.rfind(packed(text), 0, end)
        return None if at < 0 else self._place(at)

    def between(self, start: Place, end: Place) -> str:
        """Return what stands between two places, without spaces."""
        return self._text[self._offset(start) : self._offset(end)]

    def nearest(self, text: str) -> str | None:
        """Return the passage that is this text with some words altered, if there is one."""
        if self._words is None:
            self._words = spaced("".join(self._runs[i].text for i in self._chosen)).split()
            self._index = _indexed(self._words)
        wanted = spaced(text).split()
        start = _voted(wanted, self._index)
        if start is None:
            return None
        window = self._words[max(0, start - STEP) : start + 2 * STEP + len(wanted) * 5 // 4]
        return _trimmed(wanted, window)

    def _place(self, at: int) -> Place:
        number = bisect_right(self._starts, at) - 1
        return Place(self._chosen[number], at - self._starts[number])

    def _offset(self, place: Place) -> int:
        number = bisect_right(self._chosen, place.run) - 1
        return self._starts[number] + place.offset if number >= 0 else 0


def _indexed(words: list[str]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = defaultdict(list)
    for at, word in enumerate(words):
        if len(index[word]) < OFTEN:
            index[word].append(at)
    return index


def _voted(wanted: list[str], index: dict[str, list[int]]) -> int | None:
    """Return at which word of the page most words of a text would have it begin."""
    votes: Counter[int] = Counter()
    for i, word in enumerate(wanted):
        votes.update((at - i) // STEP for at in index.get(word, ()))
    if not votes:
        return None
    best = max(votes, key=lambda one: (votes[one] + votes[one + 1], -one))
    return best * STEP


def _trimmed(wanted: list[str], window: list[str]) -> str | None:
    blocks = SequenceMatcher(None, wanted, window, autojunk=False).get_matching_blocks()
    same = [one for one in blocks if one.size]
    if not same:
        return None
    first = max(0, same[0].b - same[0].a)
    last = min(len(window), same[-1].b + len(wanted) - same[-1].a)
    found = window[first:last]
    equal = sum(one.size for one in same)
    return " ".join(found) if 2 * equal >= ALIKE * (len(wanted) + len(found)) else None
