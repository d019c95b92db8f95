"""Where words of a document stand in its authoring form, so that an editor can be led to them.

The form has marks between the words (``[text]{claim=id}``, ``**strong**``, citations) and
backslashes before them, so words are looked for, and nothing else.
"""

import re
import unicodedata
from dataclasses import dataclass

MAX_REACH = 20_000  # characters of a block in which words are looked for
MAX_MARK = 2000  # characters of an address or of attributes
# What stands between words and has letters itself: attributes, addresses, citations.
WORD = re.compile(
    rf"\]\{{[^}}\n]{{0,{MAX_MARK}}}\}}"
    rf"|\]\([^)\s]{{0,{MAX_MARK}}}\)"
    r"|\[@[a-z0-9-]{1,100}\]"
    r"|((?:[^\W_]|[\u0300-\u036f])+)"  # accents may be characters of their own
)


@dataclass(frozen=True)
class Place:
    """A line of a text, counted from 1, and a range of characters of the whole text."""

    line: int
    start: int
    end: int


def find(text: str, line: int, until: int, words: str) -> Place:
    """Return where words stand from a line on, before the line ``until``: else the line itself."""
    start, end = _offset(text, line), _offset(text, until)
    found = _range(text[start : min(end, start + MAX_REACH)], words)
    if found is None:
        return Place(line, start, start + len(text[start:].partition("\n")[0]))
    first, last = start + found[0], start + found[1]
    return Place(line + text.count("\n", start, first), first, last)


def _offset(text: str, line: int) -> int:
    """Return where a line begins; one behind the last one begins at the end."""
    at = 0
    for _ in range(line - 1):
        following = text.find("\n", at)
        if following < 0:
            return len(text)
        at = following + 1
    return at


def _range(text: str, words: str) -> tuple[int, int] | None:
    """Return from where to where the words of a sentence follow each other in a text."""
    wanted = "".join(f"{word} " for word, _, _ in _words(words))
    stand = _words(text)
    known = "".join(f"{word} " for word, _, _ in stand)
    at = f" {known}".find(f" {wanted}") if wanted else -1
    if at < 0:
        return None
    first = known.count(" ", 0, at)
    last = stand[first + wanted.count(" ") - 1][2]
    return stand[first][1], last + (text[last : last + 1] in tuple(".!?…"))


def _words(text: str) -> list[tuple[str, int, int]]:
    """Return each word and its range; a document is NFC, what was typed need not be."""
    found = (match for match in WORD.finditer(text) if match[1])
    return [(unicodedata.normalize("NFC", one[1]), one.start(), one.end()) for one in found]
