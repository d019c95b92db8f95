"""Sources at the desk: one identity across articles, who cites them, and who has to hear of it.

A source is known by its id. What two articles say of one id has to be the same work: a mark that it
was retracted would else reach the wrong one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Select,
    String,
    Text,
    and_,
    column,
    func,
    or_,
    select,
    type_coerce,
    union,
    values,
)
from sqlalchemy.orm import Session

from content import canonical, documents
from content.documents import Document, Manuscript, Source
from content.editorial import drafts, tasks
from content.errors import Finding, Invalid, NotFound
from content.heads import LIVE
from content.models.editorial import Draft
from content.models.heads import Citation, Head
from content.models.log import Body, Revision, SourceMark

Key = tuple[str, str]  # an article and a locale
CITED = Citation.revision == LIVE
CHUNK = 1000  # sources that are asked for by one query
MOST_WORDINGS = 100  # of one source that are compared
OF_HEAD = and_(Citation.article == Head.article, Citation.locale == Head.locale, CITED)


@dataclass(frozen=True)
class Known:
    """A source as live articles cite it, and by how many."""

    id: str
    title: str
    doi: str | None
    url: str | None
    articles: int


@dataclass(frozen=True)
class Citing:
    """An article in one locale that cites a source: what is live of it, and its draft."""

    article: str
    locale: str
    slug: str
    live: tuple[int, Document] | None  # the revision, and its text
    draft: Draft | None


@dataclass(frozen=True)
class Other:
    """A source as an article has it."""

    id: str
    doi: str | None
    url: str | None
    digest: str
    article: str
    slug: str

    def is_work(self, source: Source) -> bool:
        """Return whether both are the same work, whatever its words."""
        same = ((self.doi, source.doi), (self.url, source.url))
        return any(one and one == other for one, other in same)


def page(session: Session, after: str, limit: int, wanted: str | None = None) -> list[Known]:
    """Return the sources that live articles cite, by id; ``wanted`` is a part of an id or a DOI."""
    query = _known().where(Citation.source > after)
    if wanted:
        named = (func.lower(column) for column in (Citation.source, Citation.doi))
        query = query.where(or_(*(one.contains(wanted.lower(), autoescape=True) for one in named)))
    return [Known(*row) for row in session.execute(query.order_by(Citation.source).limit(limit))]


def find(session: Session, id: str) -> Known:
    """Return a source that a live article or a draft cites; raise ``NotFound``."""
    row = session.execute(_known().where(Citation.source == id)).first()
    if row is not None:
        return Known(*row)
    for draft in session.scalars(select(Draft).where(_mentions(id))):
        for source in _cited(drafts.read(draft).document, id):
            return Known(id, source.title, source.doi, source.url, 0)
    raise NotFound(f"No live article and no draft cites the source {id!r}.")


def citing(session: Session, id: str, after: Key, limit: int) -> tuple[list[Citing], Key | None]:
    """Return who cites a source, by article and locale, and where to go on; None at the end."""
    live = select(Citation.article, Citation.locale).where(Citation.source == id, CITED)
    drafted = select(Draft.article, Draft.locale).where(_mentions(id))
    article, locale = union(live, drafted).subquery().c
    further = or_(article > after[0], and_(article == after[0], locale > after[1]))
    rows = session.execute(
        select(article, locale).where(further).order_by(article, locale).limit(limit)
    )
    keys = [(row[0], row[1]) for row in rows]
    found = [one for key in keys if (one := _citing(session, id, key))]
    return found, keys[-1] if len(keys) == limit else None


def open_tasks(session: Session, mark: SourceMark, *, by: str, now: datetime) -> None:
    """Open a task for each article that cites a source which was retracted."""
    if mark.data is None:
        return
    for one in _everybody(session, mark.id):
        text = f"{one.slug} cites {mark.id}, which was retracted: {mark.data['notice']}"
        about = ("article", one.article, text)
        tasks.add(session, tasks.RETRACTED, *about, by=by, now=now, locale=one.locale)


class Works:
    """What sources are, as live articles have them, and others that go out together with them.

    Of all who say the same of a source two are known: one of them may be who asks.
    """

    def __init__(
        self, session: Session, texts: Iterable[Manuscript], group: Collection[str] = ()
    ) -> None:
        """Read what articles have that cite the same sources; those of a group may be replaced."""
        self._known: dict[str, dict[str, list[Other]]] = defaultdict(lambda: defaultdict(list))
        self._group: dict[str, dict[Key, Other]] = defaultdict(dict)
        said: dict[str, set[str]] = defaultdict(set)
        for source in (source for text in texts for source in text.document.sources):
            said[source.id].add(_digest(source))
        for id, digest in _wordings(session, list(said)):
            if said[id] != {digest}:  # else all say the same
                self._known[id][digest] = _others(session, id, digest, group)
        for key, other in _live(session, group):
            self._group[other.id][key] = other

    def add(self, article: str, text: Manuscript) -> None:
        """Add what a text has that goes out, too, instead of what is live in its place."""
        key = (article, text.document.locale)
        for others in self._group.values():
            others.pop(key, None)
        for one in text.document.sources:
            other = Other(one.id, one.doi, one.url, _digest(one), article, text.slug)
            self._group[one.id][key] = other

    def conflicts(self, article: str, text: Manuscript) -> list[Finding]:
        """Return the sources that another article has as something else.

        Another work is an error; the same work in other words, a warning.
        """
        found = []
        for number, source in enumerate(text.document.sources):
            others = (one for one in self._unlike(source) if one.article != article)
            conflicts = [_conflict(number, source, other) for other in others]
            found += sorted(conflicts, key=_severity)[:1]  # the gravest
        return found

    def _unlike(self, source: Source) -> Iterator[Other]:
        """Yield who says something else of a source."""
        mine = _digest(source)
        for digest, others in self._known.get(source.id, {}).items():
            yield from others if digest != mine else ()
        beside = self._group.get(source.id, {}).values()
        yield from (other for other in beside if other.digest != mine)

    def refusals(self, article: str, text: Manuscript) -> list[Finding]:
        """Return those that keep a text from going out."""
        return [one for one in self.conflicts(article, text) if one.severity == "error"]


def refuse_other_works(session: Session, group: list[tuple[str, Manuscript]]) -> None:
    """Raise ``Invalid`` for sources that are another work in another article.

    Asked when texts go out, not when each is approved, so that a source is put right in all its
    articles in one release. Where there are several texts, a pointer begins with the number.
    """
    works = Works(session, [text for _, text in group], {article for article, _ in group})
    for article, text in group:
        works.add(article, text)
    refused = [
        replace(one, pointer=f"/articles/{number}{one.pointer}" if len(group) > 1 else one.pointer)
        for number, (article, text) in enumerate(group)
        for one in works.refusals(article, text)
    ]
    if refused:
        raise Invalid(refused)


def _known() -> Select[*tuple[Any, ...]]:
    title, doi, url = (func.min(name) for name in (Citation.title, Citation.doi, Citation.url))
    count = func.count(func.distinct(Citation.article))
    return select(Citation.source, title, doi, url, count).where(CITED).group_by(Citation.source)


def _mentions(id: str) -> Any:
    """Return the condition that a draft's text names an id; it may be that of something else."""
    return type_coerce(Draft.manuscript, Text).contains(f'"id":"{id}"')


