"""YAML that remembers its lines, so that an error can name the file and the line.

YAML 1.2 (``NO`` is Norway, not false), no duplicate keys, no aliases, bounded in size.
"""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent

from content.errors import Finding, Invalid

MAX_OCTETS = 1024 * 1024  # one YAML or Markdown file: 1 MiB


class Located:
    """Parsed YAML: ``data`` as plain values, and :meth:`line` for the line of any place in it."""

    def __init__(self, text: str, name: str, offset: int = 0) -> None:
        self.name = name
        self._offset = offset
        self._tree = self._parse(text)
        self.data = _plain(self._tree)

    def _parse(self, text: str) -> Any:
        try:
            if any(isinstance(event, AliasEvent) for event in _reader().parse(text)):
                raise Invalid([Finding(self.name, "YAML aliases are not allowed")])
            return _reader().load(text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = (mark.line if mark else 0) + 1 + self._offset
            problem = (error.problem or "it cannot be read").splitlines()[0]
            raise Invalid([Finding(f"{self.name}:{line}", f"broken YAML: {problem}")]) from None
        except (YAMLError, ValueError) as error:
            message = f"broken YAML: {str(error).splitlines()[0]}"
            raise Invalid([Finding(self.name, message)]) from None

    def line(self, pointer: str) -> int:
        """Return the 1-based line in the file of the deepest known part of a JSON Pointer."""
        node, found = self._tree, 0
        for part in pointer.strip("/").split("/"):
            try:
                key: str | int = int(part) if isinstance(node, list) else part
                found = (node.lc.item(key) if isinstance(node, list) else node.lc.key(key))[0]
                node = node[key]
            except (KeyError, IndexError, ValueError, AttributeError, TypeError):
                break
        return int(found) + 1 + self._offset

    def finding(self, pointer: str, message: str) -> Finding:
        """Return a finding whose place is ``file:line``."""
        return Finding(f"{self.name}:{self.line(pointer)}", f"{pointer or '/'} {message}")


def read_text(path: Path) -> str:
    """Read a UTF-8 file of at most :data:`MAX_OCTETS`; raise ``Invalid`` that names the file."""
    try:
        if path.stat().st_size > MAX_OCTETS:
            raise Invalid([Finding(str(path), f"the file is larger than {MAX_OCTETS} bytes")])
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise Invalid(
            [Finding(f"{path}:{line}", "the file is not UTF-8; save it as UTF-8")]
        ) from None
    except OSError as error:
        raise Invalid([Finding(str(path), error.strerror or "the file cannot be read")]) from None


def _reader() -> YAML:
    yaml = YAML(typ="rt")
    yaml.allow_duplicate_keys = False
    return yaml


def _plain(node: Any) -> Any:
    """Strip ruamel's types; dates and other scalars that JSON lacks become strings."""
    if isinstance(node, dict):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    if node is None or isinstance(node, bool):
        return node
    if isinstance(node, int):
        return int(node)
    return str(node)
