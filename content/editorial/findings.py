"""Findings: everything that stands between a text and its publication, all at once.

The gates are: sources and review (nothing is missing), lint and readability, slots (no placeholder
is left in the text), links (well formed and public), notices (they resolve, and leave the text
readable). Each finding says where it is by JSON Pointer into the manuscript.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from content import documents
from content.claims import Remark
from content.documents import SECTION_KINDS, Document, Manuscript
from content.errors import Finding
from content.spans import Link

SLOT = re.compile(r"\{\{?[A-Za-z][A-Za-z0-9_.]*\}\}?|\bTODO\b|\bTKTK?\b|\blorem ipsum\b")
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
OF_LINT = {"READ": "readability", "SRC": "sources"}  # categories that are gates of their own


def of_text(manuscript: Manuscript) -> list[Finding]:
    """Return what the text itself lacks, or has too much of."""
    document = manuscript.document
    found = [*_gaps(document), *_slots(document), *_links(document)]
    return [_inside(one) for one in found]


def of_lint(remarks: Iterable[Remark]) -> list[Finding]:
    """Return what the lint says, each with its place."""
    return [
        Finding(
            _place(one),
            f"{one.id}: {one.message} ({one.sentence!r}). Better: {one.rewrite}",
            gate=OF_LINT.get(one.category, "lint"),
            severity=one.severity,
            id=one.id,
            rewrite=one.rewrite,
            sentence=one.sentence,
            remark=one.message,
        )
        for one in remarks
    ]


def of_notices(crowded: Iterable[str]) -> list[Finding]:
    """Return that the notices leave too little room for the text, and where."""
    places = list(crowded)
    if not places:
        return []
    more = f" (and in {len(places) - 1} other places)" if len(places) > 1 else ""
    message = f"too much stands before the first section; {places[0]}{more}"
    return [Finding("", message, gate="notices")]


def _place(one: Remark) -> str:
    """Return the JSON Pointer of a remark."""
    if one.section == "correction":
        return "/correction/text"
    if one.section in SECTION_KINDS:
        section = f"/document/sections/{SECTION_KINDS.index(one.section)}"
        return f"{section}/title" if one.block is None else f"{section}/blocks/{one.block}"
    return f"/document/{one.section}" + ("" if one.block is None else f"/{one.block}")


def _gaps(document: Document) -> Iterator[Finding]:
    for gap in documents.gaps(document):
        gate = "review" if gap.pointer.startswith("/review") else "sources"
        yield Finding(gap.pointer, gap.message, gate=gate)


def _slots(document: Document) -> Iterator[Finding]:
    for at, text in _texts(document):
        if left := SLOT.search(text):
            message = f"still has the placeholder {left[0]!r}; write what belongs there"
            yield Finding(at, message, gate="slots")


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    yield from (("/title", document.title), ("/summary", document.summary))
    for s, section in enumerate(document.sections):
        yield f"/sections/{s}/title", section.title
        for b, block in enumerate(section.blocks):
            yield f"/sections/{s}/blocks/{b}", block.text
    for c, claim in enumerate(document.claims):
        yield f"/claims/{c}/statement", claim.statement


def _links(document: Document) -> Iterator[Finding]:
    marked = (
        (at, mark.href)
        for at, spans in documents.inline_runs(document)
        for span in spans
        for mark in span.marks
        if isinstance(mark, Link)
    )
    cited = ((f"/sources/{i}/url", one.url) for i, one in enumerate(document.sources) if one.url)
    for at, address in (*marked, *cited):
        if not _is_public(address):
            message = f"{address[:100]!r} does not lead to a public page; check the address"
            yield Finding(at, message, gate="links")


def _is_public(address: str) -> bool:
    """Return whether an address names a host of the public Internet, and no user and no port."""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        return False
    return bool(HOST.fullmatch(host)) and port in (None, 443) and "@" not in parts.netloc


def _inside(one: Finding) -> Finding:
    return Finding(f"/document{one.pointer}", one.message, gate=one.gate)
