"""Drafts: the one mutable working copy of an article in a locale, and the revisions made of it."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from content import articles, canonical, documents
from content.documents import Manuscript
from content.editorial import tasks
from content.errors import Conflict, Ended, NotFound, Stale
from content.models.editorial import Draft
from content.models.log import Article, Body, Change, Publication, Revision

REDACTED = "Exactly this text was redacted; it cannot be published again."
FREE: dict[str, Any] = {"revision": None, "release": None, "overrides": None, "approved_by": None}
PUBLISHED: dict[str, Any] = {"state": "published", "authors": [], **FREE}  # its text is live


def create(session: Session, manuscript: Manuscript, *, by: str, now: datetime) -> Draft:
    """Start a new article with its first draft, version 1."""
    article = Article(id=articles.new_id(now))
    session.add(article)
    session.flush()
    return _add(session, article.id, manuscript, by=by, now=now)


def open_draft(
    session: Session, article: str, manuscript: Manuscript, *, by: str, now: datetime
) -> Draft:
    """Start the draft of an existing article in the manuscript's locale, if there is none yet."""
    found = session.get(Draft, (article, manuscript.document.locale))
    return found or _add(session, article, manuscript, by=by, now=now)


def find(session: Session, article: str, locale: str) -> Draft:
    """Return the draft of an article in a locale; raise ``NotFound``."""
    found = session.get(Draft, (article, locale))
    if found is None:
        raise NotFound(f"The article {article!r} has no draft in {locale!r}.")
    return found


def find_seen(session: Session, article: str, locale: str, seen: int) -> Draft:
    """Return a draft of which somebody has seen a version; raise ``Stale`` for another one."""
    found = find(session, article, locale)
    expect(seen, found.version)
    return found


def expect(seen: int, version: int) -> None:
    """Raise ``Stale`` when somebody has seen another version than there is."""
    if seen != version:
        raise Stale(f"It is at version {version}; you have seen {seen}.", version)


def save(
    session: Session, draft: Draft, manuscript: Manuscript, *, by: str, now: datetime
) -> Draft:
    """Replace a draft's text; raise ``Stale`` when another save came between."""
    names = {"slug": manuscript.slug, "title": manuscript.document.title}
    texts = {"manuscript": documents.dump(manuscript), **names}
    fresh = {"state": "draft", "revision": None, "approved_by": None, "overrides": None}
    values = {**texts, **fresh, "authors": _with(draft, by)}
    return move(session, draft, values, by=by, now=now)


def move(
    session: Session, draft: Draft, values: dict[str, Any], *, by: str, now: datetime
) -> Draft:
    """Change a draft and count its version up; raise ``Stale`` when it has changed meanwhile.

    ``draft`` is as the writer read it: its ``version`` is compared in the same statement that
    writes, so no update is lost.
    """
    same = (
        Draft.article == draft.article,
        Draft.locale == draft.locale,
        Draft.version == draft.version,
    )
    stamped = {**values, "version": draft.version + 1, "updated_at": now, "updated_by": by}
    moved = update(Draft).where(*same).values(stamped).returning(Draft.version)
    # Only the database knows whether it was saved; the draft in memory stays as it was read.
    only_there = {"synchronize_session": False}
    if session.scalar(moved, execution_options=only_there) is None:
        there = select(Draft.version).where(*same[:2])
        message = "The draft has been changed meanwhile; read it again."
        raise Stale(message, session.scalar(there) or 0)
    session.refresh(draft)
    return draft


def read(draft: Draft, *, complete: bool = False) -> Manuscript:
    """Return the text of a draft; raise ``Invalid`` where it has to be ``complete`` and is not."""
    found: Manuscript = documents.load(draft.manuscript, complete=complete)
    return found


def freeze(session: Session, draft: Draft, *, by: str, now: datetime) -> Revision:
    """Make a draft's text the next revision; the same text again gives the same revision.

    Raise ``Invalid`` for a text that is not complete, and ``Ended`` for one that was redacted.
    """
    manuscript = read(draft, complete=True)
    octets = documents.encode(manuscript.document)
    digest = canonical.digest(octets)
    refuse_redacted(session, digest)
    last = last_revision(session, draft.article, draft.locale)
    if last and last.digest == digest:
        return last
    _keep(session, Body(digest=digest, octets=octets))
    revision = Revision(
        article=draft.article,
        locale=draft.locale,
        number=last.number + 1 if last else 1,
        digest=digest,
        change_note=manuscript.change_note,
        created_at=now,
        created_by=by,
    )
    session.add(revision)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict("Another revision was made meanwhile; read the draft again.") from None
    return revision


def mark_published(session: Session, draft: Draft, *, by: str, now: datetime) -> Draft:
    """Note that a draft's text is live; whoever writes at it next begins a new round."""
    tasks.open_outdated(session, draft, by=by, now=now)
    return move(session, draft, PUBLISHED, by=by, now=now)


def refuse_redacted(session: Session, digest: str) -> None:
    """A text that was redacted by law must not come back, not even with another article."""
    named = (Change.kind == "body.redacted", Change.subject == digest)
    if session.scalar(select(func.count()).select_from(Change).where(*named)):
        raise Ended(REDACTED)


def find_article(session: Session, slug: str) -> str | None:
    """Return the id of the article that has or had a slug, or is drafted with it; else None."""
    return find_articles(session, [slug]).get(slug)


def last_revision(session: Session, article: str, locale: str) -> Revision | None:
    """Return the newest revision of an article in a locale, published or not."""
    mine = (Revision.article == article, Revision.locale == locale)
    return session.scalar(select(Revision).where(*mine).order_by(Revision.number.desc()).limit(1))


def find_articles(session: Session, slugs: Collection[str]) -> dict[str, str]:
    """Return the ids of the articles that have or had some slugs, or are drafted with them."""
    newest = func.max(Publication.seq)
    live = select(Publication.slug, Publication.article).where(Publication.slug.in_(slugs))
    each = live.group_by(Publication.slug, Publication.article).order_by(newest)
    found = {row.slug: row.article for row in session.execute(each)}
    return _find_drafted(session, set(slugs).difference(found)) | found


def _find_drafted(session: Session, slugs: Collection[str]) -> dict[str, str]:
    """Return the id of the oldest article that was never published and is drafted with a slug."""
    if not slugs:
        return {}
    published = exists().where(Publication.article == Draft.article)
    drafted = select(Draft.slug, Draft.article).where(Draft.slug.in_(slugs), ~published)
    oldest_last = drafted.order_by(Draft.article.desc())
    return {row.slug: row.article for row in session.execute(oldest_last)}


def _add(
    session: Session, article: str, manuscript: Manuscript, *, by: str, now: datetime
) -> Draft:
    draft = Draft(
        article=article,
        locale=manuscript.document.locale,
        slug=manuscript.slug,
        title=manuscript.document.title,
        version=1,
        state="draft",
        manuscript=documents.dump(manuscript),
        authors=[by],
        updated_at=now,
        updated_by=by,
    )
    session.add(draft)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict("Another draft was started meanwhile; read it.") from None
    return draft


def _with(draft: Draft, by: str) -> list[str]:
    """Return who has written at a draft since it was last published."""
    return list(dict.fromkeys([*draft.authors, by]))


def _keep(session: Session, body: Body) -> None:
    """Store a text unless it is there; another article may get the same text at the same time."""
    if session.get(Body, body.digest):
        return
    with suppress(IntegrityError), session.begin_nested():
        session.add(body)
