"""Which article a page says that it shows, to which reader: an embed, a link, structured data."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement

from api import converters
from content import canonical

KEPT = ("locale", "jurisdiction", "audience", "channel", "revision", "include")
NAME = re.compile(converters.SLUG, re.ASCII)
SLUG = rf"(?P<slug>{converters.SLUG})"
ARTICLE = re.compile(rf"/v1/articles/{SLUG}(?:\.html|\.md|\.jsonld|\.ninjs)?", re.ASCII)
EMBED = re.compile(rf"/embed/{SLUG}", re.ASCII)
NAMES = {"@id", "url", "identifier", "mainEntityOfPage", "sameAs"}
MOST = 100_000  # values of structured data that are looked at


@dataclass(frozen=True)
class Named:
    """An article, and what else its address says; ``key`` is a site key in the page."""

    slug: str
    query: dict[str, str] = field(default_factory=dict)
    key: str | None = None


def find(tree: HtmlElement, api: str) -> list[Named]:
    """Return what the surest signs on a page name; more than one slug: it is not clear which."""
    for signs in (_embeds, _editions, _data, _canonical, _links):
        found = list(signs(tree, api))
        if found:
            return list({one.slug: one for one in reversed(found)}.values())[::-1]
    return []


def parse(address: str | None, api: str, shape: re.Pattern[str] = ARTICLE) -> Named | None:
    """Return what an address of ours names; None for any other address."""
    if not address or not address.startswith(f"{api}/"):
        return None
    try:
        parts = urlsplit(address.removeprefix(api))
    except ValueError:
        return None
    found = shape.fullmatch(parts.path)
    pairs = parse_qsl(parts.query)
    return Named(found["slug"], {k: v for k, v in pairs if k in KEPT}) if found else None


def _embeds(tree: HtmlElement, api: str) -> Iterator[Named]:
    for element in tree.iter("caveat-article", "iframe"):
        if element.tag == "iframe":
            found = parse(element.get("src"), api, EMBED)
        else:
            found = _element(element, api)
        if found:
            yield found


def _element(element: HtmlElement, api: str) -> Named | None:
    key = element.get("data-key")
    if element.get("base", api) != api:
        return None
    if address := element.get("src"):
        found = parse(address, api)
        return Named(found.slug, found.query, key) if found else None
    slug = element.get("slug", "")
    if not NAME.fullmatch(slug):
        return None
    return Named(slug, {name: element.get(name) for name in KEPT if element.get(name)}, key)


def _editions(tree: HtmlElement, api: str) -> Iterator[Named]:
    """Yield what links to an edition as data name: in the head, or in our fragment."""
    for element in tree.iter("link", "a"):
        if element.get("type") == "application/json":
            yield from filter(None, [parse(element.get("href"), api)])


def _data(tree: HtmlElement, api: str) -> Iterator[Named]:
    for script in tree.iter("script"):
        if script.get("type") == "application/ld+json":
            yield from filter(None, (parse(one, api) for one in _addresses(script.text or "")))


def _addresses(text: str) -> Iterator[str]:
    try:
        waiting: deque[Any] = deque([canonical.decode(text)])
    except ValueError:
        return
    seen = 0
    while waiting and (seen := seen + 1) < MOST:
        value = waiting.popleft()
        if isinstance(value, dict):
            for name, inner in value.items():
                if name in NAMES and isinstance(inner, str):
                    yield inner
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _canonical(tree: HtmlElement, api: str) -> Iterator[Named]:
    for link in tree.iter("link"):
        if "canonical" in link.get("rel", "").lower().split():
            yield from filter(None, [parse(link.get("href"), api)])


def _links(tree: HtmlElement, api: str) -> Iterator[Named]:
    for element in tree.iter("a", "blockquote", "q", "article", "section", "div"):
        if NAME.fullmatch(slug := element.get("data-article", "")):
            yield Named(slug)
        yield from filter(None, (parse(element.get(name), api) for name in ("href", "cite")))
