"""XML for feeds: elements made with lxml, and text that any parser can read."""

import re
from typing import Any

from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
PREFIXES = {"atom": ATOM, "at": TOMBSTONES, "content": CONTENT, "dc": DUBLIN_CORE}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# What XML 1.0 cannot hold, not even escaped.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(parent: Any, name: str, text: str | None = None, **facts: str) -> Any:
    """Append an element, written ``prefix:name`` or ``name`` alone, and return it."""
    prefix, _, local = name.rpartition(":")
    space = parent.nsmap.get(prefix or None)
    made = etree.SubElement(parent, f"{{{space}}}{local}" if space else local)
    made.text = clean(text) if text is not None else None
    for key, value in facts.items():
        made.set(LANGUAGE if key == "lang" else key, clean(value))
    return made


def clean(text: str) -> str:
    """Return text with a sign in the place of each character that XML cannot hold."""
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


def encode(root: Any) -> bytes:
    """Return a document as UTF-8."""
    found: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return found
