"""Building: the pieces of each section become blocks of a document, with their claims marked."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from content import documents, spans
from content.documents import Block, Bullets, Heading, Inline, Paragraph, Quote, Section
from content.errors import Finding, Invalid
from content.intake import wording
from content.intake.mapping import Entry, Mapping
from content.intake.marking import Marker
from content.intake.pieces import MAX_PASSAGE, Piece
from content.spans import Span

MAX_ITEMS = 200  # of one list
MAX_BLOCKS = 500  # of one section
MAX_HEADING = 500  # characters
NUMBERED = 12  # characters that a number and a line's end may add to an item


class Builder:
    """Makes sections; remembers what an editor should look at."""

    def __init__(self, name: str, locale: str) -> None:
        self.name = name
        self.locale = locale
        self.marker = Marker(locale)
        self.findings: list[Finding] = []

    def sections(self, mapping: Mapping) -> list[dict[str, Any]]:
        """Return the four sections as data."""
        pairs = enumerate(mapping.entries.items())
        return [documents.dump(self._section(at, kind, entries)) for at, (kind, entries) in pairs]

    def _section(self, at: int, kind: Any, entries: list[Entry]) -> Section:
        title = wording.TITLES[wording.known(self.locale)][kind]
        entries = [entry for entry in entries if entry.heading or entry.pieces]
        named = _naming(entries, title)
        if named and named.heading:
            title = named.heading.text
            entries = [Entry(None, one.pieces) if one is named else one for one in entries]
        blocks = [block for entry in entries for block in self._entry(entry)]
        if all(isinstance(block, Heading) for block in blocks):
            words = wording.NOTHING[wording.known(self.locale)]
            blocks.append(Paragraph([Span(words)], words))
            place = f"/document/sections/{at}"
            self.findings.append(Finding(place, f"no text was supplied for the section {kind!r}"))
        if len(blocks) > MAX_BLOCKS:
            message = f"more than {MAX_BLOCKS} paragraphs belong to the section {kind!r}"
            raise Invalid([Finding(self.name, f"{message}; send the text in parts")])
        return Section(kind, title, False, blocks)

    def _entry(self, entry: Entry) -> Iterator[Block]:
        if entry.heading:
            yield self._heading(entry.heading, 3)
        below = 4 if entry.heading else 3
        for _, group in groupby(entry.pieces, key=lambda piece: (piece.group, piece.kind)):
            pieces = list(group)
            if pieces[0].kind == "item":
                yield from self._lists(pieces)
            else:
                yield from (self._block(piece, below) for piece in pieces)

    def _block(self, piece: Piece, level: int) -> Block:
        if piece.kind == "heading":
            return self._heading(piece, level)
        run = self.marker.mark(piece.spans)
        made = Quote if piece.kind == "quote" else Paragraph
        return made(run, piece.text)

    def _heading(self, piece: Piece, level: Any) -> Block:
        if len(piece.text) <= MAX_HEADING:
            return Heading(level, piece.spans, piece.text)
        message = "this heading is too long for one and was kept as a paragraph"
        self.findings.append(Finding(f"{self.name}:{piece.line}", message))
        return Paragraph(piece.spans, piece.text)

    def _lists(self, pieces: list[Piece]) -> Iterator[Bullets]:
        """Yield lists of a size that a document allows; odd numbers are kept as text."""
        counted = [piece.number for piece in pieces] == list(range(1, len(pieces) + 1))
        ordered = counted and len(list(_portions(pieces))) == 1
        for some in _portions(pieces):
            items = [self._item(one, numbered=bool(one.number) and not ordered) for one in some]
            yield Bullets(ordered, items, "\n".join(item.text for item in items))

    def _item(self, piece: Piece, *, numbered: bool) -> Inline:
        number = [Span(f"{piece.number}. ")] if numbered else []
        run = spans.tidy([*number, *piece.spans])
        return Inline(self.marker.mark(run), spans.plain(run))


def _naming(entries: list[Entry], title: str) -> Entry | None:
    """Return the only heading of a section if it can be the section's own title.

    It can when nothing stands before it, or when it says no more than the usual title.
    """
    headed = [entry for entry in entries if entry.heading]
    if len(headed) != 1 or not headed[0].heading:
        return None
    text = headed[0].heading.text
    first = headed[0] is entries[0] or wording.key(text) == wording.key(title)
    return headed[0] if first and len(text) <= MAX_HEADING else None


def _portions(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Yield the items of a list in portions, each of which a document takes as one list."""
    portion: list[Piece] = []
    room = MAX_PASSAGE
    for piece in pieces:
        needed = len(piece.text) + NUMBERED
        if portion and (len(portion) == MAX_ITEMS or needed > room):
            yield portion
            portion, room = [], MAX_PASSAGE
        portion.append(piece)
        room -= needed
    yield portion
