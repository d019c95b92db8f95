"""Writing the authoring form: a manuscript becomes Markdown that reads back as the same manuscript.

Where CommonMark might read something else, the longer and safer spelling is taken: a backslash
before punctuation, ``[text]{.strong}`` instead of ``**text**``.
"""

import re
from itertools import groupby
from typing import Any

import yaml

from content import documents, located
from content.documents import Cites, Claims, Emphasis, Inline, Link, Manuscript, Mark, Span, Strong
from content.markdown.reading import CAPTION, IN_FRONT

# A link stands inside all other marks: Markdown has none that holds another bracket.
NESTING: tuple[type[Mark], ...] = (Claims, Strong, Emphasis, Link, Cites)
STARS: dict[type[Mark], str] = {Strong: "**", Emphasis: "*"}


def serialize(manuscript: Manuscript) -> str:
    """Return the authoring form of a manuscript; ``parse`` gives the same manuscript back."""
    data = documents.dump(manuscript)
    document = data.pop("document")
    front = {"slug": data.pop("slug")} | {key: document[key] for key in IN_FRONT[:3]} | data
    front |= {key: document[key] for key in IN_FRONT[3:] if key in document}
    body = "\n\n".join(_section(section) for section in manuscript.document.sections)
    return f"---\n{_yaml(front)}---\n\n{body}\n"


def _yaml(data: dict[str, Any]) -> str:
    written = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return str(written)


def _section(section: documents.Section) -> str:
    attributes = f"#{section.kind}" + (" .standalone" if section.standalone else "")
    parts, previous = [f"## {_escape(section.title)} {{{attributes}}}"], ""
    for block in section.blocks:
        text = _block(block, previous)
        previous = text[:2] if isinstance(block, documents.Bullets) else ""
        parts.append(text)
    return "\n\n".join(parts)


def _block(block: documents.Block, previous: str) -> str:
    match block:
        case documents.Bullets():
            return _list(block, previous)
        case documents.Table():
            return _table(block)
        case documents.Figure():
            return _figure(block)
    return _prose(block, _line(block.spans))


def _prose(block: documents.Block, text: str) -> str:
    match block:
        case documents.Heading():
            return f"{'#' * block.level} {text}"
        case documents.Quote():
            return f"> {text}"
        case documents.Callout():
            return f"> [!{block.tone.upper()}]\n> {text}"
    return text.replace(":", "\\:", 1) if text.startswith(CAPTION) else text


def _list(block: documents.Bullets, previous: str) -> str:
    """Write a list; another marker than that of a list just before keeps the two apart."""
    first, second = ("1.", "1)") if block.ordered else ("- ", "* ")
    mark = second if previous == first else first
    return "\n".join(f"{mark.strip()} {_line(item.spans)}" for item in block.items)


def _figure(block: documents.Figure) -> str:
    facts = documents.dump(block)
    return f"```figure\n{_yaml({k: facts[k] for k in facts if k not in ('type', 'text')})}```"


def _table(table: documents.Table) -> str:
    lines = [_row(table.columns), "|" + " - |" * len(table.columns), *map(_row, table.rows)]
    caption = [f"{CAPTION}{_escape(table.caption)}", ""] if table.caption else []
    return "\n".join([*caption, *lines])


def _row(cells: list[Inline]) -> str:
    return "| " + " | ".join(_line(cell.spans) for cell in cells) + " |"


def _line(spans: list[Span]) -> str:
    """Write inline text so that its beginning is not taken for a list, a heading or a rule."""
    text = _nest([_sorted(span) for span in spans], 0)
    if text[:1] in tuple("+-=~:"):
        return "\\" + text
    return re.sub(r"\A([0-9]+)([.)])", r"\1\\\2", text)


def _sorted(span: Span) -> Span:
    return Span(span.text, sorted(span.marks, key=lambda mark: NESTING.index(type(mark))))


def _nest(spans: list[Span], depth: int) -> str:
    """Write spans whose first ``depth`` marks are already open."""
    groups = [list(group) for _, group in groupby(spans, key=lambda span: span.marks[depth:][:1])]
    out = ""
    for i, group in enumerate(groups):
        following = groups[i + 1][0] if i + 1 < len(groups) else None
        out += _group(group, depth, out, following)
    return out


def _group(group: list[Span], depth: int, before: str, following: Span | None) -> str:
    """Write neighbours that share their next mark."""
    mark = next(iter(group[0].marks[depth:]), None)
    if mark is None:
        return "".join(_escape(span.text) for span in group)
    if isinstance(mark, Cites):
        space = " " if before and before[-1] not in " [" else ""
        return space + " ".join(f"[@{mark.id}]" for _ in group)
    inner = _nest(group, depth + 1)
    if _is_plain(inner, before, following, depth):
        return _wrap(mark, inner, STARS.get(type(mark), ""))
    return _wrap(mark, inner, "")


def _is_plain(inner: str, before: str, following: Span | None, depth: int) -> bool:
    """Return whether CommonMark's flanking rules surely read stars around ``inner`` as meant."""
    plain = following is None or not following.marks[depth:]
    after = following.text[:1] if following else ""
    ends = inner[:1].isalnum() and inner[-1:].isalnum()
    return ends and plain and before[-1:] in ("", " ") and after in ("", " ", ".", ",", ";")


def _wrap(mark: Mark, inner: str, stars: str) -> str:
    if inner.startswith("@"):
        inner = "\\" + inner  # [@… would be a reference
    match mark:
        case Claims():
            return f"[{inner}]{{claim={mark.id}}}"
        case Link():
            return f"[{inner}](<{_escape(mark.href)}>)"
        case _ if stars:
            return f"{stars}{inner}{stars}"
        case Strong():
            return f"[{inner}]{{.strong}}"
        case _:
            return f"[{inner}]{{.emphasis}}"


def _escape(text: str) -> str:
    return re.sub(r"([\\`*_\[\]{}<>&|#!]|(?<![\w.])@(?=[a-z0-9]))", r"\\\1", text)


class _Dumper(yaml.SafeDumper):
    """Puts in quotes what the reader of authoring files would not take for text."""

    yaml_implicit_resolvers = located.resolvers()
