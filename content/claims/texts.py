"""What the claims lint reads: the pieces of a text, their sentences, and what stands for a source.

A manuscript's pieces are its title, its summary, the title and the blocks of each section, and its
claims; those of plain text are its paragraphs.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from content import sentences
from content.blocks import Block, Bullets, Paragraph, Table, runs
from content.claims.patterns import Pattern, fold
from content.documents import Document, Manuscript, clean
from content.evidence import Claim
from content.rules import When
from content.spans import Claims, Span, cites, plain

TOKEN = Pattern(r"\[@[^\]]+\]|\[\^[^\]]+\]|</?cite\b|\bref:|\bdoi\.org/|\bdoi: ?10\.")
PARAGRAPH = re.compile(r"\n[ \t]*\n|\n(?=[ \t]*(?:[-*•]|\d{1,3}[.)])[ \t])")  # or a list's item


@dataclass(frozen=True)
class Piece:
    """A stretch of text with its place, and where in it sources and claims stand."""

    section: str  # its kind, or title, summary, claims, text
    block: int | None
    text: str
    cites: tuple[int, ...] = ()
    claims: tuple[tuple[int, int, str], ...] = ()  # start, end, the claim's statement
    cited: bool = False  # as a whole, as a claim is that lists sources
    prose: bool = False  # may state claims: a paragraph, a list or a table

    @cached_property
    def folded(self) -> str:
        """The text as patterns look at it."""
        return fold(self.text)


@dataclass(frozen=True)
class Sentence:
    """One sentence of a piece."""

    piece: Piece
    start: int
    end: int

    @cached_property
    def text(self) -> str:
        """Its words."""
        return self.piece.text[self.start : self.end]

    @cached_property
    def folded(self) -> str:
        """Its words as patterns look at them."""
        return self.piece.folded[self.start : self.end]

    @property
    def is_cited(self) -> bool:
        """Whether a source stands in it."""
        marked = any(self.start < cite <= self.end for cite in self.piece.cites)
        return self.piece.cited or marked or TOKEN.stands_in(self.folded)

    @property
    def statements(self) -> list[str]:
        """The statements of the claims that it makes, by its marks."""
        marks = self.piece.claims
        return [said for start, end, said in marks if start < self.end and self.start < end]


@dataclass(frozen=True)
class Copy:
    """All that the lint knows of a text."""

    locale: str
    pieces: list[Piece]
    topics: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()
    claim_levels: frozenset[str] = frozenset()
    mentions: frozenset[str] | None = None  # None: nobody knows
    claims: list[Claim] = field(default_factory=list)

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Every sentence, in reading order."""
        found = ((piece, sentences.split(piece.text, self.locale)) for piece in self.pieces)
        return [Sentence(piece, *at) for piece, ranges in found for at in ranges]

    def meets(self, when: When) -> bool:
        """Return whether the text is one that a pack or a gate speaks about."""
        return (
            _meets(when.topics, self.topics)
            and _meets(when.conditions, self.conditions)
            and _meets(when.claim_levels, self.claim_levels)
            and (self.mentions is None or _meets(when.mentions, self.mentions))
        )

    def sections(self) -> list[tuple[str, str]]:
        """Return the kind and the whole text of each section; plain text is one."""
        texts: dict[str, list[str]] = {}
        for piece in self.pieces:
            if piece.section not in ("title", "summary", "claims"):
                texts.setdefault(piece.section, []).append(piece.text)
        return [(section, "\n".join(lines)) for section, lines in texts.items()]

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each section comes in reading order."""
        return {name: i for i, name in enumerate(dict.fromkeys(p.section for p in self.pieces))}


def of_manuscript(manuscript: Manuscript, mentions: frozenset[str] | None = None) -> Copy:
    """Return what the lint reads of an article."""
    document = manuscript.document
    levels = (claim.evidence_level for claim in document.claims)
    return Copy(
        locale=document.locale,
        pieces=list(_pieces(document)),
        topics=frozenset(manuscript.topics),
        conditions=frozenset(manuscript.conditions),
        claim_levels=frozenset(level for level in levels if level),
        mentions=mentions,
        claims=document.claims,
    )


def of_text(text: str, locale: str, topics: Iterable[str], conditions: Iterable[str]) -> Copy:
    """Return what the lint reads of plain text; a paragraph ends at an empty line."""
    paragraphs = filter(None, map(clean, PARAGRAPH.split(text)))
    pieces = [Piece("text", i, words, prose=True) for i, words in enumerate(paragraphs)]
    return Copy(locale, pieces, frozenset(topics), frozenset(conditions))


def _pieces(document: Document) -> Iterator[Piece]:
    yield Piece("title", None, document.title)
    yield Piece("summary", None, document.summary)
    said = {claim.id: claim.statement for claim in document.claims}
    for section in document.sections:
        yield Piece(section.kind, None, section.title)
        for number, block in enumerate(section.blocks):
            yield _piece(section.kind, number, block, said)
    for number, claim in enumerate(document.claims):
        yield Piece("claims", number, claim.statement, cited=bool(claim.sources))


def _piece(section: str, number: int, block: Block, said: dict[str, str]) -> Piece:
    spans = list(_placed(block))
    return Piece(
        section=section,
        block=number,
        text=block.text,
        cites=tuple(at for at, span in spans if cites(span)),
        claims=tuple(
            (at, at + len(span.text), said.get(mark.id, ""))
            for at, span in spans
            for mark in span.marks
            if isinstance(mark, Claims)
        ),
        prose=isinstance(block, Paragraph | Bullets | Table),
    )


def _meets(wanted: list[str] | None, found: frozenset[str]) -> bool:
    return wanted is None or not found.isdisjoint(wanted)


def _placed(block: Block) -> Iterator[tuple[int, Span]]:
    """Yield every span of a block with its place in the block's text."""
    at = 0
    for _, run in runs(block):
        at = max(at, block.text.find(plain(run), at))
        for span in run:
            yield at, span
            at += len(span.text)
