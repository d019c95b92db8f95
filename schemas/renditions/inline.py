"""Inline text as HTML: spans with their marks, claims and citations.

Everything that comes from an edition is escaped here or by Jinja, and only addresses that
:func:`safe` lets through ever become links.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any
from urllib.parse import quote, urlsplit

from markupsafe import Markup

from schemas.renditions.words import Words

Span = dict[str, Any]
SAFE = re.compile(
    r"https?://[^\s\"'<>\\^`{|}\x00-\x1f\x7f]+|tel:\+?[0-9-]+|sms:\+?[0-9]+", re.IGNORECASE
)
WRAPPERS = {"strong": Markup("<strong>{}</strong>"), "emphasis": Markup("<em>{}</em>")}
LINK = Markup('<a href="{}">{}</a>')
CLAIM = Markup('<span class="cv-claim" data-claim="{}">{}</span>')
LEVEL = Markup('<sup class="cv-level"><a href="#{}claim-{}" aria-label="{}">{}</a></sup>')
CITATION = Markup('<sup class="cv-cite"><a href="#{}source-{}" aria-label="{}">[{}]</a></sup>')
PLAIN = Markup("<sup>{}</sup>")  # where an address inside the page would lead nowhere
LOST = Markup('<sup class="cv-cite">[{}]</sup>')  # the list it points to is not in this part


def safe(address: str | None) -> str | None:
    """Return an address that may be a link (http, https, tel, sms), else None."""
    return address if address and SAFE.fullmatch(address) else None


def doi(name: str) -> str:
    """Return the address of a DOI."""
    return f"https://doi.org/{quote(name, safe='/:;().')}"


def number(action: dict[str, str]) -> str | None:
    """Return what a label does not say itself: the number to call, or the host of a link.

    Paper cannot be tapped, and a desk may have no telephone: the number has to be readable.
    """
    value, label = action["value"], action["label"]
    if value.lower().startswith("http"):
        shown = urlsplit(value).hostname or value
        return None if shown in label else shown
    shown = value.partition(":")[2]
    return None if _digits(shown) in _digits(label) else shown


class Inline:
    """Renders the spans of one edition; knows its claims and the numbers of its sources.

    Inside somebody else's reader there are no places to lead to, so nothing is ``linked``;
    ``prefix`` begins the ids of such places.
    """

    def __init__(
        self, body: dict[str, Any], words: Words, *, linked: bool = True, prefix: str = ""
    ) -> None:
        self.words = words
        self.linked = linked
        self.prefix = prefix
        self.numbers = {source["id"]: n for n, source in enumerate(body.get("sources", []), 1)}
        self.levels = {claim["id"]: claim["evidence_level"] for claim in body.get("claims", [])}

    def __call__(self, spans: list[Span]) -> Markup:
        """Return spans as HTML; a run of text that states one claim stays together."""
        return Markup("").join(self._run(claim, run) for claim, run in runs(spans))

    def cite(self, source: str) -> Markup:
        """Return a reference to an entry of the list of sources."""
        if source not in self.numbers:
            return LOST.format(source)
        n = self.numbers[source]
        if not self.linked:
            return PLAIN.format(f"[{n}]")
        return CITATION.format(self.prefix, source, f"{self.words.source} {n}", n)

    def _run(self, claim: str | None, run: list[Span]) -> Markup:
        inner = Markup("").join(self._span(span) for span in run)
        level = self.levels.get(claim) if claim else None
        if not self.linked:
            return inner + PLAIN.format(level) if level else inner
        if claim is None:
            return inner
        marked = CLAIM.format(claim, inner)
        if level is None:
            return marked
        meaning = self.words.evidence.get(level, self.words.evidence_unknown)
        label = f"{self.words.evidence_level} {level}: {meaning}"
        return marked + LEVEL.format(self.prefix, claim, label, level)

    def _span(self, span: Span) -> Markup:
        found = Markup.escape(span["text"])
        for mark in reversed(span["marks"]):
            if mark["type"] == "source":
                return self.cite(mark["id"])
            if mark["type"] == "link" and safe(mark["href"]):
                found = LINK.format(mark["href"], found)
            elif mark["type"] in WRAPPERS:
                found = WRAPPERS[mark["type"]].format(found)
        return found


def runs(spans: list[Span]) -> Iterator[tuple[str | None, list[Span]]]:
    """Yield (claim, spans); a space between two passages of the same claim belongs to it."""
    claims = [_claim(span) for span in spans]
    for i in range(1, len(spans) - 1):
        if not spans[i]["marks"] and spans[i]["text"].isspace() and claims[i - 1] == claims[i + 1]:
            claims[i] = claims[i - 1]
    pairs = zip(claims, spans, strict=True)
    for claim, run in groupby(pairs, key=lambda pair: pair[0]):
        yield claim, [span for _, span in run]


def _claim(span: Span) -> str | None:
    return next((mark["id"] for mark in span["marks"] if mark["type"] == "claim"), None)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())
