"""Inline Markdown of the authoring form: the parser's tokens turned into spans.

The dialect is CommonMark with tables, less what a document has no place for: raw HTML, code and
images are recognised only to be refused.
"""

import re
from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.attrs import attrs_plugin

from content import spans
from content.markdown.parser import Refused, commonmark
from content.spans import Cites, Claims, Emphasis, Link, Mark, Span, Strong

CITATION = re.compile(r"\[@([a-z0-9]+(?:-[a-z0-9]+)*)\]")
MISSHAPEN = re.compile(  # what is left as text when a mark is mistyped
    r"\[@|\]\{|\]\(|\{(?:claim=|\.strong|\.emphasis|#)|(?<![\w.])@[a-z0-9]+(?:-[a-z0-9]+)+"
)
MAX_DEPTH = 30  # tokens in tokens
MAX_NESTING = 20  # brackets in brackets, lists in lists; the form has less


def parse(text: str) -> list[SyntaxTreeNode]:
    """Return the blocks of a Markdown text; raise :class:`Refused` when it is nested too deeply."""
    tokens = _parser().parse(text)
    _check_depth(tokens)
    return list(SyntaxTreeNode(tokens).children)


def read(text: str) -> list[Span]:
    """Return the spans of inline Markdown in their canonical form."""
    tokens = _parser().parseInline(text)
    _check_depth(tokens)
    return walk(SyntaxTreeNode(tokens).children[0])


def read_plain(text: str) -> str:
    """Return the text of inline Markdown that may have escapes, but no marks."""
    found = read(text)
    if any(span.marks for span in found):
        raise Refused("a title or caption is plain text, without marks or references")
    return spans.plain(found)


def walk(inline: SyntaxTreeNode) -> list[Span]:
    """Return the spans of an inline node in their canonical form."""
    return spans.tidy(_walk(inline.children, []))


def name(node: SyntaxTreeNode) -> str:
    """Return what an author would call a node."""
    names = {
        "hr": "a horizontal rule",
        "code_block": "indented code",
        "fence": "a code block (only ```figure is known)",
        "code_inline": "inline code",
        "hardbreak": "a line break",
        "html_block": "raw HTML (write \\< for a plain <)",
        "html_inline": "raw HTML (write \\< for a plain <)",
        "image": "an inline image (use a ```figure block)",
        "heading": f"a heading of level {node.tag[1:]}" if node.type == "heading" else "",
    }
    return names.get(node.type, node.type.replace("_", " "))


def _walk(nodes: list[SyntaxTreeNode], marks: list[Mark]) -> Iterator[Span]:
    for node in nodes:
        match node.type:
            case "text":
                yield Span(_shapely(node.content), marks)
            case "text_special":
                yield Span(node.content, marks)
            case "softbreak":
                yield Span(" ", marks)
            case "citation":
                yield Span("", [*marks, Cites(node.content)])
            case _:
                yield from _walk(node.children, [*marks, _mark(node, marks)])


def _mark(node: SyntaxTreeNode, outer: list[Mark]) -> Mark:
    mark = _known_mark(node)
    if any(type(other) is type(mark) for other in outer):
        raise Refused(f"{type(mark).__name__.lower()} inside {type(mark).__name__.lower()}")
    return mark


def _known_mark(node: SyntaxTreeNode) -> Mark:
    match node.type:
        case "strong":
            return Strong()
        case "em":
            return Emphasis()
        case "link" if set(node.attrs) == {"href"}:
            return Link(str(node.attrs["href"]))
        case "span" if set(node.attrs) == {"claim"} and not node.meta:
            return Claims(str(node.attrs["claim"]))
        case "span" if node.attrs == {"class": "strong"} and not node.meta:
            return Strong()
        case "span" if node.attrs == {"class": "emphasis"} and not node.meta:
            return Emphasis()
        case "link":
            raise Refused("a link has no title; write [text](https://example.org/)")
        case "span":
            raise Refused("the braces after a text say {claim=id}, {.strong} or {.emphasis}")
    raise Refused(f"unknown block: {name(node)} is not part of the form")


def _shapely(text: str) -> str:
    found = MISSHAPEN.search(text)
    if found:
        raise Refused(f"{found[0]!r} belongs to no mark; write a backslash before it")
    return text


@cache
def _parser() -> MarkdownIt:
    parser = commonmark(html=True, nesting=MAX_NESTING)
    parser.disable("text_join")  # so that an escaped bracket is known from a typo
    parser.use(attrs_plugin, spans=True, after=())
    parser.inline.ruler.before("link", "citation", _citation)
    return parser


def _citation(state: StateInline, silent: bool) -> bool:
    found = CITATION.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("citation", "", 0).content = found[1]
    state.pos = found.end()
    return True


def _check_depth(tokens: list[Token]) -> None:
    line = 0
    for token in tokens:
        line = token.map[0] if token.map else line
        depth = 0
        for child in token.children or []:
            depth += child.nesting
            if depth > MAX_DEPTH:
                raise Refused(f"marks are nested more than {MAX_DEPTH} deep", line)
