"""The document: the whole structured text of one article in one locale.

Types are msgspec structs, so that JSON is checked while it is read; :func:`load` adds what types
cannot say (references, order of sections, honest sources). A document is immutable and has one
canonical form, whose SHA-256 names it everywhere.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from content import canonical
from content.errors import Finding, Invalid

SECTION_KINDS = ("overview", "mechanisms", "support-systems", "conclusions")
MAX_OCTETS = 1024 * 1024  # a document, and an authoring file: 1 MiB

Name = Annotated[str, Meta(pattern=r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", max_length=80)]
Line = Annotated[str, Meta(min_length=1, max_length=500)]
Passage = Annotated[str, Meta(min_length=1, max_length=20_000)]
HttpsUrl = Annotated[str, Meta(pattern=r"\Ahttps://[^\s\"<>\\^`{|}]{1,2000}\Z")]
Doi = Annotated[str, Meta(pattern=r"\A10\.\d{4,9}/[^\s\"<>]{1,300}\Z")]
Day = Annotated[str, Meta(pattern=r"\A\d{4}-\d\d-\d\d\Z")]
Tag = Annotated[str, Meta(pattern=r"\A[a-z]{2,8}(-[A-Za-z0-9]{2,8})*\Z", max_length=35)]
EvidenceLevel = Literal["E0", "E1", "E2", "E3", "E4", "E5", "REG"]


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of everything in a document: immutable, and strict about what it does not know."""


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
    marks: Annotated[list[Mark], Meta(max_length=5)] = []


Spans = Annotated[list[Span], Meta(min_length=1, max_length=1000)]


class Inline(Part):
    """Rich text of a list item, or of a table cell, and the same as plain text."""

    spans: Annotated[list[Span], Meta(max_length=1000)]
    text: Annotated[str, Meta(max_length=20_000)]


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


class Section(Part):
    """One of the four sections; ``standalone`` says whether it may be shown without the others."""

    kind: Literal["overview", "mechanisms", "support-systems", "conclusions"]
    title: Line
    standalone: bool
    blocks: Annotated[list[Block], Meta(min_length=1, max_length=500)]


class Claim(Part):
    """A factual or health statement, how well it is supported, and by what."""

    id: Name
    statement: Annotated[str, Meta(min_length=1, max_length=1000)]
    evidence_level: EvidenceLevel
    sources: Annotated[list[Name], Meta(min_length=1, max_length=50)]


class Source(Part):
    """A citation. One of ``doi`` and ``url`` (an official page) is there."""

    id: Name
    title: Line
    authors: Line
    container: Annotated[str, Meta(max_length=500)] | None = None
    year: Annotated[int, Meta(ge=1500, le=2200)] | None = None
    doi: Doi | None = None
    url: HttpsUrl | None = None


class Provenance(Part):
    """Who wrote the text, with which tools, and who reviewed it."""

    author: Line
    ai_statement: Line
    reviewer_name: Line | None = None
    reviewer_credential: Line | None = None


class Review(Part):
    """Whether a clinician has reviewed the text, and the dates that readers should know."""

    status: Literal["unreviewed", "reviewed"]
    searched_on: Day
    next_review_due: Day
    provenance: Provenance
    reviewed_on: Day | None = None


class Document(Part):
    """The whole text of one article in one locale."""

    locale: Tag
    title: Line
    summary: Annotated[str, Meta(min_length=1, max_length=1000)]
    sections: Annotated[list[Section], Meta(min_length=4, max_length=4)]
    claims: Annotated[list[Claim], Meta(max_length=500)]
    sources: Annotated[list[Source], Meta(max_length=500)]
    review: Review


class Manuscript(Part):
    """A document together with what its publication needs: slug, topics, conditions, a note."""

    slug: Name
    topics: Annotated[list[Name], Meta(min_length=1, max_length=20)]
    conditions: Annotated[list[Name], Meta(max_length=20)]
    change_note: Line
    document: Document


