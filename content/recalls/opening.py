"""Opening a recall: who has copies is told at once, whatever its webhooks filter."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from content import articles, changes, exposures
from content.articles import new_id
from content.errors import Conflict, Finding, Invalid, NotFound
from content.models.access import Partner
from content.models.log import Publication
from content.models.recalls import Recall, RecallPartner
from content.recalls import TOLD, WORK
from content.webhooks import deliveries, events

IS_BACK = "the article is live again"
HOURS, LONGEST_HOURS = 24, 30 * 24  # that partners have to confirm


def open_recall(
    session: Session, ended: range, *, hours: int, everyone: bool, by: str, now: datetime
) -> Recall:
    """Open the recall of an article that was just taken down, by the numbers of that group.

    It asks those who were given any revision of it, or ``everyone`` who is active, in a drill only:
    of a test article. Raise ``Invalid`` for an hour that is no deadline, or too many asked.
    """
    row = session.scalars(select(Publication).where(Publication.seq == ended[-1])).one()
    if not 1 <= hours <= LONGEST_HOURS:
        raise Invalid([Finding("/hours", f"must be between 1 and {LONGEST_HOURS}")])
    if everyone and not row.is_test:
        raise Invalid([Finding("/everyone", "is for drills: of an article with the topic 'test'")])
    if known := find_open(session, row.article):
        if not is_back(session, known):
            raise Conflict(f"There is an open recall of {row.slug} already.")
        close(known, IS_BACK, by=WORK, now=now)
    made = Recall(
        id=new_id(now),
        article=row.article,
        slug=row.slug,
        sequence=ended[-1],
        is_drill=row.is_test,
        notice=row.notice or "",
        opened_at=now,
        opened_by=by,
        deadline=now + timedelta(hours=hours),
    )
    session.add(made)
    session.flush()
    tell(session, made, _active(session) if everyone else exposed(session, made), now=now)
    return made


def expect_test(session: Session, article: str) -> None:
    """Raise ``Invalid`` for a drill that would take down what readers see."""
    rows = articles.publications(session, article, changes.head(session)).values()
    if not all(row.is_test for row in rows):
        slug = next(iter(rows)).slug
        raise Invalid([Finding("", f"{slug} is no test article, and a drill takes one")])


def exposed(session: Session, recall: Recall) -> set[str]:
    """Return the partners that were given any revision of what is recalled."""
    return {row.partner for row in exposures.of_article(session, recall.article)}


def tell(session: Session, recall: Recall, partners: Iterable[str], *, now: datetime) -> None:
    """Ask partners to confirm; those who are asked already are not asked again."""
    new = sorted(set(partners) - {one.partner for one in asked(session, recall.id)})
    for partner in new:
        session.add(RecallPartner(recall=recall.id, partner=partner, state=TOLD, told_at=now))
    if new:
        deliveries.notify(session, new, events.RECALL_OPENED, about=recall.id, now=now)


def find(session: Session, id: str) -> Recall:
    """Return a recall; raise ``NotFound``."""
    found = session.get(Recall, id)
    if found is None:
        raise NotFound(f"There is no recall {id!r}.")
    return found


def find_open(session: Session, article: str) -> Recall | None:
    """Return the open recall of an article, if there is one."""
    mine = select(Recall).where(Recall.article == article, Recall.closed_at.is_(None))
    return session.scalar(mine)


def is_back(session: Session, recall: Recall) -> bool:
    """Return whether the article has been live again since."""
    newer = (Publication.article == recall.article, Publication.seq > recall.sequence)
    return session.scalar(select(exists().where(*newer, Publication.status == "live"))) or False


def page(session: Session, before: str | None, limit: int, *, drills: bool = True) -> list[Recall]:
    """Return recalls before an id, newest first."""
    query = select(Recall).order_by(Recall.id.desc()).limit(limit)
    query = query.where(Recall.id < before) if before else query
    return list(session.scalars(query if drills else query.where(Recall.is_drill.is_(False))))


def asked(session: Session, recall: str) -> list[RecallPartner]:
    """Return who is asked to confirm, by the partners' ids."""
    mine = select(RecallPartner).where(RecallPartner.recall == recall)
    return list(session.scalars(mine.order_by(RecallPartner.partner)))


def close(recall: Recall, because: str, *, by: str, now: datetime) -> None:
    """End a recall; raise ``Conflict`` where it has ended."""
    if recall.closed_at is not None:
        raise Conflict("The recall is closed already.")
    recall.closed_at, recall.closed_by, recall.closed_because = now, by, because


def _active(session: Session) -> list[str]:
    return list(session.scalars(select(Partner.id).where(Partner.suspended_at.is_(None))))
