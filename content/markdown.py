"""The authoring form of a document: Markdown with YAML front matter, both ways.

The four sections are the ``##`` headings, named by an attribute: ``## Title {#overview}``, with
``.standalone`` where a section may be shown alone. ``[text]{claim=id}`` marks a claim and ``[@id]``
cites a source. The whole form is described in docs/editors.md.
"""

import re
from collections.abc import Iterator
from io import StringIO
from typing import Any, NoReturn

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.attrs import attrs_plugin
from ruamel.yaml import YAML

from content import documents
from content.documents import Manuscript, Span
from content.errors import Finding, Invalid
from content.located import MAX_OCTETS, Located

SECTION = re.compile(r"(?P<title>.*?)\s*\{#(?P<kind>[a-z-]+)(?P<alone>\s+\.standalone)?\s*\}")
CALLOUT = re.compile(r"\[!(?P<tone>NOTE|CAUTION)\]\s*")
CITATION = re.compile(r"\[@([a-z0-9]+(?:-[a-z0-9]+)*)\]")
CAPTION = "Table: "
IN_FRONT = ("locale", "title", "summary", "claims", "sources", "review")  # of the document


def parse(text: str, name: str = "text") -> Manuscript:
    """Turn the authoring form into a checked manuscript.

    ``name`` is the file's name for messages. Raise :class:`~content.errors.Invalid` whose findings
    name file and line.
    """
    return _Reader(text, name).manuscript()


def serialize(manuscript: Manuscript) -> str:
    """Return the authoring form of a manuscript; :func:`parse` gives the same manuscript back."""
    data = documents.dump(manuscript)
    document = data.pop("document")
    front = {"slug": data.pop("slug")} | {key: document[key] for key in IN_FRONT[:3]} | data
    front |= {key: document[key] for key in IN_FRONT[3:]}
    body = "\n\n".join(_section(section) for section in manuscript.document.sections)
    return f"---\n{_yaml(front)}---\n\n{body}\n"


