"""Parts: what is the title of an agency's text, its summary, its outline, and what stands under
which heading.

Nothing is thrown away: each piece ends in exactly one part. Where a part was guessed, the reason
says so. All comparisons of headings go through one dictionary, so the time grows with the text.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from content.errors import Finding, Invalid
from content.intake import wording
from content.intake.pieces import Copy, Piece
from content.intake.wording import SHORT

MAX_HEADINGS = 200
LONG = 500  # characters of a heading that is marked up, or of a title
MAX_SUMMARY = 1000  # characters; a longer one stays in the text too
STOPS = (".", ",", ";", "\u2026", '."', ".\u201d")  # no heading ends with these
NOWHERE = wording.Choice(None, 0, "")
SPOKEN = (*STOPS, "!", "?", ":")


@dataclass
class Block:
    """A heading and what stands under it."""

    heading: Piece
    pieces: list[Piece] = field(default_factory=list)


@dataclass
class Parts:
    """A text in its parts, in the order of the source."""

    title: Piece | None = None
    summary: Piece | None = None
    outline: list[Piece] = field(default_factory=list)
    labels: list[Piece] = field(default_factory=list)  # "In this article:", a second title
    bylines: list[Piece] = field(default_factory=list)
    introduction: list[Piece] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    closing: list[Piece] = field(default_factory=list)
    closing_choice: wording.Choice = NOWHERE


def find(copy: Copy, locale: str) -> Parts:
    """Return the parts of a text."""
    if not any(piece.text for piece in copy.pieces):
        raise Invalid([Finding(copy.name, "there is no text in it")])
    parts = Parts()
    rest = _take_title(copy, parts, locale)
    rest = _take_summary(rest, parts, locale)
    rest = _take_outline(rest, parts, locale)
    _take_blocks(rest, parts, copy)
    _take_closing(parts, locale)
    return parts


def _take_title(copy: Copy, parts: Parts, locale: str) -> list[Piece]:
    """Set the title apart; what stands before a title that is marked up comes after it."""
    pieces = copy.pieces
    at = _title_at(pieces, locale)
    apart = copy.title if copy.title and len(copy.title.text) <= LONG else None
    parts.title = apart if at is None else pieces[at]
    if copy.title and not (parts.title and _same(copy.title, parts.title)):
        parts.labels.append(copy.title)
    if at is None:
        return pieces
    parts.introduction = [piece for piece in pieces[:at] if piece.kind != "rule"]
    return pieces[at + 1 :]


def _same(one: Piece, other: Piece) -> bool:
    return wording.key(one.text) == wording.key(other.text)


def _title_at(pieces: list[Piece], locale: str) -> int | None:
    listed = {wording.key(piece.text) for piece in pieces if piece.kind == "item"}
    headings = [i for i, piece in enumerate(pieces) if piece.kind == "heading"]
    if headings and _is_title(pieces, headings, listed, locale):
        return headings[0]
    first = next((i for i, piece in enumerate(pieces) if piece.kind != "rule"), 0)
    bare = pieces[first].kind == "line" and len(pieces) > first + 1
    text = pieces[first].text
    ends = text.endswith((*STOPS, ":")) or len(text) > SHORT * 3 // 2
    labels = (wording.OUTLINE, wording.SUMMARY)
    labelled = any(wording.is_label(text, label, locale) for label in labels)
    known = wording.key(text) in listed or labelled
    return first if bare and not (ends or known) else None


def _is_title(pieces: list[Piece], headings: list[int], listed: set[str], locale: str) -> bool:
    """Return whether the first heading is the title: above all others, and in no outline."""
    first, *others = (pieces[i] for i in headings)
    if wording.key(first.text) in listed or len(first.text) > LONG:
        return False
    if all(other.level > first.level for other in others):
        return bool(others) or first.level == 1
    return first.level == 1 and headings[0] == 0 and not wording.choose(first.text, locale).section


def _take_summary(pieces: list[Piece], parts: Parts, locale: str) -> list[Piece]:
    """Set the first paragraph apart, and bylines; other short lines before it are kept."""
    listed = {wording.key(piece.text) for piece in pieces if piece.kind == "item"}
    for i, piece in enumerate(pieces[:6]):
        known = wording.key(piece.text) in listed
        if not known and wording.is_label(piece.text, wording.SUMMARY, locale):
            parts.labels.append(piece)
        elif not known and piece.kind == "line" and wording.byline(piece.text):
            parts.bylines.append(piece)
        elif known or not _is_prose(piece, locale):
            break
        elif len(piece.text) > SHORT or piece.text.endswith((".", "!", "?", ".\u201d")):
            parts.summary = piece
            early = _without_labels(pieces[:i], parts)
            parts.introduction += [piece for piece in early if piece.kind != "rule"]
            parts.introduction += [piece] * (len(piece.text) > MAX_SUMMARY)
            return pieces[i + 1 :]
    return _without_labels(pieces, parts)


def _is_prose(piece: Piece, locale: str) -> bool:
    outline = wording.is_label(piece.text, wording.OUTLINE, locale)
    return piece.kind in ("line", "rule") and not outline


def _without_labels(pieces: list[Piece], parts: Parts) -> list[Piece]:
    labels = {id(piece) for piece in (*parts.labels, *parts.bylines)}
    return [piece for piece in pieces if id(piece) not in labels]


def _take_outline(pieces: list[Piece], parts: Parts, locale: str) -> list[Piece]:
    """Set the list apart whose entries come again as headings, or that is called an outline."""
    last = {wording.key(piece.text): i for i, piece in enumerate(pieces) if len(piece.text) <= LONG}
    front = next((i for i, piece in enumerate(pieces) if _heads(piece, locale)), len(pieces))
    for start, stop in _lists(pieces[: front + 1]):
        entries = _distinct(pieces[start:stop])
        end = start + len(entries)
        before = pieces[start - 1] if start else None
        labelled = bool(before and wording.is_label(before.text, wording.OUTLINE, locale))
        again = sum(last.get(wording.key(piece.text), 0) >= end for piece in entries)
        if len(entries) <= MAX_HEADINGS and (
            labelled or (len(entries) > 1 and again * 2 >= len(entries))
        ):
            leads = before and before.kind != "item" and (labelled or _leads(before))
            parts.outline = entries
            parts.labels += [before] if before and leads else []
            return pieces[: start - bool(leads)] + pieces[end:]
    return pieces


def _distinct(entries: list[Piece]) -> list[Piece]:
    """Return a list up to the entry that comes again: there the text has gone on."""
    seen: set[str] = set()
    for i, piece in enumerate(entries):
        spoken = wording.key(piece.text)
        if spoken in seen:
            return entries[:i]
        seen.add(spoken)
    return entries


def _heads(piece: Piece, locale: str) -> bool:
    """Return whether a piece is marked up as a heading and does not announce an outline."""
    labelled = wording.is_label(piece.text, wording.OUTLINE, locale)
    return piece.kind == "heading" and not labelled


def _leads(piece: Piece) -> bool:
    return piece.text.endswith(":") and len(piece.text) <= SHORT


def _lists(pieces: list[Piece]) -> Iterable[tuple[int, int]]:
    """Yield where each list begins and ends."""
    start = 0
    for i, piece in enumerate([*pieces, Piece(0, "rule")]):
        if i and pieces[i - 1].kind == "item" and piece.group != pieces[i - 1].group:
            yield start, i
        if piece.kind == "item" and (not i or pieces[i - 1].group != piece.group):
            start = i


def _take_blocks(pieces: list[Piece], parts: Parts, copy: Copy) -> None:
    """Divide the rest at its headings; what stands before the first one is the introduction."""
    outline = {wording.key(piece.text) for piece in parts.outline}
    marked = [piece.level for piece in pieces if piece.kind == "heading"]
    sizes = Counter(piece.group for piece in pieces if piece.kind == "item")
    after: Piece = Piece(0, "rule")
    found: list[bool] = []
    for piece in reversed(pieces):
        alone = piece.kind == "line" or sizes[piece.group] == 1
        if piece.kind == "heading":
            found.append(piece.level == min(marked) or wording.key(piece.text) in outline)
        else:
            known = len(piece.text) <= LONG and wording.key(piece.text) in outline
            found.append(alone and (known or (not marked and _looks_like_one(piece, after))))
        after = piece
    if sum(found) > MAX_HEADINGS or len(marked) > MAX_HEADINGS:
        raise Invalid([Finding(copy.name, f"the text has more than {MAX_HEADINGS} headings")])
    _divide(pieces, found[::-1], parts)


def _looks_like_one(piece: Piece, after: Piece) -> bool:
    """Return whether a bare line reads like a heading: short, no sentence, and prose follows."""
    text, prose = piece.text, len(after.text) > SHORT or after.text.endswith(SPOKEN)
    if len(text) > SHORT or text.endswith(STOPS) or piece.kind not in ("line", "item"):
        return False
    if piece.kind == "item" and not piece.number:
        return False
    begins = text[0].isupper() or text[0].isdigit() or text[0] in '\u00bf\u00a1"\u201c'
    listed = after.kind == "item" and not text.endswith(":")
    return begins and (listed or (after.kind in ("line", "quote") and prose))


def _divide(pieces: list[Piece], heads: list[bool], parts: Parts) -> None:
    for piece, head in zip(pieces, heads, strict=True):
        if head:
            parts.blocks.append(Block(piece))
        elif parts.blocks:
            parts.blocks[-1].pieces.append(piece)
        elif piece.kind != "rule":
            parts.introduction.append(piece)


def _take_closing(parts: Parts, locale: str) -> None:
    """Set the last paragraph apart, unless it is all that stands under the last heading."""
    body = parts.blocks[-1].pieces if parts.blocks else parts.introduction
    while body and body[-1].kind == "rule":
        body.pop()
    own = _after_last(body, "heading")
    tail = _after_last(own, "rule")
    if tail and len(tail) < len(own) and all(piece.kind == "line" for piece in tail):
        choice = wording.Choice("conclusions", 80, "comes last, after a rule")
    else:
        tail = own[-1:]
        choice = _closing_choice(own, locale)
    if choice.section:
        parts.closing, parts.closing_choice = tail, choice
        del body[-len(tail) :]
    for block in parts.blocks:
        block.pieces = [piece for piece in block.pieces if piece.kind != "rule"]


def _closing_choice(own: list[Piece], locale: str) -> wording.Choice:
    said = [piece for piece in own if piece.kind != "rule"]
    if len(said) < 2 or own[-1].kind != "line":
        return NOWHERE
    summing = wording.sums_up(said[-1].text, locale)
    if summing:
        reason = f"comes last and sums up: it begins with '{summing}'"
        return wording.Choice("conclusions", 90, reason)
    return wording.Choice("conclusions", wording.LAST, "comes last and has no heading of its own")


def _after_last(pieces: list[Piece], kind: str) -> list[Piece]:
    """Return what stands after the last piece of a kind, or all."""
    at = [i for i, piece in enumerate(pieces) if piece.kind == kind]
    return pieces[at[-1] + 1 :] if at else pieces
