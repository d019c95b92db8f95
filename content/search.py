"""Search: what is live and has all words of a query, best first; and facets to filter lists by.

Both engines index the same words, made here: casefolded, marks stripped, so that a query finds the
same texts on either. SQLite keeps them in FTS5, PostgreSQL in a ``tsvector``. A match in the title
comes before one in title and summary, and that before one anywhere; then the newest comes first.
Only the newest :data:`MOST` matches are ranked, so that a common word costs like a rare one.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    column,
    delete,
    exists,
    insert,
    select,
    table,
    text,
)
from sqlalchemy.orm import Session, aliased

from content import documents
from content.contexts import TEST
from content.documents import Document, reading_text
from content.errors import Finding, Invalid
from content.models.log import Body, Publication, Revision
from content.models.search import Facet

KINDS = ("topic", "condition", "evidence", "review")
MOST = 1000  # matches that are ranked
MAX_WORDS = 12  # of a query
WORD = re.compile(r"[^\W_]+")
LONGEST = 60  # characters of a word that count
PARTS = ("title", "lead", "body")  # the title, with the summary, and with all the rest
MARKS = {"title": "A", "lead": "AB", "body": "ABC"}  # PostgreSQL's weights; a word has the first
INDEX = table("search", column("rowid"), column("words"), *map(column, PARTS))
INSERTED = text("INSERT INTO search (rowid, words) VALUES (:rowid, CAST(:words AS tsvector))")


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to: facets by kind, and publications after a number.

    Of ``topics`` one has to be there, None: any. Test articles are among it only where they are
    asked for.
    """

    facets: Mapping[str, str] = field(default_factory=dict)
    after: int = 0
    test: bool = False
    topics: frozenset[str] | None = None


EVERYTHING = Wanted()
S = TypeVar("S")  # what a query selects


@lru_cache(maxsize=16_384)
def fold(word: str) -> str:
    """Return a word as it is compared: case and marks do not count, and ASCII is kept as it is.

    Other letters are spelt by their code points, so that no engine folds or divides them its own
    way.
    """
    plain = unicodedata.normalize("NFKD", word.casefold())
    kept = [sign for sign in plain if sign.isalnum()][:LONGEST]
    return "".join(sign if sign.isascii() else f"u{ord(sign):x}u" for sign in kept)


def words(said: str) -> list[str]:
    """Return the words of a text as they are compared, in their order."""
    found = (fold(word) for word in WORD.findall(unicodedata.normalize("NFC", said)))
    return [word for word in found if word]


def query(said: str) -> list[str]:
    """Return the words that a query asks for; raise ``Invalid`` for none or too many."""
    found = list(dict.fromkeys(words(said)))
    if not found:
        raise Invalid([Finding("q", "has no word in it; give at least one")])
    if len(found) > MAX_WORDS:
        raise Invalid([Finding("q", f"has {len(found)} words; give at most {MAX_WORDS}")])
    return found


def classify(session: Session, publication: Publication) -> None:
    """Write the facets of a publication; of a redacted text, what is still known."""
    revision = (publication.article, publication.locale, publication.revision)
    body = session.get(Body, session.get_one(Revision, revision).digest)
    document = documents.decode(body.octets) if body else None
    classify_all(session, [(publication, document)])


def classify_all(session: Session, found: Iterable[tuple[Publication, Document | None]]) -> None:
    """Write the facets of publications with their texts."""
    rows = [
        {"kind": kind, "tag": tag, "seq": publication.seq}
        for publication, document in found
        for kind, tags in _facets(publication, document).items()
        for tag in sorted(tags)
    ]
    if rows:
        session.execute(insert(Facet), rows)


def add(session: Session, texts: Iterable[tuple[int, Document]]) -> None:
    """Index the words of what is live now, by the numbers of the publications."""
    is_sqlite = _is_sqlite(session)
    make = _row_sqlite if is_sqlite else _row_postgresql
    rows = [{"rowid": seq, **make(_parts(document))} for seq, document in texts]
    if rows:
        session.execute(insert(INDEX) if is_sqlite else INSERTED, rows)


