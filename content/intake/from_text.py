"""Plain text as it comes from an agency: wrapped lines are joined, bullets and numbers seen."""

import re
from collections.abc import Iterator

from content.intake import wording
from content.intake.pieces import Copy, Kind, Piece
from content.spans import Span

BULLET = re.compile(r"\s*[-*+\u2022\u2023\u2043\u25aa\u25cf\u25e6\u00b7\u2013\u2014]\s+(?=\S)")
NUMBER = re.compile(r"\s*(\d{1,3})[.)]\s+(?=\S)")
RULE = re.compile(r"\s*([-=_*~#])\1{2,}\s*")
ENDS = (".", "!", "?", ":", ";", "\u2026", '."', ".\u201d", ".)")  # no sentence goes on after these
WIDE = 100  # a longer line was not wrapped by hand: it is a paragraph of its own
NARROW = 40  # a shorter line is not full, so the next one begins something new


def read(text: str, name: str) -> Copy:
    """Return the pieces of a plain text."""
    copy = Copy(name)
    for line, lines in _blocks(text.split("\n")):
        _read_block(copy, line, lines)
    return copy


def bulleted(text: str) -> tuple[int, int]:
    """Return the number that a line begins with (0: a bullet) and where its words begin.

    A line that is no list item begins at 0.
    """
    bullet, number = BULLET.match(text), NUMBER.match(text)
    if number:
        return int(number[1]), number.end()
    return 0, bullet.end() if bullet else 0


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the runs of lines between empty ones, each with the number of its first line."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _read_block(copy: Copy, line: int, lines: list[str]) -> None:
    longest = max(map(len, lines))
    byline = 0 if copy.pieces else _byline(lines)
    begin = 0
    for i, text in enumerate(lines):
        follows = lines[i + 1] if i + 1 < len(lines) else ""
        apart = byline and byline in (i, i + 1)
        if apart or not (follows and _flows(text, follows, longest)):
            _take(copy, line + begin, lines[begin : i + 1])
            begin = i + 1


def _byline(lines: list[str]) -> int:
    """Return which line under a title names the author, or 0.

    A wrapped paragraph may have such a line too: after a full stop, or with a small letter.
    """
    for i, text in enumerate(lines[1:], 1):
        begins = text.lstrip()[0].isupper() and not lines[i - 1].rstrip().endswith(ENDS)
        if wording.byline(text) and (begins or i == len(lines) - 1):
            return i
    return 0


def _flows(text: str, follows: str, longest: int) -> bool:
    """Return whether a paragraph or list item goes on in the line that follows."""
    if RULE.fullmatch(text) or RULE.fullmatch(follows) or bulleted(follows)[1]:
        return False
    if bulleted(text)[1] and follows[:2].isspace():
        return True  # a hanging indent
    if longest > WIDE or len(text) < max(NARROW, longest * 2 // 3):
        return follows.lstrip()[0].islower() and not text.rstrip().endswith(ENDS)
    return not (text.rstrip().endswith(ENDS) and len(text) < longest * 4 // 5)


def _take(copy: Copy, line: int, lines: list[str]) -> None:
    text = " ".join(lines)
    if RULE.fullmatch(text):
        copy.add(Piece(line, "rule"))
        return
    number, start = bulleted(text)
    kind: Kind = "item" if start else "line"
    copy.add(
        Piece(line, kind, [Span(text[start:])], number=number, group=_group(copy, number, start))
    )


def _group(copy: Copy, number: int, start: int) -> int:
    """Return the list that an item belongs to: that of the item before it, or a new one."""
    if not start:
        return 0
    last = copy.pieces[-1] if copy.pieces else None
    if last and last.kind == "item" and bool(last.number) == bool(number):
        return last.group
    return len(copy.pieces) + 1
