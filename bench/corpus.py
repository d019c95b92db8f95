"""Corpora: the shipped policy with any number of articles, made of the shipped one on sleep."""

import random
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import track
from sqlalchemy.orm import Session

from content import canonical, changes, documents, heads, imports, search, signing
from content.articles import new_id
from content.changes import Entry
from content.db import Database
from content.documents import Document
from content.editorial import policy_changes, publishing
from content.models.log import Article, Body, Publication, Revision
from content.signing import Keyring

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SAMPLE = "sleep-habits-and-insomnia"
PUBLIC_URL = "http://127.0.0.1:8000"
BATCH = 500  # articles of a transaction
WORD = re.compile(r"[A-Za-z]{3,}")
PROSE = ("title", "summary", "text", "statement", "short")  # names of what has words to replace


def fill(
    database: Database,
    keyring: Keyring,
    articles: Sequence[tuple[Document, list[str]]],
    public_url: str = PUBLIC_URL,
    now: datetime = NOW,
) -> None:
    """Put the shipped policy and articles with their topics into an empty database.

    The articles are not gated: what is measured comes later.
    """
    database.migrate()
    items = imports.read_policy(imports.LIBRARY)
    items.append(policy_changes.site_item("public_url", public_url))
    with database.write() as session:
        key = signing.begin(keyring, keyring.add_new())
        changes.append(session, [key], by="bench", now=now)
        publishing.publish(session, items=items, by="bench", now=now)
        session.commit()
    add(database, articles)


def add(database: Database, articles: Sequence[tuple[Document, list[str]]]) -> None:
    """Put articles with their topics into a database that has a policy."""
    for start in shown(range(0, len(articles), BATCH), f"Publishing {len(articles):,} articles"):
        with database.write() as session:
            for number, article in enumerate(articles[start : start + BATCH], start):
                _publish(session, number, *article)
            session.commit()


def alike(count: int) -> list[Document]:
    """Return texts that differ in their titles only, so that all owe the same for their words."""
    text = _sample()
    titles = (f"{text.title}, number {number}" for number in range(count))
    return [msgspec.structs.replace(text, title=title) for title in titles]


def different(count: int) -> list[Document]:
    """Return texts that have no sentence in common, each as long and as rich as the shipped one.

    Every word stands for another one, out of all shipped articles, in each text another one. So the
    texts are as hard to compress as prose.
    """
    known = imports.read_articles(imports.LIBRARY / "articles")
    english = [one.document for one in known if one.document.locale == "en"]
    words = sorted({word for one in english for word in WORD.findall(documents.reading_text(one))})
    data, dice = documents.dump(_sample()), random.Random(count)  # noqa: S311 - the same every time
    ciphers = (dict(zip(words, dice.sample(words, len(words)), strict=True)) for _ in range(count))
    return [documents.load(_reworded(data, cipher), Document) for cipher in ciphers]


def _sample() -> Document:
    known = imports.read_articles(imports.LIBRARY / "articles")
    return next(one.document for one in known if one.slug == SAMPLE)


def _reworded(value: Any, other: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            name: WORD.sub(lambda found: other.get(found[0], found[0]), item)
            if name in PROSE and isinstance(item, str)
            else _reworded(item, other)
            for name, item in value.items()
        }
    return [_reworded(item, other) for item in value] if isinstance(value, list) else value


def _publish(session: Session, number: int, document: Document, topics: list[str]) -> None:
    octets = documents.encode(document)
    article = Article(id=new_id(NOW + timedelta(minutes=number)))
    digest = canonical.digest(octets)
    made = {"created_at": NOW, "created_by": "bench", "change_note": "First publication."}
    session.add_all([article, Body(digest=digest, octets=octets)])
    session.flush()
    session.add(Revision(article=article.id, locale="en", number=1, digest=digest, **made))
    session.flush()
    fact = Publication(
        article=article.id,
        locale="en",
        status="live",
        revision=1,
        slug=f"{slug(document)}-{number}",
        topics=topics,
        conditions=["insomnia"],
    )
    changes.append(session, [Entry("article.published", fact)], by="bench", now=NOW)
    search.classify(session, fact)
    heads.follow(session, article.id)


def slug(document: Document) -> str:
    """Return a slug as editors write them: some words of the title."""
    return "-".join(WORD.findall(document.title.lower())[:4])


def shown(items: Any, what: str) -> Any:
    """Show how far a long loop is; a plain line elsewhere than on a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        console.print(what)
        return items
    return track(items, what, console=console, transient=True)
