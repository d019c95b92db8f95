"""Every page and fragment is valid HTML, by html-validate."""

import json
import subprocess
from pathlib import Path

import delivery
import services
from delivery import OCD
from flask.testing import FlaskClient

from content.db import Database

CHECKER = "html-validate@9.7.1"
RULES = {
    "root": True,
    "extends": ["html-validate:recommended"],
    # Taste; titles are the authors', and the words of a notice are as they were signed.
    "rules": dict.fromkeys(("doctype-style", "long-title", "tel-non-breaking"), "off"),
}
PAGES = [
    f"/v1/articles/{OCD}.html?jurisdiction=US-AL",
    f"/v1/articles/{OCD}.html?locale=es",
    f"/v1/articles/{OCD}/diff.html?from=1",
    f"/embed/{OCD}?jurisdiction=US-AL",
    f"/embed/{OCD}?audience=minors",
    "/docs/try",
    "/docs/try?form=iframe&jurisdiction=US-AL",
    "/docs/try?form=fragment",
    "/",
    "/terms",
    "/problems",
]
FRAGMENTS = [f"/v1/articles/{OCD}.html?fragment=1&heading={level}" for level in (1, 2, 3, 4)]
AROUND = '<!doctype html>\n<html lang="en"><head><title>A host</title></head><body>{}</body></html>'


def test_pages_and_fragments_are_valid(
    client: FlaskClient, library: Database, tmp_path: Path
) -> None:
    delivery.revise(library, delivery.SLEEP, title="Sleep, told anew for its readers")
    headers = {"Accept": "text/html"}
    found = [client.get(address, headers=headers).text for address in PAGES]
    found += [AROUND.format(client.get(address).text) for address in FRAGMENTS]
    (tmp_path / ".htmlvalidate.json").write_text(json.dumps(RULES))
    for number, text in enumerate(found):
        (tmp_path / f"{number}.html").write_text(text)
    assert validate(tmp_path).returncode == 0, validate(tmp_path).stdout


def test_the_checker_notices_what_is_wrong(client: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / ".htmlvalidate.json").write_text(json.dumps(RULES))
    page = client.get(f"/embed/{OCD}").text.replace("</summary>", "</sumary>", 1)
    (tmp_path / "1.html").write_text(page)
    assert validate(tmp_path).returncode == 1


def validate(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check all pages of a folder."""
    return subprocess.run(
        [services.npx(), "-y", CHECKER, "*.html"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
