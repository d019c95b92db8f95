"""Reading the authoring form: front matter, four sections, blocks; every error has its line."""

import re
from collections.abc import Iterator
from typing import Any, NoReturn

from markdown_it.tree import SyntaxTreeNode

from content import documents
from content.documents import Manuscript
from content.errors import Finding, Invalid
from content.located import Located, readable
from content.markdown import inline, places
from content.markdown.parser import Refused
from content.markdown.places import Place

SECTION = re.compile(r"(?P<title>.*?)\s*\{#(?P<kind>[a-z-]+)(?P<alone>\s+\.standalone)?\s*\}")
CALLOUT = re.compile(r"\[!(?P<tone>NOTE|CAUTION)\]\s*")
SECTION_PLACE = re.compile(r"/sections/\d+(/blocks/\d+)?")  # a JSON Pointer
CAPTION = "Table: "
IN_FRONT = (  # of the document
    *("locale", "title", "summary", "claims", "sources", "review", "translation"),
)
MAX_LINES = 50_000
MAX_HEADING = 2000  # characters of a section's heading, escapes included


def parse(text: str, name: str = "text", *, complete: bool = True) -> Manuscript:
    """Turn the authoring form into a checked manuscript.

    ``name`` is the file's name for messages; a draft need not be ``complete``. Raise
    :class:`~content.errors.Invalid` whose findings name file and line.
    """
    return Reader(text, name).manuscript(complete=complete)


