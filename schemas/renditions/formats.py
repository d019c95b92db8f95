"""The formats of an edition: what each is called, how its address ends, what all of them say.

The one table behind routes, negotiation, ``Link`` headers and the head of the page. An edition's
signed body names its addresses as JSON and as a page only; the others are made from those here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

Links = dict[str, str]


@dataclass(frozen=True)
class Format:
    """One wire format: its name in the code, the end of its address, its media type."""

    name: str
    suffix: str
    mimetype: str
    profile: str = ""  # what tells it from others with the same media type (RFC 6906)
    query: str = ""  # what its address says besides the context
    folder: str = "/v1/articles/"  # where its address is

    @property
    def content_type(self) -> str:
        """The media type, with the profile where there is one."""
        return f'{self.mimetype}; profile="{self.profile}"' if self.profile else self.mimetype


JSON = Format("json", "", "application/json")
HTML = Format("html", ".html", "text/html")
MARKDOWN = Format("markdown", ".md", "text/markdown")  # RFC 7763
CARD = "application/json+oembed"  # as oembed.com has it for discovery
JSON_LD = Format("jsonld", ".jsonld", "application/ld+json")
# ninjs has no media type of its own; IPTC's members send it as plain JSON.
NINJS = Format(
    "ninjs", ".ninjs", JSON.mimetype, "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json"
)
HEADINGS = range(1, 5)  # levels that the title of a fragment may have; the deepest stays <h6>
FRAGMENTS = {
    level: Format(f"fragment-{level}", ".html", HTML.mimetype, query=f"&fragment=1&heading={level}")
    for level in HEADINGS
}
FRAME = Format("frame", "", HTML.mimetype, folder="/embed/")
FORMATS = (JSON, HTML, MARKDOWN, JSON_LD, NINJS)
NEGOTIABLE = {form.mimetype: form for form in FORMATS if not form.profile}  # by ``Accept``


def address(links: Links, wanted: Format) -> str:
    """Return the address of an edition in a format, with its whole context."""
    if wanted is JSON:
        return links["self"]
    found = links["html"].replace(".html?", f"{wanted.suffix}?", 1) + wanted.query
    return found.replace(JSON.folder, wanted.folder, 1)


def base(links: Links) -> str:
    """Return the public address that all others begin with."""
    return links["keys"].removesuffix("/.well-known/jwks.json")


def card(links: Links) -> str:
    """Return the address of an edition's card (oEmbed)."""
    return f"{base(links)}/v1/oembed?url={quote(links['html'], safe='')}&format=json"


def is_preview(body: dict[str, Any]) -> bool:
    """Return whether this is a draft: never published, not signed, and without an address."""
    return bool(body["status"] == "preview")


def alternates(links: Links) -> Iterator[tuple[str, str, str]]:
    """Yield media type, address and name of an edition in each of its formats, and as a card.

    A preview has none.
    """
    if not links["html"]:
        return
    for one in FORMATS:
        yield one.mimetype, address(links, one), one.name
    yield CARD, card(links), "card"


def identity(article: str) -> str:
    """Return the id of an article in every format: it outlives slugs and revisions (RFC 9562)."""
    return f"urn:uuid:{article}"


def tags(body: dict[str, Any]) -> list[str]:
    """Return what an article is about."""
    return [*body["article"]["topics"], *body["article"]["conditions"]]
