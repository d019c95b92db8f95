"""The front of a draft: title, summary, author and slug, each as given, found or guessed.

A guess is reported, with what to give instead. Nothing is invented: there is no reviewer, no source
and no date that the text does not have.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from content import documents, sentences
from content.documents import Claim, Manuscript
from content.errors import Finding
from content.intake import wording
from content.intake.parts import MAX_SUMMARY, Parts
from content.intake.pieces import Copy, Piece
from content.spans import Link, clean

UNKNOWN_AUTHOR, UNSAID = "Unknown author", "Not stated."
NOTE = "Draft from a text that was supplied."
UNTITLED = "Untitled"  # where no sentence has a word
GUESSED_TITLE, MAX_SLUG = 80, 80  # characters


@dataclass(frozen=True)
class Facts:
    """What the text does not say about itself; what is None is guessed from it and reported."""

    topics: Sequence[str]
    conditions: Sequence[str] = ()
    locale: str = "en"
    title: str | None = None
    slug: str | None = None
    author: str | None = None


class Front:
    """What stands in front of the sections; ``findings`` are the guesses."""

    def __init__(self, copy: Copy, parts: Parts, facts: Facts) -> None:
        self.copy = copy
        self.parts = parts
        self.facts = facts
        self.findings: list[Finding] = []
        self.summary = self._summary()
        self.title = clean(facts.title or "") or self._title()
        self.author = clean(facts.author or "") or self._author()
        self.slug = self._slug() if facts.slug is None else facts.slug
        if not wording.speaks(facts.locale):
            self._report(f"no wording is known in {facts.locale!r}; English titles are used")

    def manuscript(self, sections: list[dict[str, Any]], claims: list[Claim]) -> Manuscript:
        """Return the whole draft; raise ``Invalid`` for what no document holds."""
        document = {
            "locale": self.facts.locale,
            "title": self.title,
            "summary": self.summary,
            "sections": sections,
            "claims": documents.dump(claims),
            "sources": [],
            "review": _unreviewed(self.author),
        }
        data = {
            "slug": self.slug,
            "topics": list(self.facts.topics),
            "conditions": list(self.facts.conditions),
            "change_note": NOTE,
            "document": document,
        }
        found: Manuscript = documents.load(data, complete=False)
        documents.encode(found.document)
        return found

    def _summary(self) -> str:
        """Return the first paragraph; of one that is too long, its beginning."""
        piece = self.parts.summary
        if piece is None:
            self._report("no paragraph stands before the rest; the summary is a guess")
            return _begin(self._first_words(), MAX_SUMMARY, self.facts.locale)
        for href in _links(piece):
            self._report(f"a summary has no links; this was left out: {href}", piece)
        if len(piece.text) > MAX_SUMMARY:
            message = f"is longer than {MAX_SUMMARY} characters: it is kept whole in the overview"
            self._report(f"the first paragraph {message}, the summary is its beginning", piece)
        return _begin(piece.text, MAX_SUMMARY, self.facts.locale)

    def _first_words(self) -> str:
        """Return the first paragraph of a text that has no summary, or whatever it says first."""
        blocks = (piece for block in self.parts.blocks for piece in block.pieces)
        said = [*self.parts.introduction, *blocks, *self.parts.closing]
        first = next((piece.text for piece in said if piece.kind in ("line", "quote")), None)
        return first or next(piece.text for piece in self.copy.pieces if piece.text)

    def _title(self) -> str:
        if self.parts.title:
            return self.parts.title.text
        ranges = sentences.split(self.summary, self.facts.locale)
        begun = (self.summary[start:end].rstrip(". ") for start, end in ranges)
        first = next((sentence for sentence in begun if sentence), UNTITLED)
        guess = _begin(first, GUESSED_TITLE, self.facts.locale) or UNTITLED
        self._report(f"the text has no title of its own; {guess!r} is a guess (give --title)")
        return guess

    def _author(self) -> str:
        """Return who the text says has written it."""
        for line in self.parts.bylines[:1]:
            name = wording.byline(line.text)
            self._report(f"the author {name!r} is from the byline (else give --author)", line)
            return name
        self._report("the author is not known (give --author)")
        return UNKNOWN_AUTHOR

    def _slug(self) -> str:
        """Return the lower-case ASCII words of the title, as many as an address may have."""
        bare = unicodedata.normalize("NFKD", self.title).encode("ascii", "ignore").decode().lower()
        slug = ""
        for word in re.findall(r"[a-z0-9]+", bare.replace("'", "")):
            longer = f"{slug}-{word}" if slug else word[:MAX_SLUG]
            slug = longer if len(longer) <= MAX_SLUG else slug
        if not slug:
            self._report("the title gives no address; 'untitled' is a guess (give --slug)")
        return slug or "untitled"

    def _report(self, message: str, piece: Piece | None = None) -> None:
        place = self.copy.place(piece.line) if piece else self.copy.name
        self.findings.append(Finding(place, message))


def _unreviewed(author: str) -> dict[str, Any]:
    """Return that nobody has checked anything."""
    return {
        "status": "unreviewed",
        "searched_on": None,
        "next_review_due": None,
        "provenance": {"author": author, "ai_statement": UNSAID},
    }


def _links(piece: Piece) -> Iterator[str]:
    marks = (mark for span in piece.spans for mark in span.marks)
    return (mark.href for mark in marks if isinstance(mark, Link))


def _begin(text: str, most: int, locale: str) -> str:
    """Return whole sentences from the beginning of a text, else whole words, else characters."""
    if len(text) <= most:
        return text
    start = text[: most + 1]
    ends = [end for _, end in sentences.split(start, locale) if end < most]
    if ends and start[ends[-1] - 1] in ".!?":
        return clean(start[: ends[-1]])
    word = start.rfind(" ", 0, most)
    return clean(start[: most - 1 if word < 0 else word]) + "\u2026"
