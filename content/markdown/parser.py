"""The Markdown parser that every reader builds on: CommonMark with tables, bounded.

What an author wrote is kept: reference links are off, because a line that defines one would vanish,
and addresses stay as they stand.
"""

import re
from itertools import islice

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

MAX_INLINE = 100_000  # characters of one paragraph, marks included
# The parser looks for the end of each bracket, and of those inside it up to its limit of nesting.
MAX_BRACKETS = 10_000  # that open in one text
OPENING = re.compile(r"\\.|(?P<bracket>\[)", re.DOTALL)  # an escaped one opens nothing


class Refused(Exception):
    """Something here is not part of the form; ``line`` counts from 0 in the parsed text."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def commonmark(*, html: bool, nesting: int) -> MarkdownIt:
    """Return a parser that raises :class:`Refused` for a text that would take it too long.

    ``html`` tells raw HTML from text; what is nested deeper than ``nesting`` is not looked at.
    """
    parser = MarkdownIt("commonmark", {"html": html, "maxNesting": nesting}).enable("table")
    parser.disable("reference")
    parser.core.ruler.before("block", "brackets", lambda state: check_brackets(state.src))
    parser.core.ruler.after("block", "paragraphs", _check_paragraphs)
    # The library's own way to say that addresses stay is to replace these methods, which mypy
    # cannot follow. What a link may be is for the document to say.
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


def check_brackets(text: str) -> None:
    """Raise :class:`Refused` for more brackets than are parsed in good time."""
    opened = (found for found in OPENING.finditer(text) if found["bracket"])
    surplus = next(islice(opened, MAX_BRACKETS, None), None)
    if surplus:
        fix = "write \\[ for one that is text, or divide the text"
        message = f"more than {MAX_BRACKETS} brackets are opened up to here; {fix}"
        raise Refused(message, text.count("\n", 0, surplus.start()))


def _check_paragraphs(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and len(token.content) > MAX_INLINE:
            message = f"a paragraph of more than {MAX_INLINE} characters; divide it"
            raise Refused(message, token.map[0] if token.map else 0)
