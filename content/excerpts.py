"""Excerpts: what of a document is shown, the whole of it or a part that says what it is."""

from dataclasses import dataclass
from typing import Any

from content import documents
from content.documents import Cites, Claims, Document, Section

FIELDS = ("title", "summary", "sections", "claims", "sources")  # what ``fields`` may name


@dataclass(frozen=True)
class Part:
    """What of an article is asked for: a pinned revision, and only some fields or one section."""

    revision: int | None = None
    fields: frozenset[str] | None = None
    section: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the whole text is shown."""
        return self.fields is None and self.section is None


WHOLE = Part()


def text(document: Document, part: Part) -> dict[str, Any]:
    """Return the text that a part shows, as data.

    A part names itself by ``fields`` or ``section``. A section that may not stand alone comes with
    the article's bottom line, its summary.
    """
    data = documents.dump(document)
    if part.section is not None:
        return _section(data, document, part.section)
    if part.fields is not None:
        named = {name: data[name] for name in FIELDS if name in part.fields}
        return named | {"fields": sorted(part.fields)}
    return {name: data[name] for name in FIELDS}


def _section(data: dict[str, Any], document: Document, kind: str) -> dict[str, Any]:
    place = documents.SECTION_KINDS.index(kind)
    section = document.sections[place]
    claims, sources = _referred(document, section)
    return {
        "section": kind,
        "title": data["title"],
        **({} if section.standalone else {"summary": data["summary"]}),
        "sections": [data["sections"][place]],
        "claims": [claim for claim in data["claims"] if claim["id"] in claims],
        "sources": [source for source in data["sources"] if source["id"] in sources],
    }


def _referred(document: Document, section: Section) -> tuple[set[str], set[str]]:
    """Return the claims that a section makes, and the sources that it or they cite."""
    marks = [mark for _, spans in documents.runs(section) for span in spans for mark in span.marks]
    claims = {mark.id for mark in marks if isinstance(mark, Claims)}
    cited = {mark.id for mark in marks if isinstance(mark, Cites)}
    by_claims = {id for claim in document.claims if claim.id in claims for id in claim.sources}
    return claims, cited | by_claims
