"""Manuscripts from files and streams, one by one: lines of NDJSON, and folders of Markdown.

A line is read with a bound and nothing is kept, so a file of any length takes the same memory. What
cannot be read is an item, too, with what is wrong with it: it never keeps others back.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from content import canonical, documents, markdown
from content.documents import MAX_OCTETS, Manuscript
from content.errors import Finding, Invalid
from content.located import read_text

MARK = b"\xef\xbb\xbf"  # with which some programs begin a file of UTF-8
ENDINGS = (".ndjson", ".jsonl")


@dataclass(frozen=True)
class Item:
    """One manuscript of many and where it stands, or what is wrong with it."""

    place: str  # such as ``articles.ndjson:17``
    manuscript: Manuscript | None
    findings: list[Finding] = field(default_factory=list)
    octets: int = 0  # that were read for it


def of_lines(file: BinaryIO, name: str) -> Iterator[Item]:
    """Yield the manuscript of each line that is not empty; :data:`MAX_OCTETS` are allowed."""
    number = 0
    while line := file.readline(MAX_OCTETS + 1):
        number += 1
        place = f"{name}:{number}"
        if len(line) > MAX_OCTETS and not line.endswith(b"\n"):
            octets = len(line) + _skip_line(file)
            message = f"the line has {octets} bytes; {MAX_OCTETS} are allowed"
            yield Item(place, None, [Finding("", message)], octets)
        elif line.strip():
            yield _attempt(place, line)


def of_file(path: Path) -> Item:
    """Return the manuscript of a file of Markdown."""
    octets = size(path)
    try:
        found = markdown.parse(read_text(path), str(path), complete=False)
    except Invalid as error:
        return Item(str(path), None, error.findings, octets)
    return Item(str(path), found, octets=octets)


def of_folder(folder: Path) -> Iterator[Item]:
    """Yield the manuscript of each Markdown file in a folder and in those inside it."""
    return map(of_file, files(folder))


def files(folder: Path) -> Iterator[Path]:
    """Yield the Markdown files in a folder, then those in each folder inside it, by their names."""
    for place, inside, names in os.walk(folder):
        inside.sort()
        yield from (Path(place, name) for name in sorted(names) if name.endswith(".md"))


def size(path: Path) -> int:
    """Return how many octets a file has; what is not there any more has none."""
    return path.stat().st_size if path.exists() else 0


def read(line: bytes) -> Manuscript:
    """Return the manuscript of a line of JSON, which need not be complete; raise ``Invalid``."""
    try:
        data = canonical.decode(line)
    except ValueError as error:
        raise Invalid([Finding("", f"is not JSON: {error}")]) from None
    found: Manuscript = documents.load(data, complete=False)
    if _strings(line) != _strings(msgspec.json.encode(data)):
        json.loads(line, object_pairs_hook=_refuse_twins)
    return found


def originals_first(items: Iterable[Item]) -> Iterator[Item]:
    """Yield items, translations after all originals; meanwhile those lie in a file."""
    with tempfile.TemporaryFile() as waiting:
        for item in items:
            if item.manuscript is None or item.manuscript.document.translation is None:
                yield item
            else:
                waiting.write(msgspec.json.encode([item.place, item.octets, item.manuscript]))
                waiting.write(b"\n")
        waiting.seek(0)
        for line in waiting:
            place, octets, data = msgspec.json.decode(line)
            yield Item(place, documents.convert(data, Manuscript), octets=octets)


def _attempt(place: str, line: bytes) -> Item:
    try:
        return Item(place, read(line.removeprefix(MARK)), octets=len(line))
    except Invalid as error:
        return Item(place, None, error.findings, len(line))


def _skip_line(file: BinaryIO) -> int:
    """Read to the end of a line and return how many octets that were."""
    skipped = 0
    while more := file.readline(MAX_OCTETS):
        skipped += len(more)
        if more.endswith(b"\n"):
            break
    return skipped


def _strings(octets: bytes) -> int:
    """Return twice the number of strings in JSON: of those that it names twice, one is lost."""
    plain = octets.replace(rb"\\", b"") if b"\\" in octets else octets
    return plain.count(b'"') - plain.count(rb"\"")


def _refuse_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its members; two of one name say two things, of which one would be lost."""
    found = dict(pairs)
    for name, _ in pairs if len(found) < len(pairs) else ():
        if [one for one, _ in pairs].count(name) > 1:
            raise Invalid([Finding(f"/{name}", f"{name!r} stands twice in one object")])
    return found
