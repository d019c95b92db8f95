"""Sights: what a reader sees of a page at once, what opens in place, and what nobody can see."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from content import diffs
from content.conformance.pages import ERROR, Fault, Page
from content.conformance.texts import Place, Stream, spaced

LOWER = 50  # CSS pixels by which what stands beside a text may begin below it


@dataclass(frozen=True)
class Wanted:
    """A text that has to be there: for which check, of which disclaimer, what it is called."""

    check: str
    text: str
    name: str  # such as "the full text"
    fix: str
    about: str | None = None


class Sight:
    """A page, looked at in three ways."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @cached_property
    def seen(self) -> Stream:
        """What is visible without any action."""
        return self._stream(seen=True)

    @cached_property
    def present(self) -> Stream:
        """And what opens in place."""
        return self._stream(seen=False)

    @cached_property
    def everything(self) -> Stream:
        """And what no reader can see."""
        return Stream(self.page.runs, range(len(self.page.runs)))

    def at(self, place: Place) -> str:
        """Return the element that a place is in."""
        return self.page.runs[place.run].at

    def is_after(self, place: Place, other: Place) -> bool:
        """Return whether a reader comes to a place later, by its order or its height."""
        top, limit = self.page.runs[place.run].top, self.page.runs[other.run].top
        below = top is not None and limit is not None and top > limit + LOWER
        return place > other or below

    def lacking(self, wanted: Wanted, *, folded: bool = True) -> Iterator[Fault]:
        """Yield why a text cannot be read that has to be; ``folded`` says that it may be."""
        stream = self.present if folded else self.seen
        if wanted.text not in stream:
            yield self._why(wanted, stream)

    def _why(self, wanted: Wanted, stream: Stream) -> Fault:
        if altered := stream.nearest(wanted.text):
            return _modified(wanted, altered)
        said, place = "is not on the page", self.present.find(wanted.text)
        if place:
            said = "is folded away, and has to be visible without any action"
        elif place := self.everything.find(wanted.text):
            return self._hidden(wanted, place)
        found = f"{wanted.name} {said}: {shortened(wanted.text)}"
        at = self.at(place) if place else None
        return Fault(wanted.check, ERROR, found, wanted.fix, about=wanted.about, at=at)

    def _hidden(self, wanted: Wanted, place: Place) -> Fault:
        runs = self.page.runs[place.run :]
        why = next((run.hidden for run in runs if run.hidden), "a part of it is hidden")
        found = f"{wanted.name} is in the document, and no reader can see it: {why}"
        fix = "Take away what hides it."
        return Fault("hidden", ERROR, found, fix, about=wanted.about, at=self.at(place))

    def _stream(self, *, seen: bool) -> Stream:
        runs = enumerate(self.page.runs)
        chosen = (i for i, run in runs if not run.hidden and not (seen and run.folded))
        return Stream(self.page.runs, chosen)


def shortened(text: str, most: int = 90) -> str:
    """Return the beginning of a text, in quotes."""
    return f'"{text}"' if len(text) <= most else f'"{text[: most - 1].rstrip()}…"'


def _modified(wanted: Wanted, altered: str) -> Fault:
    difference = tuple(diffs.words(spaced(wanted.text), altered))
    found = f"{wanted.name} stands there in other words"
    fix = "Show the words of the edition; none may be changed, left out or put in."
    return Fault("modified", ERROR, found, fix, about=wanted.about, difference=difference)
