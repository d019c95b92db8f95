"""Heads: the projection of what is live, kept in step with the log in the same transaction.

Whoever publishes or ends an article, changes the words of a mention, or records that a date has
passed, calls :func:`follow` after the log has it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, select, true, tuple_
from sqlalchemy.orm import Session

from content import articles, canonical, cases, changes, documents, policy, search, subjects
from content.contexts import TEST
from content.models.heads import Citation, Head, Trait
from content.models.log import Article, Change, Publication
from content.policy import Policy
from content.subjects import DISPLAY_UNTIL, Redacted, Subject

Found = set[tuple[str, str]]  # (article, locale)
Views = dict[int, Subject]  # what is shown by the number of the revision, and what is LIVE
Kind = tuple[str, frozenset[tuple[str, str]]]  # a locale, and traits as (kind, tag)
CHUNK = 500  # heads whose traits are read by one query
NEVER = "9999-12-31"  # the date of what has none
LIVE = 0  # the "revision" of the traits of what is shown when no revision is asked for
CURRENT = and_(Trait.article == Head.article, Trait.locale == Head.locale, Trait.revision == LIVE)


def follow(session: Session, article: str) -> None:
    """Bring the heads of one article in line with the newest number of the log."""
    at = changes.head(session)
    search.remove(session, session.scalars(select(Head.seq).where(Head.article == article)))
    for table in (Trait, Citation):
        session.execute(delete(table).where(table.article == article))
    session.execute(delete(Head).where(Head.article == article))
    _add_shown(session, [article], at)


def begin(session: Session, found: Iterable[tuple[Publication, Subject]]) -> None:
    """Add the heads of texts that are live for the first time in their locale.

    What they show is known to who has published them, so nothing is read again.
    """
    views = [(row, {LIVE: subject, row.revision: subject}) for row, subject in found]
    _add(session, views, changes.head(session))


def rebuild(session: Session) -> int:
    """Make all heads anew from the log; return how many there are.

    Takes the counter's lock first, so that no publication comes between. Articles are read in their
    order, some at a time, so that the memory that it takes does not grow with them.
    """
    changes.lock(session)
    session.execute(delete(Citation))
    session.execute(delete(Trait))
    session.execute(delete(Head))
    search.clear(session)
    after, at = "", changes.head(session)
    known = select(Article.id).order_by(Article.id).limit(CHUNK)
    while ids := session.scalars(known.where(Article.id > after)).all():
        for row in session.scalars(select(Publication).where(Publication.article.in_(ids))):
            search.classify(session, row)
        _add_shown(session, ids, at)
        after = ids[-1]
    return session.scalar(select(func.count()).select_from(Head)) or 0


def count(session: Session) -> int:
    """Return how many texts are live; no test articles."""
    query = select(func.count()).select_from(Head).where(is_real())
    return session.scalars(query).one()


def everything(session: Session, since: int = 0) -> Found:
    """Return (article, locale) of all that is live, or of what has changed after a number."""
    rows = session.execute(select(Head.article, Head.locale).where(changed_since(since)))
    return {(row.article, row.locale) for row in rows}


def changed_since(number: int) -> ColumnElement[bool]:
    """Return the condition that a head's article has changed after a number; 0: any head."""
    recent = select(Change.subject).where(Change.subject_type == "article", Change.seq > number)
    return Head.article.in_(recent) if number else true()


def kinds(session: Session, found: Found) -> dict[Kind, tuple[tuple[str, str, int], int]]:
    """Return for each kind of document one (article, locale, revision), and how many there are.

    Of one kind are those in one locale that have the same traits and the same facts for slots:
    they owe the same, and it resolves alike.
    """
    known: dict[Kind, tuple[tuple[str, str, int], int]] = {}
    ordered = sorted(found)
    for start in range(0, len(ordered), CHUNK):
        for key, traits in _traits(session, ordered[start : start + CHUNK]).items():
            kind = (key[1], frozenset(traits))
            first, count = known.get(kind, (key, 0))
            known[kind] = (first, count + 1)
    return known


def count_tags(session: Session, kind: str, *, test: bool) -> list[Row[str, int]]:
    """Return each of the ``topics`` (or ``conditions``) with the number of live articles.

    With ``test`` the test articles are counted, too.
    """
    articles = func.count(func.distinct(Trait.article))
    query = select(Trait.tag, articles).join(Head, CURRENT).where(Trait.kind == kind)
    query = query.where(true() if test else is_real())
    return list(session.execute(query.group_by(Trait.tag).order_by(Trait.tag)))


def is_real() -> ColumnElement[bool]:
    """Return the condition that a head is no test article's."""
    return Head.article.not_in(
        select(Trait.article).where(Trait.kind == "topics", Trait.tag == TEST)
    )


def live_traits(session: Session, found: Found) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """Return what rules look at in live texts by article and locale; nothing for redacted ones."""
    known: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    columns = (Trait.article, Trait.locale, Trait.kind, Trait.tag)
    ordered = sorted(found)
    for start in range(0, len(ordered), CHUNK):
        wanted = _of(ordered[start : start + CHUNK])
        for article, locale, *trait in session.execute(
            select(*columns).where(*wanted, Trait.revision == LIVE)
        ):
            known[article, locale].add((trait[0], trait[1]))
    return known


