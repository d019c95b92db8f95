"""The plain examples: the page runs as its own words say, and the static page has the embed."""

import sys
from pathlib import Path

import httpx
import programs
from delivery import OCD
from example_sites import settings
from publishers import Publisher


def test_the_page_is_served_by_one_command(publisher: Publisher, here: Path) -> None:
    page = here / "examples" / "plain" / "page.py"
    port = str(programs.free_port())
    env = settings(publisher) | {"PORT": port}
    with programs.started(page, script=sys.executable, env=env):
        url = f"http://127.0.0.1:{port}/{OCD}"
        programs.wait_for(lambda: programs.hears(url))
        found = httpx.get(url)
    assert found.status_code == 200
    assert found.headers["Cache-Control"] == "no-cache"
    assert publisher.read()["title"] in found.text
