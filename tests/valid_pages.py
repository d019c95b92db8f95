"""Pages that are valid HTML, or not, by html-validate from the npm registry."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

import services

CHECKER = "html-validate@9.7.1"
RULES = {
    "root": True,
    "extends": ["html-validate:recommended"],
    # Taste; titles are the authors', and the words of a notice are as they were signed.
    "rules": dict.fromkeys(("doctype-style", "long-title", "tel-non-breaking"), "off"),
}


def validate(folder: Path, pages: Iterable[str]) -> subprocess.CompletedProcess[str]:
    """Write pages into an empty folder, and check them all."""
    (folder / ".htmlvalidate.json").write_text(json.dumps(RULES))
    for number, text in enumerate(pages):
        (folder / f"{number}.html").write_text(text)
    return subprocess.run(
        [services.npx(), "-y", CHECKER, "*.html"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
