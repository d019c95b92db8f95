"""A corpus in which anything may happen, by chance; and an installation that serves it."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import acts
import policies
from delivery import installed
from factories import NOW, Databases, make_section, publish
from flask.testing import FlaskClient
from histories import CONTEXTS, VALUES

from api import secrets
from api.settings import Settings
from content import changes, documents, signing
from content.db import Database
from content.errors import CaveatError
from content.signing import Keyring

SLUGS = ("one", "two", "three", "four")
TOPICS = ("sleep", "stress", "kratom")
REFUSING = ("hide", "no-al")  # what is refused today is refused in the past, too
REFUSED = ("uncorrected", "corrected-shops", "wordless")  # where a correction would not be said
EDITS = [name for name in VALUES if name not in (*REFUSING, *REFUSED)]


@dataclass
class Corpus:
    """A log that grows, and answers that were recorded when they were current."""

    database: Database
    settings: Settings
    dice: random.Random
    days: int = 0
    answers: list[tuple[str, int, bytes, str]] = field(default_factory=list)

    def step(self) -> None:
        """Let one thing happen."""
        acts: list[Callable[[], object]] = [self.publish, self.publish, self.edit, self.edit]
        self.dice.choice([*acts, self.edit, self.rotate, self.lapse])()

    def publish(self) -> None:
        """Publish, correct or re-tag an article."""
        title = f"Title {self.dice.randint(1, 3)}"
        sections = [make_section(kind, title=title) for kind in documents.SECTION_KINDS]
        publish(
            self.database,
            slug=self.dice.choice(SLUGS),
            locale=self.dice.choice(["en", "en", "de"]),
            topics=self.dice.sample(TOPICS, 2),
            sections=sections,
        )

    def edit(self) -> None:
        """Change disclaimers, rules and facts in one group."""
        self._record(self.dice.sample(EDITS, 2))

    def _record(self, names: list[str]) -> None:
        policies.record(self.database, *(fact for name in names for fact in VALUES[name]()))

    def rotate(self) -> None:
        """Begin with a new key and retire the old one."""
        keyring = secrets.keyring(self.settings)
        kid = keyring.add_new()
        keyring.save(secrets.keyring_path(self.settings))
        with self.database.write() as session:
            old = signing.in_force(session, changes.head(session))
            ended = signing.end(session, old, compromised=False, reason="Its time had come.")
            entries = [ended, signing.begin(keyring, kid)]
            changes.append(session, entries, by="test", now=NOW)
            session.commit()

    def refuse(self) -> None:
        """Take an article down, or withhold it somewhere; what cannot be is let alone."""
        with suppress(CaveatError):
            if self.dice.random() < 0.5:
                acts.end(self.database, self.dice.choice(SLUGS))
            else:
                self._record(self.dice.sample([*REFUSING, "no-hide", "al-in-us"], 2))

    def move(self) -> None:
        """Give an article another slug, until it is published under its own again."""
        acts.rename(self.database, "four", "four-by-another-name")

    def revoke(self) -> None:
        """Revoke the key in force, after a new one has begun."""
        self.rotate()
        with self.database.write() as session:
            kid = next(row.kid for row in signing.states(session) if row.state == "retired")
            entry = signing.end(session, kid, compromised=True, reason="It was seen.")
            changes.append(session, [entry], by="test", now=NOW)
            session.commit()

    def lapse(self) -> None:
        """Let some time pass."""
        self.days += 20
        policies.lapse(self.database, NOW + timedelta(days=self.days))

    def head(self) -> int:
        with self.database.read() as session:
            return changes.head(session)

    def ask(self, client: FlaskClient) -> None:
        """Record a random answer as it is now."""
        context = self.dice.choice(CONTEXTS)
        tail = self.dice.choice(["", "", ".html", "/sections/mechanisms"])
        address = f"/v1/articles/{self.dice.choice(SLUGS)}{tail}?{context.query()}"
        answer = client.get(address)
        if answer.status_code == 200:
            self.answers.append((address, self.head(), answer.data, answer.headers["ETag"]))


def make_corpus(databases: Databases, empty_template: str, folder: Path, seed: int) -> Corpus:
    """Return four articles over the small policy, and settings to serve them with."""
    database = Database(databases.new(empty_template))
    keyring = Keyring([])
    policies.fill_small(database, keyring)
    made = installed(database, keyring, folder)
    for slug in SLUGS:
        publish(database, slug=slug)
    return Corpus(database, made, random.Random(seed))  # noqa: S311 - reproducible, not secret