def _cited(document: Document, id: str) -> list[Source]:
    return [source for source in document.sources if source.id == id]


def _citing(session: Session, id: str, key: Key) -> Citing | None:
    head, draft = session.get(Head, key), session.get(Draft, key)
    live = _text(session, head) if head else None
    if draft and not _cited(drafts.read(draft).document, id):
        draft = None
    if live and not session.get(Citation, (*key, LIVE, id)):
        live = None
    if not (live or draft):
        return None
    slug = head.slug if head else draft.slug if draft else ""
    return Citing(*key, slug, live, draft)


def _text(session: Session, head: Head) -> tuple[int, Document] | None:
    """Return what is live, unless it was redacted."""
    revision = session.get_one(Revision, (head.article, head.locale, head.revision))
    body = session.get(Body, revision.digest)
    return (head.revision, documents.decode(body.octets)) if body else None


def _everybody(session: Session, id: str) -> Iterator[Citing]:
    after: Key | None = ("", "")
    while after is not None:
        found, after = citing(session, id, after, 100)
        yield from found


def _wordings(session: Session, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each source with the digests of what live articles say of it, the first ones.

    Each digest is found by one look into an index, however many articles say the same.
    """
    for start in range(0, len(ids), CHUNK):
        yield from _wordings_of(session, ids[start : start + CHUNK])


def _wordings_of(session: Session, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    after = dict.fromkeys(ids, "")
    for _ in range(MOST_WORDINGS):
        if not after:
            break
        asked = values(column("id", String), column("after", String)).data([*after.items()])
        of = asked.cte("asked").c
        further = (Citation.source == of.id, CITED, Citation.digest > of.after)
        following = select(func.min(Citation.digest)).where(*further).scalar_subquery()
        after = {id: digest for id, digest in session.execute(select(of.id, following)) if digest}
        yield from after.items()


def _others(session: Session, id: str, digest: str, without: Collection[str]) -> list[Other]:
    columns = (func.min(Citation.doi), func.min(Citation.url), func.min(Head.slug))
    mine = (Citation.source == id, Citation.digest == digest, Citation.article.not_in(without))
    query = select(Citation.article, *columns).join(Head, OF_HEAD).where(*mine)
    rows = session.execute(query.group_by(Citation.article).order_by(Citation.article).limit(2))
    return [Other(id, doi, url, digest, article, slug) for article, doi, url, slug in rows]


def _live(session: Session, articles: Collection[str]) -> Iterator[tuple[Key, Other]]:
    """Yield what is live of some articles: what each text cites."""
    cited = (Citation.source, Citation.doi, Citation.url, Citation.digest)
    query = select(*cited, Citation.article, Head.slug, Citation.locale).join(Head, OF_HEAD)
    for row in session.execute(query.where(Citation.article.in_(articles))):
        yield (row.article, row.locale), Other(*row[:-1])


def _digest(source: Source) -> str:
    return canonical.digest(canonical.encode(documents.dump(source)))


def _conflict(number: int, source: Source, other: Other) -> Finding:
    pointer = f"/document/sources/{number}"
    if other.is_work(source):
        message = f"the source {source.id!r} has other words in {other.slug}"
        return Finding(pointer, message, gate="sources", severity="warning")
    message = f"the source {source.id!r} is another work in {other.slug}; give it another id"
    return Finding(pointer, message, gate="sources")


def _severity(one: Finding) -> str:
    return one.severity
