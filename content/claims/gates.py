"""The gates of the claims lint: what no single pattern can see.

Some are Caveat's own: claims without marks, levels or sources, figures without their sample, hard
sections, copied text, languages that no pack speaks. Others are data of a pack: a disclaimer that a
document of some subject must owe.
"""

from collections import Counter
from collections.abc import Iterator

from content import readability
from content.claims import assertions
from content.claims.copied import Other
from content.claims.packs import Pack
from content.claims.patterns import Pattern
from content.claims.remarks import Reason, Remark, remark
from content.claims.texts import Copy, Piece, Sentence
from content.evidence import Claim

UNMARKED = Reason(
    *("G01", "SRC", "warning"),
    "states a fact about health that no claim stands for",
    "Mark the words as a claim with a level and a source, or say what you do instead.",
)
UNFOUNDED = Reason(
    *("G02", "SRC", "error"),
    "the claim has no evidence level or no source",
    "Give the claim its level (E0 to E5, or REG) and at least one source.",
)
HARD = Reason(
    *("G03", "READ", "error"),
    "the section is hard to read",
    "Use shorter sentences and plainer words.",
)
UNSIZED = Reason(
    *("G04", "SRC", "warning"),
    "a percentage without its sample size",
    "In an online survey of 2,798 people, 67% used it for anxiety.",
)
COPIED = Reason(
    *("G05", "COPY", "error"),
    "eight or more words in a row stand in the other text, too",
    "Say it in your own words.",
)
UNSPOKEN = Reason(
    *("G06", "LANG", "warning"),
    "no pack of the lint speaks this language, so next to nothing was looked at",
    "Add a pack for the language.",
)
TOO_MANY = Reason(
    *("G07", "MANY", "error"),
    "there are too many remarks on this text; the rest is left out",
    "Deal with those that are shown, then look again.",
)
NEAR = 600  # characters in which the sample of a percentage may have been named
PERCENTAGE = Pattern(r"\d\s?%|\b(?:per ?cent|por ciento)\b")


def on_sentence(sentence: Sentence, locale: str) -> Iterator[Remark]:
    """Yield what is wrong with a sentence as a claim."""
    if not sentence.piece.prose:
        return
    if not _is_founded(sentence) and assertions.makes_claim(sentence.text, locale):
        yield remark(UNMARKED, sentence)
    if PERCENTAGE.stands_in(sentence.folded) and not _is_sized(sentence, locale):
        yield remark(UNSIZED, sentence)


def on_document(copy: Copy, packs: list[Pack], owed: frozenset[str] | None) -> Iterator[Remark]:
    """Yield what a document lacks as a whole; ``owed`` is None where nobody knows it yet."""
    for number, claim in enumerate(copy.claims):
        yield from _unfounded(number, claim)
    first = copy.pieces[0] if copy.pieces else Piece("text", None, "")
    head = Sentence(first, 0, len(first.text))
    for pack in packs if owed is not None else ():
        for gate in pack.gates:
            if copy.meets(gate.when) and (owed or frozenset()).isdisjoint(gate.requires):
                about = (gate.id, gate.category, gate.severity, gate.message, gate.rewrite)
                yield remark(Reason(*about, pack=pack.id), head, of="")


def on_reading(copy: Copy) -> Iterator[Remark]:
    """Yield each section that is harder to read than the formula of its language allows."""
    spoken = Counter(one.piece.section for one in copy.sentences if readability.has_word(one.text))
    for section, text in copy.sections():
        reading = readability.read(text, copy.locale, spoken[section])
        if reading.hard:
            words = (
                f"{HARD.message}: {reading.formula} {reading.value}, the limit is {reading.limit}"
            )
            first = next(piece for piece in copy.pieces if piece.section == section)
            place = Sentence(first, 0, len(first.text))
            reason = Reason(HARD.pattern, HARD.category, HARD.severity, words, HARD.rewrite)
            yield remark(reason, place, of=text)


def on_copying(copy: Copy, against: Other) -> Iterator[Remark]:
    """Yield every run of words that stands in another text, too."""
    for piece in copy.pieces:
        for start, end in against.shared(piece.text):
            yield remark(COPIED, Sentence(piece, start, end))


def unspoken(copy: Copy) -> Remark:
    """Return the remark that no pack speaks the language of a text."""
    first = copy.pieces[0] if copy.pieces else Piece("text", None, "")
    return remark(UNSPOKEN, Sentence(first, 0, len(first.text)), of="")


def too_many(copy: Copy) -> Remark:
    """Return the remark that stands for all that are left out."""
    return remark(TOO_MANY, Sentence(copy.pieces[0], 0, len(copy.pieces[0].text)), of="")


def _is_founded(sentence: Sentence) -> bool:
    """Return whether a claim's mark stands for a sentence, or, in plain text, a source."""
    return bool(sentence.statements) or (sentence.piece.section == "text" and sentence.is_cited)


def _is_sized(sentence: Sentence, locale: str) -> bool:
    """Return whether the sample stands in the sentence, shortly before it, or in its claim."""
    near = sentence.piece.text[max(0, sentence.start - NEAR) : sentence.end]
    return any(assertions.has_sample(text, locale) for text in (near, *sentence.statements))


def _unfounded(number: int, claim: Claim) -> Iterator[Remark]:
    if claim.evidence_level is None or not claim.sources:
        piece = Piece("claims", number, claim.statement)
        yield remark(UNFOUNDED, Sentence(piece, 0, len(piece.text)))
