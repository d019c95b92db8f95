"""Passages: the words by which an article's text, and its revision, are known on a page."""

from collections.abc import Iterator
from typing import Any

from content.conformance.texts import packed

LEAST = 20  # characters without spaces; less could stand anywhere
Body = dict[str, Any]


def of_section(section: Body, body: Body) -> list[str]:
    """Return the passages of one section: no citation or other mark stands inside one.

    What a disclaimer says, too, is left out: it proves nothing about the section.
    """
    said = [packed(notice[name]) for notice in body["disclaimers"] for name in ("short", "text")]
    found = [text for block in section["blocks"] for text in _of_block(block)]
    return [text for text in found if not any(packed(text) in one for one in said)]


def of(body: Body) -> list[str]:
    """Return all passages of an edition: titles, too, which may also stand where no text does."""
    sections = body.get("sections", [])
    titles = [body.get("title", ""), *(section["title"] for section in sections)]
    texts = [text for section in sections for text in of_section(section, body)]
    return [*(title for title in titles if len(packed(title)) >= LEAST), *texts]


def share(found: int, of: int) -> str:
    """Say how many of the passages there are."""
    return f"{found} of {of} passages"


def _of_block(block: Body) -> Iterator[str]:
    if block["type"] == "figure":  # whose words stand in for an image, where it cannot be seen
        return
    spans = list(_spans(block))
    texts = [span["text"] for span in spans] if spans else [block["text"]]
    yield from (text for text in texts if len(packed(text)) >= LEAST)


def _spans(part: Any) -> Iterator[Body]:
    """Yield the spans of a block, of any type: they stand in lists of that name."""
    if isinstance(part, list):
        for one in part:
            yield from _spans(one)
    elif isinstance(part, dict):
        for name, value in part.items():
            yield from value if name == "spans" else _spans(value)
