"""The formats of an edition: what each is called, how its address ends, and what it is.

The one table behind routes, negotiation, ``Link`` headers and the head of the page. An edition's
signed body names its addresses as JSON and as a page only; the others are made from those here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

Links = dict[str, str]


@dataclass(frozen=True)
class Format:
    """One wire format: its name in the code, the end of its address, its media type."""

    name: str
    suffix: str
    mimetype: str


JSON = Format("json", "", "application/json")
HTML = Format("html", ".html", "text/html")
MARKDOWN = Format("markdown", ".md", "text/markdown")  # RFC 7763
FORMATS = (JSON, HTML, MARKDOWN)


def address(links: Links, wanted: Format) -> str:
    """Return the address of an edition in a format, with its whole context."""
    if wanted is JSON:
        return links["self"]
    return links["html"].replace(".html?", f"{wanted.suffix}?", 1)


def alternates(links: Links) -> Iterator[tuple[str, str]]:
    """Yield media type and address of an edition in each of its formats (RFC 8288)."""
    for one in FORMATS:
        yield one.mimetype, address(links, one)
