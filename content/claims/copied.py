"""Copied text: runs of words that two texts share."""

import re
from collections.abc import Iterator

from content.claims.patterns import fold

RUN = 8  # words in a row that no two writers choose by chance
WORD = re.compile(r"\w+(?:'\w+)?")


class Other:
    """Another text, by its runs of :data:`RUN` words; case, accents and signs do not count."""

    def __init__(self, text: str) -> None:
        words = [match[0] for match in WORD.finditer(fold(text).lower())]
        self._runs = {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}

    def shared(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the ranges of a text that stand in the other one; longer runs are one range."""
        found = list(WORD.finditer(fold(text)))
        words = [match[0].lower() for match in found]
        begin = end = -1
        for i in range(len(words) - RUN + 1):
            if tuple(words[i : i + RUN]) not in self._runs:
                continue
            if i > end:  # a new run, not the last one's next word
                if begin >= 0:
                    yield found[begin].start(), found[end].end()
                begin = i
            end = i + RUN - 1
        if begin >= 0:
            yield found[begin].start(), found[end].end()
