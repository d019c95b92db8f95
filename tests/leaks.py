"""The first promise as a check: wherever 20 characters of an article are, all that it owes is too.

It reads an answer as its octets, and once more with the escapes of its format undone.
"""

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

from lxml import etree
from werkzeug.test import TestResponse

from content.documents import Document

WINDOW = 20  # characters of a title, summary, block or claim that count as its text
Owed = set[tuple[str, str]]  # (id, full text)


def unescape_markdown(text: str) -> str:
    """Undo the backslashes of CommonMark."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


UNDONE: dict[str, Callable[[str], str]] = {  # how the escapes of a format are undone
    "text/html": html.unescape,
    "text/markdown": unescape_markdown,
    "application/atom+xml": lambda text: html.unescape(html.unescape(text)),
    "application/rss+xml": lambda text: html.unescape(html.unescape(text)),
}
NDJSON = "application/x-ndjson"
FEEDS = ("application/feed+json", "application/atom+xml", "application/rss+xml")


def passages(document: Document) -> Iterator[str]:
    """Yield the title, the summary, the text of each block, and each claim of a document."""
    yield document.title
    yield document.summary
    for section in document.sections:
        yield from (str(block.text) for block in section.blocks)
    yield from (claim.statement for claim in document.claims)


def windows(text: str) -> Iterator[str]:
    """Yield every run of 20 characters that neither begins nor ends with a space."""
    runs = (text[i : i + WINDOW] for i in range(len(text) - WINDOW + 1))
    return (run for run in runs if not (run[0].isspace() or run[-1].isspace()))


class Detector:
    """Knows every run of 20 characters of some articles, and finds them in answers."""

    def __init__(self) -> None:
        self._owners: dict[str, set[str]] = {}

    def learn(self, article: str, document: Document) -> None:
        """Remember a text of an article."""
        for passage in passages(document):
            for window in windows(passage):
                self._owners.setdefault(window, set()).add(article)

    def share(self, article: str, data: Any) -> None:
        """Know that an article says somewhere else, as in a source, what another one says too."""
        for text in strings(data):
            for window in windows(text):
                if window in self._owners:
                    self._owners[window].add(article)

    def forget(self, text: str) -> None:
        """Leave out what is also said elsewhere, such as in a disclaimer itself."""
        for window in windows(text):
            self._owners.pop(window, None)

    def find(self, response: TestResponse) -> dict[frozenset[str], str]:
        """Return whose text an answer has, with a run of it; it may be text of several articles."""
        said = {*readings(response)}  # often the same, when there is nothing to undo
        runs = {text[i : i + WINDOW] for text in said for i in range(len(text) - WINDOW + 1)}
        return {frozenset(self._owners[run]): run for run in runs if run in self._owners}


def readings(response: TestResponse) -> Iterator[str]:
    """Yield the octets of an answer as text, and what a reader makes of them."""
    body = response.get_data().decode()
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    yield from (body, headers, unquote(headers))
    if response.mimetype in UNDONE:
        yield UNDONE[response.mimetype](body)
    elif body and response.mimetype.endswith("json"):
        said = "\0".join(strings(data(response)))
        yield from (said, html.unescape(said))


def strings(value: Any) -> Iterator[str]:
    """Yield all strings of a JSON value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def data(response: TestResponse) -> Any:
    """Return what an answer in JSON says; of lines, all items and texts together."""
    if response.mimetype != NDJSON:
        return json.loads(response.get_data())
    lines = [json.loads(line) for line in response.get_data().splitlines()]
    texts = {line["key"]: line["text"] for line in lines if line["type"] == "text"}
    rest = [line for line in lines if line["type"] in ("header", "end")]
    return {"items": [line["edition"] for line in lines if "edition" in line], "texts": texts,
            "rest": rest}  # fmt: skip


def carried(response: TestResponse, article: str) -> Owed:
    """Return the disclaimers that an answer has for an article; JSON only."""
    body = data(response) if response.is_json or response.mimetype == NDJSON else {}
    items = [item for item in body.get("items", [body]) if "tombstone" not in item]
    texts = body.get("texts", {})
    return {
        (entry["id"], entry["text"])
        for item in items
        if item.get("article", {}).get("id") == article
        for known in item["disclaimers"]
        for entry in [texts.get(known) if isinstance(known, str) else known]
        if entry
    }


def entries(response: TestResponse) -> dict[str, str]:
    """Return what a reader is shown of each entry of a feed, by its id."""
    if response.mimetype == "application/feed+json":
        items = response.json["items"]
        return {item["id"]: html.unescape(item["content_html"]) for item in items}
    root = etree.fromstring(response.data)
    return {
        entry.findtext("{*}id") or entry.findtext("guid"): html.unescape(
            entry.findtext("{*}content") or entry.findtext("{*}encoded")
        )
        for entry in [*root.iter("{http://www.w3.org/2005/Atom}entry"), *root.iter("item")]
    }


def is_whole(response: TestResponse, article: str, owed: Owed) -> bool:
    """Return whether an answer carries everything that an article owes, in full."""
    if response.is_json and "html" in response.json:  # a card (oEmbed)
        card = html.unescape(response.json["html"])
        return all(text in card for _, text in owed)
    if response.mimetype == "application/ld+json":
        data = response.json
        return all(text in data["text"] and text in data["usageInfo"]["text"] for _, text in owed)
    if response.is_json and "bodies" in response.json:  # ninjs
        bodies = {body["role"]: html.unescape(body["value"]) for body in response.json["bodies"]}
        return all(text in bodies["main"] for _, text in owed) and all(
            text in bodies["disclaimer"] for _, text in owed
        )
    if response.mimetype in FEEDS:
        found = entries(response).get(f"urn:uuid:{article}", "")
        return all(text in found for _, text in owed)
    if response.mimetype in UNDONE:
        page = UNDONE[response.mimetype](response.get_data(as_text=True))
        return all(text in page for _, text in owed)
    return owed <= carried(response, article)
