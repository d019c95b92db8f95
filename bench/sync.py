"""What staying in step costs a partner, and whether it holds: ``python bench/sync.py``.

A corpus is made in which every text has words of its own. A copy of it begins with a snapshot; then
the words of a disclaimer that all articles owe are changed, and followed as differences and as
whole editions. The code of the example program puts every copy together, and it is compared with
what is served. In the end the example programs are killed again and again while a log grows.
"""

import sys
from pathlib import Path

# As in http.py: that file must not hide Python's own `http`.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples" / "sync"))

import argparse
import gzip
import json
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any

import caveat_sync
from flask.testing import FlaskClient

from api import secrets
from api.app import create_app
from api.settings import Settings
from bench import corpus
from bench.errors import BenchError
from content import changes, editions, imports, search
from content.contexts import Context
from content.db import Database
from content.editorial import publishing
from content.search import Wanted
from content.signing import Keyring

ROOT = Path(__file__).resolve().parent.parent
HERE = Context("en", "US-AL")
DISCLAIMER = "not-medical-advice"  # every article owes it
MOST_REQUESTS, MOST_OF_AN_ARTICLE, MOST_OF_AN_EDIT = 5, 4_000, 200_000  # bytes, per 1,000 articles
KILL_TEST = (
    "tests/examples/test_sync.py::test_a_program_that_is_killed_again_and_again_ends_in_step"
)


@dataclass
class Copy:
    """A copy as the example program keeps it, and what was sent for it."""

    client: FlaskClient
    next: str
    editions: dict[str, bytes] = field(default_factory=dict)
    requests: int = 0
    octets: int = 0  # of bodies, compressed
    seconds: float = 0

    def catch_up(self) -> None:
        """Read until there is nothing new."""
        while True:
            before = self.next
            answer = caveat_sync.read(self._get(before))
            for item in answer.items:
                id = item["article"]["id"]
                old = json.loads(self.editions.get(id, b"{}"))
                edition = caveat_sync.rebuild(item, answer.texts, old)
                self.editions[id] = caveat_sync.canonical(edition)
            self.next = answer.next
            if answer.next == before:
                return

    def _get(self, address: str) -> Any:
        path = address.removeprefix(corpus.PUBLIC_URL)
        begun = time.perf_counter()
        response = self.client.get(path, headers={"Accept-Encoding": "gzip"})
        self.seconds += time.perf_counter() - begun
        self.requests += 1
        self.octets += len(response.data)
        if response.status_code == 307:
            return self._get(response.headers["Location"])
        coded = response.headers.get("Content-Encoding") == "gzip"
        octets = gzip.decompress(response.data) if coded else response.data
        lines = [json.loads(line) for line in octets.splitlines()]
        return lines if "ndjson" in response.mimetype else lines[0]


def main() -> int:
    """Print the table, and run the kill test; return 1 when a bound or the test does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=50, help="of each program; 0: none")
    given = parser.parse_args()
    try:
        _measure(given.articles)
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    return _kill(given.kills) if given.kills else 0


def _measure(size: int) -> None:
    with tempfile.TemporaryDirectory(prefix="caveat-sync-") as folder:
        settings = Settings(data=folder, open_delivery="true", secret_key=folder)
        database, keyring = Database(settings.database), Keyring([])
        topics = (["kratom"], ["sleep"], ["kratom", "sleep"])
        texts = enumerate(corpus.different(size))
        corpus.fill(database, keyring, [(text, topics[number % 3]) for number, text in texts])
        keyring.save(secrets.keyring_path(settings))
        app = create_app(settings)
        try:
            _print(_follow(database, keyring, app.test_client()), size)
        finally:
            app.extensions["caveat"].database.close()
            database.close()


def _follow(database: Database, keyring: Keyring, client: FlaskClient) -> dict[str, Copy]:
    first = Copy(client, f"/v1/snapshot?{HERE.query()}")
    first.catch_up()
    _compare(first, database, keyring)
    known = dict(first.editions)
    differing = Copy(client, first.next, {**known})
    whole = Copy(client, first.next.replace("include=differences", "include=editions"), {**known})
    with database.write() as session:
        (item,) = (
            one
            for one in imports.read_policy(imports.LIBRARY)
            if one.key == ("disclaimer", DISCLAIMER, "en")
        )
        fact: Any = item.fact
        fact.data = {**fact.data, "text": fact.data["text"] + " Please."}
        publishing.publish(session, items=[item], by="bench", now=corpus.NOW)
        session.commit()
    for copy in (differing, whole):
        copy.catch_up()
        _compare(copy, database, keyring)
    return {
        "first sync": first,
        "one disclaimer of all, as differences": differing,
        "the same, as whole editions": whole,
    }


def _compare(copy: Copy, database: Database, keyring: Keyring) -> None:
    """Raise BenchError unless a copy is byte for byte what is served."""
    with database.read() as session:
        rows = session.scalars(search.walk(session, Wanted(test=True), changes.head(session))).all()
        served = {
            row.article: editions.issue(session, row.slug, HERE, keyring).octets for row in rows
        }
    if copy.editions != served:
        raise BenchError("a copy is not what is served")


def _print(copies: dict[str, Copy], size: int) -> None:
    print("| what | requests | bytes, gzipped | per article | seconds of the server |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for what, copy in copies.items():
        figures = f"{copy.requests} | {copy.octets:,} | {copy.octets / size:,.0f}"
        print(f"| {what} | {figures} | {copy.seconds:.1f} |", flush=True)
    first, edit, _ = copies.values()
    thousands = size / 1_000
    if first.requests > MOST_REQUESTS * thousands:
        raise BenchError(f"a first sync takes more than {MOST_REQUESTS} requests")
    if first.octets > MOST_OF_AN_ARTICLE * size:
        raise BenchError(f"a first sync takes more than {MOST_OF_AN_ARTICLE:,} bytes an article")
    if edit.octets > MOST_OF_AN_EDIT * thousands:
        raise BenchError(f"one edit takes more than {MOST_OF_AN_EDIT:,} bytes")


def _kill(kills: int) -> int:
    """Run the test in which the programs are killed, 20 changes for each time."""
    options = ["-q", "--examples", str(kills * 4), "--durations", "2"]
    command = [sys.executable, "-m", "pytest", KILL_TEST, *options]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
