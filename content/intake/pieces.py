"""Pieces: an agency's text as a flat list of headings, lines, list items and rules.

Every reader of unstructured text (plain, Markdown, HTML) gives a :class:`Copy`; what has no place
in a piece is noted, with its line. Sizes are bounded before anything is sought in them.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from content import spans
from content.errors import Finding, Invalid
from content.located import MAX_OCTETS, readable
from content.parts import HttpsUrl, convert
from content.spans import Mark, Span

MAX_LINES = 50_000  # of one text
MAX_PIECES = 5000  # headings, paragraphs and list items of one text
MAX_NOTES = 200  # a thousand odd links are told with a count
MAX_PASSAGE = 19_000  # characters of one block; a document allows 20,000, with numbers
MAX_SPANS = 400  # of one piece: claims will divide them further, and a document allows 1000
MAX_RUNS = 20_000  # stretches of text with the same marks
LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")  # as word processors write them

Kind = Literal["heading", "line", "item", "quote", "rule"]


@dataclass(frozen=True)
class Piece:
    """A heading, a paragraph, a list item, a quotation, or a rule between two of them."""

    line: int  # in the source, from 1
    kind: Kind
    spans: list[Span] = field(default_factory=list)
    level: int = 0  # of a heading that is marked up as one
    number: int = 0  # of an item in a numbered list
    group: int = 0  # items with the same group are one list

    @property
    def text(self) -> str:
        """The plain text."""
        return spans.plain(self.spans)


@dataclass
class Copy:
    """What a reader found: the pieces, and notes on what could not stay as it was."""

    name: str  # of the file, for messages
    pieces: list[Piece] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    title: Piece | None = None  # one that is given apart from the text
    unsaid: int = 0  # notes beyond the limit
    in_page: int = 0  # links to other places of the text: a document has no such places
    runs: int = 0  # stretches of text so far

    def add(self, piece: Piece) -> None:
        """Keep a piece in its canonical form, in several parts when it is too long for one."""
        if len(self.pieces) >= MAX_PIECES:
            message = f"the text has more than {MAX_PIECES} paragraphs; send one article at a time"
            raise Invalid([Finding(self.place(piece.line), message)])
        if piece.kind == "rule":
            self.pieces.append(piece)
            return
        for part in _divide(spans.tidy(piece.spans)):
            facts = (piece.level, piece.number, piece.group)
            self.pieces.append(Piece(piece.line, piece.kind, part, *facts))

    def count_run(self, line: int) -> None:
        """Count a run of marked-up text as it is read; refuse more than any document holds."""
        self.runs += 1
        if self.runs > MAX_RUNS:
            message = f"the text changes its marks more than {MAX_RUNS} times; send it in parts"
            raise Invalid([Finding(self.place(line), message)])

    def note(self, line: int, message: str) -> None:
        """Remember what an editor should know about a line."""
        if len(self.notes) < MAX_NOTES:
            self.notes.append(Finding(self.place(line), message))
        else:
            self.unsaid += 1

    def link(self, line: int, href: str) -> Mark | None:
        """Return the mark of a link that a document can carry; else None, and note it."""
        if href.startswith("#"):
            self.in_page += 1
            return None
        with suppress(Invalid):
            if href == spans.clean(href):
                return spans.Link(convert(href, HttpsUrl))
        self.note(line, f"a link is not https, its text was kept: {spans.clean(href)[:300]}")
        return None

    def image(self, line: int, *facts: str | None) -> str:
        """Return the text that stands for an image, and note it."""
        self.note(line, "an image was kept as text; a figure needs its facts")
        return f"[Image: {' '.join(filter(None, facts))}]"

    def place(self, line: int) -> str:
        """Return ``file:line``."""
        return f"{self.name}:{line}"


class OpenLists:
    """The lists that a reader stands in; a list inside a list is joined to the outer one."""

    def __init__(self, copy: Copy) -> None:
        self.copy = copy
        self.numbers: list[int] = []  # the next one of each list; 0: it has bullets
        self.group = 0

    def __bool__(self) -> bool:
        return bool(self.numbers)

    def open(self, line: int, start: int) -> None:
        """Begin a list, whose first item has the number ``start``."""
        if self.numbers:
            self.copy.note(line, "a list inside a list was joined to the outer one")
        else:
            self.group = len(self.copy.pieces) + 1
        self.numbers.append(start)

    def close(self) -> None:
        """End the innermost list."""
        self.numbers.pop()

    def number(self) -> int:
        """Return the number of the next item of the innermost list, and count on."""
        number = self.numbers[-1]
        self.numbers[-1] += bool(number)
        return number


def decode(octets: bytes, name: str) -> str:
    """Return the text of a file in UTF-8; raise ``Invalid`` that says what to do."""
    if len(octets) > MAX_OCTETS:
        raise Invalid([Finding(name, f"the text is larger than {MAX_OCTETS} bytes")])
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Invalid(
            [Finding(f"{name}:{line}", "the text is not UTF-8; save it as UTF-8 and try again")]
        ) from None
    found = readable(LINE_END.sub("\n", text), name)
    if not found.strip():
        raise Invalid([Finding(name, "there is no text in it")])
    if found.count("\n") > MAX_LINES:
        message = f"the text has more than {MAX_LINES} lines"
        raise Invalid([Finding(f"{name}:{MAX_LINES}", message)])
    return found


def _divide(run: list[Span]) -> list[list[Span]]:
    """Cut inline text where it would be too long for one block, between words if there are any."""
    parts: list[list[Span]] = [[]]
    room = MAX_PASSAGE
    for span in run:
        text = span.text
        while len(text) > room or len(parts[-1]) >= MAX_SPANS:
            cut = (text.rfind(" ", 0, room) + 1 or room) if len(parts[-1]) < MAX_SPANS else 0
            parts[-1].append(Span(text[:cut], span.marks))
            parts.append([])
            text, room = text[cut:], MAX_PASSAGE
        parts[-1].append(Span(text, span.marks))
        room -= len(text)
    return [tidied for part in parts if (tidied := spans.tidy(part))]
