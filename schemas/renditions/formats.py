"""The formats of an edition: what each is called, how its address ends, and what it is.

The one table behind routes, negotiation, ``Link`` headers and the head of the page. An edition's
signed body names its addresses as JSON and as a page only; the others are made from those here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

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
CARD = "application/json+oembed"  # as oembed.com has it for discovery
FORMATS = (JSON, HTML, MARKDOWN)


def address(links: Links, wanted: Format) -> str:
    """Return the address of an edition in a format, with its whole context."""
    if wanted is JSON:
        return links["self"]
    return links["html"].replace(".html?", f"{wanted.suffix}?", 1)


def card(links: Links) -> str:
    """Return the address of an edition's card (oEmbed)."""
    base = links["keys"].removesuffix("/.well-known/jwks.json")
    return f"{base}/v1/oembed?url={quote(links['html'], safe='')}&format=json"


def alternates(links: Links) -> Iterator[tuple[str, str]]:
    """Yield media type and address of an edition in each of its formats, and of its card."""
    for one in FORMATS:
        yield one.mimetype, address(links, one)
    yield CARD, card(links)
