"""Search: what is live and has all words of a query, best first; and facets to filter lists by.

Both engines index the same terms, made here: words casefolded and with marks stripped, so that a
query finds the same texts on either; the same words again for the parts that they stand in, such as
``title:sleep``; and the facets, such as ``topic:kratom``. Nothing is told of a term but where it
is, so that all is answered from the index. SQLite keeps it in FTS5, PostgreSQL in a ``tsvector``.

A match in the title comes before one in title and summary, and that before one anywhere; then the
newest comes first. Only the newest :data:`MOST` matches are ranked, so that a common word costs
like a rare one.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    column,
    delete,
    exists,
    func,
    insert,
    select,
    table,
    text,
)
from sqlalchemy.orm import Session, aliased

from content import articles, documents, terms
from content.contexts import TEST
from content.documents import Document
from content.errors import Finding, Invalid
from content.models.log import Article, Body, Publication, Revision
from content.models.search import Facet

KINDS = ("topic", "condition", "evidence", "review")
MOST = 1000  # matches that are ranked
MAX_WORDS = 12  # of a query
BLOCKS = (12, 15, 18)  # numbers are looked through by so many bits at a time, the newest first
MOST_BLOCKS = 8  # that one query names; more are named by the next wider ones
FEW = 10_000  # publications of a facet; of more it does not matter how many more
INDEX = table("search", column("rowid"), column("words"))
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


def query(said: str) -> list[str]:
    """Return the words that a query asks for; raise ``Invalid`` for none or too many."""
    found = list(dict.fromkeys(terms.words(said)))
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
        for kind, tags in terms.facets(publication, document).items()
        for tag in sorted(tags)
    ]
    if rows:
        session.execute(insert(Facet), rows)


def add(session: Session, texts: Iterable[tuple[Publication, Document]]) -> None:
    """Index the terms of what is live now."""
    is_sqlite = _is_sqlite(session)
    found = ((publication.seq, terms.of(publication, document)) for publication, document in texts)
    if rows := [row(*one, is_sqlite=is_sqlite) for one in found]:
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
        set(_look(session, [part + word for word in asked], wanted, found[-1], found[0]))
        for part in (terms.TITLE, terms.LEAD)
    ]
    ranks = ((next((r for r, some in enumerate(better) if n in some), 2), n) for n in found)
    return sorted(ranks, key=lambda one: (one[0], -one[1]))


def walk(
    session: Session,
    wanted: Wanted,
    at: int,
    behind: int | None = None,
    *,
    oldest: bool = False,
    ended: bool = False,
) -> Select[Publication]:
    """Return the query for what is wanted of what was live at a number, the newest (oldest) first.

    ``behind`` continues a walk: only publications behind that number. With ``ended`` what was not
    live any more is there, too. Where there are facets the walk is over the rarest of them, so that
    it does not come by what has none.
    """
    facets = dict(wanted.facets)
    if len(wanted.topics or ()) == 1 and "topic" not in facets:
        facets["topic"] = next(iter(wanted.topics or ()))
    rarest = _rarest(session, facets)
    one = aliased(Facet)
    seq: Any = one.seq if rarest else Publication.seq
    query = articles.select_newest(at).where(*_between(seq, at, behind, oldest=oldest))
    if rarest:
        mine = (one.seq == Publication.seq, one.kind == rarest, one.tag == facets[rarest])
        # The bounds of the walk are said of both, because no engine concludes the one's.
        query = query.where(*_between(Publication.seq, at, behind, oldest=oldest))
        query = query.join(one, and_(*mine))
    if not ended:
        query = query.where(Publication.status == "live")
    others = {kind: tag for kind, tag in facets.items() if kind != rarest}
    query = narrow(query, replace(wanted, facets=others), seq)
    return query.order_by(seq if oldest else seq.desc())


def _between(
    seq: Any, at: int, behind: int | None, *, oldest: bool
) -> Iterator[ColumnElement[bool]]:
    """Yield the bounds of a walk, one for each side."""
    yield seq <= (at if oldest or behind is None else min(at, behind - 1))
    if oldest and behind:
        yield seq > behind


def ids(wanted: Wanted, at: int, after: str) -> Select[str]:
    """Return the query for the ids of what was live at a number in any language and is wanted.

    They come in their order; ``after`` continues a walk: only ids behind it.
    """
    status = Publication.status.concat("")  # no index: it would lead to all that is live
    mine = (Publication.article == Article.id, status == "live")
    then = articles.select_newest(at).where(Publication.seq <= at, *mine)
    live = narrow(then, wanted).offset(0).exists()  # else PostgreSQL may look at all before it cuts
    return select(Article.id).where(Article.id > after, live).order_by(Article.id)


def _rarest(session: Session, facets: Mapping[str, str]) -> str | None:
    """Return the kind of the facet that the fewest publications have."""
    if len(facets) < 2:
        return next(iter(facets), None)
    return min(facets, key=lambda kind: _count(session, kind, facets[kind]))


def _count(session: Session, kind: str, tag: str) -> int:
    some = select(Facet.seq).where(Facet.kind == kind, Facet.tag == tag).limit(FEW).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def narrow(query: Select[S], wanted: Wanted, seq: Any = Publication.seq) -> Select[S]:
    """Return a query for publications with what they are narrowed to."""
    conditions = [seq > wanted.after] if wanted.after else []
    conditions += [_has(kind, [tag], seq) for kind, tag in wanted.facets.items()]
    conditions += [] if wanted.topics is None else [_has("topic", wanted.topics, seq)]
    conditions += [] if wanted.test else [~_has("topic", [TEST], seq)]
    return query.where(*conditions)


def _has(kind: str, tags: Collection[str], seq: Any) -> ColumnElement[bool]:
    one = aliased(Facet)
    return exists().where(one.kind == kind, one.tag.in_(tags), one.seq == seq)


def _newest(session: Session, asked: list[str], wanted: Wanted, at: int) -> list[int]:
    """Return the numbers of the newest matches, newest first."""
    if wanted.topics is not None and not wanted.topics:
        return []
    found: list[int] = []
    for first, last in [(0, at)] if _is_sqlite(session) else _blocks(at):
        found += _look(session, asked, wanted, first, last, MOST - len(found))
        if len(found) == MOST:
            break
    return found


def _blocks(at: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of numbers from one down to the first, each further back than the one before.

    PostgreSQL finds all matches of a range before it knows which is the newest, so it is asked for
    few numbers first.
    """
    last = at
    for bits in BLOCKS:
        first = last >> bits << bits
        yield first, last
        last = first - 1
        if last < 1:
            return
    yield 0, last


