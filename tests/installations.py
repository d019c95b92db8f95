"""An installation on disk, as the command line and its operator see it."""

import json
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import programs
from factories import Databases
from flask import Flask
from flask.testing import FlaskClient

from api.app import create_app
from api.settings import Settings

ARTICLE = "/v1/articles/sleep-habits-and-insomnia"


@dataclass
class Installation:
    """A data folder, and the commands that are run on it."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    opened: list[Flask] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        """What a shell would export for this installation."""
        return {"CAVEAT_DATA": str(self.folder), "CAVEAT_OPEN_DELIVERY": "true", **self.env}

    def run(self, *arguments: str | Path, **facts: Any) -> subprocess.CompletedProcess[str]:
        """Run ``caveat`` with these arguments here."""
        return programs.run(*arguments, env=self.settings, **facts)

    def run_inside(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run ``caveat`` without a process of its own."""
        return programs.run_inside(*arguments, env=self.settings)

    def copied(self, databases: Databases, folder: Path) -> "Installation":
        """Return a copy of this installation, whose database nobody may be in."""
        shutil.copytree(self.folder, folder / "data")
        url = databases.new(self.env["CAVEAT_DATABASE_URL"])
        return Installation(folder / "data", {"CAVEAT_DATABASE_URL": url})

    def client(self) -> FlaskClient:
        """Return a caller of what is served from here."""
        self.opened.append(create_app(Settings.from_environment(self.settings)))
        return self.opened[-1].test_client()

    def close(self) -> None:
        """Let go of the database."""
        for app in self.opened:
            app.extensions["caveat"].database.close()

    def get(self, path: str) -> Any:
        """Return the JSON that is served at a path."""
        return self.client().get(path).get_json()

    def save(self, name: str, data: Any) -> Path:
        """Write JSON beside the data folder, and return its file."""
        path = self.folder.parent / name
        path.write_text(json.dumps(data))
        return path

    @property
    def head(self) -> int:
        """The newest number of the log."""
        return int(self.get("/v1/changes")["sequence"])


def mode(path: Path) -> int:
    """Return the permissions of a file."""
    return path.stat().st_mode & 0o777


def assert_refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Check for exit code 2 and plain lines on standard error that say these words."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines
    assert all(line.startswith("caveat: ") for line in lines), done.stderr
    for word in words:
        assert word in done.stderr
