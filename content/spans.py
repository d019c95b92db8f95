"""Inline text: spans with marks, and the one canonical form of both.

Text is NFC with single plain spaces and without control characters. Spans have their marks in one
order, equal neighbours are one span, and no space stands outside, twice, or before a reference. So
two texts that read the same are the same bytes, whatever they were typed in.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Annotated

from msgspec import Meta, field

from content.parts import HttpsUrl, Name, Part

NEVER = ("Cc", "Cs")  # Unicode categories: control characters and surrogates
NONCHARACTERS = "\ufffe\uffff"  # XML, and so every feed, cannot carry them


class Claims(Part, tag="claim", tag_field="type"):
    """Mark: this text states the claim ``id``."""

    id: Name


class Link(Part, tag="link", tag_field="type"):
    """Mark: this text links to ``href``."""

    href: HttpsUrl


class Strong(Part, tag="strong", tag_field="type"):
    """Mark: strong importance."""


class Emphasis(Part, tag="emphasis", tag_field="type"):
    """Mark: stress emphasis."""


class Cites(Part, tag="source", tag_field="type"):
    """Mark: a reference to the source ``id``; its span has no text of its own."""

    id: Name


Mark = Claims | Link | Strong | Emphasis | Cites
MARK_ORDER: tuple[type[Mark], ...] = (Claims, Link, Strong, Emphasis, Cites)


class Span(Part):
    """A run of text with the same marks, outermost mark first."""

    text: Annotated[str, Meta(max_length=20_000)]
    marks: Annotated[list[Mark], Meta(max_length=5)] = field(default_factory=list)


Spans = Annotated[list[Span], Meta(min_length=1, max_length=1000)]


class Inline(Part):
    """Rich text of a list item, or of a table cell, and the same as plain text."""

    spans: Annotated[list[Span], Meta(max_length=1000)]
    text: Annotated[str, Meta(max_length=20_000)]


def clean(text: str) -> str:
    """Return text in canonical form: NFC, single spaces, none outside, no control characters."""
    return squeeze(text).strip(" ")


def squeeze(text: str) -> str:
    """Like :func:`clean`, but keep one space at either end (it may stand between two spans)."""
    if text.isprintable() and "  " not in text:  # no space but plain ones, no control character
        return unicodedata.normalize("NFC", text)
    kept = "".join(c for c in re.sub(r"\s+", " ", text) if _speaks(c))
    return unicodedata.normalize("NFC", re.sub(" +", " ", kept))


def tidy(spans: Iterable[Span]) -> list[Span]:
    """Return spans in canonical form."""
    return list(_merge(_trim(_normal(spans))))


def plain(spans: Iterable[Span]) -> str:
    """Return the plain text of some spans."""
    return "".join(span.text for span in spans)


def check(spans: list[Span]) -> Iterator[str]:
    """Yield what is wrong with inline text."""
    if len(spans) == 1 and not spans[0].marks and spans[0].text == clean(spans[0].text) != "":
        return  # as most are
    if spans != tidy(spans):
        yield "spans are not in their canonical form (see docs/editors.md)"
    if any(len({type(mark) for mark in span.marks}) < len(span.marks) for span in spans):
        yield "a span has two marks of one kind"


def cites(span: Span) -> bool:
    """Return whether a span is a reference to a source."""
    return any(isinstance(mark, Cites) for mark in span.marks)


def _speaks(character: str) -> bool:
    return unicodedata.category(character) not in NEVER and character not in NONCHARACTERS


def _normal(spans: Iterable[Span]) -> Iterator[Span]:
    """Sort marks and squeeze texts; a reference has no text and is no part of a link."""
    for span in spans:
        marks = sorted(span.marks, key=lambda mark: MARK_ORDER.index(type(mark)))
        if cites(span):
            yield Span("", [mark for mark in marks if not isinstance(mark, Link)])
        elif text := squeeze(span.text):
            yield Span(text, marks)


def _trim(spans: Iterable[Span]) -> list[Span]:
    """Drop outer spaces, a second space where two spans meet, and a space before a reference."""
    kept: list[Span] = []
    tight = True  # does nothing follow, or a reference?
    for span in reversed(list(spans)):
        text = span.text.rstrip(" ") if tight else span.text
        if text or cites(span):
            kept.append(Span(text, span.marks))
            tight = cites(span)
    return _trim_left(reversed(kept))


def _trim_left(spans: Iterable[Span]) -> list[Span]:
    out: list[Span] = []
    room = False  # may the next text begin with a space?
    for span in spans:
        text = span.text if room else span.text.lstrip(" ")
        if text or cites(span):
            out.append(Span(text, span.marks))
            room = not text.endswith(" ") if text else room
    return out


def _merge(spans: list[Span]) -> Iterator[Span]:
    for marks, group in groupby(spans, key=lambda span: span.marks):
        same = list(group)
        if cites(same[0]):
            yield from same
        else:
            yield Span(unicodedata.normalize("NFC", plain(same)), marks)
