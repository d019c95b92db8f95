"""The document: the whole structured text of one article in one locale.

Types are msgspec structs, so that JSON is checked while it is read; :func:`load` adds what types
cannot say (references, order of sections, honest sources). A document is immutable and has one
canonical form, whose SHA-256 names it everywhere. Its smaller pieces are in ``content/blocks.py``,
``content/spans.py``, ``content/evidence.py``, ``content/reviews.py`` and ``content/parts.py``, and
can be named from here.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from content import blocks, canonical, evidence, reviews
from content.blocks import (
    Block,
    Bullets,
    Callout,
    Figure,
    Heading,
    Paragraph,
    Quote,
    Table,
    block_text,
)
from content.errors import Finding, Invalid
from content.evidence import Claim, EvidenceLevel, Source
from content.parts import (
    Day,
    Doi,
    HttpsUrl,
    Line,
    Name,
    Part,
    Passage,
    Tag,
    convert,
    dump,
    pointer,
)
from content.reviews import Provenance, Review, Translation
from content.spans import (
    Cites,
    Claims,
    Emphasis,
    Inline,
    Link,
    Mark,
    Span,
    Strong,
    clean,
    plain,
    squeeze,
    tidy,
)

# fmt: off
__all__ = [
    "MAX_OCTETS", "SECTION_KINDS", "Block", "Bullets", "Callout", "Cites", "Claim", "Claims", "Day",
    "Document", "Doi", "Emphasis", "EvidenceLevel", "Figure", "Heading", "HttpsUrl", "Inline",
    "Line", "Link", "Manuscript", "Mark", "Name", "Paragraph", "Part", "Passage", "Provenance",
    "Quote", "Review", "Section", "Source", "Span", "Strong", "Table", "Tag", "Translation",
    "block_text", "check", "clean", "convert", "decode", "dump", "encode", "gaps", "inline_runs",
    "kept", "load", "plain", "pointer", "reading_text", "runs", "squeeze", "tidy",
]
# fmt: on

SECTION_KINDS = ("overview", "mechanisms", "support-systems", "conclusions")
MAX_OCTETS = 1024 * 1024  # a document, and an authoring file: 1 MiB
KEEPER = msgspec.json.Encoder(order="sorted")  # of parts, the same as content.canonical gives


class Section(Part):
    """One of the four sections; ``standalone`` says whether it may be shown without the others."""

    kind: Literal["overview", "mechanisms", "support-systems", "conclusions"]
    title: Line
    standalone: bool
    blocks: Annotated[list[Block], Meta(min_length=1, max_length=500)]


class Document(Part, omit_defaults=True):
    """The whole text of one article in one locale."""

    locale: Tag
    title: Line
    summary: Annotated[str, Meta(min_length=1, max_length=1000)]
    sections: Annotated[list[Section], Meta(min_length=4, max_length=4)]
    claims: Annotated[list[Claim], Meta(max_length=500)]
    sources: Annotated[list[Source], Meta(max_length=500)]
    review: Review
    translation: Translation | None = None  # None: this is an original


class Manuscript(Part, omit_defaults=True):
    """A document together with what its publication needs: slug, topics, conditions, a note."""

    slug: Name
    topics: Annotated[list[Name], Meta(min_length=1, max_length=20)]
    conditions: Annotated[list[Name], Meta(max_length=20)]
    change_note: Line
    document: Document
    display_until: Day | None = None  # the last day on which the article may be shown


def load(
    data: Any, kind: type[Document] | type[Manuscript] = Manuscript, *, complete: bool = True
) -> Any:
    """Turn JSON data into a checked :class:`Manuscript` (or ``kind``).

    A draft need not be ``complete``: what :func:`gaps` finds may still be missing. Raise
    :class:`~content.errors.Invalid` with a JSON Pointer for each thing that is wrong.
    """
    found = convert(data, kind)
    whole = isinstance(found, Manuscript)
    findings = list(_check_manuscript(found, data) if whole else _check(found, data))
    if complete:
        inside = "/document" if isinstance(found, Manuscript) else ""
        document = found.document if isinstance(found, Manuscript) else found
        findings += [Finding(inside + gap.pointer, gap.message) for gap in gaps(document)]
    if findings:
        raise Invalid(findings)
    return found


def kept(manuscript: Manuscript) -> str:
    """Return the canonical text of a manuscript, in which a draft is kept."""
    return KEEPER.encode(manuscript).decode()


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


def inline_runs(document: Document) -> Iterator[tuple[str, list[Span]]]:
    """Yield every run of inline text with the JSON Pointer of its owner."""
    for s, section in enumerate(document.sections):
        yield from ((f"/sections/{s}{where}", spans) for where, spans in runs(section))


def runs(section: Section) -> Iterator[tuple[str, list[Span]]]:
    """Yield every run of inline text of one section with its JSON Pointer in the section."""
    for b, block in enumerate(section.blocks):
        yield from ((f"/blocks/{b}{where}", spans) for where, spans in blocks.runs(block))


def reading_text(document: Document) -> str:
    """Return all text of a document, for finding what it mentions."""
    texts = [block.text for _, block in _blocks(document)]
    titles = [section.title for section in document.sections]
    statements = [claim.statement for claim in document.claims]
    return "\n".join([document.title, document.summary, *titles, *texts, *statements])


def check(document: Document) -> list[Finding]:
    """Return what types cannot say: order, references, text that is not in its canonical form."""
    return _check(document, dump(document))


def gaps(document: Document) -> list[Finding]:
    """Return what a draft still needs before it can be published."""
    return [*evidence.gaps(document.claims), *reviews.gaps(document.review)]


def _check(document: Document, data: dict[str, Any]) -> list[Finding]:
    return [
        *_check_sections(document),
        *(finding for at, block in _blocks(document) for finding in blocks.check(block, at)),
        *_check_claims(document),
        *_check_sources(document),
        *reviews.check(document.review),
        *_check_text(data, ""),
    ]


def _check_manuscript(manuscript: Manuscript, data: dict[str, Any]) -> Iterator[Finding]:
    yield from _check_text(manuscript.change_note, "/change_note")
    for name in ("topics", "conditions"):
        tags = getattr(manuscript, name)
        if len(set(tags)) < len(tags):
            yield Finding(f"/{name}", "names the same thing twice")
    if not reviews.is_day(manuscript.display_until):
        yield Finding("/display_until", "is not a day of the calendar")
    for finding in _check(manuscript.document, data["document"]):
        yield Finding(f"/document{finding.pointer}", finding.message)


def _blocks(document: Document) -> Iterator[tuple[str, Block]]:
    for s, section in enumerate(document.sections):
        for b, block in enumerate(section.blocks):
            yield f"/sections/{s}/blocks/{b}", block


def _check_sections(document: Document) -> Iterator[Finding]:
    for i, (section, kind) in enumerate(zip(document.sections, SECTION_KINDS, strict=True)):
        if section.kind != kind:
            yield Finding(f"/sections/{i}/kind", f"expected {kind!r}, found {section.kind!r}")


def _check_claims(document: Document) -> Iterator[Finding]:
    yield from _check_ids("claims", [claim.id for claim in document.claims])
    uses = [(at, mark.id) for at, mark in _marks(document) if isinstance(mark, Claims)]
    yield from _undefined("claim", uses, [claim.id for claim in document.claims])
    used = {id for _, id in uses}
    for i, claim in enumerate(document.claims):
        if claim.id not in used:
            yield Finding(f"/claims/{i}", f"no text is marked with the claim {claim.id!r}")


def _check_sources(document: Document) -> Iterator[Finding]:
    known = [source.id for source in document.sources]
    yield from _check_ids("sources", known)
    for i, source in enumerate(document.sources):
        if not (source.doi or source.url):
            yield Finding(
                f"/sources/{i}", f"the source {source.id!r} has neither a DOI nor an official URL"
            )
    for i, claim in enumerate(document.claims):
        uses = [(f"/claims/{i}/sources", id) for id in dict.fromkeys(claim.sources)]
        yield from _undefined("source", uses, known)
    uses = [(at, mark.id) for at, mark in _marks(document) if isinstance(mark, Cites)]
    yield from _undefined("source", uses, known)


def _marks(document: Document) -> Iterator[tuple[str, Mark]]:
    for at, spans in inline_runs(document):
        yield from ((at, mark) for span in spans for mark in span.marks)


def _undefined(
    what: str, uses: Iterable[tuple[str, str]], known: Iterable[str]
) -> Iterator[Finding]:
    defined = set(known)
    for at, id in uses:
        if id not in defined:
            yield Finding(at, f"refers to the {what} {id!r}, which is not defined")


def _check_ids(name: str, ids: list[str]) -> Iterator[Finding]:
    for i, one in enumerate(ids):
        if one in ids[:i]:
            yield Finding(f"/{name}/{i}/id", f"{one!r} is defined twice")


def _check_text(value: Any, at: str) -> Iterator[Finding]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _check_text(item, f"{at}/{key}")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _check_text(item, f"{at}/{i}")
    elif isinstance(value, str) and not at.endswith("/text") and value != clean(value):
        message = "has control characters, double, outer or unusual spaces, or is not NFC"
        yield Finding(at, message)
