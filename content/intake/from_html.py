"""HTML as it comes from an agency: its text, block by block, with the marks that a document knows.

Scripts, styles and comments are dropped. Nothing is fetched. What a document has no place for
(tables, images, links that are not https) is kept as text and noted.
"""

from lxml import etree, html
from lxml.html import HtmlElement

from content.errors import Finding, Invalid
from content.intake.from_text import bulleted
from content.intake.pieces import Copy, Kind, OpenLists, Piece
from content.spans import Emphasis, Mark, Span, Strong, clean, plain, tidy

DROPPED = {"script", "style"}
BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "br", "button", "caption", "center", "dd",
    "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li",
    "main", "menu", "nav", "ol", "option", "p", "pre", "section", "select", "summary", "table",
    "tbody", "textarea", "tfoot", "thead", "title", "tr", "ul",
}  # fmt: skip
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
CELLS = {"td", "th"}
LISTS = {"ul", "ol", "menu", "dir"}
MARKS: dict[str, Mark] = {"strong": Strong(), "b": Strong(), "em": Emphasis(), "i": Emphasis()}
WORDLESS = {"iframe", "video", "audio", "object", "embed", "canvas", "svg", "input"}
MAX_DEPTH = 200  # elements in elements; the parser gives up at 256
MAX_ATTRIBUTES = 200  # of one tag; in a tree, each takes longer than the one before


def read(text: str, name: str) -> Copy:
    """Return the pieces of an HTML text."""
    reader = Reader(name)
    for event, element in etree.iterwalk(_parse(text, name), events=("start", "end")):
        if event == "start":
            reader.open(element)
        else:
            reader.close(element)
    return reader.finish()


class Reader:
    """One pass over a tree; ``open`` and ``close`` hold the elements that the text stands in."""

    def __init__(self, name: str) -> None:
        self.copy = Copy(name)
        self.path: list[str] = []
        self.marks: list[Mark | None] = []  # one for each element of the path
        self.lists = OpenLists(self.copy)
        self.run: list[Span] = []
        self.line = 1

    def open(self, element: HtmlElement) -> None:
        """Begin an element."""
        tag = element.tag
        self.line = element.sourceline or self.line
        if tag in BLOCKS:
            self._flush()
        elif tag in CELLS and plain(self.run).strip():
            self.run.append(Span(" | "))
        self.path.append(tag)
        self.marks.append(self._mark(element))
        self._check_depth()
        self._note(element)
        self._list(tag)
        if tag not in DROPPED:
            self._say(element.text)

    def close(self, element: HtmlElement) -> None:
        """End an element, and take the text after it."""
        tag = element.tag
        if tag in BLOCKS:
            self._flush()
        if tag in LISTS:
            self.lists.close()
        self.path.pop()
        self.marks.pop()
        self._say(element.tail)

    def finish(self) -> Copy:
        """Return what was read."""
        self._flush()
        return self.copy

    def _check_depth(self) -> None:
        if len(self.path) > MAX_DEPTH:
            message = f"elements are nested more than {MAX_DEPTH} deep"
            raise Invalid([Finding(self.copy.place(self.line), message)])

    def _list(self, tag: str) -> None:
        if tag in LISTS:
            self.lists.open(self.line, int(tag == "ol"))
        elif tag == "hr":
            self.copy.add(Piece(self.line, "rule"))

    def _mark(self, element: HtmlElement) -> Mark | None:
        href = element.get("href") if element.tag == "a" else None
        return self.copy.link(self.line, href) if href else MARKS.get(element.tag)

    def _note(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag == "table":
            self.copy.note(self.line, "a table was kept as text")
        elif tag in WORDLESS:
            address = f": {clean(element.get('src', ''))[:300]}" if element.get("src") else ""
            self.copy.note(self.line, f"<{tag}> has no place in a document{address}")
        elif tag == "img":
            self._image(element)

    def _image(self, element: HtmlElement) -> None:
        address = f"({element.get('src', '')[:300]})"
        self._say(self.copy.image(self.line, element.get("alt"), element.get("title"), address))

    def _say(self, text: str | None) -> None:
        if text and not DROPPED.intersection(self.path):
            self.copy.count_run(self.line)
            kinds = {type(mark): mark for mark in self.marks if mark}
            self.run.append(Span(text, list(kinds.values())))

    def _flush(self) -> None:
        """Make a piece of the text so far; its kind is that of the elements that it stands in."""
        run, self.run = tidy(self.run), []
        if not run:
            return
        heading = next((tag for tag in reversed(self.path) if tag in HEADINGS), None)
        if "title" in self.path:
            self._title(run)
        elif heading:
            self.copy.add(Piece(self.line, "heading", run, level=int(heading[1])))
        elif self.lists:
            self._item(run)
        else:
            self._line(run)

    def _title(self, run: list[Span]) -> None:
        if self.copy.title is None and "body" not in self.path:
            self.copy.title = Piece(self.line, "heading", run, level=1)
        else:
            self._line(run)

    def _item(self, run: list[Span]) -> None:
        number, group = self.lists.number(), self.lists.group
        self.copy.add(Piece(self.line, "item", run, number=number, group=group))

    def _line(self, run: list[Span]) -> None:
        """Add a paragraph; one that begins with a typed bullet is a list item."""
        number, start = bulleted(plain(run))
        kind: Kind = "quote" if "blockquote" in self.path else "line"
        if number or not start or len(run[0].text) < start:
            self.copy.add(Piece(self.line, kind, run))
            return
        last = self.copy.pieces[-1] if self.copy.pieces else None
        follows = last and last.kind == "item" and not last.number
        group = last.group if last and follows else len(self.copy.pieces) + 1
        words = [Span(run[0].text[start:], run[0].marks), *run[1:]]
        self.copy.add(Piece(self.line, "item", words, group=group))


def _parse(text: str, name: str) -> HtmlElement:
    _check_tags(text, name)
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        tree = html.document_fromstring(text.encode(), parser=parser)
    except etree.ParserError:
        raise Invalid([Finding(name, "there is no text in it")]) from None
    for error in parser.error_log:  # only what makes the parser give up; anything else it mends
        if error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
            message = f"elements are nested more than {MAX_DEPTH} deep, or are too large"
            raise Invalid([Finding(f"{name}:{error.line}", message)])
    return tree


class _Tags:
    """What the parser is told to tell of each tag, before there is a tree."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.line = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Refuse a tag that a tree would take too long."""
        if len(attributes) > MAX_ATTRIBUTES:
            message = f"<{tag}> has more than {MAX_ATTRIBUTES} attributes; remove them"
            raise Invalid([Finding(f"{self.name}:{self.line}", message)])

    def close(self) -> None:
        """End; there is no result."""


def _check_tags(text: str, name: str) -> None:
    """Refuse what a tree takes too long for; line by line, to know where it stands."""
    tags = _Tags(name)
    parser = html.HTMLParser(target=tags)
    for line in text.split("\n"):
        tags.line += 1
        parser.feed(f"{line}\n")
    parser.close()
