"""Markdown for tools and language models, with what the edition is as YAML front matter.

Markdown cannot fold anything away. So alerts stand in full before everything but the title, the
shorts of all other notices where their layer is, and every full text once more at the end. All text
is escaped: it reads back as itself in CommonMark with tables (GFM), and never becomes markup.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import yaml

from content.editions import Edition
from schemas.renditions import inline, layers, words
from schemas.renditions.inline import Span
from schemas.renditions.layers import Group, Notice
from schemas.renditions.words import Words

STARS = {"strong": "**", "emphasis": "*"}
SPECIAL = re.compile(r"([\\`*_\[\]<>&#|~])")  # what may open markup anywhere
OPENING = re.compile(r"\A(?:([-+=:])|(\d{1,9})([.)]))")  # what may at the start of a line only


def render(edition: Edition) -> bytes:
    """Return a whole edition as Markdown."""
    text = "\n\n".join(_Writer(edition.body).parts())
    return f"---\n{_front(edition.body)}---\n\n{text}\n".encode()


def _front(body: dict[str, Any]) -> str:
    """Return what the edition is, for programs; it holds no text but the title."""
    facts = {
        "id": body["id"],
        "slug": body["article"]["slug"],
        **({"title": body["title"]} if "title" in body else {}),
        "locale": body["context"]["locale"],
        "jurisdiction": body["context"]["jurisdiction"]["code"],
        "audience": body["context"]["audience"],
        "channel": body["context"]["channel"],
        "revision": body["revision"]["number"],
        "sequence": body["sequence"],
        "status": body["status"],
        "review": body["review"]["status"],
        "digest": body["integrity"]["digest"],
        "kid": body["integrity"]["kid"],
        "canonical": body["links"]["canonical"],
        "json": body["links"]["self"],
        "freshness": body["freshness"],
        "disclaimers": [notice["id"] for notice in body["disclaimers"]],
    }
    return yaml.safe_dump(facts, sort_keys=False, allow_unicode=True, width=10_000)


def escape(text: str) -> str:
    """Return text on one line that CommonMark and GFM read as that text."""
    line = SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return OPENING.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", line)


class _Writer:
    """Writes one edition; knows its claims, the numbers of its sources, and its language."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        self.words: Words = words.of(body["context"]["locale"])
        self.numbers = {source["id"]: n for n, source in enumerate(body.get("sources", []), 1)}
        self.levels = {claim["id"]: claim["evidence_level"] for claim in body.get("claims", [])}

    def parts(self) -> Iterator[str]:
        """Yield the parts of the text in reading order."""
        body, found = self.body, layers.arrange(self.body)
        yield f"# {escape(body.get('title', self.words.part_title))}"
        yield from self._groups(found.alerts)
        if "summary" in body:
            yield escape(body["summary"])
        yield escape(" · ".join(self._facts()))
        yield from self._groups(found.leads)
        for section in body.get("sections", []):
            yield f"## {escape(section['title'])}"
            yield from self._groups(found.inline[section["kind"]], "###")
            yield from self._blocks(section["blocks"])
        yield from self._groups(found.foot)
        yield from self._back()
        yield f"## {self.words.in_full}"
        yield from self._groups(layers.grouped(body), "###", in_full=True)

    def _facts(self) -> Iterator[str]:
        """Yield since when it is published, which a preview is not, and for where it is made."""
        if published := self.body["revision"]["published_at"]:
            yield published[:10]
        yield f"{self.words.made_for_place} {self.body['context']['jurisdiction']['name']}"

    def _groups(
        self, groups: list[Group], heading: str = "##", *, in_full: bool = False
    ) -> Iterator[str]:
        for group in groups:
            yield f"{heading} {escape(group.label)}"
            yield "\n".join(line for one in group.notices for line in _notice(one, full=in_full))

    def _blocks(self, blocks: list[dict[str, Any]]) -> Iterator[str]:
        """Write blocks; two lists that follow each other get different marks, or they were one."""
        mark = ""
        for block in blocks:
            is_list = block["type"] == "list"
            mark = _mark(block, mark) if is_list else ""
            yield self._list(block, mark) if is_list else self._block(block)

    def _block(self, block: dict[str, Any]) -> str:
        match block["type"]:
            case "table":
                return self._table(block)
            case "figure":
                return _figure(block)
            case "paragraph" | "heading" | "quote" | "callout" as kind:
                return self._opening(kind, block) + self._line(block["spans"])
        return escape(block["text"])

    def _opening(self, kind: str, block: dict[str, Any]) -> str:
        match kind:
            case "heading":
                return "#### " if block["level"] == 4 else "### "
            case "quote":
                return "> "
            case "callout":
                is_caution = block["tone"] == "caution"
                return f"> **{self.words.caution if is_caution else self.words.note}**\n>\n> "
        return ""

    def _list(self, block: dict[str, Any], mark: str) -> str:
        return "\n".join(f"{mark} {self._line(item['spans'])}" for item in block["items"])

    def _table(self, table: dict[str, Any]) -> str:
        rows = [table["columns"], *table["rows"]]
        lines = [f"| {' | '.join(self._line(cell['spans']) for cell in row)} |" for row in rows]
        lines.insert(1, "|" + " - |" * len(table["columns"]))
        return "\n".join([*([escape(table["caption"]), ""] if table["caption"] else []), *lines])

    def _line(self, spans: list[Span]) -> str:
        """Write inline text: neighbours with the same emphasis share their stars."""
        runs = [(stars, [*run]) for stars, run in groupby(_levelled(spans, self.levels), _stars)]
        text = "".join(_wrap("".join(map(self._span, run)), stars) for stars, run in runs)
        return OPENING.sub(lambda m: f"\\{m[0]}" if m[1] else f"{m[2]}\\{m[3]}", text.strip())

    def _span(self, span: Span) -> str:
        marks = {mark["type"]: mark for mark in span["marks"]}
        if "source" in marks:
            id = marks["source"]["id"]
            return f"\\[{self.numbers.get(id, escape(id))}\\]"
        text = SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", span["text"]))
        href = inline.safe(marks["link"]["href"]) if "link" in marks else None
        return f"[{text}](<{href}>)" if href else text

    def _back(self) -> Iterator[str]:
        """Yield what stands behind the text: claims, sources, and what the edition is."""
        if claims := self.body.get("claims"):
            yield f"## {self.words.claims}"
            yield "\n".join(f"* {self._claim(claim)}" for claim in claims)
            yield f"{self.words.evidence_scale} {'; '.join(self._scale())}."
        if sources := self.body.get("sources"):
            yield f"## {self.words.sources}"
            yield "\n".join(f"{n}. {_source(source)}" for n, source in enumerate(sources, 1))
        yield f"## {self.words.about}"
        yield "\n".join(f"* {name}: {escape(value)}" for name, value in self._about())

    def _claim(self, claim: dict[str, Any]) -> str:
        cited = "".join(f" \\[{self.numbers.get(id, escape(id))}\\]" for id in claim["sources"])
        return f"{claim['evidence_level']}: {escape(claim['statement'])}{cited}"

    def _scale(self) -> Iterator[str]:
        return (f"{level}: {escape(meaning)}" for level, meaning in self.words.evidence.items())

    def _about(self) -> Iterator[tuple[str, str]]:
        review, said = self.body["review"], self.words
        made = review["provenance"]
        yield said.written_by, made["author"]
        yield said.tools, made["ai_statement"]
        who = (made["reviewer_name"], made["reviewer_credential"], review["reviewed_on"])
        yield said.reviewed, ", ".join(who) if review["status"] == "reviewed" else said.not_reviewed
        yield said.searched, review["searched_on"]
        yield said.next_review, review["next_review_due"]
        yield said.licence, self.body["rights"]["licence"]
        yield said.credit, self.body["rights"]["attribution"]
        yield said.terms, " ".join(self.body["rights"]["terms"])


