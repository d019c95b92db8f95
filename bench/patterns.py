"""The pattern of a batch of articles: what the product writes for a thousand of them.

The texts have words of shipped articles in an order of their own, some words in all of them and
some in few. Names that begin with ``qq`` are replaced in each batch.
"""

import random
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench import corpus
from content import canonical, changes, documents, heads, imports, search
from content.articles import new_id
from content.changes import Entry
from content.db import Database
from content.documents import Document
from content.editorial import endings
from content.models.log import Article, Body, Publication, Revision
from content.signing import Keyring

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
NAME, TOPIC, WORD = "qqname", "qqtopic", "qqword"  # what each batch has its own of
TABLES = (  # in an order in which no row names one that is not there yet
    *("articles", "bodies", "revisions", "changes", "publications", "facets"),
    *("heads", "traits", "citations", "search"),
)
CLAIMED = {"first": "overview", "second": "conclusions"}  # claims by the section they stand in
LEVELS = {"first": "E4", "second": "E1"}
COMMON, USUAL, OTHERS = "sleep", "insomnia", ("stress", "exercise", "diet")
Row = dict[str, Any]


@dataclass(frozen=True)
class Pattern:
    """The rows of a batch by table, as SQLite has them; numbers from 1 on, ids in their order."""

    size: int  # articles
    policy: int  # how many numbers the policy before it has
    ids: list[str]
    numbers: int  # of the log
    rows: dict[str, list[Row]]


@cache
def make(size: int) -> Pattern:
    """Let the product write a batch into a small database, and return its rows."""
    with tempfile.TemporaryDirectory(prefix="caveat-pattern-") as folder:
        database = Database(f"sqlite:///{folder}/pattern.db")
        try:
            return _written(database, size)
        finally:
            database.close()


def _written(database: Database, size: int) -> Pattern:
    corpus.fill(database, Keyring([]), [], now=START)
    with database.write() as session:
        before = changes.head(session)
        ids = [new_id(START + timedelta(seconds=number)) for number in range(size)]
        for act in (_begin, _revise, _rename, _end):
            for number, id in enumerate(ids):
                act(session, number, id)
        numbers = changes.head(session) - before
        rows = {table: _read(session, table, before) for table in TABLES}
        session.commit()
    return Pattern(size, before, ids, numbers, rows)


def _begin(session: Session, number: int, id: str) -> None:
    """Publish an article; one in twenty with a translation in the same group."""
    session.add(Article(id=id))
    session.flush()
    found = [_publication(session, number, id, _text(number))]
    if number % 20 == 3:
        translation = documents.Translation(locale="en", revision=1, status="reviewed")
        spanish = _text(number, locale="es", translation=translation)
        found.append(_publication(session, number, id, spanish))
    _append(session, found)


def _revise(session: Session, number: int, id: str) -> None:
    """Change the text of one in ten."""
    if number % 10 == 1:
        revised = _publication(session, number, id, _text(number, seed=number + 0.5), revision=2)
        _append(session, [revised])


def _rename(session: Session, number: int, id: str) -> None:
    """Give one in fifty another address."""
    if number % 50 == 9:
        fact = _publication(session, number, id, _text(number), is_new=False)
        fact.slug += "-now"
        _append(session, [fact])


def _end(session: Session, number: int, id: str) -> None:
    """Withdraw one in forty."""
    if number % 40 == 5:
        facts = {"notice": "This text was withdrawn.", "reason": "It was outdated."}
        endings.end(session, _slug(number), "withdrawn", **facts, by="bench", now=START)


def _append(session: Session, found: list[Publication]) -> None:
    seen = {row.locale: changes.newest(session, row) for row in found}
    kinds = ("article.published", "article.updated")
    entries = [
        Entry(kinds[bool(seen[row.locale])], row, seen=seen[row.locale], impact="text")
        for row in found
    ]
    changes.append(session, entries, by="bench", now=START)
    for row in found:
        search.classify(session, row)
    heads.follow(session, found[0].article)


