"""Releases: what becomes true together, in one group of the log, at once or at a set time.

    open ──approve──► approved ──schedule──► scheduled ──(when due)──► published
      └──────────────(publish, where one person is enough)───────────────▲

What needs two people (see :mod:`content.editorial.second`) is approved by another person than those
who put the release together. A release that is due is published by the worker in one transaction:
it happens once, or not yet. One that the gates refuse when it is due has ``failed`` and says why.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from content.articles import new_id
from content.editorial import drafts, publishing, release_items, second, sources, workflow
from content.editorial.workflow import APPROVED, SCHEDULED
from content.errors import CaveatError, Finding, Forbidden, Illegal, Invalid, NotFound, Stale
from content.models.access import Editor
from content.models.editorial import Draft, Release
from content.models.log import SourceMark

OPEN, PUBLISHED, CANCELLED, FAILED = "open", "published", "cancelled", "failed"
STATES = (OPEN, APPROVED, SCHEDULED, PUBLISHED, CANCELLED, FAILED)
FURTHEST = timedelta(days=2 * 366)  # that a release may be scheduled ahead
ACTS = {
    "save": (OPEN, APPROVED, FAILED),
    "approve": (OPEN, APPROVED, FAILED),
    "schedule": (OPEN, APPROVED),
    "unschedule": (SCHEDULED,),
    "publish": (OPEN, APPROVED),
    "cancel": (OPEN, APPROVED, SCHEDULED, FAILED),
}


def create(
    session: Session, title: str, reason: str, items: list[Any], *, by: str, now: datetime
) -> Release:
    """Put a release together; raise ``Invalid`` for what cannot be in one."""
    release = Release(
        id=new_id(now),
        title=title,
        reason=reason,
        items=release_items.kept(session, items),
        version=1,
        state=OPEN,
        created_at=now,
        created_by=by,
        updated_at=now,
        updated_by=by,
    )
    release.impact = second.look(session, release)
    session.add(release)
    session.flush()
    return release


def find(session: Session, id: str) -> Release:
    """Return a release; raise ``NotFound``."""
    found = session.get(Release, id)
    if found is None:
        raise NotFound(f"There is no release {id!r}.")
    return found


def page(session: Session, before: str, limit: int, state: str | None) -> Sequence[Release]:
    """Return releases, newest first, those before an id."""
    query = select(Release).where(Release.id < before) if before else select(Release)
    query = query.where(Release.state == state) if state else query
    return session.scalars(query.order_by(Release.id.desc()).limit(limit)).all()


def legal(state: str) -> list[str]:
    """Return what can be done with a release in a state."""
    return [act for act, states in ACTS.items() if state in states]


def save(
    session: Session,
    release: Release,
    title: str,
    reason: str,
    items: list[Any],
    *,
    by: str,
    now: datetime,
) -> Release:
    """Put another content into a release; whoever had approved it has to look again."""
    _expect(release, "save")
    kept = release_items.kept(session, items)
    values = {"title": title, "reason": reason, "items": kept, "state": OPEN, "failure": None}
    found = _move(session, release, {**values, "approved_by": None}, by=by, now=now)
    found.impact = second.look(session, found)
    return found


def approve(
    session: Session, release: Release, count: int | None = None, *, by: Editor, now: datetime
) -> Release:
    """Say, as another person, that a release may be published.

    ``count`` is the number of editions that its policy changes, as its impact says it; raise
    ``Invalid`` where it is needed and is not that.
    """
    _expect(release, "approve")
    if by.id in (release.created_by, release.updated_by):
        raise Forbidden("You have put this together; somebody else has to approve it.")
    impact = second.look(session, release)
    second.check_count(impact, count)
    looked = {"approved_by": by.id, "impact": impact, "publish_at": None, "failure": None}
    return _move(session, release, {"state": APPROVED, **looked}, by=None, now=now)


def schedule(
    session: Session, release: Release, publish_at: datetime, *, by: str, now: datetime
) -> Release:
    """Have a release published at a time; its drafts cannot be changed meanwhile."""
    _expect(release, "schedule")
    if not now < publish_at <= now + FURTHEST:
        message = f"must lie in the future, at most {FURTHEST.days} days ahead"
        raise Invalid([Finding("/publish_at", message)])
    second.expect(session, release)
    for draft in release_items.drafts_in(session, release):
        workflow.expect(draft, "schedule")
        held = {"state": SCHEDULED, "release": release.id}
        drafts.move(session, draft, held, by=by, now=now)
    values = {"state": SCHEDULED, "publish_at": publish_at}
    return _move(session, release, values, by=None, now=now)


def schedule_draft(
    session: Session, draft: Draft, publish_at: datetime, *, by: str, now: datetime
) -> Release:
    """Have one approved draft published at a time: a release of its own."""
    workflow.expect(draft, "schedule")
    items = [{"type": "article", "article": draft.article, "locale": draft.locale}]
    made = create(session, draft.slug, "scheduled alone", items, by=by, now=now)
    return schedule(session, made, publish_at, by=by, now=now)


def unschedule(session: Session, release: Release, *, by: str, now: datetime) -> Release:
    """Take back that a release is published by itself; it can be changed again."""
    _expect(release, "unschedule")
    _let_go(session, release, by=by, now=now)
    state = APPROVED if release.approved_by else OPEN
    return _move(session, release, {"state": state, "publish_at": None}, by=None, now=now)


def unschedule_draft(session: Session, draft: Draft, *, by: str, now: datetime) -> None:
    """Take back the release that would publish a draft; one with nothing else is given up."""
    workflow.expect(draft, "unschedule")
    release = find(session, draft.release or "")
    act = cancel if len(release.items) == 1 else unschedule
    act(session, release, by=by, now=now)


def cancel(session: Session, release: Release, *, by: str, now: datetime) -> Release:
    """Give a release up; its drafts can be changed again."""
    _expect(release, "cancel")
    _let_go(session, release, by=by, now=now)
    return _move(session, release, {"state": CANCELLED, "publish_at": None}, by=None, now=now)


def publish(session: Session, release: Release, *, by: str, now: datetime) -> range | None:
    """Publish a release now; raise what its gates refuse."""
    _expect(release, "publish")
    second.expect(session, release)
    return _publish(session, release, by=by, now=now)


def publish_alone(session: Session, release: Release, *, by: str, now: datetime) -> range | None:
    """Publish a release now for one person, because it cannot wait; raise what gates refuse.

    The caller sees to it that somebody else looks at it soon.
    """
    _expect(release, "publish")
    return _publish(session, release, by=by, now=now)


def due(session: Session, now: datetime) -> list[str]:
    """Return the ids of what should be published by now, longest overdue first."""
    waiting = (Release.state == SCHEDULED, Release.publish_at <= now)
    return list(session.scalars(select(Release.id).where(*waiting).order_by(Release.publish_at)))


def scheduled(session: Session) -> int:
    """Return how many releases wait for their time."""
    return _count(session, SCHEDULED)


def failed(session: Session) -> int:
    """Return how many releases the gates refused when they were due, and nobody has seen to."""
    return _count(session, FAILED)


def publish_due(session: Session, id: str, *, by: str, now: datetime) -> bool:
    """Publish a scheduled release in this transaction; False when another worker has been faster.

    Raise what its gates refuse: the caller rolls back, and calls :func:`fail` in a new transaction.
    """
    waiting = (Release.id == id, Release.state == SCHEDULED, Release.publish_at <= now)
    query = select(Release).where(*waiting).with_for_update(skip_locked=True)
    release = session.scalar(query)
    if release is not None:
        second.expect(session, release)
        _publish(session, release, by=by, now=now)
    return release is not None


def fail(session: Session, id: str, error: CaveatError, *, by: str, now: datetime) -> bool:
    """Note why a scheduled release could not be published; its drafts can be changed again.

    Return False when it was not waiting any more.
    """
    release = find(session, id)
    if release.state != SCHEDULED:
        return False
    _let_go(session, release, by=by, now=now)
    _move(session, release, {"state": FAILED, "failure": str(error)}, by=None, now=now)
    return True


def _publish(session: Session, release: Release, *, by: str, now: datetime) -> range | None:
    ready = release_items.drafts_in(session, release)
    texts, items = release_items.texts(session, release), release_items.policy(session, release)
    numbers = publishing.publish(session, texts, items, by=by, now=now)
    for draft in ready:
        drafts.mark_published(session, draft, by=by, now=now)
    for item in items:
        if isinstance(item.fact, SourceMark) and item.fact.seq:  # what stood already has none
            sources.open_tasks(session, item.fact, by=by, now=now)
    values = {"state": PUBLISHED, "group_end": numbers[-1] if numbers else None}
    _move(session, release, values, by=None, now=now)
    return numbers


def _count(session: Session, state: str) -> int:
    query = select(func.count()).select_from(Release).where(Release.state == state)
    return session.scalar(query) or 0


def _let_go(session: Session, release: Release, *, by: str, now: datetime) -> None:
    """Give the drafts of a release back to their newsroom."""
    for draft in release_items.drafts_in(session, release):
        if draft.release == release.id:
            freed = {"state": APPROVED, "release": None}
            drafts.move(session, draft, freed, by=by, now=now)


def _expect(release: Release, act: str) -> None:
    if release.state not in ACTS[act]:
        can = legal(release.state)
        message = f"A release that is {release.state!r} cannot {act}."
        raise Illegal(message, can)


def _move(
    session: Session, release: Release, values: dict[str, Any], *, by: str | None, now: datetime
) -> Release:
    """Change a release and count its version up; raise ``Stale`` when it has changed meanwhile.

    ``by`` is who has changed what is in it; None when only its state changes.
    """
    stamped = {**values, "version": release.version + 1, "updated_at": now}
    stamped |= {"updated_by": by} if by else {}
    same = (Release.id == release.id, Release.version == release.version)
    moved = update(Release).where(*same).values(stamped).returning(Release.version)
    if session.scalar(moved, execution_options={"synchronize_session": False}) is None:
        there = session.scalar(select(Release.version).where(Release.id == release.id)) or 0
        raise Stale("The release has been changed meanwhile; read it again.", there)
    session.refresh(release)
    return release