def _notice(notice: Notice, *, full: bool) -> Iterator[str]:
    """Yield the lines of one notice: an alert is never shorter than its full text."""
    if not full and not layers.is_alert(notice):
        yield f"- {escape(notice['short'])}"
        return
    short = f"**{escape(notice['short'])}** " if full else ""
    yield f"- {short}{escape(notice['text'])}"
    yield from (f"  - {_action(action)}" for action in notice["actions"])


def _action(action: dict[str, str]) -> str:
    label, number = escape(action["label"]), inline.number(action)
    href = inline.safe(action["value"])
    shown = f"[{label}](<{href}>)" if href else label
    return f"{shown} {escape(number)}" if number else shown


def _mark(block: dict[str, Any], before: str) -> str:
    first, second = ("1.", "1)") if block["ordered"] else ("*", "+")
    return second if before == first else first


def _figure(block: dict[str, Any]) -> str:
    src = inline.safe(block["src"])
    shown = f"![{escape(block['alt'])}](<{src}>)" if src else escape(block["alt"])
    return f"{shown}\n\n{escape(block['credit'])} · {escape(block['licence'])}"


def _source(source: dict[str, Any]) -> str:
    facts = (source["authors"], source["title"], source["container"], source["year"])
    said = ". ".join(escape(str(fact)).removesuffix(".") for fact in facts if fact)
    addresses = [inline.doi(source["doi"])] if source["doi"] else []
    addresses += [source["url"]] if inline.safe(source["url"]) else []
    return " ".join([f"{said}.", *(f"<{address}>" for address in addresses)])


def _levelled(spans: list[Span], levels: dict[str, str]) -> Iterator[Span]:
    """Yield spans, and after each passage that states a claim how strong its evidence is."""
    for claim, run in inline.runs(spans):
        yield from run
        if claim in levels:
            yield {"text": f" [{levels[claim]}]", "marks": []}


def _stars(span: Span) -> str:
    """Return the stars of a span, those of ``strong`` first."""
    marks = {mark["type"] for mark in span["marks"]}
    return "".join(stars for name, stars in STARS.items() if name in marks)


def _wrap(text: str, stars: str) -> str:
    """Put stars around text where CommonMark's flanking rules surely read them as meant."""
    inner = text.strip()
    if not (stars and inner[:1].isalnum() and inner[-1:].isalnum()):
        return text
    before, _, after = text.partition(inner)
    return f"{before}{stars}{inner}{stars}{after}"