def _traits(
    session: Session, heads: list[tuple[str, str]]
) -> dict[tuple[str, str, int], set[tuple[str, str]]]:
    found: dict[tuple[str, str, int], set[tuple[str, str]]] = defaultdict(set)
    for row in session.scalars(select(Trait).where(*_of(heads))):
        found[row.article, row.locale, row.revision].add((row.kind, row.tag))
    return found


def _of(heads: list[tuple[str, str]]) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a trait is of one of some heads.

    SQLite finds nothing by index for two columns at once; by the first of them it does.
    """
    mine = Trait.article.in_({article for article, _ in heads})
    return mine, tuple_(Trait.article, Trait.locale).in_(heads)


def translations(session: Session, article: str, locale: str) -> Found:
    """Return the live translations of an article's text in one locale, and theirs."""
    others = select(Head).where(Head.article == article, Head.locale != locale)
    sources = {head.locale: _sources(session, head) for head in session.scalars(others).all()}
    found, reached = set[str](), {locale}
    while reached:
        reached = {tag for tag, of in sources.items() if of & reached} - found
        found |= reached
    return {(article, tag) for tag in found}


def _sources(session: Session, head: Head) -> set[str]:
    """Return the locales of what any revision of a head translates."""
    translated = (subject.document.translation for subject in shown(session, head))
    return {of.locale for of in translated if of}


def shown(session: Session, head: Head) -> list[Subject]:
    """Return every revision of a head that may be asked for, those left out that were redacted."""
    row = session.get_one(Publication, head.seq)
    return [subject for _, subject in _views(session, row, changes.head(session))]


def _add_shown(session: Session, ids: Sequence[str], at: int) -> None:
    """Add the heads of all that some articles show."""
    rows = [
        row
        for row in articles.newest(session, ids, at)
        if row.status == "live" and not subjects.has_lapsed(session, row, DISPLAY_UNTIL, at)
    ]
    _add(session, [(row, dict(_views(session, row, at))) for row in rows], at)


def _add(session: Session, found: list[tuple[Publication, Views]], at: int) -> None:
    if not found:
        return
    session.execute(insert(Head), [_head(row, views.get(LIVE)) for row, views in found])
    live = ((row, views[LIVE].document) for row, views in found if LIVE in views)
    search.add(session, live)
    now = policy.at(session, at)
    if traits := [trait for row, views in found for trait in _tags(row, views, now)]:
        session.execute(insert(Trait), traits)
    if cited := [one for row, views in found for one in _citations(row, views)]:
        session.execute(insert(Citation), cited)


def _head(row: Publication, live: Subject | None) -> dict[str, Any]:
    """Return a head as a row; a redacted text shows nothing, and is never due."""
    return {
        "article": row.article,
        "locale": row.locale,
        "seq": row.seq,
        "revision": row.revision,
        "slug": row.slug,
        "review_due": (live and live.document.review.next_review_due) or NEVER,
        "display_until": row.display_until or NEVER,
    }


def _tags(row: Publication, views: Views, now: Policy) -> Iterator[dict[str, Any]]:
    for number, subject in views.items():
        found = {**cases.traits(subject, now), "slots": cases.slots(subject)}
        of = {"revision": number, "article": row.article, "locale": row.locale}
        for kind, tags in found.items():
            yield from ({**of, "kind": kind, "tag": tag} for tag in tags)


def _citations(row: Publication, views: Views) -> Iterator[dict[str, Any]]:
    for number, subject in views.items():
        of = {"revision": number, "article": row.article, "locale": row.locale}
        yield from ({**of, **source} for source in _cited(subject))


def _cited(subject: Subject) -> list[dict[str, Any]]:
    """Return what a text cites, and the one that it translates."""
    texts = [subject.document, *(text for _, text in subject.source)]
    cited = {source.id: source for text in reversed(texts) for source in text.sources}
    return [
        {
            "source": source.id,
            **{name: getattr(source, name) for name in ("title", "doi", "url")},
            "digest": canonical.digest(canonical.encode(documents.dump(source))),
        }
        for source in cited.values()
    ]


def _views(session: Session, row: Publication, at: int) -> Iterator[tuple[int, Subject]]:
    """Yield what is live, and every revision that has been, as it is shown when it is pinned."""
    lives = select(Publication.seq, Publication.revision).where(
        Publication.article == row.article,
        Publication.locale == row.locale,
        Publication.status == "live",
        Publication.seq <= at,
    )
    numbers = {live.seq: live.revision for live in session.execute(lives.order_by(Publication.seq))}
    if len(numbers) == 1:  # as of most: pinned it is the same, so it is read once
        with suppress(Redacted):
            subject = subjects.read(session, row, at, None)
            yield from ((LIVE, subject), (row.revision, subject))
        return
    for number in (LIVE, *dict.fromkeys(numbers.values())):
        with suppress(Redacted):
            yield number, subjects.read(session, row, at, number or None)
