"""Intake: an agency's unstructured text becomes a draft, with a reason for everything.

The stages are one after another: reading (``from_text``, ``from_markdown``, ``from_html``) gives
pieces, ``parts`` finds title, summary, outline, headings and closing, ``mapping`` assigns them to
sections by ``wording``, ``building`` makes blocks and ``marking`` marks claims. Nothing is dropped:
what has no place is kept and reported.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from content import documents, editing, markdown, sentences
from content.documents import Manuscript
from content.errors import Conflict, Finding, Invalid
from content.intake import from_html, from_markdown, from_text, pieces, wording
from content.intake.building import Builder
from content.intake.mapping import Mapped, assign
from content.intake.parts import Parts, find
from content.intake.pieces import Copy
from content.located import MAX_OCTETS
from content.markdown_parser import Refused, check_brackets
from content.models.drafts import Draft
from content.parts import Tag, convert
from content.spans import Link, clean

FORMS: dict[str, Callable[[str, str], Copy]] = {
    "text": from_text.read,
    "markdown": from_markdown.read,
    "html": from_html.read,
}
ENDINGS = {"md": "markdown", "markdown": "markdown", "html": "html", "htm": "html", "xhtml": "html"}
UNKNOWN_AUTHOR, UNSAID = "Unknown author", "Not stated."
NOTE = "Draft from a text that was supplied."
UNTITLED = "Untitled"  # where no sentence has a word
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
    findings: list[Finding]  # about the intake itself: guesses, moves, what was kept as text

    @property
    def gaps(self) -> list[Finding]:
        """What the draft still needs before it can be published."""
        found = documents.gaps(self.manuscript.document)
        return [Finding(f"/document{gap.pointer}", gap.message) for gap in found]


def form_of(name: str) -> str:
    """Return the form that a file's ending says: text, markdown or html."""
    return ENDINGS.get(name.rpartition(".")[2].lower(), "text")


def draft(octets: bytes, form: str, facts: Facts, name: str = "text") -> Intake:
    """Return the draft that a text in one of :data:`FORMS` becomes.

    ``name`` is the file's name for messages. Raise :class:`~content.errors.Invalid` for what is no
    text, not UTF-8, too large, or more than one document can hold.
    """
    convert(facts.locale, Tag, "/document/locale")
    copy = FORMS[form](pieces.decode(octets, name), name)
    parts = find(copy, facts.locale)
    return Drafter(copy, parts, facts).finish()