def _look(
    session: Session, asked: list[str], wanted: Wanted, first: int, last: int, most: int = MOST
) -> Sequence[int]:
    """Return the newest numbers of a range whose texts have all terms and are wanted."""
    within = (INDEX.c.rowid >= max(first, wanted.after + 1), INDEX.c.rowid <= last)
    newest: Any = INDEX.c.rowid
    if _is_sqlite(session):
        match = column("search").op("MATCH")(_said_sqlite(asked, wanted))
    else:
        said = _said_postgresql(asked, wanted, _spanning(first, last))
        match = INDEX.c.words.op("@@")(text("CAST(:said AS tsquery)").bindparams(said=said))
        newest = INDEX.c.rowid + 0  # no order of an index: matches come from the terms'
    query = select(INDEX.c.rowid).where(match, *within).order_by(newest.desc()).limit(most)
    return session.scalars(query).all()


def _spanning(first: int, last: int) -> list[str]:
    """Return the terms of the blocks that a range of numbers lies in; none when it is all."""
    for bits in BLOCKS:
        numbers = range(first >> bits, (last >> bits) + 1)
        if len(numbers) <= MOST_BLOCKS:
            return [f"{bits}:{number}" for number in numbers]
    return []


def _said_sqlite(asked: list[str], wanted: Wanted) -> str:
    """Return the query as FTS5 reads it."""
    said = _joined(_every(asked, wanted), " AND ", '"')
    if wanted.topics is not None:
        said += f""" AND ({_joined(_topics(wanted), " OR ", '"')})"""
    return said if wanted.test else f'{said} NOT "{terms.tag("topic", TEST)}"'


def _said_postgresql(asked: list[str], wanted: Wanted, blocks: list[str]) -> str:
    """Return the query as PostgreSQL reads it."""
    said = _joined(_every(asked, wanted), " & ", "'")
    for some in filter(None, (_topics(wanted), blocks)):
        said += f""" & ({_joined(some, " | ", "'")})"""
    return said if wanted.test else f"{said} & !'{terms.tag('topic', TEST)}'"


def _every(asked: list[str], wanted: Wanted) -> list[str]:
    return [*asked, *(terms.tag(kind, tag) for kind, tag in wanted.facets.items())]


def _topics(wanted: Wanted) -> list[str]:
    return [terms.tag("topic", topic) for topic in sorted(wanted.topics or ())]


def _joined(said: Iterable[str], between: str, mark: str) -> str:
    return between.join(f"{mark}{term}{mark}" for term in said)


def row(seq: int, found: Iterable[str], *, is_sqlite: bool) -> dict[str, Any]:
    """Return what the index keeps of a text."""
    if is_sqlite:
        return {"rowid": seq, "words": " ".join(found)}
    blocks = (f"{bits}:{seq >> bits}" for bits in BLOCKS)
    return {"rowid": seq, "words": _joined([*found, *blocks], " ", "'")}


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
