"""Plain text: an edition where nothing can be marked, let alone folded away.

As in Markdown, alerts stand in full before everything but the title, the shorts of all other
notices at their places, and every full text once more at the end.
"""

from collections.abc import Iterator
from typing import Any

from content.editions import Edition
from schemas.renditions import inline, layers, words
from schemas.renditions.layers import Group, Notice


def render(edition: Edition) -> str:
    """Return a whole edition as plain text, a blank line between its parts."""
    return "\n\n".join(_parts(edition.body))


def notices(body: dict[str, Any]) -> str:
    """Return every full text in reading order, each group after its heading."""
    return "\n\n".join(_groups(layers.grouped(body), in_full=True))


def _parts(body: dict[str, Any]) -> Iterator[str]:
    found, said = layers.arrange(body), words.of(body["context"]["locale"])
    yield body.get("title", said.part_title)
    yield from _groups(found.alerts)
    if "summary" in body:
        yield body["summary"]
    yield from _groups(found.leads)
    for section in body.get("sections", []):
        yield section["title"]
        yield from _groups(found.inline[section["kind"]])
        yield from (block["text"] for block in section["blocks"])
    yield from _groups(found.foot)
    for claim in body.get("claims", []):
        yield f"{claim['evidence_level']}: {claim['statement']}"
    yield said.in_full
    yield notices(body)


def _groups(groups: list[Group], *, in_full: bool = False) -> Iterator[str]:
    for group in groups:
        yield group.label
        for notice in group.notices:
            full = in_full or layers.is_alert(notice)
            yield _full(notice) if full else notice["short"]


def _full(notice: Notice) -> str:
    """Return a full text and its actions; what cannot be tapped has to be readable."""
    numbers = ((action["label"], inline.number(action)) for action in notice["actions"])
    actions = [f"{label} {number}" if number else label for label, number in numbers]
    return "\n".join([notice["text"], *actions])
