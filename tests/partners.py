"""A partner who runs one of the example programs."""

import json
import os
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 60  # seconds
IN_STEP, WRONG, NO_ANSWER = 0, 1, 3  # exit codes of ``sync``


@dataclass
class Program:
    """A program with its store."""

    command: list[str]
    store: Path

    def sync(self, address: str = "", *options: str, key: str = "") -> int:
        """Follow until in step; return the exit code."""
        given = [address] if address else []
        done = self._run("sync", *given, *options, env={"PARTNER_KEY": key} if key else {})
        assert "Traceback" not in done.stderr, done.stderr
        assert "    at " not in done.stderr, done.stderr
        return done.returncode

    def start(self, address: str) -> "subprocess.Popen[bytes]":
        """Follow for ever."""
        arguments = ["sync", address, "--every", "0.02"]
        return subprocess.Popen(
            [*self.command, str(self.store), *arguments],
            stdin=subprocess.DEVNULL,  # Node.js would set a terminal that it finds there
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def show(self, *options: str) -> dict[str, bytes]:
        """Return what is shown of each article, by its id."""
        done = self._run("show", *options)
        assert done.returncode == 0, done.stderr
        lines = done.stdout.encode().splitlines()
        return {json.loads(line)["article"]["id"]: line for line in lines}

    def one(self, slug: str, *options: str) -> dict[str, Any]:
        """Return what is shown of one article."""
        (line,) = self.show(slug, *options).values()
        found: dict[str, Any] = json.loads(line)
        return found

    def octets(self) -> bytes:
        """Return all octets of the store."""
        files = self.store.rglob("*") if self.store.is_dir() else [self.store]
        return b"".join(path.read_bytes() for path in files if path.is_file())

    def lose(self, article: str) -> None:
        """Let the store lose an article."""
        if self.store.is_dir():
            (self.store / "articles" / f"{article}.json").unlink()
        else:
            with sqlite3.connect(self.store) as db:
                db.execute("DELETE FROM articles WHERE id = ?", [article])
            db.close()

    def _run(
        self, *arguments: str, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.command, str(self.store), *arguments],
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
