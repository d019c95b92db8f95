"""Markdown as it comes from an agency: nothing is refused but what is too much.

Raw HTML is text. What a document has no place for (code, images, tables, links that are not https)
is kept as text and noted.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NoReturn

from markdown_it import MarkdownIt
from markdown_it.token import Token

from content.errors import Finding, Invalid
from content.intake.pieces import Copy, Kind, OpenLists, Piece
from content.markdown.parser import Refused, commonmark
from content.spans import Emphasis, Mark, Span, Strong, plain

MARKS: dict[str, Mark] = {"strong_open": Strong(), "em_open": Emphasis()}
MAX_DEPTH = 30  # lists in lists, marks in marks
MAX_LEVEL = 60  # of the parser's tokens; each list counts twice, for its items
MAX_CELLS = 20_000  # of all tables


def read(text: str, name: str) -> Copy:
    """Return the pieces of a Markdown text."""
    if text.count("|") > MAX_CELLS:
        raise Invalid([Finding(name, f"the tables have more than {MAX_CELLS} cells")])
    reader = Reader(name, text.split("\n"))
    for token in reader.tokens(text):
        reader.take(token)
    return reader.copy


class Reader:
    """One pass over the parser's tokens; knows in which list, heading or table it is."""

    def __init__(self, name: str, lines: list[str]) -> None:
        self.copy = Copy(name)
        self.lines = lines
        self.cells = 0  # of the open row
        self.lists = OpenLists(self.copy)
        self.number = 0  # of the open item
        self.level = 0  # of the open heading
        self.quotes = 0
        self.row: list[Span] | None = None
        self.line = 1

    def tokens(self, text: str) -> list[Token]:
        """Return the parser's tokens; raise ``Invalid`` for what would take it too long."""
        try:
            return _parser().parse(text)
        except Refused as error:
            self.line = (error.line or 0) + 1
            self._refuse(str(error))

    def take(self, token: Token) -> None:
        """Go one token on."""
        self.line = token.map[0] + 1 if token.map else self.line
        if token.level > MAX_LEVEL:
            self._refuse(f"lists or quotations are nested more than {MAX_DEPTH} deep")
        match token.type:
            case "heading_open" | "heading_close":
                self.level = int(token.tag[1]) if token.nesting == 1 else 0
            case "blockquote_open" | "blockquote_close":
                self.quotes += token.nesting
            case "bullet_list_open" | "ordered_list_open":
                numbered = token.type == "ordered_list_open"
                self.lists.open(self.line, int(token.attrs.get("start", 1)) if numbered else 0)
            case "bullet_list_close" | "ordered_list_close":
                self.lists.close()
            case "list_item_open":
                self.number = self.lists.number()
            case "inline":
                self._inline(token)
            case "hr":
                self.copy.add(Piece(self.line, "rule"))
            case "fence" | "code_block":
                self._code(token)
            case _:
                self._table(token)

    def _refuse(self, message: str) -> NoReturn:
        raise Invalid([Finding(self.copy.place(self.line), message)])

    def _inline(self, token: Token) -> None:
        found = list(self._spans(token.children or []))
        if self.row is not None:
            self.row += [Span(" | ")] * bool(self.row) + found
        else:
            self._add(found)

    def _add(self, found: list[Span]) -> None:
        kind: Kind = "heading" if self.level else "item" if self.lists else "line"
        if kind == "line" and self.quotes:
            kind = "quote"
        number, group = (self.number, self.lists.group) if kind == "item" else (0, 0)
        self.copy.add(Piece(self.line, kind, found, self.level, number, group))

    def _spans(self, tokens: list[Token]) -> Iterator[Span]:
        """Yield the text of inline tokens with the marks that a document knows."""
        marks: list[Mark | None] = []
        for token in tokens:
            if token.nesting == 1:
                marks.append(self._mark(token))
            elif token.nesting == -1:
                marks.pop()
            elif len(marks) > MAX_DEPTH:
                self._refuse(f"marks are nested more than {MAX_DEPTH} deep")
            else:
                self.copy.count_run(self.line)
                kinds = {type(mark): mark for mark in marks if mark}
                yield Span(self._words(token), list(kinds.values()))

    def _mark(self, token: Token) -> Mark | None:
        if token.type != "link_open":
            return MARKS.get(token.type)
        href = str(token.attrs.get("href", ""))
        if token.attrs.get("title"):
            self.copy.note(self.line, f"a link's title was left out: {token.attrs['title']}")
        return self.copy.link(self.line, href)

    def _words(self, token: Token) -> str:
        if token.type in ("softbreak", "hardbreak"):
            return " "
        if token.type == "image":
            return self._image(token)
        return token.content

    def _image(self, token: Token) -> str:
        alt = plain(self._spans(token.children or []))
        title, address = str(token.attrs.get("title", "")), f"({token.attrs['src']})"
        return self.copy.image(self.line, alt, title, address)

    def _code(self, token: Token) -> None:
        self.copy.note(self.line, "code was kept as text")
        if token.info.strip():
            self._add([Span(token.info)])
        for line in token.content.split("\n"):
            self._add([Span(line)])

    def _table(self, token: Token) -> None:
        match token.type:
            case "table_open":
                self.copy.note(self.line, "a table was kept as text")
            case "tr_open":
                self.row, self.cells = [], 0
            case "th_open" | "td_open":
                self.cells += 1
            case "tr_close":
                row, self.row = self.row or [], None
                self._add([*row, *self._surplus()])

    def _surplus(self) -> Iterator[Span]:
        """Yield the cells that a row has more than its table's header: the parser drops them."""
        written = re.sub(r"\A[\s>]*\|?", "", self.lines[self.line - 1])
        for cell in re.split(r"(?<!\\)\|", written)[self.cells :]:
            if cell.strip():
                yield Span(f" | {cell.strip()}")


@cache
def _parser() -> MarkdownIt:
    # What is nested deeper than the parser's limit would vanish, so the reader's limit is lower.
    return commonmark(html=False, nesting=MAX_LEVEL + 10)
