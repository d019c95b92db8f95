"""The projection of what is live now: kept by every publication, rebuilt from the log on demand."""

from sqlalchemy import Row, delete, func, select
from sqlalchemy.orm import Session, aliased

from content import documents
from content.models.heads import Head, HeadTag
from content.models.log import Body, Counter, Publication, Revision


def follow(session: Session, publication: Publication) -> None:
    """Bring the head of one article and locale in line with its newest publication."""
    at_key = (Head.article == publication.article, Head.locale == publication.locale)
    tags = (HeadTag.article == publication.article, HeadTag.locale == publication.locale)
    session.execute(delete(HeadTag).where(*tags))
    session.execute(delete(Head).where(*at_key))
    if publication.status == "live":
        _add(session, publication)
        session.flush()


def rebuild(session: Session) -> int:
    """Make all heads anew from the log; return how many there are.

    Takes the counter's lock first, so that no publication comes between.
    """
    session.execute(select(Counter.value).with_for_update())
    session.execute(delete(HeadTag))
    session.execute(delete(Head))
    newer = aliased(Publication)
    newest = (
        select(func.max(newer.seq))
        .where(newer.article == Publication.article, newer.locale == Publication.locale)
        .correlate(Publication)
        .scalar_subquery()
    )
    live = select(Publication).where(Publication.seq == newest, Publication.status == "live")
    count = 0
    for publication in session.scalars(live.execution_options(yield_per=500)):
        _add(session, publication)
        count += 1
    session.flush()
    return count


def count_tags(session: Session, kind: str) -> list[Row[str, int]]:
    """Return each topic (or condition) with the number of live articles that have it."""
    articles = func.count(func.distinct(HeadTag.article))
    query = select(HeadTag.tag, articles).where(HeadTag.kind == kind)
    return list(session.execute(query.group_by(HeadTag.tag).order_by(HeadTag.tag)))


def _add(session: Session, publication: Publication) -> None:
    key = {"article": publication.article, "locale": publication.locale, "seq": publication.seq}
    due = _review_due(session, publication)
    session.add(Head(**key, slug=publication.slug, review_due=due))
    session.flush()
    for kind, tags in (("topic", publication.topics), ("condition", publication.conditions)):
        session.add_all(
            HeadTag(**key, kind=kind, tag=tag) for tag in set(tags)
        )  # named twice is once


def _review_due(session: Session, publication: Publication) -> str:
    key = (publication.article, publication.locale, publication.revision)
    body = session.get(Body, session.get_one(Revision, key).digest)
    # A redacted text has no review date any more, and is never due.
    due = documents.decode(body.octets).review.next_review_due if body else None
    return due or "9999-12-31"
