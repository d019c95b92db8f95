"""Claims and sources: what a document states, how well that is supported, and by what."""

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta

from content.errors import Finding
from content.parts import Doi, HttpsUrl, Line, Name, Part

Status = Literal["retracted"]  # of a source
EvidenceLevel = Literal["E0", "E1", "E2", "E3", "E4", "E5", "REG"]


class Claim(Part):
    """A factual or health statement, how well it is supported, and by what.

    In a draft the level and the sources may still be missing; such a text cannot be published.
    """

    id: Name
    statement: Annotated[str, Meta(min_length=1, max_length=1000)]
    evidence_level: EvidenceLevel | None
    sources: Annotated[list[Name], Meta(max_length=50)]


class Source(Part):
    """A citation. One of ``doi`` and ``url`` (an official page) is there."""

    id: Name
    title: Line
    authors: Line
    container: Annotated[str, Meta(max_length=500)] | None = None
    year: Annotated[int, Meta(ge=1500, le=2200)] | None = None
    doi: Doi | None = None
    url: HttpsUrl | None = None


class Mark(Part):
    """What is known of a source, whoever cites it; a public notice, and where it was said."""

    status: Status
    notice: Annotated[str, Meta(min_length=1, max_length=1000)]
    url: HttpsUrl | None = None


def gaps(claims: list[Claim]) -> Iterator[Finding]:
    """Yield what a claim still needs before its text can be published."""
    for i, claim in enumerate(claims):
        if claim.evidence_level is None:
            yield Finding(f"/claims/{i}", f"the claim {claim.id!r} has no evidence level")
        if not claim.sources:
            yield Finding(f"/claims/{i}/sources", f"the claim {claim.id!r} has no source")
