"""Copies of the shipped library that a test spoils, and what is then said about them."""

import re
import shutil
from pathlib import Path

import pytest

from content import imports
from content.errors import Invalid

RULE = "\n- id: new\n  because: So.\n  when: {}\n"
AGE = "disclaimers/age-limit.yaml"


def copy(to: Path) -> Path:
    """Return a copy of the shipped library."""
    return Path(shutil.copytree(imports.LIBRARY, to / "library"))


def edit(path: Path, old: str, new: str) -> int:
    """Change one thing in a file; return the line where it begins."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def append(path: Path, text: str) -> int:
    """Add lines to a file; return the first one's number."""
    before = path.read_text()
    path.write_text(before + text)
    return before.count("\n") + 1


def refusals(folder: Path) -> list[str]:
    """Return what is wrong with a folder's policy; ``/N`` is the number of any rule."""
    with pytest.raises(Invalid) as caught:
        imports.read_policy(folder)
    found = [str(finding).removeprefix(f"{folder}/") for finding in caught.value.findings]
    return [re.sub(r"(rules.yaml:\d+: )/\d+", r"\1/N", one) for one in found]
