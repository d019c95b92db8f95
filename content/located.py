"""Authoring files: text that is safe to read, and YAML that remembers its lines.

An error names file and line. YAML is plain data only: no duplicate keys, aliases, tags or
directives, and no words but ``true``, ``false`` and ``null`` mean more than they say (``NO`` is
Norway). Size and depth are bounded before anything is built.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml import MappingNode, Node, SequenceNode
from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
)

from content.errors import Finding, Invalid

MAX_OCTETS = 1024 * 1024  # one YAML or Markdown file: 1 MiB
MAX_NODES = 50_000  # events of the YAML parser; the shipped library's largest file has 4,000
MAX_DEPTH = 30  # lists in mappings in lists
# Control characters but tab and newline, surrogates, and what YAML or XML cannot carry.
UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")

WORD, NULL, BOOL, INT, FLOAT = (
    f"tag:yaml.org,2002:{name}" for name in ("str", "null", "bool", "int", "float")
)
VALUES: dict[str, Callable[[str], Any]] = {  # what an unquoted scalar stands for
    WORD: str,
    NULL: lambda _: None,
    BOOL: lambda text: text.lower() == "true",
    INT: int,
    FLOAT: float,
}
SHAPES = (  # of what is not text: only what YAML 1.1 and 1.2 both take for it, and how it begins
    (NULL, r"(?:~|null|Null|NULL)?\Z", ("~", "n", "N", "")),
    (BOOL, r"(?:true|True|TRUE|false|False|FALSE)\Z", "tTfF"),
    (INT, r"[-+]?(?:0|[1-9][0-9]*)\Z", "-+0123456789"),
    (FLOAT, r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]*(?:[eE][-+][0-9]+)?\Z", "-+0123456789"),
)


class Located:
    """Parsed YAML: ``data`` as plain values, and :meth:`line` for the line of any place in it.

    ``offset`` is the number of lines before the text in its file.
    """

    def __init__(self, text: str, name: str, offset: int = 0) -> None:
        self.name = name
        self._offset = offset
        self._tree = self._parse(readable(text, name, offset))
        self.data: Any = self._value(self._tree) if self._tree else None

    def line(self, pointer: str) -> int:
        """Return the 1-based line in the file of the deepest known part of a JSON Pointer."""
        node, found = self._tree, 0
        for part in pointer.strip("/").split("/"):
            place, node = _step(node, part)
            if place is None:
                break
            found = _line(place)
        return found + 1 + self._offset

    def place(self, pointer: str) -> str:
        """Return the file and line of a place."""
        return f"{self.name}:{self.line(pointer)}"

    def finding(self, pointer: str, message: str) -> Finding:
        """Return a finding whose place is ``file:line``."""
        return Finding(self.place(pointer), f"{pointer or '/'} {message}")

    def _parse(self, text: str) -> Node | None:
        try:
            self._check_events(text)
            root: Node | None = yaml.compose(text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self._refuse(mark.line if mark else 0, f"broken YAML: {self._problem(error)}")
        return root

    def _problem(self, error: yaml.MarkedYAMLError) -> str:
        problem = str(error.problem or error.context or "it cannot be read")
        if not (error.context and error.context_mark):
            return problem
        begins = error.context_mark.line + 1 + self._offset
        return f"{problem} {error.context} that begins in line {begins}"

    def _refuse(self, line: int, message: str) -> NoReturn:
        raise Invalid([Finding(f"{self.name}:{line + 1 + self._offset}", message)]) from None

    def _check_events(self, text: str) -> None:
        """Refuse what is too much or too clever before a tree of it is built."""
        depth = documents = 0
        for number, event in enumerate(yaml.parse(text, Loader=_Loader)):
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            documents += isinstance(event, DocumentStartEvent)
            problem = _too_clever(event, number, depth, documents)
            if problem:
                self._refuse(_line(event), problem)

    def _value(self, node: Node) -> Any:
        if isinstance(node, MappingNode):
            return self._mapping(node)
        if isinstance(node, SequenceNode):
            return [self._value(item) for item in node.value]
        return self._scalar(node)

    def _mapping(self, node: MappingNode) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if key.tag != WORD:
                self._refuse(_line(key), "a key is not a word; put it in quotes")
            if key.value in found:
                self._refuse(_line(key), f"found duplicate key {key.value!r}")
            found[key.value] = self._value(value)
        return found

    def _scalar(self, node: Node) -> Any:
        try:
            return VALUES[node.tag](node.value)
        except ValueError as error:  # an integer of thousands of digits
            self._refuse(_line(node), f"broken YAML: {error}")


def read_text(path: Path) -> str:
    """Read a UTF-8 file of at most :data:`MAX_OCTETS`; raise ``Invalid`` that names the file."""
    try:
        if path.stat().st_size > MAX_OCTETS:
            raise Invalid([Finding(str(path), f"the file is larger than {MAX_OCTETS} bytes")])
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Invalid(
            [Finding(f"{path}:{line}", "the file is not UTF-8; save it as UTF-8")]
        ) from None
    except OSError as error:
        raise Invalid([Finding(str(path), error.strerror or "the file cannot be read")]) from None


def readable(text: str, name: str, offset: int = 0) -> str:
    """Return text with plain line ends; raise ``Invalid`` where a character cannot be meant."""
    if len(text) > MAX_OCTETS:
        message = f"the text is longer than {MAX_OCTETS} characters"
        raise Invalid([Finding(f"{name}:{1 + offset}", message)])
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    found = UNREADABLE.search(text)
    if found:
        line = text[: found.start()].count("\n") + 1 + offset
        message = f"there is a control character (U+{ord(found[0]):04X}) in this line"
        raise Invalid([Finding(f"{name}:{line}", message)])
    return text


def _too_clever(event: Event, number: int, depth: int, documents: int) -> str | None:
    """Return what of YAML's many features an event uses that are not for authoring."""
    directives = isinstance(event, DocumentStartEvent) and (event.version or event.tags)
    wrong = {
        "YAML aliases and anchors are not allowed": isinstance(event, NodeEvent) and event.anchor,
        "YAML tags are not allowed": getattr(event, "tag", None),
        "YAML directives are not allowed": directives,
        "a second YAML document is not allowed": documents > 1,
        f"the YAML is nested more than {MAX_DEPTH} deep": depth > MAX_DEPTH,
        f"the YAML has more than {MAX_NODES} nodes": number > MAX_NODES,
    }
    return next((problem for problem, holds in wrong.items() if holds), None)


def resolvers() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """Return the shapes of what is not text, by first character, as PyYAML wants them."""
    found: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for tag, shape, begins in SHAPES:
        for first in begins:
            found.setdefault(first, []).append((tag, re.compile(shape)))
    return found


def _line(one: Node | Event) -> int:
    return one.start_mark.line if one.start_mark else 0


def _step(node: Node | None, part: str) -> tuple[Node | None, Node | None]:
    """Return where one part of a pointer begins, and what it holds; None where there is none."""
    if isinstance(node, MappingNode):
        return next((pair for pair in node.value if pair[0].value == part), (None, None))
    items = node.value if isinstance(node, SequenceNode) and part.isdecimal() else []
    item = next(iter(items[int(part) :]), None) if items else None
    return item, item


class _Loader(yaml.CSafeLoader):
    """Takes for more than text only what has one of the :data:`SHAPES`; JSON has no dates."""

    yaml_implicit_resolvers = resolvers()
