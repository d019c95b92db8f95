"""Two versions of one text, side by side: which lines differ, and in which words.

For people who have to put both together. Lines that are the same stand there only next to what
differs. What would take too long to compare word by word is shown whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import takewhile, zip_longest
from typing import Any

from content import diffs

NEAR = 1  # lines that are the same before and after what differs
MAX_LINES = 1000  # of the part that differs, which are compared line by line
MAX_COMPARED = 100_000  # characters, which are compared word by word
Runs = list[dict[str, str]]


@dataclass(frozen=True)
class Row:
    """A line of both: runs of words as in a diff; or how many lines are left out, being the same.

    A run is ``equal``, or ``added`` where only this version has it. A side is None where it has no
    such line.
    """

    mine: Runs | None = None
    theirs: Runs | None = None
    left_out: int = 0
    is_same: bool = False


@dataclass
class _Budget:
    """How many characters may still be compared word by word."""

    left: int = field(default=MAX_COMPARED)

    def take(self, characters: int) -> bool:
        self.left -= characters
        return self.left >= 0


def sides(mine: str, theirs: str) -> Iterator[Row]:
    """Yield two texts line by line, as far as they differ."""
    ours, others = (text.removesuffix("\n").split("\n") for text in (mine, theirs))
    budget = _Budget()
    for tag, i, j, k, n in _opcodes(ours, others):
        if tag == "equal":
            yield from _same(ours[i:j])
            continue
        for one, other in zip_longest(ours[i:j], others[k:n]):
            yield _differing(one, other, budget)


def _opcodes(ours: Sequence[str], others: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Yield what is equal and what is not; a long part that differs is one piece."""
    start = _shared(ours, others)
    end = _shared(ours[start:][::-1], others[start:][::-1])
    middle, middles = ours[start : len(ours) - end], others[start : len(others) - end]
    yield "equal", 0, start, 0, start
    if max(len(middle), len(middles)) > MAX_LINES:
        yield "replace", start, start + len(middle), start, start + len(middles)
    else:
        for tag, i, j, k, n in SequenceMatcher(None, middle, middles).get_opcodes():
            yield tag, start + i, start + j, start + k, start + n
    yield "equal", len(ours) - end, len(ours), len(others) - end, len(others)


def _shared(ours: Sequence[str], others: Sequence[str]) -> int:
    """Return with how many equal lines two texts begin."""
    pairs = zip(ours, others, strict=False)  # one may be longer
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _same(lines: Sequence[str]) -> Iterator[Row]:
    shown = lines if len(lines) <= 2 * NEAR + 1 else lines[:NEAR]
    yield from map(_equal, shown)
    if len(shown) < len(lines):
        yield Row(left_out=len(lines) - 2 * NEAR, is_same=True)
        yield from map(_equal, lines[-NEAR:])


def _equal(line: str) -> Row:
    return Row(_whole(line, "equal"), _whole(line, "equal"), is_same=True)


def _differing(one: str | None, other: str | None, budget: _Budget) -> Row:
    if one is None or other is None or not budget.take(len(one) + len(other)):
        return Row(_whole(one, "added"), _whole(other, "added"))
    runs = diffs.words(other, one)
    theirs = [run for run in runs if run["op"] != "added"]
    return Row(
        [run for run in runs if run["op"] != "removed"],
        [{**run, "op": "equal" if run["op"] == "equal" else "added"} for run in theirs],
    )


def _whole(line: str | None, op: str) -> Runs | None:
    return None if line is None else [{"op": op, "text": line}]