def _publication(
    session: Session,
    number: int,
    id: str,
    text: Document,
    revision: int = 1,
    *,
    is_new: bool = True,
) -> Publication:
    octets = documents.encode(text)
    digest = canonical.digest(octets)
    if is_new:
        made = {"created_at": START, "created_by": "bench", "change_note": "As the desk wrote it."}
        named = {"article": id, "locale": text.locale, "number": revision, "digest": digest}
        session.add_all([Body(digest=digest, octets=octets), Revision(**named, **made)])
        session.flush()
    rare = [TOPIC] if number % 50 == 0 else []
    topics = [COMMON] if number % 10 < 7 else [OTHERS[number % 3]]
    return Publication(
        article=id,
        locale=text.locale,
        status="live",
        revision=revision,
        slug=_slug(number),
        topics=[*topics, *rare],
        conditions=[USUAL] if number % 3 else [],
    )


def _slug(number: int) -> str:
    return f"{NAME}-{number}"


def _text(number: int, seed: float | None = None, **changed: Any) -> Document:
    """Return a text; the same number gives the same one."""
    dice = random.Random(number if seed is None else seed)  # noqa: S311 - the same every time
    words = _words()

    def say(count: int) -> str:
        # The square makes some words frequent and most of them rare, as in any language.
        return " ".join(words[int(len(words) * dice.random() ** 2)] for _ in range(count))

    return documents.load(_data(number, say, **changed), Document)


def _data(number: int, say: Callable[[int], str], **changed: Any) -> Row:
    rare = f" {WORD}" if number % 50 == 0 else ""
    source = f"source-{number % 97}"
    data = {
        "locale": "en",
        "title": f"Sleep {say(5)} {NAME}{rare}",
        "summary": f"{say(14).capitalize()}.",
        "sections": [_section(kind, say) for kind in documents.SECTION_KINDS],
        "claims": [
            {"id": id, "statement": f"{say(12).capitalize()}.", **_evidence(id, source)}
            for id in CLAIMED
        ],
        "sources": [_source(source)],
        "review": {
            "status": "reviewed" if number % 2 else "unreviewed",
            "searched_on": "2026-01-02",
            "next_review_due": "2036-01-02",
            "reviewed_on": "2026-01-03" if number % 2 else None,
            "provenance": {
                "author": "The desk of a bench",
                "ai_statement": "No AI tools were used.",
                "reviewer_name": "A. Reviewer" if number % 2 else None,
                "reviewer_credential": "MD" if number % 2 else None,
            },
        },
    }
    return data | {
        name: documents.dump(one) if name == "translation" else one for name, one in changed.items()
    }


def _section(kind: str, say: Callable[[int], str]) -> Row:
    said = f"{say(27).capitalize()}. {say(27).capitalize()}."
    claimed = [{"type": "claim", "id": id} for id, where in CLAIMED.items() if where == kind]
    block = {"type": "paragraph", "spans": [{"text": said, "marks": claimed}], "text": said}
    return {"kind": kind, "title": say(3).capitalize(), "standalone": False, "blocks": [block]}


def _evidence(claim: str, source: str) -> Row:
    return {"evidence_level": LEVELS[claim], "sources": [source]}


def _source(id: str) -> Row:
    said = {"title": f"A trial of {id}", "authors": "Doe J, et al.", "container": "A journal"}
    return {"id": id, **said, "year": 2020, "doi": f"10.1000/{id}", "url": None}


@cache
def _words() -> list[str]:
    """Return the words of a shipped article, the most frequent first."""
    texts = imports.read_articles(imports.LIBRARY / "articles")
    (sample,) = (one.document for one in texts if one.slug == corpus.SAMPLE)
    found = Counter(word.lower() for word in corpus.WORD.findall(documents.reading_text(sample)))
    return [word for word, _ in found.most_common()]


def _read(session: Session, table: str, before: int) -> list[Row]:
    """Return the rows of a table that are about the batch, numbered from 1 on."""
    numbered = {"changes", "publications", "facets"}
    where = f" WHERE seq > {before}" if table in numbered else ""
    columns = "rowid, words" if table == "search" else "*"
    found = session.execute(text(f"SELECT {columns} FROM {table}{where}")).mappings()  # noqa: S608
    return [_renumbered(dict(row), before) for row in found]


def _renumbered(row: Row, before: int) -> Row:
    shifted = {name: row[name] - before for name in ("seq", "group_end", "rowid") if name in row}
    return row | shifted
