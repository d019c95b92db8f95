"""Keep a copy of all articles in step with a Caveat server, in one SQLite file.

    python caveat_sync.py copy.db sync 'https://content.example/v1/snapshot?jurisdiction=US-AL'
    python caveat_sync.py copy.db sync --every 5        # goes on where it was, and stays in step
    python caveat_sync.py copy.db show [SLUG]           # what may be shown now, a line each

Python 3.11 and its standard library. Digests are checked, and signatures where `cryptography` is
installed. The environment variable PARTNER_KEY may hold a partner's key. It may be killed at any
moment: an answer is applied in one transaction, with the address of the next one. Exit codes of
`sync`: 0 in step, 1 wrong, 3 the server did not answer (try again).
"""

import argparse
import base64
import gzip
import hashlib
import json
import os
import re
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import Request, urlopen

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None  # type: ignore[assignment, misc] # main says so

CONTEXT = ("locale", "jurisdiction", "audience", "channel", "fields")
SAID = ("notice", "replacement", "your_copy", "help")  # of a tombstone
TABLES = """
PRAGMA secure_delete = ON;  -- what has to go leaves the file, too
CREATE TABLE IF NOT EXISTS articles (id TEXT PRIMARY KEY, slug TEXT, edition TEXT, tombstone TEXT);
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT);
"""
Data = dict[str, Any]


class NoAnswer(Exception):
    """The server cannot be reached, or not now: keep what there is, and ask again."""


class Wrong(Exception):
    """What came cannot be used; asking again does not help."""


class Answer(NamedTuple):
    """Items with the texts that they refer to, and where to go on."""

    items: list[Data]
    texts: Data
    next: str


