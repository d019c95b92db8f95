"""Highlights: where the words of a query stand in an edition, so in what its reader is given."""

from collections.abc import Iterator
from typing import Any

from content.terms import WORD, fold

MOST = 3  # excerpts of an edition
BEFORE, LENGTH = 60, 200  # characters of an excerpt before the first word found, and in all


def of(body: dict[str, Any], asked: list[str]) -> list[dict[str, Any]]:
    """Return the excerpts of a whole edition that have most of the words, in reading order.

    Each has its ``section`` (None for title and summary), its ``text``, and in ``ranges`` where
    the words stand in it, as pairs of character offsets.
    """
    found = [
        (len({word for _, _, word in hits}), place, section, text, hits)
        for place, (section, text) in enumerate(_passages(body))
        if (hits := list(_hits(text, set(asked))))
    ]
    best = sorted(found, key=lambda one: (-one[0], one[1]))[:MOST]
    ordered = sorted(best, key=lambda one: one[1])
    return [_excerpt(section, text, hits) for _, _, section, text, hits in ordered]


def _passages(body: dict[str, Any]) -> Iterator[tuple[str | None, str]]:
    yield None, body["title"]
    yield None, body["summary"]
    for section in body["sections"]:
        yield section["kind"], section["title"]
        yield from ((section["kind"], block["text"]) for block in section["blocks"])


def _hits(text: str, asked: set[str]) -> Iterator[tuple[int, int, str]]:
    for found in WORD.finditer(text):
        if (word := fold(found[0])) in asked:
            yield found.start(), found.end(), word


def _excerpt(section: str | None, text: str, hits: list[tuple[int, int, str]]) -> dict[str, Any]:
    """Return a passage from a word before the first hit on, cut at spaces where there are any."""
    start = _at_space(text, max(0, hits[0][0] - BEFORE)) if hits[0][0] > BEFORE else 0
    end = min(len(text), start + LENGTH)
    shown = [(a - start, b - start) for a, b, _ in hits if b <= end]
    return {"section": section, "text": text[start:end], "ranges": [list(one) for one in shown]}


def _at_space(text: str, start: int) -> int:
    """Return where the next word begins, if one begins soon."""
    space = text.find(" ", start, start + BEFORE)
    return start if space < 0 else space + 1
