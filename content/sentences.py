"""Sentences: where each one begins and ends in a text.

Rules and exceptions of each language come from the sentencex library. A line ends a sentence, and
so does an odd "sentence" that runs on for :data:`LONGEST` characters, so that whoever looks at a
text sentence by sentence has a bound to rely on.
"""

import re
from collections.abc import Iterator

import sentencex

LONGEST = 2000  # characters of one sentence
WINDOW = 4000  # characters that are looked at together; the library's time grows with its square
ENDS = (". ", "! ", "? ", " ")  # where to cut a line that is longer, best first
# What ends with a full stop and no sentence: the library knows most, but not all when capital.
ABBREVIATIONS = re.compile(
    r"(?:\A|[\s(\[\"“])(?:e\.g|i\.e|cf|vs|approx|al|fig|eq|incl|resp|p\.\s?ej|ej|aprox|núm|pág|"
    r"dr|dra|sr|sra|st|ca)\.\s*\Z",
    re.IGNORECASE,
)

SPACE = re.compile(r"[^\S\n]")  # each is one character, so that places stay the same
OPENING = re.compile(r"(?<=[.!?] )(?=[¿¡])")  # "no." is an abbreviation, but not before these


def split(text: str, locale: str) -> list[tuple[int, int]]:
    """Return the ranges of the sentences of a text, in order and without outer spaces.

    Together they hold every character that is no space.
    """
    language = locale.split("-", maxsplit=1)[0].lower()
    found: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", text):
        for start, end in _windows(text, line.start(), line.end()):
            found.extend(_trimmed(text, _sentences(text, start, end, language)))
    return found


def _windows(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a line in pieces that the library can take, cut where a sentence may end."""
    while end - start > WINDOW:
        middle = _cut(text, start, start + WINDOW)
        yield start, middle
        start = middle
    yield start, end


def _cut(text: str, start: int, end: int) -> int:
    """Return where to cut a piece that goes on beyond ``end``."""
    places = (text.rfind(mark, (start + end) // 2, end) + len(mark) for mark in ENDS)
    return next((place for place in places if place > (start + end) // 2), end)


def _sentences(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """Yield the sentences of a piece; one that ends with an abbreviation goes on."""
    begin = here = start
    for piece in _pieces(language, text[start:end]):
        here += len(piece)
        if not ABBREVIATIONS.search(text[max(begin, here - 20) : here]):
            yield from _bounded(text, begin, here)
            begin = here
    yield from _bounded(text, begin, end)


def _pieces(language: str, line: str) -> Iterator[str]:
    """Yield what the library takes for sentences, spaces included; nothing is lost."""
    plain = SPACE.sub(" ", line)  # the library panics on other spaces beside a full stop
    for piece in sentencex.segment(language, plain):
        yield from OPENING.split(piece)


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        middle = _cut(text, start, start + LONGEST)
        yield start, middle
        start = middle
    yield start, end


def _trimmed(text: str, ranges: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in ranges:
        words = text[start:end].strip()
        if words:
            begin = start + text[start:end].index(words[0])
            yield begin, begin + len(words)