class Reader:
    """One pass over one text; keeps the name and the line offset that every message needs."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.text = readable(text, name)
        self.lines = self.text.split("\n")
        if len(self.lines) > MAX_LINES:
            self._fail(MAX_LINES, f"the text has more than {MAX_LINES} lines")
        self.end = self._front_end()
        self.front = Located("\n".join(self.lines[1 : self.end]), name, offset=1)
        self.places: dict[str, int] = {}  # JSON Pointer of a section or block -> its line

    def manuscript(self, *, complete: bool = True) -> Manuscript:
        """Return what the text says; raise ``Invalid``."""
        front = dict(self._mapping())
        document = {key: front.pop(key) for key in IN_FRONT if key in front}
        document["sections"] = self._sections()
        try:
            found: Manuscript = documents.load({**front, "document": document}, complete=complete)
        except Invalid as error:
            raise Invalid([self.locate(finding) for finding in error.findings]) from None
        return found

    def locate(self, finding: Finding) -> Finding:
        """Turn a JSON Pointer into ``file:line``, in the front matter or in the text."""
        pointer = finding.pointer.removeprefix("/document")
        section = SECTION_PLACE.match(pointer)
        if not section:
            return self.front.finding(pointer, finding.message)
        line = self.places.get(section[0], self.end + 2)
        return Finding(f"{self.name}:{line}", finding.message)

    def place(self, pointer: str, words: str) -> Place:
        """Return where words of the manuscript stand in the text, or the line of their place."""
        inside = pointer.removeprefix("/document")
        section = SECTION_PLACE.match(inside)
        line = self.places.get(section[0], self.end + 2) if section else self.front.line(inside)
        later = [one for one in self.places.values() if one > line]
        until = min(later, default=len(self.lines) + 1) if section else self.end + 1
        return places.find(self.text, line, until, words)

    def _front_end(self) -> int:
        if self.lines[0].rstrip() != "---":
            self._fail(1, "the file does not begin with front matter (a line '---')")
        ends = (n for n, line in enumerate(self.lines[1:], 1) if line.rstrip() == "---")
        return next(ends, 0) or self._fail(1, "the front matter has no closing line '---'")

    def _mapping(self) -> dict[str, Any]:
        front = self.front.data
        if not isinstance(front, dict):
            self._fail(2, "the front matter is not a mapping of names to values")
        if "document" in front:
            line = self.front.line("/document")
            self._fail(line, "'document' is not a name that is known here")
        return front

    def _fail(self, line: int, message: str) -> NoReturn:
        raise Invalid([Finding(f"{self.name}:{line}", message)]) from None

    def _line(self, node: SyntaxTreeNode) -> int:
        return self.end + 2 + (node.map[0] if node.map else 0)

    def _sections(self) -> list[dict[str, Any]]:
        sections: list[dict[str, Any]] = []
        nodes = self._nodes()
        for i, node in enumerate(nodes):
            try:
                self._take(node, nodes[i + 1 : i + 2], sections)
            except Refused as error:
                self._fail(self._line(node), str(error))
        self._check_kinds([section["kind"] for section in sections])
        return sections

    def _nodes(self) -> list[SyntaxTreeNode]:
        try:
            return inline.parse("\n".join(self.lines[self.end + 1 :]))
        except Refused as error:
            self._fail(self.end + 2 + (error.line or 0), str(error))

    def _take(
        self, node: SyntaxTreeNode, after: list[SyntaxTreeNode], sections: list[dict[str, Any]]
    ) -> None:
        if node.type == "heading" and node.tag == "h2":
            self.places[f"/sections/{len(sections)}"] = self._line(node)
            sections.append(_open(node))
        elif not sections:
            raise Refused("there is text before the first section (a line '## …')")
        elif caption := _caption(node, after):
            after[0].meta["caption"] = caption
        else:
            blocks = sections[-1]["blocks"]
            self.places[f"/sections/{len(sections) - 1}/blocks/{len(blocks)}"] = self._line(node)
            blocks.append(self._block(node))

    def _check_kinds(self, kinds: list[str]) -> None:
        order = ", ".join(documents.SECTION_KINDS)
        for i, kind in enumerate(kinds):
            if kind not in documents.SECTION_KINDS:
                line = self.places[f"/sections/{i}"]
                self._fail(line, f"there is no section {kind!r}; there are {order}")
        for kind in documents.SECTION_KINDS:
            if kind not in kinds:
                message = f"the section {kind!r} is missing: '## Title {{#{kind}}}'"
                self._fail(len("\n".join(self.lines).rstrip().split("\n")), message)
        for i, kind in enumerate(kinds):
            if kind != (*documents.SECTION_KINDS, None)[min(i, 4)]:
                line = self.places[f"/sections/{i}"]
                self._fail(line, f"the section {kind!r} is out of place; the order is {order}")

    def _block(self, node: SyntaxTreeNode) -> dict[str, Any]:
        """Return a block as data, with its plain text."""
        data = self._content(node)
        return {**data, "text": _text(data)}

    def _content(self, node: SyntaxTreeNode) -> dict[str, Any]:
        match node.type:
            case "paragraph":
                return {"type": "paragraph", "spans": _spans(node)}
            case "heading" if node.tag in ("h3", "h4"):
                return {"type": "heading", "level": int(node.tag[1]), "spans": _spans(node)}
            case "bullet_list" | "ordered_list":
                return self._list(node)
            case "blockquote":
                return _quote(node)
            case "table":
                return self._table(node)
            case "fence" if node.info.strip() == "figure":
                return self._figure(node)
        raise Refused(f"unknown block: {inline.name(node)} is not part of the form")

    def _list(self, node: SyntaxTreeNode) -> dict[str, Any]:
        if node.attrs.get("start", 1) != 1:
            raise Refused("an ordered list starts with 1 (write 7\\. for a number that is text)")
        for item in node.children:
            if [child.type for child in item.children] != ["paragraph"]:
                self._fail(self._line(item), "unknown block: a list item holds one paragraph")
        items = [_inline(item.children[0]) for item in node.children]
        return {"type": "list", "ordered": node.type == "ordered_list", "items": items}

    def _table(self, node: SyntaxTreeNode) -> dict[str, Any]:
        rows = [row for part in node.children for row in part.children]
        for row in rows:
            self._check_row(row)
        cells = [[_inline(cell) for cell in row.children] for row in rows]
        caption = node.meta.get("caption", "")
        return {"type": "table", "caption": caption, "columns": cells[0], "rows": cells[1:]}

    def _check_row(self, row: SyntaxTreeNode) -> None:
        """Refuse a row of another length: CommonMark would drop its last cells silently."""
        line = self._line(row)
        written = re.sub(r"^\s*\||(?<!\\)\|\s*$", "", self.lines[line - 1])
        if len(re.findall(r"(?<!\\)\|", written)) + 1 != len(row.children):
            self._fail(line, f"this row has not as many cells as its table ({len(row.children)})")

    def _figure(self, node: SyntaxTreeNode) -> dict[str, Any]:
        facts = Located(node.content, self.name, offset=self._line(node)).data
        if not isinstance(facts, dict) or not facts.get("alt"):
            raise Refused("a figure needs 'alt': say what the image shows")
        if not facts.keys().isdisjoint(("type", "text")):
            raise Refused("a figure has neither 'type' nor 'text'")
        return {**facts, "type": "figure"}


def _open(node: SyntaxTreeNode) -> dict[str, Any]:
    heading = node.children[0].content
    found = SECTION.fullmatch(heading) if len(heading) <= MAX_HEADING else None
    if not found:
        raise Refused("a section heading names its kind: '## Title {#overview}'")
    title = inline.read_plain(found["title"])
    return {
        "kind": found["kind"],
        "title": title,
        "standalone": bool(found["alone"]),
        "blocks": [],
    }


def _caption(node: SyntaxTreeNode, after: list[SyntaxTreeNode]) -> str:
    """Return the caption that a paragraph is to the table after it, or nothing."""
    content = node.children[0].content if node.type == "paragraph" else ""
    if not (content.startswith(CAPTION) and after and after[0].type == "table"):
        return ""
    return inline.read_plain(content[len(CAPTION) :])


def _quote(node: SyntaxTreeNode) -> dict[str, Any]:
    if [child.type for child in node.children] != ["paragraph"]:
        raise Refused("unknown block: a quote or callout holds one paragraph")
    content = node.children[0].children[0].content
    callout = CALLOUT.match(content)
    if not callout:
        return {"type": "quote", "spans": _spans(node.children[0])}
    spans = inline.read(content[callout.end() :])
    return {"type": "callout", "tone": callout["tone"].lower(), "spans": documents.dump(spans)}


def _spans(owner: SyntaxTreeNode) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = documents.dump(inline.walk(owner.children[0]))
    return found


def _inline(owner: SyntaxTreeNode) -> dict[str, Any]:
    spans = _spans(owner)
    return {"spans": spans, "text": "".join(span["text"] for span in spans)}


def _text(block: dict[str, Any]) -> str:
    """Return the plain text of a block that is still data (documents.block_text on structs)."""
    match block["type"]:
        case "list":
            return "\n".join(item["text"] for item in block["items"])
        case "table":
            return "\n".join(_table_lines(block))
        case "figure":
            return str(block["alt"])
    return "".join(span["text"] for span in block["spans"])


def _table_lines(block: dict[str, Any]) -> Iterator[str]:
    if block["caption"]:
        yield block["caption"]
    for row in [block["columns"], *block["rows"]]:
        yield " | ".join(cell["text"] for cell in row)