class _Reader:
    """One pass over one text; keeps the name and the line offset that every message needs."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.lines = text.replace("\r\n", "\n").split("\n")
        self._check_raw(text)
        self.end = self._front_end()
        self.front = Located("\n".join(self.lines[1 : self.end]), name, offset=1)
        self.places: dict[str, int] = {}  # JSON Pointer of a block -> its line

    def _check_raw(self, text: str) -> None:
        if len(text) > MAX_OCTETS:
            self._fail(1, f"the text is longer than {MAX_OCTETS} characters")
        for number, line in enumerate(self.lines, 1):
            if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", line):
                self._fail(number, "there is a control character in this line")

    def _front_end(self) -> int:
        if self.lines[0].rstrip() != "---":
            self._fail(1, "the file does not begin with front matter (a line '---')")
        for number, line in enumerate(self.lines[1:], 1):
            if line.rstrip() == "---":
                return number
        self._fail(1, "the front matter has no closing line '---'")

    def _fail(self, line: int, message: str) -> NoReturn:
        raise Invalid([Finding(f"{self.name}:{line}", message)])

    def _refuse(self, node: SyntaxTreeNode, message: str) -> NoReturn:
        while node.map is None and node.parent is not None:
            node = node.parent
        line = node.map[0] if node.map else 0
        self._fail(self.end + 2 + line, message)

    def manuscript(self) -> Manuscript:
        front = self.front.data
        if not isinstance(front, dict):
            self._fail(1, "the front matter is not a mapping of names to values")
        document = {key: front.pop(key) for key in IN_FRONT if key in front}
        document["sections"] = self._sections()
        try:
            found: Manuscript = documents.load({**front, "document": document})
        except Invalid as error:
            raise Invalid([self._located(f) for f in error.findings]) from None
        return found

    def _located(self, finding: Finding) -> Finding:
        """Turn a JSON Pointer into ``file:line``, in the front matter or in the text."""
        pointer = finding.pointer.removeprefix("/document")
        section = re.match(r"/sections/\d+(/blocks/\d+)?", pointer)
        if not section:
            return self.front.finding(pointer, finding.message)
        line = self.places.get(section[0], self.end + 2)
        return Finding(f"{self.name}:{line}", finding.message)

    def _sections(self) -> list[dict[str, Any]]:
        text = "\n".join(self.lines[self.end + 1 :])
        sections: list[dict[str, Any]] = []
        nodes = list(SyntaxTreeNode(_parser().parse(text)).children)
        for i, node in enumerate(nodes):
            if node.type == "heading" and node.tag == "h2":
                self.places[f"/sections/{len(sections)}"] = self._line(node)
                sections.append(self._open(node))
            elif not sections:
                self._refuse(node, "there is text before the first section (a line '## …')")
            else:
                self._add(node, nodes[i + 1 : i + 2], sections)
        self._check_kinds([section["kind"] for section in sections])
        return sections

    def _line(self, node: SyntaxTreeNode) -> int:
        return self.end + 2 + (node.map[0] if node.map else 0)

    def _open(self, node: SyntaxTreeNode) -> dict[str, Any]:
        found = SECTION.fullmatch(node.children[0].content)
        if not found:
            self._refuse(node, "a section heading names its kind: '## Title {#overview}'")
        title = _unescape(found["title"])
        alone = bool(found["alone"])
        return {"kind": found["kind"], "title": title, "standalone": alone, "blocks": []}

    def _check_kinds(self, kinds: list[str]) -> None:
        for kind in documents.SECTION_KINDS:
            if kind not in kinds:
                self._fail(
                    len(self.lines), f"the section {kind!r} is missing: '## Title {{#{kind}}}'"
                )
        for i, kind in enumerate(kinds):
            if kind != (*documents.SECTION_KINDS, None)[min(i, 4)]:
                line = self.places[f"/sections/{i}"]
                order = ", ".join(documents.SECTION_KINDS)
                self._fail(line, f"the section {kind!r} is out of place; the order is {order}")

    def _add(
        self, node: SyntaxTreeNode, after: list[SyntaxTreeNode], sections: list[dict[str, Any]]
    ) -> None:
        blocks = sections[-1]["blocks"]
        caption = _caption(node)
        if caption and after and after[0].type == "table":
            after[0].meta["caption"] = caption
            return
        self.places[f"/sections/{len(sections) - 1}/blocks/{len(blocks)}"] = self._line(node)
        block = self._block(node)
        blocks.append({**block, "text": _text(block)})

    def _block(self, node: SyntaxTreeNode) -> dict[str, Any]:
        match node.type:
            case "paragraph":
                return {"type": "paragraph", "spans": self._spans(node)}
            case "heading" if node.tag in ("h3", "h4"):
                return {"type": "heading", "level": int(node.tag[1]), "spans": self._spans(node)}
            case "bullet_list" | "ordered_list":
                items = [self._item(item) for item in node.children]
                return {"type": "list", "ordered": node.type == "ordered_list", "items": items}
            case "blockquote":
                return self._quote(node)
            case "table":
                return self._table(node)
            case "fence" if node.info.strip() == "figure":
                return self._figure(node)
        self._refuse(node, f"unknown block: {_block_name(node)} is not part of the form")

    def _item(self, item: SyntaxTreeNode) -> dict[str, Any]:
        if [child.type for child in item.children] != ["paragraph"]:
            self._refuse(item, "unknown block: a list item holds one paragraph, nothing nested")
        return _inline(self._spans(item.children[0]))

    def _quote(self, node: SyntaxTreeNode) -> dict[str, Any]:
        if [child.type for child in node.children] != ["paragraph"]:
            self._refuse(node, "unknown block: a quote or callout holds one paragraph")
        inline = node.children[0].children[0]
        callout = CALLOUT.match(inline.content)
        if not callout:
            return {"type": "quote", "spans": self._spans(node.children[0])}
        spans = self._spans(node.children[0], skip=callout.end())
        return {"type": "callout", "tone": callout["tone"].lower(), "spans": spans}

    def _table(self, node: SyntaxTreeNode) -> dict[str, Any]:
        rows = [
            [_inline(self._spans(cell)) for cell in row.children]
            for part in node.children
            for row in part.children
        ]
        caption = node.meta.get("caption", "")
        return {"type": "table", "caption": caption, "columns": rows[0], "rows": rows[1:]}

    def _figure(self, node: SyntaxTreeNode) -> dict[str, Any]:
        data = Located(node.content, self.name, offset=self._line(node)).data
        if not isinstance(data, dict) or not data.get("alt"):
            self._refuse(node, "a figure needs 'alt': say what the image shows")
        return {**data, "type": "figure"}

    def _spans(self, owner: SyntaxTreeNode, skip: int = 0) -> list[dict[str, Any]]:
        inline = owner.children[0]
        if skip:
            tokens = _parser().parseInline(inline.content[skip:])
            children = SyntaxTreeNode(tokens).children[0].children
        else:
            children = inline.children
        spans = documents.tidy(list(self._walk(children, [], owner)))
        return [documents.dump(span) for span in spans]

    def _walk(
        self, nodes: list[SyntaxTreeNode], marks: list[documents.Mark], owner: SyntaxTreeNode
    ) -> Iterator[Span]:
        for node in nodes:
            if node.type == "text":
                yield Span(node.content, marks)
            elif node.type == "softbreak":
                yield Span(" ", marks)
            elif node.type == "citation":
                yield Span("", [*marks, documents.Cites(node.content)])
            else:
                mark = self._mark(node, owner)
                if any(type(m) is type(mark) for m in marks):
                    self._refuse(owner, f"a {_block_name(node)} inside another of its kind")
                yield from self._walk(node.children, [*marks, mark], owner)

    def _mark(self, node: SyntaxTreeNode, owner: SyntaxTreeNode) -> documents.Mark:
        match node.type:
            case "strong":
                return documents.Strong()
            case "em":
                return documents.Emphasis()
            case "link":
                return documents.Link(str(node.attrs["href"]))
            case "span" if set(node.attrs) == {"claim"}:
                return documents.Claims(str(node.attrs["claim"]))
            case "span" if node.attrs == {"class": "strong"}:
                return documents.Strong()
            case "span" if node.attrs == {"class": "emphasis"}:
                return documents.Emphasis()
        self._refuse(owner, f"unknown block: {_block_name(node)} is not part of the form")


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.use(attrs_plugin, spans=True, after=("span_close",))
    parser.inline.ruler.before("link", "citation", _citation)
    # Addresses are kept as they were written: what an author sees is what a reader gets.
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return parser


def _citation(state: StateInline, silent: bool) -> bool:
    found = CITATION.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("citation", "", 0).content = found[1]
    state.pos = found.end()
    return True


def _caption(node: SyntaxTreeNode) -> str:
    content = node.children[0].content if node.type == "paragraph" else ""
    return _unescape(content[len(CAPTION) :]) if content.startswith(CAPTION) else ""


def _inline(spans: list[dict[str, Any]]) -> dict[str, Any]:
    return {"spans": spans, "text": "".join(span["text"] for span in spans)}


def _text(block: dict[str, Any]) -> str:
    """Return the plain text of a block that is still data (documents.block_text on structs)."""
    match block["type"]:
        case "list":
            return "\n".join(item["text"] for item in block["items"])
        case "table":
            rows = [
                " | ".join(c["text"] for c in row) for row in [block["columns"], *block["rows"]]
            ]
            return "\n".join([block["caption"], *rows] if block["caption"] else rows)
        case "figure":
            return str(block["alt"])
    return "".join(span["text"] for span in block["spans"])


def _block_name(node: SyntaxTreeNode) -> str:
    names = {
        "hr": "a horizontal rule",
        "code_block": "indented code",
        "code_inline": "inline code",
        "hardbreak": "a line break",
        "image": "an inline image (use a ```figure block)",
        "heading": f"a heading of level {node.tag[1:]}" if node.tag else "a heading",
    }
    return names.get(node.type, node.type.replace("_", " "))


def _yaml(data: dict[str, Any]) -> str:
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 10_000
    stream = StringIO()
    yaml.dump(data, stream)
    return stream.getvalue()


def _section(section: documents.Section) -> str:
    attributes = f"#{section.kind}" + (" .standalone" if section.standalone else "")
    head = f"## {_escape(section.title)} {{{attributes}}}"
    parts, previous = [head], ""
    for block in section.blocks:
        text = _markdown(block, previous)
        previous = text[:2] if isinstance(block, documents.Bullets) else ""
        parts.append(text)
    return "\n\n".join(parts)


def _markdown(block: documents.Block, previous: str) -> str:
    match block:
        case documents.Heading():
            return f"{'#' * block.level} {_inline_text(block.spans)}"
        case documents.Bullets():
            marks = ("1.", "1)") if block.ordered else ("- ", "* ")
            mark = marks[1] if previous == marks[0] else marks[0]
            return "\n".join(f"{mark.strip()} {_inline_text(i.spans)}" for i in block.items)
        case documents.Quote():
            return f"> {_inline_text(block.spans)}"
        case documents.Callout():
            return f"> [!{block.tone.upper()}]\n> {_inline_text(block.spans)}"
        case documents.Table():
            return _table(block)
        case documents.Figure():
            facts = documents.dump(block)
            return (
                f"```figure\n{_yaml({k: facts[k] for k in facts if k not in ('type', 'text')})}```"
            )
        case documents.Paragraph():
            text = _inline_text(block.spans)
            return text.replace(CAPTION, "Table\\: ", 1) if text.startswith(CAPTION) else text


def _table(table: documents.Table) -> str:
    lines = [_row(table.columns), "|" + " - |" * len(table.columns), *map(_row, table.rows)]
    caption = [f"{CAPTION}{_escape(table.caption)}", ""] if table.caption else []
    return "\n".join([*caption, *lines])


def _row(cells: list[documents.Inline]) -> str:
    return "| " + " | ".join(_inline_text(cell.spans) for cell in cells) + " |"


def _inline_text(spans: list[Span]) -> str:
    text = _nest(spans, 0)
    return (
        "\\" + text
        if re.match(r"[#+\-=~:>!|]", text)
        else re.sub(r"\A(\d+)([.)])", r"\1\\\2", text)
    )


def _nest(spans: list[Span], depth: int) -> str:
    """Write spans whose first ``depth`` marks are already open."""
    out, i = "", 0
    while i < len(spans):
        marks = spans[i].marks[depth:]
        if not marks:
            out, i = out + _escape(spans[i].text), i + 1
        elif isinstance(marks[0], documents.Cites):
            out, i = out + (" " if out and out[-1] not in " [" else "") + f"[@{marks[0].id}]", i + 1
        else:
            j = i
            while j < len(spans) and spans[j].marks[depth : depth + 1] == marks[:1]:
                j += 1
            inner = _nest(spans[i:j], depth + 1)
            stars = _stars(marks[0], inner, before=out[-1:], after=spans[j : j + 1], depth=depth)
            out, i = out + (f"{stars}{inner}{stars}" if stars else _wrap(marks[0], inner)), j
    return out


def _stars(mark: documents.Mark, inner: str, *, before: str, after: list[Span], depth: int) -> str:
    """Return ``**`` or ``*`` where CommonMark's flanking rules surely read it as meant, else ``""``."""
    stars = {documents.Strong: "**", documents.Emphasis: "*"}.get(type(mark), "")
    following = after[0].text[:1] if after and not after[0].marks[depth:] else "[" if after else ""
    inside = inner[:1].isalnum() and inner[-1:].isalnum()
    return stars if inside and before in ("", " ") and following in ("", *" .,;") else ""


def _wrap(mark: documents.Mark, inner: str) -> str:
    match mark:
        case documents.Claims():
            return f"[{inner}]{{claim={mark.id}}}"
        case documents.Link():
            return f"[{inner}](<{mark.href}>)"
        case documents.Strong():
            return f"[{inner}]{{.strong}}"
        case _:
            return f"[{inner}]{{.emphasis}}"


def _escape(text: str) -> str:
    return re.sub(r"([\\`*_\[\]{}<>&|#!])", r"\\\1", text)


def _unescape(text: str) -> str:
    """Read a title as plain text: only backslash escapes mean something in it."""
    return documents.clean(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text))
