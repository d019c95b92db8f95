"""Authoring files: text that is safe to read, and YAML that remembers its lines.

An error names file and line. YAML is 1.2 (``NO`` is Norway, not false) with plain data only: no
duplicate keys, aliases, tags or directives. Size and depth are bounded before anything is built.
"""

import re
from pathlib import Path
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
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


class Located:
    """Parsed YAML: ``data`` as plain values, and :meth:`line` for the line of any place in it.

    ``offset`` is the number of lines before the text in its file.
    """

    def __init__(self, text: str, name: str, offset: int = 0) -> None:
        self.name = name
        self._offset = offset
        self._tree = self._parse(readable(text, name, offset))
        self.data = self._plain(self._tree)

    def line(self, pointer: str) -> int:
        """Return the 1-based line in the file of the deepest known part of a JSON Pointer."""
        node: Any = self._tree
        found = 0
        for part in pointer.strip("/").split("/"):
            try:
                many = isinstance(node, list)
                key: str | int = int(part) if many else part
                found = (node.lc.item(key) if many else node.lc.key(key))[0]
                node = node[key]
            except (KeyError, IndexError, ValueError, AttributeError, TypeError):
                break
        return int(found) + 1 + self._offset

    def finding(self, pointer: str, message: str) -> Finding:
        """Return a finding whose place is ``file:line``."""
        return Finding(f"{self.name}:{self.line(pointer)}", f"{pointer or '/'} {message}")

    def _parse(self, text: str) -> Any:
        try:
            self._check_events(text)
            return _reader().load(text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self._refuse(mark.line if mark else 0, f"broken YAML: {self._problem(error)}")
        except Invalid:
            raise
        except Exception as error:  # odd keys and scalars (`? {}`, `-_`) break ruamel in many ways
            self._refuse(0, f"broken YAML: {(str(error) or 'unknown').splitlines()[0]}")

    def _problem(self, error: MarkedYAMLError) -> str:
        problem = (error.problem or error.context or "it cannot be read").splitlines()[0]
        if not (error.context and error.context_mark) or isinstance(error, DuplicateKeyError):
            return problem
        begins = error.context_mark.line + 1 + self._offset
        return f"{problem} {error.context.splitlines()[0]} that begins in line {begins}"

    def _refuse(self, line: int, message: str) -> NoReturn:
        raise Invalid([Finding(f"{self.name}:{line + 1 + self._offset}", message)]) from None

    def _check_events(self, text: str) -> None:
        """Refuse what is too much or too clever before a tree of it is built."""
        depth = documents = 0
        for number, event in enumerate(_reader().parse(text)):
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            documents += isinstance(event, DocumentStartEvent)
            problem = _too_clever(event, number, depth, documents)
            if problem:
                self._refuse(event.start_mark.line, problem)

    def _plain(self, node: Any) -> Any:
        """Strip ruamel's types."""
        if isinstance(node, dict):
            return {self._key(node, key): self._plain(value) for key, value in node.items()}
        if isinstance(node, list):
            return [self._plain(value) for value in node]
        if node is None or isinstance(node, bool):
            return node
        kinds = (kind for kind in (int, float) if isinstance(node, kind))
        return next(kinds, str)(node)

    def _key(self, node: Any, key: Any) -> str:
        if not isinstance(key, str):
            self._refuse(node.lc.line, "a key is not a word; put it in quotes")
        return str(key)


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
        "YAML tags are not allowed": getattr(event, "ctag", None),
        "YAML directives are not allowed": directives,
        "a second YAML document is not allowed": documents > 1,
        f"the YAML is nested more than {MAX_DEPTH} deep": depth > MAX_DEPTH,
        f"the YAML has more than {MAX_NODES} nodes": number > MAX_NODES,
    }
    return next((problem for problem, holds in wrong.items() if holds), None)


class _Constructor(RoundTripConstructor):
    """Reads a day as it is written: JSON has no dates."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", RoundTripConstructor.construct_scalar)


def _reader() -> YAML:
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    yaml.allow_duplicate_keys = False
    return yaml