def load(data: Any, kind: type[Document] | type[Manuscript] = Manuscript) -> Any:
    """Turn JSON data into a checked :class:`Manuscript` (or ``kind``).

    Raise :class:`~content.errors.Invalid` with a JSON Pointer for each thing that is wrong.
    """
    try:
        found = msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `")
        raise Invalid([Finding(pointer(path.rstrip("`")), message)]) from None
    at = "/document" if isinstance(found, Manuscript) else ""
    findings = [
        Finding(at + f.pointer, f.message) for f in check(getattr(found, "document", found))
    ]
    if findings:
        raise Invalid(findings)
    return found


def pointer(path: str) -> str:
    """Turn msgspec's ``$.claims[0].id`` into the JSON Pointer (RFC 6901) ``/claims/0/id``."""
    return "".join("/" + part for part in re.findall(r"[^.\[\]$]+", path))


def dump(part: Part) -> Any:
    """Return plain JSON data of a document or of any part of it."""
    return msgspec.to_builtins(part)


def encode(document: Document) -> bytes:
    """Return the canonical bytes of a document, at most :data:`MAX_OCTETS`."""
    octets = canonical.encode(dump(document))
    if len(octets) > MAX_OCTETS:
        raise Invalid(
            [Finding("", f"the document has {len(octets)} bytes; {MAX_OCTETS} are allowed")]
        )
    return octets


def decode(octets: bytes) -> Document:
    """Read a stored document back."""
    return msgspec.json.decode(octets, type=Document)


def check(document: Document) -> list[Finding]:
    """Return what types cannot say: order, references, text that is not in its canonical form."""
    return [
        *_check_sections(document),
        *_check_claims(document),
        *_check_sources(document),
        *_check_review(document.review),
        *_check_text(dump(document), ""),
    ]


def inline_runs(document: Document) -> Iterator[tuple[str, list[Span]]]:
    """Yield every run of inline text with the JSON Pointer of its owner."""
    for s, section in enumerate(document.sections):
        for b, block in enumerate(section.blocks):
            for at, spans in _runs(block):
                yield f"/sections/{s}/blocks/{b}{at}", spans


def plain(spans: list[Span]) -> str:
    """Return the plain text of some spans."""
    return "".join(span.text for span in spans)


def reading_text(document: Document) -> str:
    """Return all text of a document, for finding what it mentions."""
    blocks = [b.text for s in document.sections for b in s.blocks]
    titles = [s.title for s in document.sections]
    statements = [c.statement for c in document.claims]
    return "\n".join([document.title, document.summary, *titles, *blocks, *statements])


def _runs(block: Block) -> Iterator[tuple[str, list[Span]]]:
    match block:
        case Bullets():
            yield from ((f"/items/{i}/spans", item.spans) for i, item in enumerate(block.items))
        case Table():
            yield from ((f"/columns/{i}/spans", c.spans) for i, c in enumerate(block.columns))
            for r, row in enumerate(block.rows):
                yield from ((f"/rows/{r}/{i}/spans", cell.spans) for i, cell in enumerate(row))
        case Paragraph() | Heading() | Quote() | Callout():
            yield "/spans", block.spans


def _check_sections(document: Document) -> Iterator[Finding]:
    for i, (section, kind) in enumerate(zip(document.sections, SECTION_KINDS, strict=True)):
        if section.kind != kind:
            yield Finding(f"/sections/{i}/kind", f"expected {kind!r}, found {section.kind!r}")
        for b, block in enumerate(section.blocks):
            yield from _check_block(block, f"/sections/{i}/blocks/{b}")


def _check_block(block: Block, at: str) -> Iterator[Finding]:
    if block.text != block_text(block):
        yield Finding(f"{at}/text", "is not the plain text of the block")
    if isinstance(block, Table):
        for r, row in enumerate(block.rows):
            if len(row) != len(block.columns):
                yield Finding(
                    f"{at}/rows/{r}", f"has {len(row)} cells, the header has {len(block.columns)}"
                )
    for where, spans in _runs(block):
        if spans != tidy(spans):
            yield Finding(at + where, "spans are not in their canonical form (see docs/editors.md)")


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