def keep(session: Session, manuscript: Manuscript, *, by: str, now: datetime) -> Draft:
    """Start a new article with a draft; raise ``Conflict`` when its slug is not free."""
    slug = manuscript.slug
    if editing.find_article(session, slug):
        raise Conflict(f"The slug {slug!r} belongs to another article or draft; choose a new one.")
    return editing.create(session, manuscript, by=by, now=now)


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
        mapping = assign(self.parts, self.facts.locale)
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
        if wording.known(self.facts.locale) != self.facts.locale.partition("-")[0]:
            self._report(
                0, f"no wording is known in {self.facts.locale!r}; English titles are used"
            )
        self.findings += [*self._on_mapping(mapping.mapped), *builder.findings]
        manuscript = self._load(document)
        self.findings += self._on_limits(builder)
        return Intake(manuscript, mapping.mapped, self.findings)

    def _summary(self) -> str:
        """Return the summary; one that is too long stays in the overview, and its start is used."""
        piece = self.parts.summary
        if piece is None:
            text = self._first_words()
            self._report(0, "no paragraph stands before the rest; the summary is a guess")
            return _begin(text, MAX_SUMMARY, self.facts.locale)
        for mark in (mark for span in piece.spans for mark in span.marks):
            if isinstance(mark, Link):
                self._report(piece.line, f"a summary has no links; this was left out: {mark.href}")
        if len(piece.text) > MAX_SUMMARY:
            message = f"is longer than {MAX_SUMMARY} characters: it is kept whole in the overview"
            self._report(piece.line, f"the first paragraph {message}, the summary is its beginning")
            self.parts.introduction.insert(0, piece)
        return _begin(piece.text, MAX_SUMMARY, self.facts.locale)

    def _first_words(self) -> str:
        """Return the first paragraph of a text that has no summary, or whatever it says first."""
        blocks = (piece for block in self.parts.blocks for piece in block.pieces)
        said = [*self.parts.introduction, *blocks, *self.parts.closing]
        first = next((piece.text for piece in said if piece.kind in ("line", "quote")), None)
        return first or next(piece.text for piece in self.copy.pieces if piece.text)

    def _title(self, summary: str) -> str:
        found = self.parts.title
        if found and len(found.text) > MAX_TITLE:
            self.parts.labels.append(found)
            self.parts.title = found = None
        if self.facts.title:
            return clean(self.facts.title)
        if found:
            return found.text
        ranges = sentences.split(summary, self.facts.locale)
        begun = (summary[start:end].rstrip(". ") for start, end in ranges)
        first = next((sentence for sentence in begun if sentence), UNTITLED)
        guess = _begin(first, GUESSED_TITLE, self.facts.locale) or UNTITLED
        self._report(0, f"the text has no title of its own; {guess!r} is a guess (give --title)")
        return guess

    def _review(self) -> dict[str, object]:
        """Return that nobody has checked anything; no reviewer, source or date is invented."""
        author = clean(self.facts.author or "") or self._author()
        provenance = {"author": author, "ai_statement": UNSAID}
        return {
            "status": "unreviewed",
            "searched_on": None,
            "next_review_due": None,
            "provenance": provenance,
        }

    def _author(self) -> str:
        """Return who the text says has written it."""
        for line in self.parts.bylines:
            name = wording.byline(line.text)
            self._report(line.line, f"the author {name!r} is from the byline (else give --author)")
            return name
        self._report(0, "the author is not known (give --author)")
        return UNKNOWN_AUTHOR

    def _load(self, document: dict[str, object]) -> Manuscript:
        title = str(document["title"])
        slug = self.facts.slug if self.facts.slug is not None else _slug(title)
        if not slug:
            slug = "untitled"
            self._report(0, "the title gives no address; 'untitled' is a guess (give --slug)")
        data = {
            "slug": slug,
            "topics": list(self.facts.topics),
            "conditions": list(self.facts.conditions),
            "change_note": NOTE,
            "document": document,
        }
        found: Manuscript = documents.load(data, complete=False)
        documents.encode(found.document)
        self._check_form(markdown.serialize(found))
        return found

    def _check_form(self, written: str) -> None:
        """Refuse a draft that could not be read in its authoring form."""
        if len(written.encode()) > MAX_OCTETS:
            message = f"the draft would be larger than {MAX_OCTETS} bytes; send the text in parts"
            raise Invalid([Finding(self.copy.name, message)])
        try:
            check_brackets(written)
        except Refused:
            message = "the draft would have too many links and claims; send the text in parts"
            raise Invalid([Finding(self.copy.name, message)]) from None

    def _on_mapping(self, mapped: list[Mapped]) -> Iterator[Finding]:
        """Yield what was moved, what is less than plain, and what has no text."""
        for one in mapped:
            place = self.copy.place(one.lines[0])
            what = f"{one.part} {one.text[:80]!r}"
            if one.part == "outline" and one.reason.startswith("no text"):
                yield Finding(place, f"the {what} has no text under it")
            elif one.section and one.confidence < wording.PLAIN and one.part != "outline":
                yield Finding(place, f"the {what} {_placed(one)}: {one.reason}")
            if one.moved:
                yield Finding(place, f"the {what}, to line {one.lines[1]}, moved to {one.section}")

    def _on_limits(self, builder: Builder) -> Iterator[Finding]:
        """Yield in numbers what there was too much of to mark or to tell."""
        if builder.marker.unmarked:
            message = f"{builder.marker.unmarked} claims are not marked: there are too many"
            yield Finding("/document/claims", message)
        if self.copy.in_page:
            message = "links inside the page were left out, their text was kept"
            yield Finding(self.copy.name, f"{message}: {self.copy.in_page}")
        if self.copy.unsaid:
            yield Finding(self.copy.name, f"{self.copy.unsaid} more notes on links and the like")

    def _report(self, line: int, message: str) -> None:
        place = self.copy.place(line) if line else self.copy.name
        self.findings.append(Finding(place, message))


def _begin(text: str, most: int, locale: str) -> str:
    """Return whole sentences from the beginning of a text, else whole words, else characters."""
    if len(text) <= most:
        return text
    start = text[: most + 1]
    ends = [end for _, end in sentences.split(start, locale) if end < most]
    if ends and start[ends[-1] - 1] in ".!?":
        return clean(start[: ends[-1]])
    return (
        clean(start[: start.rfind(" ", 0, most)] if " " in start[:most] else start[: most - 1])
        + "\u2026"
    )


def _placed(one: Mapped) -> str:
    """Return what was done with a part, and how sure that is."""
    if one.confidence < wording.SURE:
        return f"stays in {one.section}"
    return f"goes to {one.section}, {one.confidence} % sure"


def _slug(title: str) -> str:
    """Return the lower-case ASCII words of a title, as many as an address may have."""
    bare = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = ""
    for word in re.findall(r"[a-z0-9]+", bare.replace("'", "")):
        longer = f"{slug}-{word}" if slug else word[:MAX_SLUG]
        slug = longer if len(longer) <= MAX_SLUG else slug
    return slug
