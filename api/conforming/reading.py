"""A page as it comes over HTTP, read without a browser.

What hides a text is seen where the document itself says it: ``hidden``, ``<template>``, an inline
style. Stylesheets and scripts are not read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

from api.conforming import parsing
from api.conforming.fetching import Fetched
from api.conforming.parts import Frame, Parts
from content.conformance import Link, Run

# Not <head>: where <body> is left out, libxml2 puts into it what it does not know, such as <main>.
WORDLESS = {
    "audio", "canvas", "datalist", "iframe", "noframes", "object", "option", "script",
    "select", "style", "svg", "textarea", "title", "video",
}  # fmt: skip
INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var",
    "wbr",
}  # fmt: skip
UNOPENED = {"template": "in a <template>", "noscript": "in a <noscript>"}
LEAST_SIZE = 9  # CSS pixels of letters that can still be read
PIXELS = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "%": 0.16}
SIZE = re.compile(r"([\d.]+)(px|pt|r?em|%)")
FAR = re.compile(r"-\d{3,}")  # pixels, or anything else, by which something is moved out of sight
OPENABLE = ("it has the attribute hidden", "its style is display: none")


@dataclass(frozen=True)
class State:
    """What is known of the element that is open."""

    at: str
    hidden: str | None = None
    folded: bool = False
    closed: bool = False  # a <details> that is not open: all but its summary folds
    wordless: bool = False


class Reader:
    """One pass over a tree, without recursion: strangers may nest as deep as they like."""

    def __init__(self, tree: HtmlElement, embeds: str) -> None:
        self.embeds = embeds
        self.runs: list[Run | Frame] = []
        self.links: list[Link] = []
        self.states = [State("")]
        self.opened = _controlled(tree)
        self.summaries = {one.find("summary") for one in tree.iter("details")}
        self.is_new = True  # whether a block begins
        for event, element in etree.iterwalk(tree, events=("start", "end")):
            if event == "start":
                self.open(element)
            else:
                self.close(element)

    def open(self, element: HtmlElement) -> None:
        """Begin an element."""
        self.states.append(state := self._state(element))
        self.is_new = self.is_new or element.tag not in INLINE
        if element.tag == "iframe" and element.get("src", "").startswith(self.embeds):
            self.runs.append(Frame(element.get("src"), state.hidden, state.folded))
        elif element.tag in ("a", "area") and element.get("href"):
            text = " ".join(element.text_content().split())[:200]
            self.links.append(Link(element.get("href"), text, state.at, state.hidden))
        self._say(element.text)

    def close(self, element: HtmlElement) -> None:
        """End an element, and take the text after it."""
        self.states.pop()
        self.is_new = self.is_new or element.tag not in INLINE
        self._say(element.tail)

    def _state(self, element: HtmlElement) -> State:
        outer, tag = self.states[-1], element.tag
        why = outer.hidden or _hides(element)
        folded = outer.folded or (outer.closed and element not in self.summaries)
        if why in OPENABLE and why != outer.hidden and element.get("id") in self.opened:
            why, folded = None, True
        closed = tag == "details" and element.get("open") is None
        wordless = outer.wordless or tag in WORDLESS
        return State(_path(outer.at, element), why, folded, closed, wordless)

    def _say(self, text: str | None) -> None:
        state = self.states[-1]
        if not text or state.wordless or not text.strip():
            self.is_new = self.is_new or bool(text)
            return
        folded = state.folded or state.closed
        said = f"\n{text}" if self.is_new else text
        self.runs.append(Run(said, state.at, state.hidden, folded))
        self.is_new = False


def read(page: Fetched, embeds: str) -> tuple[Parts, HtmlElement]:
    """Return a document and its tree; ``embeds`` is how the addresses of our frames begin."""
    tree = parsing.parse_fetched(page)
    reader = Reader(tree, embeds)
    head = parsing.head(tree, page.url, page.headers.get("X-Robots-Tag", ""))
    return Parts(reader.runs, reader.links, head), tree


def _controlled(tree: HtmlElement) -> set[str]:
    """Return the ids of what a button opens in place."""
    named = (one.get("aria-controls", "") for one in tree.iter() if one.get("aria-expanded"))
    return {id for ids in named for id in ids.split()}


def _path(outer: str, element: HtmlElement) -> str:
    """Return where an element is, by the last three that say something."""
    name = element.get("id")
    kind = (element.get("class") or "").split()
    own = f"{element.tag}#{name}" if name else ".".join([str(element.tag), *kind[:1]])
    if element.tag in ("html", "body"):
        return ""
    return " > ".join([*outer.split(" > ")[-2:], own] if outer else [own])


def _hides(element: HtmlElement) -> str | None:
    """Return why nobody sees what is in an element."""
    if element.tag in UNOPENED:
        return UNOPENED[str(element.tag)]
    if element.tag == "dialog" and element.get("open") is None:
        return "in a <dialog> that is not open"
    if element.get("hidden") is not None:
        return OPENABLE[0]
    style = _style(element.get("style") or "")
    return next((f"its style is {name}: {style[name]}" for name in _hiding(style)), None)


def _style(text: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in text.lower().replace("!important", "").split(";"))
    return {name.strip(): " ".join(value.split()) for name, _, value in pairs}


def _hiding(style: dict[str, str]) -> Iterator[str]:
    """Yield the names of properties that take a text out of sight."""
    if style.get("display") == "none":
        yield "display"
    if style.get("visibility") in ("hidden", "collapse"):
        yield "visibility"
    if _number(style.get("opacity")) < 0.5:
        yield "opacity"
    if _pixels(style.get("font-size", "")) < LEAST_SIZE:
        yield "font-size"
    flat = [name for name in ("height", "max-height", "width") if _number(style.get(name)) < 2]
    if flat and "overflow" in style:
        yield flat[0]
    yield from (name for name in ("left", "top", "text-indent") if FAR.match(style.get(name, "")))
    if "inset(50%" in style.get("clip-path", "") or style.get("clip", "").startswith("rect("):
        yield "clip-path" if "clip-path" in style else "clip"
    if "color" in style and style["color"] == style.get(
        "background-color", style.get("background")
    ):
        yield "color"


def _number(value: str | None) -> float:
    found = re.match(r"[\d.]+", value or "")
    try:
        return float(found[0]) if found else float("inf")
    except ValueError:
        return float("inf")


def _pixels(value: str) -> float:
    found = SIZE.fullmatch(value)
    return _number(found[1]) * PIXELS[found[2]] if found else _number(value or None)
