"""Packs of the claims lint: which words a text must not use, by language and subject, as data.

A pack is a YAML file. Its patterns look at one sentence at a time; its gates look at what the whole
document owes. A publisher adds packs as more files.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from content.claims.patterns import Broken, Pattern, alternatives, fill, joined, unknown
from content.errors import Finding, Invalid
from content.located import Located, read_text
from content.parts import Line, Name, Part, Tag, changed, convert
from content.rules import When

LIBRARY = Path(__file__).parent.parent / "library" / "claims"
MAX_FILES = 100
OWN = "G0"  # how the ids of findings begin that come from no pack
EXPRESSIONS = ("match", "unless", "unless_followed_by", "unless_preceded_by")
LENT = (
    *("negations", "feints", "turns", "denials", "questions", "leading", "answers", "rebuttals"),
)
DOCUMENT_SIDE = ("topics", "conditions", "claim_levels", "mentions")  # what a draft can meet

Expression = Annotated[str, Meta(min_length=1, max_length=2000)]
Expressions = Expression | Annotated[list[Expression], Meta(min_length=1, max_length=100)]  # any
Label = Annotated[str, Meta(pattern=r"\A[A-Z][A-Z0-9]{0,11}\Z")]
Word = Annotated[str, Meta(pattern=r"\A[a-z]{2,20}\Z")]
Severity = Literal["error", "warning"]


class Wording(Part):
    """A pattern: words that a sentence must not have, why, and how to say it instead.

    What it finds ``holds`` where it is asserted, or in open questions, too (``asked``), or even
    where the sentence says that it is false (``always``).
    """

    id: Label
    category: Label
    severity: Severity
    message: Line
    match: Expressions
    rewrite: Line
    negation: Literal["before", "inside", "never"] = "before"
    holds: Literal["asserted", "asked", "always"] = "asserted"
    unless: Expressions | None = None  # anywhere in the sentence
    unless_followed_by: Expressions | None = None
    within: Annotated[int, Meta(ge=1, le=2000)] = 250  # characters that may lie between
    unless_preceded_by: Expressions | None = None  # directly, as in "what the | evidence shows"
    unless_cited: bool = False
    allow: Annotated[list[Expression], Meta(max_length=50)] = []


class Gate(Part):
    """What a document that meets ``when`` has to owe: at least one of these disclaimers."""

    id: Label
    category: Label
    severity: Severity
    message: Line
    rewrite: Line
    requires: Annotated[list[Name], Meta(min_length=1, max_length=20)]
    when: When = field(default_factory=When)


class Pack(Part):
    """Patterns and gates for the documents of one language that meet ``when``.

    ``negations`` are the words that turn a sentence round, ``feints`` those that only look so ("not
    only"), and after ``turns`` ("but") an earlier negation no longer holds. ``denials`` say that
    what the sentence tells is false, wherever they stand ("is a myth"). ``questions`` are the
    openings of a sentence that asks, unless it is ``leading`` ("who needs") or one of ``answers``
    ("Yes") comes next; ``rebuttals`` ("That is false") are how a next sentence begins that calls
    this one false. ``words`` are named classes of words: ``{plant}`` in any other expression stands
    for what ``words`` has under ``plant``.

    A pack that speaks about every document lends all this to the others of its language.
    """

    id: Name
    locale: Tag
    when: When = field(default_factory=When)
    negations: Expressions | None = None
    feints: Expressions | None = None
    turns: Expressions | None = None
    denials: Expressions | None = None
    questions: Expressions | None = None
    leading: Expressions | None = None
    answers: Expressions | None = None
    rebuttals: Expressions | None = None
    words: Annotated[dict[Word, Expressions], Meta(max_length=100)] = {}
    patterns: Annotated[list[Wording], Meta(max_length=500)] = []
    gates: Annotated[list[Gate], Meta(max_length=50)] = []

    @property
    def language(self) -> str:
        """The base language of the pack's locale."""
        return base(self.locale)


def base(locale: str) -> str:
    """Return the base language of a tag, such as en of en-GB."""
    return locale.split("-", maxsplit=1)[0].lower()


def read_packs(folder: Path = LIBRARY) -> list[Pack]:
    """Read the packs of a folder; raise ``Invalid`` with everything that is wrong in them."""
    paths = sorted(folder.glob("*.yaml"))
    if not paths or len(paths) > MAX_FILES:
        raise Invalid(
            [Finding(str(folder), f"has {len(paths)} packs; 1 to {MAX_FILES} can be read")]
        )
    found = [one for path in paths for one in _attempt(path)]
    findings = [one for one in found if isinstance(one, Finding)]
    read = [one for one in found if isinstance(one, tuple)]
    findings = findings or [
        file.finding(one.pointer, one.message)
        for number, (file, _) in enumerate(read)
        for one in _together([pack for _, pack in read], number)
    ]
    if findings:
        raise Invalid(findings)
    return [pack for _, pack in read]


def check(pack: Pack) -> Iterator[Finding]:
    """Yield what types cannot say about a pack: Caveat's own labels, conditions of no document."""
    for pointer, label in _labels(pack):
        if label.startswith(OWN):
            yield Finding(f"{pointer}/id", f"begins with {OWN}, as only Caveat's own findings do")
    whens = [("/when", pack.when)]
    whens += [(f"/gates/{i}/when", gate.when) for i, gate in enumerate(pack.gates)]
    for pointer, when in whens:
        for key in when.__struct_fields__:
            if key not in DOCUMENT_SIDE and getattr(when, key) is not None:
                yield Finding(f"{pointer}/{key}", "is not known while a text is written")


def check_together(packs: list[Pack]) -> list[Finding]:
    """Return what stands twice within one language, and the expressions that cannot be read."""
    return [finding for number in range(len(packs)) for finding in _together(packs, number)]


def completed(packs: list[Pack], pack: Pack) -> Pack:
    """Return a pack with all that others lend it, and words for every name in braces."""
    lenders = [pack, *(one for one in packs if one.language == pack.language and _lends(one))]
    words = {name: said for one in reversed(lenders) for name, said in one.words.items()}
    lent = {name: next(filter(None, (getattr(one, name) for one in lenders)), "") for name in LENT}
    filled = {name: fill(said, words) for name, said in lent.items()}
    return changed(pack, patterns=[_filled(one, words) for one in pack.patterns], **filled)


def _lends(pack: Pack) -> bool:
    return pack.when == When()


def _filled(wording: Wording, words: dict[str, Expressions]) -> Wording:
    said = {name: getattr(wording, name) for name in EXPRESSIONS}
    filled: dict[str, Any] = {name: fill(one, words) for name, one in said.items() if one}
    filled["match"] = [fill(one, words) for one in alternatives(wording.match)]
    return changed(wording, allow=[fill(one, words) for one in wording.allow], **filled)


def _attempt(path: Path) -> Iterator[tuple[Located, Pack] | Finding]:
    try:
        file = Located(read_text(path), str(path))
    except Invalid as error:
        yield from error.findings
        return
    try:
        pack: Pack = convert(file.data, Pack)
    except Invalid as error:
        yield from (file.finding(one.pointer, one.message) for one in error.findings)
        return
    yield from (file.finding(one.pointer, one.message) for one in check(pack))
    yield file, pack


def _together(packs: list[Pack], number: int) -> Iterator[Finding]:
    """Yield what is wrong with a pack among the others."""
    yield from _twins(packs, number)
    for pointer, expression in _expressions(completed(packs, packs[number])):
        try:
            Pattern(expression)
        except Broken as error:
            yield Finding(pointer, f"is not a pattern that re2 takes: {error}")
        yield from (
            Finding(pointer, f"{{{name}}} stands for no words") for name in unknown(expression)
        )


def _expressions(pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield every regular expression of a pack with its JSON Pointer."""
    for name in LENT:
        if expression := getattr(pack, name):
            yield f"/{name}", expression
    for i, wording in enumerate(pack.patterns):
        for name in EXPRESSIONS:
            if expression := getattr(wording, name):
                yield f"/patterns/{i}/{name}", joined(expression)
        yield from ((f"/patterns/{i}/allow/{n}", one) for n, one in enumerate(wording.allow))


def _twins(packs: list[Pack], number: int) -> Iterator[Finding]:
    """Yield what of one pack stands in it or in an earlier pack already."""
    pack = packs[number]
    if any(earlier.id == pack.id for earlier in packs[:number]):
        yield Finding("/id", f"{pack.id!r} is the name of another pack")
    same = [earlier for earlier in packs[:number] if earlier.language == pack.language]
    taken = {label for earlier in same for _, label in _labels(earlier)}
    for pointer, label in _labels(pack):
        if label in taken:
            yield Finding(f"{pointer}/id", f"{label!r} is defined twice in this language")
        taken.add(label)


def _labels(pack: Pack) -> Iterator[tuple[str, str]]:
    yield from ((f"/patterns/{i}", wording.id) for i, wording in enumerate(pack.patterns))
    yield from ((f"/gates/{i}", gate.id) for i, gate in enumerate(pack.gates))
