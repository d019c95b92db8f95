"""Intake: an agency's unstructured text becomes a draft, with a reason for everything.

The stages are one after another: reading (``intake_text``, ``intake_markdown``, ``intake_html``)
gives pieces, ``intake_parts`` finds title, summary, outline, headings and closing,
``intake_mapping`` assigns them to sections by ``intake_wording``, ``intake_building`` makes blocks
and ``intake_claims`` marks claims. Nothing is dropped: what has no place is kept and reported.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from content import (
    documents,
    intake_html,
    intake_markdown,
    intake_mapping,
    intake_parts,
    intake_pieces,
    intake_text,
    markdown,
    sentences,
)
from content import intake_wording as wording
from content.documents import Manuscript
from content.errors import Finding, Invalid
from content.intake_building import Builder
from content.intake_mapping import Entry, Mapped, Mapping
from content.intake_parts import Parts
from content.intake_pieces import Copy, Piece
from content.located import MAX_OCTETS
from content.spans import Link, clean

FORMS: dict[str, Callable[[str, str], Copy]] = {
    "text": intake_text.read,
    "markdown": intake_markdown.read,
    "html": intake_html.read,
}
ENDINGS = {"md": "markdown", "markdown": "markdown", "html": "html", "htm": "html", "xhtml": "html"}
UNKNOWN_AUTHOR, UNSAID = "Unknown author", "Not stated."
NOTE = "Draft from a text that was supplied."
MAX_SUMMARY, MAX_TITLE, GUESSED_TITLE, MAX_SLUG = 1000, 500, 80, 80  # characters


@dataclass(frozen=True)
class Facts:
    """What the text does not say about itself; what is None is guessed from it and reported."""

    topics: Sequence[str]
    conditions: Sequence[str] = ()
    locale: str = "en"
    title: str | None = None
    slug: str | None = None
    author: str | None = None


@dataclass(frozen=True)
class Intake:
    """A draft, where each part of the source went, and what an editor should look at."""

    manuscript: Manuscript
    mapping: list[Mapped]
    findings: list[Finding]


def form_of(name: str) -> str:
    """Return the form that a file's ending says: text, markdown or html."""
    return ENDINGS.get(name.rpartition(".")[2].lower(), "text")


def draft(octets: bytes, form: str, facts: Facts, name: str = "text") -> Intake:
    """Return the draft that a text in one of :data:`FORMS` becomes.

    ``name`` is the file's name for messages. Raise :class:`~content.errors.Invalid` for what is no
    text, not UTF-8, too large, or more than one document can hold.
    """
    copy = FORMS[form](intake_pieces.decode(octets, name), name)
    parts = intake_parts.find(copy, facts.locale)
    return Drafter(copy, parts, facts).finish()


class Drafter:
    """Puts one draft together and collects what is to be reported."""

    def __init__(self, copy: Copy, parts: Parts, facts: Facts) -> None:
        self.copy = copy
        self.parts = parts
        self.facts = facts
        self.findings = list(copy.notes)

    def finish(self) -> Intake:
        """Return the whole."""
        summary = self._summary()
        title = self._title(summary)
        mapping = intake_mapping.assign(self.parts, self.facts.locale)
        builder = Builder(self.copy.name, self.facts.locale)
        sections = builder.sections(mapping)
        document = {
            "locale": self.facts.locale,
            "title": title,
            "summary": summary,
            "sections": sections,
            "claims": documents.dump(builder.marker.claims),
            "sources": [],
            "review": self._review(),
        }
        self.findings += [*self._on_mapping(mapping.mapped), *builder.findings]
        manuscript = self._load(document)
        self.findings += self._on_claims(builder, manuscript)
        return Intake(manuscript, mapping.mapped, self.findings)
