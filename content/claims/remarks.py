"""Remarks: what the claims lint says about a text, and where."""

import hashlib
from dataclasses import dataclass

from content.claims.packs import Severity
from content.claims.texts import Sentence
from content.parts import Part


class Remark(Part):
    """One thing that the lint says about a text, and where.

    ``id`` stays the same as long as the sentence does, so that an editor can let it pass by that.
    ``start`` and ``end`` are the place of ``matched`` in the block's text, ``sentence_start`` that
    of the sentence. ``block`` is None in titles and in the summary; in claims it is their number.
    """

    id: str
    pattern: str
    pack: str | None  # None: of Caveat's own gates
    category: str
    severity: Severity
    message: str
    rewrite: str
    section: str
    block: int | None
    sentence: str
    sentence_start: int
    start: int
    end: int
    matched: str


@dataclass(frozen=True)
class Reason:
    """Why something is remarked on, and how to say it instead."""

    pattern: str
    category: str
    severity: Severity
    message: str
    rewrite: str
    pack: str | None = None


def remark(
    reason: Reason, sentence: Sentence, at: tuple[int, int] | None = None, of: str | None = None
) -> Remark:
    """Return a remark on a sentence, or on the range ``at`` of its block's text.

    ``of`` is the text by which the remark is known again, if it is not the sentence.
    """
    start, end = at or (sentence.start, sentence.end)
    piece = sentence.piece
    known_by = sentence.text if of is None else of
    return Remark(
        id=f"{reason.pattern}-{_digest(piece.section, known_by)}",
        pattern=reason.pattern,
        pack=reason.pack,
        category=reason.category,
        severity=reason.severity,
        message=reason.message,
        rewrite=reason.rewrite,
        section=piece.section,
        block=piece.block,
        sentence=sentence.text,
        sentence_start=sentence.start,
        start=start,
        end=end,
        matched=piece.text[start:end],
    )


def _digest(section: str, text: str) -> str:
    octets = f"{section}\n{text}".encode(errors="surrogatepass")
    return hashlib.sha256(octets).hexdigest()[:8]