def _check_claims(document: Document) -> Iterator[Finding]:
    yield from _check_ids("claims", [c.id for c in document.claims])
    known = {c.id for c in document.claims}
    used = set()
    for at, spans in inline_runs(document):
        for mark in (m for s in spans for m in s.marks if isinstance(m, Claims)):
            used.add(mark.id)
            if mark.id not in known:
                yield Finding(at, f"refers to the claim {mark.id!r}, which is not defined")
    for i, claim in enumerate(document.claims):
        if claim.id not in used:
            yield Finding(f"/claims/{i}", f"no text is marked with the claim {claim.id!r}")


def _check_sources(document: Document) -> Iterator[Finding]:
    yield from _check_ids("sources", [s.id for s in document.sources])
    known = {s.id for s in document.sources}
    for i, source in enumerate(document.sources):
        if not (source.doi or source.url):
            yield Finding(
                f"/sources/{i}", f"the source {source.id!r} has neither a DOI nor an official URL"
            )
    for i, claim in enumerate(document.claims):
        for missing in set(claim.sources) - known:
            yield Finding(
                f"/claims/{i}/sources", f"refers to the source {missing!r}, which is not defined"
            )
    for at, spans in inline_runs(document):
        for mark in (m for s in spans for m in s.marks if isinstance(m, Cites)):
            if mark.id not in known:
                yield Finding(at, f"refers to the source {mark.id!r}, which is not defined")


def _check_ids(name: str, ids: list[str]) -> Iterator[Finding]:
    for i, one in enumerate(ids):
        if one in ids[:i]:
            yield Finding(f"/{name}/{i}/id", f"{one!r} is defined twice")


def _check_review(review: Review) -> Iterator[Finding]:
    named = review.provenance.reviewer_name and review.provenance.reviewer_credential
    if review.status == "reviewed" and not (review.reviewed_on and named):
        yield Finding("/review", "a reviewed text names its reviewer, the credential and the day")
    if review.status == "unreviewed" and (review.reviewed_on or review.provenance.reviewer_name):
        yield Finding("/review", "an unreviewed text must not name a reviewer or a review day")


def _check_text(value: Any, at: str) -> Iterator[Finding]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _check_text(item, f"{at}/{key}")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _check_text(item, f"{at}/{i}")
    elif isinstance(value, str) and not at.endswith("/text") and value != clean(value):
        yield Finding(at, "has control characters, double or outer spaces, or is not NFC")


def clean(text: str) -> str:
    """Return text in canonical form: NFC, single spaces, none outside, no control characters."""
    return squeeze(text).strip(" ")


def squeeze(text: str) -> str:
    """Like :func:`clean`, but keep one space at either end (it may stand between two spans)."""
    kept = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", kept))


def tidy(spans: list[Span]) -> list[Span]:
    """Return spans in canonical form: sorted marks, equal neighbours merged, spaces squeezed."""
    merged: list[Span] = []
    for span in spans:
        marks = sorted(span.marks, key=lambda m: MARK_ORDER.index(type(m)))
        text = "" if _cites(marks) else squeeze(span.text)
        if not (text or _cites(marks)):
            continue
        if merged and merged[-1].marks == marks and not _cites(marks):
            merged[-1] = Span(squeeze(merged[-1].text + text), marks)
        else:
            merged.append(Span(text, marks))
    return _trim(merged)


def _trim(spans: list[Span]) -> list[Span]:
    """Drop outer spaces, a second space where two spans meet, and a space before a reference."""
    out: list[Span] = []
    room = False  # may the next span start with a space?
    for i, span in enumerate(spans):
        after = spans[i + 1 :]
        text = span.text if room else span.text.lstrip(" ")
        if not plain(after).strip(" ") or (after and _cites(after[0].marks)):
            text = text.rstrip(" ")
        if text or _cites(span.marks):
            out.append(Span(text, span.marks))
            room = not text.endswith(" ") if text else room or bool(plain(out))
    return out if out == spans else tidy(out)


def _cites(marks: list[Mark]) -> bool:
    return any(isinstance(m, Cites) for m in marks)
