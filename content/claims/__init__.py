"""The claims lint: what a health text must not say, or not without a source.

:func:`check` looks at an article, :func:`check_text` at plain text. Both need a :class:`Lint`,
which is costly to make and the same for every text: ``Lint(read_packs())``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from content.claims import gates, texts
from content.claims.assertions import makes_claim
from content.claims.copied import Other
from content.claims.matching import Hit, Lint
from content.claims.packs import Pack, read_packs
from content.claims.remarks import Reason, Remark, remark
from content.claims.texts import Copy, Sentence
from content.documents import Manuscript

# fmt: off
__all__ = [
    "Lint", "Pack", "Remark", "Subject", "check", "check_copy", "check_text", "makes_claim",
    "read_packs",
]
# fmt: on

MOST = 5000  # remarks on one text


@dataclass(frozen=True)
class Subject:
    """What plain text is about, since it does not say so itself."""

    locale: str = "en"
    topics: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


def check(
    manuscript: Manuscript,
    lint: Lint,
    owed: frozenset[str] | None = None,
    *,
    mentions: frozenset[str] | None = None,
    against: Other | None = None,
) -> list[Remark]:
    """Return what the lint says about an article, in reading order.

    ``owed`` are the disclaimers that it owes, ``mentions`` what its text mentions; with None nobody
    knows them: nothing is said about disclaimers, and every condition on mentions is met.
    """
    return check_copy(texts.of_manuscript(manuscript, mentions), lint, owed, against)


def check_text(
    text: str, lint: Lint, subject: Subject, *, against: Other | None = None
) -> list[Remark]:
    """Return what the lint says about plain text."""
    copy = texts.of_text(text, subject.locale, subject.topics, subject.conditions)
    return check_copy(copy, lint, None, against)


def check_copy(
    copy: Copy, lint: Lint, owed: frozenset[str] | None, against: Other | None
) -> list[Remark]:
    """Return what the lint says about a text that is in pieces already."""
    packs = lint.packs_for(copy)
    found = chain(
        _of_packs(copy, lint, packs),
        gates.on_document(copy, packs, owed),
        gates.on_reading(copy),
        gates.on_copying(copy, against) if against else (),
    )
    shown = list(islice(found, MOST))
    if len(shown) == MOST:
        shown.append(gates.too_many(copy))
    return sorted(shown, key=lambda one: _place(copy, one))


def _place(copy: Copy, one: Remark) -> tuple[int, int, int, str, int]:
    """Return what remarks are sorted by: place, and errors first within a sentence."""
    block = -1 if one.block is None else one.block
    return copy.places.get(one.section, 0), block, one.sentence_start, one.severity, one.start


def _of_packs(copy: Copy, lint: Lint, packs: list[Pack]) -> Iterator[Remark]:
    """Yield what is said about single sentences."""
    if not lint.speaks(copy.locale):
        yield gates.unspoken(copy)
    for sentence in copy.sentences:
        yield from (_refused(sentence, hit) for hit in lint.hits(sentence, copy.locale, packs))
        yield from gates.on_sentence(sentence, copy.locale)


def _refused(sentence: Sentence, hit: Hit) -> Remark:
    said = hit.wording
    about = (said.id, said.category, said.severity, said.message, said.rewrite)
    at = (sentence.start + hit.start, sentence.start + hit.end)
    return remark(Reason(*about, pack=hit.pack.id), sentence, at)
