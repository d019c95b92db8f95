"""The example apps, each run as a partner would run it and looked at as a reader does."""

import importlib.util
import json
import os
import subprocess
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import programs
from delivery import OCD
from lxml import html
from publishers import PLACE, Publisher
from werkzeug.test import Client

SOON = 31  # seconds after which each of them asks again
DAY = 24 * 60 * 60  # seconds
WEBHOOK_SECRET = "whsec_YSBzZWNyZXQgb2YgdGhlIHRlc3RzLCBhbmQgb25seSB0aGVpcnM="


@dataclass(frozen=True)
class Seen:
    """What a reader is given."""

    status: int | None  # None where the example is a part of a page that has its own
    source: str

    @property
    def page(self) -> Any:
        """The tree of the page, without its scripts."""
        tree = html.fromstring(self.source)
        for script in tree.xpath("//script"):
            script.drop_tree()
        return tree

    @property
    def words(self) -> str:
        """What it says."""
        return squeezed(self.page.text_content())


class Site(ABC):
    """An example app that takes its articles from a publisher."""

    def __init__(self, publisher: Publisher, folder: Path) -> None:
        self.publisher = publisher
        self.folder = folder

    @abstractmethod
    def view(self, slug: str = OCD) -> Seen:
        """Open the page of an article."""

    @abstractmethod
    def wait(self, seconds: int) -> None:
        """Let time pass: everything that the site remembers is that much older."""


class Plain(Site):
    """``examples/plain/page.py``, called as a WSGI application."""

    def __init__(self, publisher: Publisher, folder: Path, here: Path) -> None:
        super().__init__(publisher, folder)
        path = here / "examples" / "plain" / "page.py"
        spec = importlib.util.spec_from_file_location("page", path)
        assert spec is not None
        assert spec.loader is not None
        self.page = importlib.util.module_from_spec(spec)
        with mock.patch.dict(os.environ, settings(publisher)):
            spec.loader.exec_module(self.page)

    def view(self, slug: str = OCD) -> Seen:
        """Open the page of an article."""
        response = Client(self.page.site).get(f"/{slug}")
        return Seen(response.status_code, response.text)

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        for slug, copy in self.page.copies.items():
            older = {name: getattr(copy, name) - seconds for name in ("asked", "checked")}
            self.page.copies[slug] = copy._replace(**older)


class NextJs(Site):
    """``examples/nextjs``, built once and started for each test."""

    def __init__(self, publisher: Publisher, folder: Path, url: str) -> None:
        super().__init__(publisher, folder)
        self.url = url

    def view(self, slug: str = OCD) -> Seen:
        """Open the page of an article."""
        response = httpx.get(f"{self.url}/articles/{slug}", timeout=programs.PATIENCE)
        return Seen(response.status_code, response.text)

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        for path in self.folder.glob("*.json"):
            copy = json.loads(path.read_text())
            older = {name: copy[name] - seconds * 1000 for name in ("asked", "checked")}
            path.write_text(json.dumps({**copy, **older}))


class WordPress(Site):
    """``examples/wordpress/caveat.php`` among stand-ins for the functions that it calls."""

    def __init__(self, publisher: Publisher, folder: Path, php: list[str]) -> None:
        super().__init__(publisher, folder)
        self.php = php
        self.state = folder / "state.json"
        chosen = {"url": publisher.url, "key": "", "jurisdiction": PLACE}
        self.save({"options": {"caveat_settings": chosen}, "transients": {}, "cron": {}})

    def view(self, slug: str = OCD) -> Seen:
        """Open a page that has the shortcode in it."""
        return Seen(None, self.do("shortcode", slug=slug))

    def do(self, act: str, **said: Any) -> str:
        """Run a request of WordPress and return what it prints."""
        command = [*self.php, str(self.state), act, json.dumps(said)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=programs.PATIENCE, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stderr == ""
        return done.stdout

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        state = self.load()
        for name, copy in state["options"].items():
            if name.startswith("caveat_copy_"):
                copy["checked"] -= seconds
        for transient in state["transients"].values():
            transient["until"] -= seconds
        self.save(state)

    def load(self) -> Any:
        """Return what WordPress has in its tables."""
        return json.loads(self.state.read_text())

    def save(self, state: Any) -> None:
        """Write what WordPress has in its tables."""
        self.state.write_text(json.dumps(state))


def settings(publisher: Publisher) -> dict[str, str]:
    """Return what an example is told by its environment."""
    return {"CAVEAT_URL": publisher.url, "CAVEAT_JURISDICTION": PLACE}


def squeezed(text: str) -> str:
    """Return text with single spaces."""
    return " ".join(text.split())
