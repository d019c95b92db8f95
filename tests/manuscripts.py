"""Manuscripts: a sound text to spoil, and strategies whose text looks like Markdown."""

from typing import Any

import pytest
from hypothesis import strategies as st

from content import documents, markdown
from content.documents import Manuscript
from content.errors import Invalid

SOUND = """\
---
slug: a-b
locale: en
title: A title
summary: A summary.
topics: [sleep]
conditions: []
change_note: First.
review:
  status: unreviewed
  searched_on: 2026-11-22
  next_review_due: 2027-05-22
  provenance: {author: The desk, ai_statement: None.}
claims:
  - id: c-1
    statement: It helps.
    evidence_level: E1
    sources: [s-1]
sources:
  - id: s-1
    title: A study
    authors: Somebody
    doi: 10.1000/182
---

## What {#overview}

[It helps [@s-1].]{claim=c-1}

## How {#mechanisms}

Words.

## Support {#support-systems}

Words.

## The end {#conclusions .standalone}

Words.
"""
HOSTILE = [
    "1. x", "2) y", "# x", "### x #", "---", "***", "___", "===", "- x", "+ y", "* z", "> q",
    "Table: x", "[!NOTE]", "[!CAUTION] x", "{#overview}", "{#overview .standalone}", "{.strong}",
    "{claim=a}", "&amp;", "&#65;", "a\\", "\\", "\\|", "|", "a | b", "| - |", "[@a]", "[x](y)",
    "[x]: https://e.org", "![x](y)", "<b>", "<https://e.org>", "<!--", "`a`", "```", "~~~", "**a**",
    "*a", "_a_", "__a", "a_b_c", "x #", "x ##", "!", "[", "]", "(", ")", "{", "}", ":", "=", "~",
    "a:b", "'", '"', "null", "true", "2026-11-22", "1", "1e3", "%", "@", "?", ", ", "e", "\u0301",
    "é", "\u0345", "\u05d0", "ﬁ", "Å", "\u00b2", "😀", "\u200b", "\u202e", "\ufdd0", "。", "§", ".",
]  # fmt: skip
WORDS = st.one_of(
    st.sampled_from(HOSTILE),
    st.sampled_from([" ", "plain", " words ", "kratom", ", and"]),
    st.text(max_size=8),
)
RAW = st.lists(WORDS, min_size=1, max_size=4).map("".join)
LINES = RAW.map(documents.clean).filter(lambda text: 0 < len(text) <= 200)
NAMES = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,3})?", fullmatch=True)
IDS = st.sampled_from(["a", "b-1", "c", "2"])
URLS = st.sampled_from(
    [
        "https://e.org/",
        "https://e.org/a_b*c?x=1&y=(2)&amp;z#f!",
        "https://e.org/%20[x]",
        "https://é.org/😀",
    ]
)


def marks() -> st.SearchStrategy[list[documents.Mark]]:
    """Up to four marks, each of its own kind, outermost first."""
    kinds = (
        st.builds(documents.Claims, IDS),
        st.builds(documents.Link, URLS),
        st.just(documents.Strong()),
        st.just(documents.Emphasis()),
    )
    return st.tuples(*(st.one_of(st.none(), kind) for kind in kinds)).map(
        lambda found: [mark for mark in found if mark]
    )


def spans(*, min_text: int = 1) -> st.SearchStrategy[list[documents.Span]]:
    """Inline text in its canonical form."""
    text = st.builds(documents.Span, RAW, marks())
    reference = st.builds(
        lambda outer, id: documents.Span("", [*outer, documents.Cites(id)]), marks(), IDS
    )
    lists = st.lists(st.one_of(text, text, reference), min_size=min_text, max_size=6)
    return lists.map(documents.tidy).filter(lambda s: len(documents.plain(s)) >= min_text)


@st.composite
def inlines(draw: st.DrawFn, *, min_text: int = 0) -> documents.Inline:
    """Draw a list item or a table cell."""
    found = draw(spans(min_text=min_text))
    return documents.Inline(found, documents.plain(found))


