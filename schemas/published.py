"""The JSON Schemas (2020-12) that are published: one file for each minor version.

A file never changes once it is released: readers keep it, and editions name it. A change of shape
is a new minor, and inside a major only one that every reader of the old shape can read.
"""

from functools import cache
from importlib import resources

_FOLDER = resources.files("schemas") / "json"


@cache
def names() -> tuple[str, ...]:
    """Return the names of all published schemas, such as ``edition-1.0``."""
    files = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in files if name.endswith(".json")))


@cache
def read(name: str) -> bytes:
    """Return a published schema as JSON; ``name`` is one of :func:`names`."""
    return (_FOLDER / f"{name}.json").read_bytes()
