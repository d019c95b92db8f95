"""Articles as the log tells them: identity by slug, what is live, what has been published."""

import os
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from content import contexts, documents, histories
from content.db import recall
from content.errors import NotFound
from content.models.log import Body, Change, Effect, Lapse, Publication, Revision

Text = tuple[str, str, int]  # article, locale, number of the revision


def new_id(now: datetime) -> str:
    """Return a UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then random bits."""
    octets = bytearray(int(now.timestamp() * 1000).to_bytes(6, "big") + os.urandom(10))
    octets[6] = octets[6] & 0x0F | 0x70
    octets[8] = octets[8] & 0x3F | 0x80
    return str(UUID(bytes=bytes(octets)))


def made_at(id: str) -> datetime:
    """Return when an id was made, to the millisecond."""
    return datetime.fromtimestamp((UUID(id).int >> 80) / 1000, UTC)


def identify(session: Session, slug: str) -> str:
    """Return the id of the article that has, or had, a slug; raise ``NotFound``."""
    article = recall(session, (histories.SLUG, slug), lambda: histories.of_slug(session, slug))
    if article is None:
        raise NotFound(f"There is no article {slug!r}.")
    return article


def publications(session: Session, article: str, at: int) -> dict[str, Publication]:
    """Return the newest publication of an article in each locale, as it stood at a number."""
    return histories.of(session, article).newest(at)


def newest(session: Session, ids: Collection[str], at: int) -> Sequence[Publication]:
    """Return the newest publications of some articles in each locale, as they stood at a number."""
    return session.scalars(_newest(ids, at).order_by(Publication.locale)).all()


def firsts(session: Session, ids: Sequence[str], at: int) -> dict[str, Publication]:
    """Return for each article its newest publication at a number, in the first of its locales."""
    rows = session.scalars(_newest(ids, at).order_by(Publication.locale.desc()))
    return {row.article: row for row in rows}


def choose_locale(choices: list[list[str]], wanted: list[str]) -> str:
    """Return the locale to serve: the first one wanted of what is shown, then of all; else any.

    So a reader of what has ended is told so, and not given another language instead.
    """
    for available in choices:
        for tag in wanted:
            if match := contexts.look_up(tag, sorted(available)):
                return match
    if not any(choices):
        raise NotFound("The article was not published yet at that number.")
    return min(next(available for available in choices if available))


def select_newest(at: int) -> Select[Publication]:
    """Return the query for what nothing up to a number replaced, live or ended.

    The caller says which publications: up to which number, in which order.
    """
    newer = aliased(Publication)
    replaced = (
        select(newer.seq)
        .where(
            newer.article == Publication.article,
            newer.locale == Publication.locale,
            newer.seq > Publication.seq,
            newer.seq <= at,
        )
        .exists()
    )
    return select(Publication).where(~replaced)


def before(session: Session, rows: Iterable[Publication]) -> dict[int, Publication]:
    """Return what each publication replaced, by the number of the newer one."""
    older, newer = aliased(Publication), aliased(Publication)
    same = (older.article == newer.article, older.locale == newer.locale, older.seq < newer.seq)
    last = select(func.max(older.seq)).where(*same).scalar_subquery()
    query = select(newer.seq, Publication).join(Publication, Publication.seq == last)
    replaced = query.where(newer.seq.in_({row.seq for row in rows}))
    return {found.seq: found.Publication for found in session.execute(replaced)}


def shown_by(session: Session, numbers: Sequence[int]) -> dict[int, Publication]:
    """Return what each change about an article showed: its own row, or the one that it touched.

    A date may be that of an earlier row, such as a correction's.
    """
    then, dated = aliased(Publication), aliased(Publication)
    own = select(Publication.seq, Publication).where(Publication.seq.in_(numbers))
    same = (then.article == dated.article, then.locale == dated.locale, then.seq < Lapse.seq)
    newest = select(func.max(then.seq)).where(*same).scalar_subquery()
    lapsed = select(Lapse.seq, Publication).join(dated, dated.seq == Lapse.row)
    lapsed = lapsed.join(Publication, Publication.seq == newest)
    lapsed = lapsed.where(Lapse.seq.in_(numbers), Lapse.table_name == Publication.__tablename__)
    same = (then.article == Effect.article, then.locale == Effect.locale, then.seq < Effect.seq)
    newest = select(func.max(then.seq)).where(*same).scalar_subquery()
    touched = select(Effect.seq, Publication).join(Publication, Publication.seq == newest)
    touched = touched.where(Effect.seq.in_(numbers))
    queries = (own, lapsed, touched)
    return {seq: row for query in queries for seq, row in session.execute(query).all()}


def redacted(session: Session, rows: Iterable[Publication]) -> dict[int, str | None]:
    """Return the numbers of those publications whose text was deleted by law, and what is told.

    A translation is not shown any more when the text that it translates was deleted.
    """
    known = list(rows)
    lost = _lost(session, {row.article for row in known})
    found = {}
    for row in (one for one in known if lost):
        text = (row.article, row.locale, row.revision)
        for gone in lost.keys() & {text, _source(session, text)}:
            found[row.seq] = lost[gone]
    return found


def revisions(
    session: Session, article: str, locale: str, at: int
) -> list[Row[Revision, datetime]]:
    """Return each revision that has been live, with the time when it first was, newest first."""
    first = (
        select(Publication.revision, func.min(Publication.seq).label("seq"))
        .where(
            Publication.article == article,
            Publication.locale == locale,
            Publication.status == "live",
            Publication.seq <= at,
        )
        .group_by(Publication.revision)
        .subquery()
    )
    query = (
        select(Revision, Change.at)
        .join(first, Revision.number == first.c.revision)
        .join(Change, Change.seq == first.c.seq)
        .where(Revision.article == article, Revision.locale == locale)
    )
    return list(session.execute(query.order_by(Revision.number.desc())))


def _newest(ids: Collection[str], at: int) -> Select[Publication]:
    mine = (Publication.article.in_(ids), Publication.seq <= at)
    each = (Publication.article, Publication.locale)
    newest = select(func.max(Publication.seq)).where(*mine).group_by(*each)
    return select(Publication).where(Publication.seq.in_(newest))


def _lost(session: Session, articles: set[str]) -> dict[Text, str | None]:
    """Return the texts of some articles that were deleted by law, each with the public notice."""
    said = (Change.subject_type == "body", Change.subject == Revision.digest)
    query = select(Revision, Change.notice).join(Change, and_(*said))
    query = query.where(Change.kind == "body.redacted", Revision.article.in_(articles))
    found = session.execute(query).all()
    return {(text.article, text.locale, text.number): notice for text, notice in found}


def _source(session: Session, text: Text) -> Text:
    """Return the text that another one translates; of an original, itself."""
    body = session.get(Body, session.get_one(Revision, text).digest)
    of = documents.decode(body.octets).translation if body else None
    return (text[0], of.locale, of.revision) if of else text
