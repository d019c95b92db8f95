"""Blocks: the typed pieces of a section, each with its plain ``text``."""

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta

from content import spans
from content.errors import Finding
from content.parts import HttpsUrl, Line, Part, Passage
from content.spans import Inline, Span, Spans, plain


class Paragraph(Part, tag="paragraph", tag_field="type"):
    """A paragraph."""

    spans: Spans
    text: Passage


class Heading(Part, tag="heading", tag_field="type"):
    """A heading inside a section (the section's own title is level 2)."""

    level: Literal[3, 4]
    spans: Spans
    text: Line


class Bullets(Part, tag="list", tag_field="type"):
    """A flat list, ordered or not."""

    ordered: bool
    items: Annotated[list[Inline], Meta(min_length=1, max_length=200)]
    text: Passage


class Quote(Part, tag="quote", tag_field="type"):
    """Words of somebody else."""

    spans: Spans
    text: Passage


class Callout(Part, tag="callout", tag_field="type"):
    """A passage set apart: a note, or a caution."""

    tone: Literal["note", "caution"]
    spans: Spans
    text: Passage


class Table(Part, tag="table", tag_field="type"):
    """A table with a header row; every row is as long as the header."""

    caption: Annotated[str, Meta(max_length=500)]
    columns: Annotated[list[Inline], Meta(min_length=1, max_length=20)]
    rows: Annotated[list[list[Inline]], Meta(min_length=1, max_length=500)]
    text: Passage


class Figure(Part, tag="figure", tag_field="type"):
    """An image that the publisher serves; Caveat carries its address and facts, no image bytes."""

    src: HttpsUrl
    alt: Line
    width: Annotated[int, Meta(ge=1, le=20_000)]  # CSS pixels
    height: Annotated[int, Meta(ge=1, le=20_000)]  # CSS pixels
    credit: Line
    licence: Line
    digest: Annotated[str, Meta(pattern=r"\Asha256:[0-9a-f]{64}\Z")]
    text: Passage


Block = Paragraph | Heading | Bullets | Quote | Callout | Table | Figure


def block_text(block: Block) -> str:
    """Return the plain text that a block's own ``text`` has to be."""
    match block:
        case Bullets():
            return "\n".join(plain(item.spans) for item in block.items)
        case Table():
            rows = [block.columns, *block.rows]
            lines = [" | ".join(plain(cell.spans) for cell in row) for row in rows]
            return "\n".join([block.caption, *lines] if block.caption else lines)
        case Figure():
            return block.alt
        case _:
            return plain(block.spans)


def runs(block: Block) -> Iterator[tuple[str, list[Span]]]:
    """Yield every run of inline text of a block with its JSON Pointer in the block."""
    if isinstance(block, Paragraph | Heading | Quote | Callout):
        yield "/spans", block.spans
    for at, inline in _inlines(block):
        yield f"{at}/spans", inline.spans


def check(block: Block, at: str) -> Iterator[Finding]:
    """Yield what types cannot say about a block."""
    if block.text != block_text(block):
        yield Finding(f"{at}/text", "is not the plain text of the block")
    for where, run in runs(block):
        yield from (Finding(at + where, message) for message in spans.check(run))
    for where, inline in _inlines(block):
        yield from _check_inline(inline, at + where, empty=isinstance(block, Table))
    if isinstance(block, Table):
        yield from _check_rows(block, at)


def _inlines(block: Block) -> Iterator[tuple[str, Inline]]:
    if isinstance(block, Bullets):
        yield from ((f"/items/{i}", item) for i, item in enumerate(block.items))
    if isinstance(block, Table):
        yield from ((f"/columns/{i}", cell) for i, cell in enumerate(block.columns))
        for r, row in enumerate(block.rows):
            yield from ((f"/rows/{r}/{i}", cell) for i, cell in enumerate(row))


def _check_inline(inline: Inline, at: str, *, empty: bool) -> Iterator[Finding]:
    if inline.text != plain(inline.spans):
        yield Finding(f"{at}/text", "is not the plain text of the spans")
    if not (inline.spans or empty):
        yield Finding(f"{at}/spans", "a list item is never empty")


def _check_rows(table: Table, at: str) -> Iterator[Finding]:
    wide = len(table.columns)
    for r, row in enumerate(table.rows):
        if len(row) != wide:
            yield Finding(f"{at}/rows/{r}", f"has {len(row)} cells, the header has {wide}")
