"""Reporting: what an editor should look at in a draft, besides what was guessed."""

from collections.abc import Iterator

from content.errors import Finding
from content.intake import wording
from content.intake.mapping import NO_TEXT, Mapped, Mapping
from content.intake.marking import Marker
from content.intake.pieces import Copy

EXCERPT = 80  # characters of a part


def tell(copy: Copy, mapping: Mapping, marker: Marker) -> Iterator[Finding]:
    """Yield what was moved, is less than plain or has no text, and what was too much to tell."""
    for one in mapping.mapped:
        what = f"the {one.part} {one.text[:EXCERPT]!r}"
        yield from (Finding(copy.place(one.lines[0]), f"{what}{said}") for said in _on(one))
    if marker.unmarked:
        message = f"{marker.unmarked} claims are not marked: there are too many"
        yield Finding("/document/claims", message)
    if copy.in_page:
        message = "links inside the page were left out, their text was kept"
        yield Finding(copy.name, f"{message}: {copy.in_page}")
    if copy.unsaid:
        yield Finding(copy.name, f"{copy.unsaid} more notes on links and the like")


def _on(one: Mapped) -> Iterator[str]:
    if one.part == "outline":
        if one.reason == NO_TEXT:
            yield " has no text under it"
        return
    if one.section and one.confidence < wording.SURE:
        yield f" stays in {one.section}: {one.reason}"
    elif one.section and one.confidence < wording.PLAIN:
        yield f" goes to {one.section}, {one.confidence} % sure: {one.reason}"
    if one.moved:
        yield f", to line {one.lines[1]}, moved to {one.section}"