def canonical(data: Any) -> bytes:
    """Return the bytes that are digested and signed (RFC 8785)."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def key(text: Data) -> str:
    """Return the key of a disclaimer among the texts."""
    return f"{text['id']}@{text['version']}~{hashlib.sha256(canonical(text)).hexdigest()[:8]}"


def rebuild(item: Data, texts: Data, old: Data) -> Data:
    """Return the whole edition: what is the `same` is in the old one, and so may a text be."""
    known = {key(text): text for text in old.get("disclaimers", [])} | texts
    edition = {name: old[name] for name in item.get("same", [])} | item
    edition.pop("same", None)
    return edition | {"disclaimers": [known[name] for name in item["disclaimers"]]}


def get(address: str, etag: str | None = None) -> tuple[int, Any, str | None]:
    """Return status, JSON or lines of JSON, and tag; raise NoAnswer where a copy stays as it is."""
    secret = os.environ.get("PARTNER_KEY")
    sent = {"If-None-Match": etag, "Authorization": f"Bearer {secret}" if secret else None}
    headers = {"Accept-Encoding": "gzip"} | {name: what for name, what in sent.items() if what}
    try:
        try:
            with urlopen(Request(address, headers=headers)) as response:
                return response.status, _parse(response), response.headers["ETag"]
        except HTTPError as error:
            if error.code == 429 or error.code >= 500:
                raise NoAnswer(f"{address} answered {error.code}") from None
            return error.code, {} if error.code == 304 else _parse(error), etag
    except (OSError, EOFError, HTTPException, ValueError) as error:  # none, cut off, or too slow
        raise NoAnswer(f"{address}: {error}") from None


def _parse(response: Any) -> Any:
    octets = response.read()
    if response.headers["Content-Encoding"] == "gzip":
        octets = gzip.decompress(octets)
    if "ndjson" in response.headers["Content-Type"]:
        return [json.loads(line) for line in octets.splitlines()]
    return json.loads(octets)


def read(data: Data | list[Data]) -> Answer:
    """Return what a part of a snapshot, or a page of changes, says."""
    if isinstance(data, dict):
        return Answer(data["items"], data["texts"], data["links"]["next"])
    items = [line["edition"] for line in data if line["type"] == "edition"]
    if not data or (end := data[-1])["type"] != "end" or end["counts"]["editions"] != len(items):
        raise NoAnswer("the snapshot was cut off")
    texts = {line["key"]: line["text"] for line in data if line["type"] == "text"}
    return Answer(items, texts, end["links"]["next"] or end["links"]["differences"])


class Store:
    """The copy: articles, and where to go on."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, timeout=30)
        self.db.executescript(TABLES)

    def get(self, name: str) -> Any:
        """Return a value of the state, None where there is none."""
        row = self.db.execute("SELECT value FROM state WHERE name = ?", [name]).fetchone()
        return json.loads(row[0]) if row else None

    def set(self, **values: Any) -> None:
        """Set values of the state, in the transaction that is open."""
        rows = [(name, json.dumps(value)) for name, value in values.items()]
        self.db.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", rows)

    def edition(self, article: str) -> Data:
        """Return the edition that there is of an article, else nothing."""
        row = self.db.execute("SELECT edition FROM articles WHERE id = ?", [article]).fetchone()
        return json.loads(row[0]) if row and row[0] else {}

    def put(self, article: Data, edition: Data | None, tombstone: Data | None) -> None:
        """Put an edition, or a tombstone without any text, in the place of what there is."""
        texts = [canonical(one).decode() if one else None for one in (edition, tombstone)]
        row = [article["id"], article["slug"], *texts]
        self.db.execute("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?)", row)

    def step(self, address: str) -> bool:
        """Read one answer and apply it as a whole; return whether there was anything new."""
        status, data, etag = get(address, self.get("etag"))
        with self.db:
            if status == 304:
                self.set(checked=time.time())
                return False
            if status != 200:
                raise Wrong(f"{address} answered {status}: {data['detail']}")
            answer = read(data)
            for item in answer.items:
                self.apply(item, answer.texts, address)
            in_step = answer.next == address
            seen = {"etag": etag, "checked": time.time()} if in_step else {"etag": None}
            self.set(next=answer.next, **seen)
        return not in_step

    def apply(self, item: Data, texts: Data, address: str) -> None:
        """Apply one item: a tombstone, an edition, or what differs from the one that there is."""
        if "tombstone" in item:
            return self.put(item["article"], None, item["tombstone"])
        article = item["article"]
        try:
            edition = rebuild(item, texts, self.edition(article["id"]))
            self.verify(edition, address)
        except (KeyError, Wrong):
            if "same" not in item:
                raise
            return self.read_whole(article, address)
        return self.put(article, edition, None)

    def read_whole(self, article: Data, address: str) -> None:
        """Read an article whose difference does not fit to the copy, and obey what comes."""
        asked = [pair for pair in parse_qsl(urlsplit(address).query) if pair[0] in CONTEXT]
        base = address.partition("/v1/")[0]
        status, data, _ = get(f"{base}/v1/articles/{article['slug']}?{urlencode(asked)}")
        if status == 200:
            self.verify(data, address)
            self.put(article, data, None)
        elif str(data.get("your_copy")).startswith("remove"):
            said = {name: data.get(name) for name in SAID}
            self.put(article, None, {"type": data.get("reason", "withheld"), **said})
        else:
            raise Wrong(f"the article {article['slug']} answered {status}")

    def verify(self, edition: Data, address: str) -> None:
        """Raise Wrong unless an edition is whole and exactly what was signed."""
        content = {name: value for name, value in edition.items() if name != "integrity"}
        octets, said = canonical(content), edition["integrity"]
        if said["digest"] != "sha256:" + hashlib.sha256(octets).hexdigest():
            raise Wrong(f"the digest of {edition['article']['slug']} does not fit")
        if Ed25519PublicKey is not None:
            protected, _, signature = said["jws"].split(".")
            payload = base64.urlsafe_b64encode(octets).rstrip(b"=")
            try:
                public = Ed25519PublicKey.from_public_bytes(self.public(said["kid"], address))
                public.verify(_decode(signature), protected.encode() + b"." + payload)
            except InvalidSignature:
                raise Wrong(f"the signature of {edition['article']['slug']} is wrong") from None

    def public(self, kid: str, address: str) -> bytes:
        """Return a public key; the publisher's keys are read again where it is not known yet."""
        known = self.get("keys") or {}
        if kid not in known:
            _, data, _ = get(address.partition("/v1/")[0] + "/.well-known/jwks.json")
            known = {one["kid"]: one["x"] for one in data["keys"]}
            self.set(keys=known)
        if kid not in known:
            raise Wrong(f"the key {kid} is not one of the publisher's")
        return _decode(known[kid])

    def lines(self, slug: str | None, now: float) -> Iterator[bytes]:
        """Yield the edition of each article that may be shown, or what to say in its place."""
        age = now - (self.get("checked") or 0)
        rows = self.db.execute("SELECT id, slug, edition, tombstone FROM articles ORDER BY id")
        for id, known_as, edition, tombstone in rows:
            if slug not in (None, known_as):
                continue
            said = json.loads(edition or tombstone)
            reason = why_not(said, age, now) if edition else None
            instead = {"stale": reason, "help": said["help"]} if reason else {"tombstone": said}
            other = {"article": {"id": id, "slug": known_as}, **instead}
            yield canonical(said if edition and not reason else other)


