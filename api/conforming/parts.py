"""The parts of a document as both readers find them, and how they become a page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from content.conformance import Head, Link, Page, Run


@dataclass(frozen=True)
class Frame:
    """A frame of ours in the place of a run; its ``name`` finds the parts of its document."""

    name: str
    hidden: str | None = None
    folded: bool = False
    top: int | None = None


@dataclass(frozen=True)
class Parts:
    """One document: what is written in it, its links, and its head."""

    runs: Sequence[Run | Frame]
    links: Sequence[Link]
    head: Head


def assemble(parts: Parts, frames: Mapping[str, Parts], *, status: int, has_fragment: bool) -> Page:
    """Return a page with the documents of its frames in their places."""
    names = [one.name for one in parts.runs if isinstance(one, Frame) and one.name in frames]
    inside = [frames[name] for name in dict.fromkeys(names)]
    links = [link for one in [parts, *inside] for link in one.links]
    heads = [one.head for one in [parts, *inside]]
    numbers = {name: n for n, name in enumerate(dict.fromkeys(names), 1)}
    runs = tuple(_runs(parts, frames, numbers))
    return Page(status, runs, tuple(links), tuple(heads), has_fragment)


def _runs(parts: Parts, frames: Mapping[str, Parts], numbers: dict[str, int]) -> Iterator[Run]:
    for one in parts.runs:
        if isinstance(one, Run):
            yield one
        elif one.name in frames:
            inner = (run for run in frames[one.name].runs if isinstance(run, Run))
            yield from (_inside(run, one, numbers[one.name]) for run in inner)


def _inside(run: Run, frame: Frame, number: int) -> Run:
    top = None if run.top is None or frame.top is None else run.top + frame.top
    folded = run.folded or frame.folded
    return replace(run, hidden=frame.hidden or run.hidden, folded=folded, top=top, document=number)