def remove(session: Session, numbers: Iterable[int]) -> None:
    """Take out the words of publications that are not live any more."""
    session.execute(delete(INDEX).where(INDEX.c.rowid.in_(list(numbers))))


def clear(session: Session) -> None:
    """Empty the index and the facets, to make both anew."""
    session.execute(delete(INDEX))
    session.execute(delete(Facet))


def ranked(session: Session, asked: list[str], wanted: Wanted, at: int) -> list[tuple[int, int]]:
    """Return (rank, number) of the newest matches up to a number, best first; rank 0 is best."""
    found = _newest(session, asked, wanted, at)
    if not found:
        return []
    better = [
        set(session.scalars(_matching(session, asked, part).where(INDEX.c.rowid >= found[-1])))
        for part in ("title", "lead")
    ]
    ranks = ((next((r for r, some in enumerate(better) if n in some), 2), n) for n in found)
    return sorted(ranks, key=lambda one: (one[0], -one[1]))


def narrow(query: Select[S], wanted: Wanted) -> Select[S]:
    """Return a query for publications with what they are narrowed to."""
    for condition in _conditions(wanted, Publication.seq):
        query = query.where(condition)
    return query


def _newest(session: Session, asked: list[str], wanted: Wanted, at: int) -> list[int]:
    found = _matching(session, asked, "body").where(INDEX.c.rowid <= at)
    for condition in _conditions(wanted, INDEX.c.rowid):
        found = found.where(condition)
    return list(session.scalars(found.order_by(INDEX.c.rowid.desc()).limit(MOST)))


def _conditions(wanted: Wanted, seq: Any) -> list[ColumnElement[bool]]:
    conditions = [seq > wanted.after] if wanted.after else []
    conditions += [_has(kind, [tag], seq) for kind, tag in wanted.facets.items()]
    conditions += [] if wanted.topics is None else [_has("topic", wanted.topics, seq)]
    return conditions if wanted.test else [*conditions, ~_has("topic", [TEST], seq)]


def _has(kind: str, tags: Collection[str], seq: Any) -> ColumnElement[bool]:
    one = aliased(Facet)
    return exists().where(one.kind == kind, one.tag.in_(tags), one.seq == seq)


def _matching(session: Session, asked: list[str], part: str) -> Select[int]:
    """Return the query for the numbers of what has all words in a part (body: anywhere)."""
    if _is_sqlite(session):
        said = " AND ".join(f'"{word}"' for word in asked)
        match = column("search").op("MATCH")(f"{{{part}}} : ({said})")
    else:
        said = " & ".join(f"'{word}':{MARKS[part]}" for word in asked)
        match = INDEX.c.words.op("@@")(text("CAST(:said AS tsquery)").bindparams(said=said))
    return select(INDEX.c.rowid).where(match)


def _facets(publication: Publication, document: Document | None) -> dict[str, set[str]]:
    tags = {"topic": set(publication.topics), "condition": set(publication.conditions)}
    if document is None:
        return tags
    levels: set[str] = {one.evidence_level for one in document.claims if one.evidence_level}
    return {**tags, "evidence": levels, "review": {document.review.status}}


def _parts(document: Document) -> dict[str, list[str]]:
    said = (document.title, f"{document.title} {document.summary}", reading_text(document))
    return dict(zip(PARTS, map(words, said), strict=True))


def _row_sqlite(parts: dict[str, list[str]]) -> dict[str, str]:
    return {part: " ".join(dict.fromkeys(found)) for part, found in parts.items()}


def _row_postgresql(parts: dict[str, list[str]]) -> dict[str, str]:
    """Return the words with the weight of the narrowest part that they stand in."""
    weights = {word: MARKS[part] for part in reversed(PARTS) for word in parts[part]}
    lexemes = " ".join(f"{word}:1{mark[-1]}" for word, mark in weights.items())
    return {"words": lexemes}


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
