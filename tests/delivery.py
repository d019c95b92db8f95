"""What tests of delivery do again and again: publish, end, write facts, read over HTTP."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import audits
import msgspec
from factories import NOW, PUBLIC_URL, Databases
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api import secrets
from api.app import create_app
from api.settings import Settings
from content import (
    articles,
    changes,
    credentials,
    documents,
    effects,
    heads,
    imports,
    partners,
    policy,
    search,
)
from content.changes import Entry
from content.corrections import Correction
from content.db import Database
from content.documents import Manuscript
from content.editorial import drafts, endings, publishing
from content.models.log import DisclaimerVersion, Fact, JurisdictionFact, Publication, Rule
from content.search import Wanted
from content.signing import Keyring

OCD = "kratom-and-ocd-evidence"
SLEEP = "sleep-habits-and-insomnia"
SLUGS = (OCD, "kratom-and-depression-evidence", SLEEP)
ARTICLE = f"/v1/articles/{OCD}"
PEPPER = b"a fixed secret key of the tests"


def installed(database: Database, keyring: Keyring, folder: Path) -> Settings:
    """Return the settings of an installation with open delivery, its keys in a folder."""
    found = Settings(
        data=str(folder),
        database_url=database.url,
        public_url=PUBLIC_URL,
        secret_key=PEPPER.decode(),
        open_delivery="true",
    )
    keyring.save(secrets.keyring_path(found))
    return found


@contextmanager
def running(settings: Settings) -> Iterator[Flask]:
    """Run an application and let go of its database; all that it wrote has to be in the audit."""
    app = create_app(settings)
    with audits.watched(app) as unnoted:
        yield app
    app.extensions["caveat"].database.close()
    assert unnoted == [], unnoted


@contextmanager
def copied(
    databases: Databases, template: str, keyring: Keyring, folder: Path
) -> Iterator[tuple[Database, Flask]]:
    """Run an application over a copy of a library, and close both in the end."""
    database = Database(databases.new(template))
    with running(installed(database, keyring, folder)) as app:
        yield database, app
    database.close()


def filled(rule: str, values: dict[str, str]) -> str:
    """Return the path of a route with something in the place of each name."""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda name: values[name[1]], rule)


def bearer(key: str) -> dict[str, str]:
    """Return the headers that send a key."""
    return {"Authorization": f"Bearer {key}"}


def links(response: TestResponse) -> dict[str, str]:
    """Return the addresses of ``Link`` by relation; the last one of a relation wins."""
    return {
        rel: at for at, rel in re.findall(r'<([^>]*)>; rel="([^"]*)"', response.headers["Link"])
    }


def local(address: str) -> str:
    """Return path and query of an address of ours."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def query(address: str) -> dict[str, str]:
    """Return the query of an address as pairs."""
    return dict(parse_qsl(urlsplit(address).query))


def read_json(client: FlaskClient, address: str, **more: Any) -> Any:
    """Read an address of ours that must answer 200 with JSON."""
    response = client.get(local(address), **more)
    assert response.status_code == 200, response.text
    return response.json


def assert_help(body: dict[str, Any], phrase: str = "") -> None:
    """A refusal keeps the help: emergency and crisis contacts, the nearest ones that are known."""
    assert {"emergency", "crisis"} <= {entry["kind"] for entry in body["help"]}
    assert phrase in str(body["help"])


def shipped(slug: str) -> Manuscript:
    """Return an article of the shipped library."""
    return next(one for one in read_library() if one.slug == slug)


@cache
def read_library() -> tuple[Manuscript, ...]:
    """Return the articles of the shipped library, which are read once: nothing changes them."""
    return tuple(imports.read_articles(imports.LIBRARY / "articles"))


def revise(
    database: Database,
    of: str,
    *,
    now: datetime = NOW,
    correction: Correction | None = None,
    **changed: Any,
) -> int | None:
    """Publish a shipped article again, with another slug, other tags or other parts."""
    known = shipped(of)
    parts = {name: changed.pop(name) for name in ("title", "summary") if name in changed}
    document = msgspec.structs.replace(known.document, **parts)
    manuscript = msgspec.structs.replace(known, document=document, **changed)
    with database.write() as session:
        draft = drafts.open_draft(
            session, articles.identify(session, of), known, by="test", now=now
        )
        draft = drafts.save(session, draft, manuscript, by="test", now=now)
        revision = drafts.freeze(session, draft, by="test", now=now)
        text = publishing.Text(manuscript, revision, restore=True, correction=correction)
        numbers = publishing.publish(session, [text], by="test", now=now)
        session.commit()
    return numbers[0] if numbers else None


def end(database: Database, slug: str, status: str = "withdrawn", **more: Any) -> None:
    """Take an article down."""
    words = {"notice": "It was wrong about a dose.", "reason": "A private reason of ours."}
    with database.write() as session:
        endings.end(session, slug, status, **{**words, **more}, by="An actor of ours", now=NOW)
        session.commit()


def record(database: Database, *facts: Fact) -> None:
    """Write facts into the log without the checks of an import, but with what they touch."""
    with database.write() as session:
        at = changes.head(session)
        now, then = policy.at(session, at), policy.amended(session, at, list(facts))
        touched = effects.of(session, facts, now, then)
        entries = [
            Entry(f"{fact.subject_type}.changed", fact, seen=changes.newest(session, fact))
            for fact in facts
        ]
        changes.append(session, entries, by="test", now=NOW, affected=touched.articles)
        for article in touched.retraited:
            heads.follow(session, article)
        session.commit()


def reword(database: Database, id: str = "emergency-help") -> None:
    """Give a disclaimer other words."""
    with database.read() as session:
        words = policy.at(session, changes.head(session)).texts[id, "en"]
    data = {**dump(words.said), "text": "Other words, just as full."}
    record(database, DisclaimerVersion(id=id, locale="en", version=words.version + 1, data=data))


def no_help(code: str) -> Fact:
    """Return the row by which a place has no help lines any more."""
    return JurisdictionFact(code=code, fact="help", data=None)


def withholding(name: str, status: int = 451, **when: Any) -> Fact:
    """Return a rule that withholds."""
    authority = "https://law.example/order" if status == 451 else None
    withhold = {"status": status, "authority": authority}
    return Rule(id=name, data={"because": "A test.", "when": when, "withhold": withhold})


def add_key(database: Database, **fixed: Any) -> str:
    """Register a partner and return its key."""
    facts = {"name": "A partner", "audience": "adults", "channel": "publisher", **fixed}
    with database.write() as session:
        partner = partners.add(session, facts, ["standard"], now=NOW)
        _, key = credentials.add(session, partner, pepper=PEPPER, now=NOW)
        session.commit()
    return key


def head(database: Database) -> int:
    """Return the newest number of the log."""
    with database.read() as session:
        return changes.head(session)


def article_id(database: Database, slug: str) -> str:
    """Return the id of an article."""
    with database.read() as session:
        return articles.identify(session, slug)


def live(database: Database) -> list[Publication]:
    """Return what is live in English, newest first."""
    with database.read() as session:
        rows = session.scalars(search.walk(session, Wanted(test=True), changes.head(session)))
        return [row for row in rows if row.locale == "en"]


def dump(part: Any) -> Any:
    """Return the data of a disclaimer, a rule or a fact as it stands in the log."""
    return documents.dump(part)


def time(database: Database) -> datetime:
    """Return when the newest change was made."""
    with database.read() as session:
        return changes.time(session, changes.head(session))
