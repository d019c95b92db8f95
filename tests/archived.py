"""Archives of evidence in tests: a story to take evidence of, and archives that were altered."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zipfile import ZipFile

import policies
from acts import end, issue
from factories import NOW, publish
from keyholders import Holder, hold

from content import articles, conformance, exposures, signing
from content.archives import asking, checks, members
from content.archives.checks import Report
from content.archives.writing import Writer
from content.contexts import Context
from content.db import Database
from content.editions import Edition, Part
from content.editorial import audit, seals
from content.exposures import Given, Refused
from content.models.access import Partner
from content.recalls import PARTNER, confirming, opening
from content.signing import Keyring
from content.transparency import checkpoints
from content.webhooks import deliveries, endpoints
from content.webhooks.deliveries import Outcome, Told

HOUR = timedelta(hours=1)
KEY = bytes(range(32))
RETAIL = Context("en", "US-AL", "general", "retail")
SERVED = {"jurisdiction": "US-AL", "audience": "general", "channel": "retail"}  # of a partner


@dataclass
class Story:
    """An article that was given to two partners, and recalled."""

    database: Database
    keyring: Keyring
    mine: Holder
    other: Holder
    hosts: dict[str, str]
    recall: str

    def take(
        self, *, partner: Holder | None = None, now: datetime = NOW + HOUR, **asked: Any
    ) -> bytes:
        """Return an archive about the article ``one``."""
        file = io.BytesIO()
        with self.database.read() as session:
            found = asking.ask(session, "one", partner=partner.id if partner else None, **asked)
            said = {"by": "test", "version": "0"}
            members.write(
                Writer(file, now), found, self.keyring, **said, now=now, pages=lambda _: {}
            )
        return file.getvalue()

    def seal(self) -> None:
        """Seal the audit and make a checkpoint, as the command does before."""
        with self.database.write() as session:
            seals.seal(session, self.keyring, now=NOW + HOUR)
            checkpoints.make(session, self.keyring, now=NOW + HOUR)
            session.commit()

    def jwks(self) -> dict[str, Any]:
        """Return the publisher's keys, as they are served."""
        with self.database.read() as session:
            return signing.jwks(session)

    def give(
        self,
        partner: Holder,
        edition: Edition | str,
        revision: int = 1,
        last_at: datetime = NOW + HOUR / 2,
    ) -> None:
        """Put it into the ledger that a partner was given an edition, or a digest."""
        digest = edition if isinstance(edition, str) else edition.digest
        with self.database.write() as session:
            article = articles.identify(session, "one")
            row = Given(partner.id, article, "en", revision, digest, NOW, last_at)
            exposures.record(session, [row])
            session.commit()

    def issue(self, context: Context, part: Part | None = None) -> Edition:
        """Return an edition of the article."""
        return issue(self.database, self.keyring, context, part=part or Part())


def tell(database: Database, keyring: Keyring) -> Story:
    """Publish, give to two partners, change a rule, revise, recall, confirm."""
    publish(database, slug="one")
    mine = hold(database, name="Mine", **SERVED, contact="me@x.test")
    other = hold(
        database,
        name="Other",
        audience="general",
        channel="app",
        jurisdiction="GB",
        contact="it@y.test",
    )
    hosts = {mine.id: "mine.example", other.id: "other.example"}
    story = Story(database, keyring, mine, other, hosts, "")
    story.give(mine, story.issue(RETAIL))
    story.give(other, story.issue(Context("en", "GB", "general", "app")))
    policies.record(database, policies.rule("more", "stale-content", when={"topics": ["sleep"]}))
    publish(database, slug="one", title="Another title, of the second revision")
    story.give(mine, story.issue(RETAIL), 2)
    story.recall = _recall(story)
    with database.write() as session:
        for holder in (mine, other):
            about = {"detail": {"partner": holder.id}} if holder is other else {}
            for act, subject in (
                ("partner.add", ("partner", holder.id)),
                ("recall.confirm", ("recall", story.recall)),
            ):
                audit.note(session, act, subject, by="test", now=NOW, **about)
        session.commit()
    story.seal()
    return story


def _recall(story: Story) -> str:
    """Recall the article; the partners' webhooks are told, and both confirm."""
    hooks = {holder.id: _webhook(story, holder) for holder in (story.mine, story.other)}
    ended = end(story.database)
    with story.database.write() as session:
        recall = opening.open_recall(session, ended, hours=24, everyone=False, by="test", now=NOW)
        for id, hook in hooks.items():
            endpoint = session.get_one(endpoints.Endpoint, hook)
            told = [Outcome(ended[-1], "article.withdrawn", 204, None, 5)]
            at = Told(ended[-1], ended[-1], told)
            deliveries.record(session, endpoint, at, now=NOW)
            partner = session.get_one(Partner, id)
            note = f"Removed from {story.hosts[id]}."
            confirming.confirm(session, recall, partner.id, by=PARTNER, note=note, now=NOW)
            row = Refused(id, recall.article, "en", 410, NOW, NOW)
            exposures.record_endings(session, [row])
            conformance.save(session, partner, _page(story, recall.article, id), NOW)
        session.commit()
        return recall.id


def _webhook(story: Story, holder: Holder) -> str:
    with story.database.write() as session:
        owner = session.get_one(Partner, holder.id)
        facts = {"url": f"https://{story.hosts[holder.id]}/secret-path"}
        made, _ = endpoints.add(session, owner, facts, key=KEY, loopback=False, now=NOW)
        endpoints.verified(made)
        session.commit()
        return made.id


def _page(story: Story, article: str, partner: str) -> dict[str, Any]:
    return {
        "url": f"https://{story.hosts[partner]}/page",
        "article": {"id": article},
        "context": {"locale": "en"},
        "edition": {"revision": 1},
        "outcome": "conforms",
    }


def check(archive: bytes, jwks: dict[str, Any] | None = None) -> Report:
    """Check an archive offline."""
    return checks.check(io.BytesIO(archive), jwks)


def unpacked(archive: bytes) -> dict[str, bytes]:
    """Return the members of an archive."""
    with ZipFile(io.BytesIO(archive)) as found:
        return {name: found.read(name) for name in found.namelist()}


def packed(found: dict[str, bytes]) -> bytes:
    """Return an archive of some members."""
    file = io.BytesIO()
    with ZipFile(file, "w") as made:
        for name, octets in found.items():
            made.writestr(name, octets)
    return file.getvalue()


def read(archive: bytes, name: str) -> Any:
    """Return a member as JSON."""
    return json.loads(unpacked(archive)[name])


def lines(archive: bytes, name: str) -> list[Any]:
    """Return a member's lines as JSON."""
    return [json.loads(line) for line in unpacked(archive)[name].splitlines()]


def altered(archive: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return an archive in which one member was changed, and nothing else."""
    found = unpacked(archive)
    return packed({**found, name: change(found[name])})


def packed_twice(found: dict[str, bytes], name: str) -> bytes:
    """Return an archive in which one member stands twice."""
    file = io.BytesIO(packed(found))
    with ZipFile(file, "a") as made:
        made.writestr(name, found[name])
    return file.getvalue()
