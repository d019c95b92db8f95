"""HTML of strangers as a tree, and what its head says."""

import re

from lxml import etree, html
from lxml.html import HtmlElement

from api.conforming.fetching import Fetched, Unread
from content.conformance import Head

MOST = 200_000  # elements
MOST_ATTRIBUTES = 1000  # of one tag; in a tree, each takes longer than the one before


class _Tags:
    """What the parser is told to tell of each tag, before there is a tree."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Refuse a tag that a tree would take too long for."""
        if len(attributes) > MOST_ATTRIBUTES:
            raise Unread(f"a tag <{tag[:40]}> has more than {MOST_ATTRIBUTES} attributes")

    def close(self) -> None:
        """End; there is no result."""


def parse(octets: bytes, encoding: str | None, url: str) -> HtmlElement:
    """Return the tree of a page, its links absolute; raise :class:`Unread`."""
    tags = html.HTMLParser(target=_Tags(), encoding=encoding)
    tags.feed(octets)
    tags.close()
    parser = html.HTMLParser(
        encoding=encoding, no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        tree = html.document_fromstring(octets, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise Unread(f"{url} has no text in it") from None
    if any(one.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for one in parser.error_log):
        raise Unread(f"{url} is nested too deeply, or has too large parts")
    if sum(1 for _ in tree.iter()) > MOST:
        raise Unread(f"{url} has more than {MOST} elements")
    tree.resolve_base_href(handle_failures="ignore")  # which may be no address
    tree.make_links_absolute(url, resolve_base_href=False, handle_failures="ignore")
    return tree


def parse_fetched(page: Fetched) -> HtmlElement:
    """Return the tree of what was fetched, in the encoding that its header names."""
    found = re.search(r"charset=[\"']?([\w.:-]+)", page.headers.get("Content-Type", ""), re.ASCII)
    try:
        return parse(page.octets, found[1] if found else None, page.url)
    except LookupError:  # an encoding that nobody knows
        return parse(page.octets, None, page.url)


def head(tree: HtmlElement, url: str, robots: str = "") -> Head:
    """Return what a document says of itself to search engines; ``robots`` is its header."""
    said = [meta.get("content", "") for meta in tree.iter("meta") if _is_robots(meta)]
    words = [word.strip().lower() for one in [robots, *said] for word in one.split(",")]
    found = [
        link.get("href")
        for link in tree.iter("link")
        if "canonical" in link.get("rel", "").lower().split()
    ]
    return Head(url, tuple(filter(None, words)), found[0] if found else None)


def has_fragment(tree: HtmlElement) -> bool:
    """Return whether elements are there that only an article of ours has."""
    return any(
        one.get("data-notice") or "cv-sections" in one.get("class", "").split()
        for one in tree.iter("div", "li")
    )


def _is_robots(meta: HtmlElement) -> bool:
    return bool(meta.get("name", "").lower() == "robots")
