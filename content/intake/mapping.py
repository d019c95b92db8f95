"""Mapping: to which of the four sections each part of a text goes, with confidence and reason."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from content.documents import SECTION_KINDS
from content.intake import wording
from content.intake.parts import Block, Parts
from content.intake.pieces import Piece
from content.intake.wording import Choice
from content.parts import Part

NO_TEXT = "no text was supplied for it"
EXCERPT = 120  # characters of a text that stands in the document anyway


class Mapped(Part):
    """One part of the source: where it stood, where it went, how sure that is, and why."""

    part: str  # title, label, byline, summary, outline, introduction, heading, closing
    text: str  # whole for a title, label, heading or entry; else how it begins
    lines: tuple[int, int]  # in the source, from 1
    section: str | None
    confidence: int  # percent
    reason: str
    moved: bool = False  # it stood after what comes later now


@dataclass
class Entry:
    """What goes to a section: some pieces, under a heading or under none."""

    heading: Piece | None
    pieces: list[Piece]


@dataclass
class Mapping:
    """The parts by section, and how they came there."""

    entries: dict[str, list[Entry]] = field(
        default_factory=lambda: {kind: [] for kind in SECTION_KINDS}
    )
    mapped: list[Mapped] = field(default_factory=list)


def assign(parts: Parts, locale: str) -> Mapping:
    """Return where each part goes. What no wording matches stays with what stands before it."""
    mapping = Mapping()
    mapping.mapped += _front(parts)
    if parts.introduction:
        choice = Choice("overview", 90, "stands before the first heading")
        _put(mapping, "introduction", Entry(None, parts.introduction), choice)
    before, latest = None, 0
    for block in parts.blocks:
        choice = _choose(block, before, locale)
        before = str(choice.section)
        moved = SECTION_KINDS.index(before) < latest
        latest = max(latest, SECTION_KINDS.index(before))
        _put(mapping, "heading", Entry(block.heading, block.pieces), choice, moved=moved)
    if parts.closing:
        _put(mapping, "closing", Entry(None, parts.closing), parts.closing_choice)
    mapping.mapped += list(_outline(parts, mapping.mapped, locale))
    mapping.mapped.sort(key=lambda one: one.lines)
    return mapping


def _front(parts: Parts) -> Iterator[Mapped]:
    if parts.title:
        yield _mapped("title", [parts.title], Choice(None, 90, "stands first, above all others"))
    for label in parts.labels:
        yield _mapped("label", [label], Choice(None, 90, "announces a part, and is no text of it"))
    for line in parts.bylines:
        yield _mapped("byline", [line], Choice(None, 90, "says who wrote the text"))
    if parts.summary:
        yield _mapped("summary", [parts.summary], Choice(None, 90, "is the first paragraph"))


def _choose(block: Block, before: str | None, locale: str) -> Choice:
    """Choose by wording; below the threshold the block stays in the nearest preceding section."""
    choice = wording.choose(block.heading.text, locale)
    if choice.section:
        return choice
    where = f"{before}, the section before it" if before else "overview because it stands first"
    reason = f"{choice.reason}; kept under {where}"
    return Choice(before or "overview", choice.confidence, reason)


def _put(mapping: Mapping, part: str, entry: Entry, choice: Choice, *, moved: bool = False) -> None:
    mapping.entries[str(choice.section)].append(entry)
    pieces = [*([entry.heading] if entry.heading else []), *entry.pieces]
    mapping.mapped.append(_mapped(part, pieces, choice, moved=moved))


def _outline(parts: Parts, mapped: list[Mapped], locale: str) -> Iterator[Mapped]:
    """Yield the entries of the outline; one that no heading follows up has no text."""
    headed = {wording.key(one.text): one for one in mapped if one.part == "heading"}
    for piece in parts.outline:
        found = headed.get(wording.key(piece.text))
        if found:
            same = Choice(found.section, found.confidence, f"has its text in line {found.lines[0]}")
            yield _mapped("outline", [piece], same)
        else:
            choice = wording.choose(piece.text, locale)
            yield _mapped("outline", [piece], choice._replace(reason=NO_TEXT))


def _mapped(part: str, pieces: list[Piece], choice: Choice, *, moved: bool = False) -> Mapped:
    text = pieces[0].text
    whole = part not in ("summary", "introduction", "closing")
    excerpt = text if whole or len(text) <= EXCERPT else text[:EXCERPT].rstrip() + "\u2026"
    lines = (pieces[0].line, max(piece.line for piece in pieces))
    return Mapped(part, excerpt, lines, *choice, moved)