@st.composite
def prose(draw: st.DrawFn) -> Any:
    """Draw a block that is one run of inline text."""
    found = draw(spans())
    text = documents.plain(found)
    return draw(
        st.sampled_from(
            [
                documents.Paragraph(found, text),
                documents.Heading(3, found, text),
                documents.Heading(4, found, text),
                documents.Quote(found, text),
                documents.Callout("note", found, text),
                documents.Callout("caution", found, text),
            ]
        )
    )


@st.composite
def bullets(draw: st.DrawFn) -> documents.Bullets:
    """Draw a list; lists of one kind will stand side by side."""
    items = draw(st.lists(inlines(min_text=1), min_size=1, max_size=4))
    return documents.Bullets(draw(st.booleans()), items, "\n".join(item.text for item in items))


@st.composite
def tables(draw: st.DrawFn) -> Any:
    """Draw a table, with or without a caption, also with empty cells."""
    width = draw(st.integers(1, 3))
    row = st.lists(inlines(), min_size=width, max_size=width)
    caption = draw(st.one_of(st.just(""), LINES))
    table = documents.Table(
        caption, draw(row), draw(st.lists(row, min_size=1, max_size=3)), "text to be replaced"
    )
    text = documents.block_text(table)
    return documents.Table(table.caption, table.columns, table.rows, text or " ")


@st.composite
def figures(draw: st.DrawFn) -> documents.Figure:
    """Draw a figure."""
    alt = draw(LINES)
    return documents.Figure(
        draw(URLS), alt, draw(st.integers(1, 9)), 7, draw(LINES), draw(LINES),
        "sha256:" + "0a" * 32, alt,
    )  # fmt: skip


BLOCKS = st.one_of(prose(), prose(), bullets(), bullets(), tables(), figures())


@st.composite
def manuscripts(draw: st.DrawFn) -> Manuscript:
    """Draw a whole manuscript that :func:`content.documents.load` accepts."""
    sections = [
        documents.Section(kind, draw(LINES), draw(st.booleans()), draw(_some(BLOCKS)))  # type: ignore[arg-type]
        for kind in documents.SECTION_KINDS
    ]
    review = documents.Review(
        "unreviewed", "2026-11-22", "2027-05-22", documents.Provenance(draw(LINES), draw(LINES))
    )
    bare = documents.Document("en", draw(LINES), draw(LINES), sections, [], [], review)
    claims = [
        documents.Claim(id, draw(LINES), draw(st.sampled_from(["E0", "REG"])), ["a"])
        for id in sorted(_used(bare, documents.Claims))
    ]
    sources = [
        documents.Source(id, draw(LINES), draw(LINES), draw(st.none() | LINES), 2023, None, "https://e.org/")
        for id in sorted(_used(bare, documents.Cites) | {"a"})
    ]  # fmt: skip
    whole = documents.Document("en", bare.title, bare.summary, sections, claims, sources, review)
    found: Manuscript = documents.load(
        {
            "slug": draw(NAMES),
            "topics": [draw(NAMES)],
            "conditions": draw(st.lists(NAMES, max_size=2, unique=True)),
            "change_note": draw(LINES),
            "document": documents.dump(whole),
        }
    )
    return found


def _some(blocks: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    usable = blocks.filter(lambda block: block.text == documents.block_text(block))
    return st.lists(usable, min_size=1, max_size=3)


def _used(document: documents.Document, kind: type) -> set[str]:
    runs = documents.inline_runs(document)
    found = (mark for _, run in runs for span in run for mark in span.marks)
    return {mark.id for mark in found if isinstance(mark, kind)}  # type: ignore[attr-defined]


def findings(text: str) -> list[str]:
    """Return what is wrong with a text, each with its place."""
    with pytest.raises(Invalid) as caught:
        markdown.parse(text, "a.md")
    return [str(finding) for finding in caught.value.findings]


def changed(old: str, new: str) -> str:
    """Return the sound text with one thing changed."""
    assert old in SOUND
    return SOUND.replace(old, new, 1)
