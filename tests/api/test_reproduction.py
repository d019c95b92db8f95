"""Reproduction: what was answered is answered again, byte for byte, after all that came later."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import policies
import pytest
from delivery import PEPPER, end, running
from factories import NOW, PUBLIC_URL, Databases, make_section, publish
from flask.testing import FlaskClient
from histories import CONTEXTS, VALUES

from api import secrets
from api.settings import Settings
from content import changes, documents, signing
from content.db import Database
from content.signing import Keyring

CHANGES, ANSWERS = 300, 200
SLUGS = ("one", "two", "three", "four")
TOPICS = ("sleep", "stress", "kratom")
REFUSING = ("hide", "no-al")  # what is refused today is refused in the past, too
EDITS = [name for name in VALUES if name not in REFUSING]


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
        names = self.dice.sample(EDITS, 2)
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


@pytest.fixture
def corpus(databases: Databases, empty_template: str, tmp_path: Path) -> Corpus:
    database = Database(databases.new(empty_template))
    keyring = Keyring([])
    policies.fill_small(database, keyring)
    made = Settings(
        data=str(tmp_path),
        database_url=database.url,
        public_url=PUBLIC_URL,
        secret_key=PEPPER.decode(),
        open_delivery="true",
    )
    keyring.save(secrets.keyring_path(made))
    for slug in SLUGS:
        publish(database, slug=slug)
    return Corpus(database, made, random.Random(20261124))  # noqa: S311 - reproducible, not secret


def grow(corpus: Corpus) -> None:
    """Let things happen and ask in between, until there are enough changes and answers."""
    start = corpus.head()
    with running(corpus.settings) as app:
        client = app.test_client()
        while corpus.head() < start + CHANGES or len(corpus.answers) < ANSWERS:
            corpus.step()
            corpus.ask(client)
            corpus.ask(client)


@pytest.mark.no_cover
def test_answers_are_reproduced_after_300_changes_and_a_restart(corpus: Corpus) -> None:
    grow(corpus)
    picked = corpus.dice.sample(corpus.answers, ANSWERS)
    with running(corpus.settings) as app:  # a new process remembers nothing
        client = app.test_client()
        for address, at, octets, tag in picked:
            again = client.get(f"{address}&at={at}")
            assert again.data == octets, (address, at)
            assert again.headers["ETag"] == tag
    assert len({at for _, at, _, _ in picked}) > 20, "they are of many different moments"
    corpus.database.close()


def test_what_is_refused_today_is_refused_in_the_past(corpus: Corpus) -> None:
    with running(corpus.settings) as app:
        client = app.test_client()
        at = corpus.head()
        assert client.get(f"/v1/articles/one?at={at}").status_code == 200
        policies.record(corpus.database, *VALUES["hide"]())
        end(corpus.database, "two")
        assert client.get(f"/v1/articles/one?at={at}&jurisdiction=US-AL").status_code == 403
        assert client.get(f"/v1/articles/two?at={at}").status_code == 410
        assert client.get(f"/v1/articles/one?at={at}").status_code == 200
        page = client.get(f"/v1/articles?at={at}&jurisdiction=US-AL").get_json()
        assert (page["items"], page["withheld"]) == ([], 4)
    corpus.database.close()


def test_a_revoked_key_changes_the_signature_and_nothing_else(corpus: Corpus) -> None:
    with running(corpus.settings) as app:
        client = app.test_client()
        at, before = corpus.head(), client.get("/v1/articles/one").get_json()
        corpus.rotate()
        with corpus.database.write() as session:
            kid = before["integrity"]["kid"]
            entry = signing.end(session, kid, compromised=True, reason="It was seen.")
            changes.append(session, [entry], by="test", now=NOW)
            session.commit()
        after = client.get(f"/v1/articles/one?at={at}").get_json()
    assert after["integrity"].pop("kid") != before["integrity"].pop("kid")
    assert after["integrity"].pop("jws") != before["integrity"].pop("jws")
    assert after == before
    corpus.database.close()