def why_not(edition: Data, age: float, now: float) -> str | None:
    """Return why a copy may not be shown, None where it may; ``age`` is since the last check."""
    last_day, today = edition["freshness"]["display_until"], datetime.fromtimestamp(now, UTC)
    if last_day and today.date().isoformat() > last_day:
        return "its last day of display is over"
    if age > seconds(edition["freshness"]["max_offline"]):
        return "it was not checked for too long"
    return None


def seconds(duration: str) -> int:
    """Return the length of an ISO 8601 duration of weeks, days, hours, minutes and seconds."""
    units = {"W": 604800, "D": 86400, "H": 3600, "M": 60, "S": 1}
    return sum(int(count) * units[unit] for count, unit in re.findall(r"(\d+)([WDHMS])", duration))


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sync(store: Store, first: str | None, every: float | None) -> int:
    """Follow until in step, or for ever; return the exit code."""
    while True:
        address = store.get("next") or first
        if address is None:
            raise Wrong("this copy is new; name the address of a snapshot")
        try:
            if store.step(address):
                continue
        except NoAnswer as error:
            print(error, file=sys.stderr)
            if every is None:
                return 3
        if every is None:
            return 0
        time.sleep(every)


def main() -> int:
    """Run one command."""
    parser = argparse.ArgumentParser(description="Keep a copy of all articles in step.")
    parser.add_argument("store", help="a file of SQLite")
    commands = parser.add_subparsers(dest="command", required=True)
    following = commands.add_parser("sync")
    following.add_argument("address", nargs="?", help="of the snapshot; only the first time")
    following.add_argument("--every", type=float, help="seconds between two looks, for ever")
    following.add_argument("--timeout", type=float, default=60, help="seconds to wait for bytes")
    showing = commands.add_parser("show")
    showing.add_argument("slug", nargs="?")
    showing.add_argument("--at", help="a time (ISO 8601) instead of now")
    given = parser.parse_args()
    store = Store(given.store)
    if given.command == "show":
        now = datetime.fromisoformat(given.at).timestamp() if given.at else time.time()
        sys.stdout.buffer.writelines(line + b"\n" for line in store.lines(given.slug, now))
        return 0
    if Ed25519PublicKey is None:
        print("signatures are not checked: pip install cryptography", file=sys.stderr)
    socket.setdefaulttimeout(given.timeout)
    try:
        return sync(store, given.address, given.every)
    except Wrong as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
