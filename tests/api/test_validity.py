"""Every page and fragment is valid HTML, by html-validate."""

from pathlib import Path

import delivery
from delivery import OCD
from flask.testing import FlaskClient
from valid_pages import validate

from content.db import Database

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
    done = validate(tmp_path, found)
    assert done.returncode == 0, done.stdout


def test_the_checker_notices_what_is_wrong(client: FlaskClient, tmp_path: Path) -> None:
    page = client.get(f"/embed/{OCD}").text.replace("</summary>", "</sumary>", 1)
    assert validate(tmp_path, [page]).returncode == 1
