"""Writing: drafts, revisions, and what becomes live.

Nothing here commits. Everything that a reader can see goes through :func:`content.changes.append`.
"""

from contextlib import suppress
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from content import articles, canonical, changes, documents, editions, gate, heads, policy, search
from content.changes import Entry
from content.contexts import TEST
from content.documents import Manuscript
from content.drafts import find_drafted
from content.errors import Conflict, Ended, Finding, Invalid, NotFound
from content.gate import Overrides
from content.models.drafts import Draft
from content.models.log import Article, Body, Change, Publication, Revision


def create(session: Session, manuscript: Manuscript, *, by: str, now: datetime) -> Draft:
    """Start a new article with its first draft, version 1."""
    article = Article(id=articles.new_id(now))
    session.add(article)
    session.flush()
    return _add_draft(session, article.id, manuscript, by=by, now=now)


def open_draft(
    session: Session, article: str, manuscript: Manuscript, *, by: str, now: datetime
) -> Draft:
    """Start the draft of an existing article in the manuscript's locale, if there is none yet."""
    found = session.get(Draft, (article, manuscript.document.locale))
    return found or _add_draft(session, article, manuscript, by=by, now=now)


def save(
    session: Session, draft: Draft, manuscript: Manuscript, *, by: str, now: datetime
) -> Draft:
    """Replace a draft's text; raise ``Conflict`` when another save came between.

    ``draft`` is as the writer read it: its ``version`` is compared in the same statement that
    writes, so no update is lost.
    """
    same = (
        Draft.article == draft.article,
        Draft.locale == draft.locale,
        Draft.version == draft.version,
    )
    values = {
        "version": draft.version + 1,
        "manuscript": documents.dump(manuscript),
        "updated_at": now,
        "updated_by": by,
    }
    saved = update(Draft).where(*same).values(values).returning(Draft.version)
    # Only the database knows whether it was saved; the draft in memory stays as it was read.
    only_there = {"synchronize_session": False}
    if session.scalar(saved, execution_options=only_there) is None:
        raise Conflict("The draft has been changed meanwhile; read it again.")
    session.refresh(draft)
    return draft


def submit(session: Session, draft: Draft, *, by: str, now: datetime) -> Revision:
    """Freeze a draft as the next revision; the same text again gives the same revision.

    Raise ``Ended`` for a text that was redacted.
    """
    manuscript: Manuscript = documents.load(draft.manuscript)
    octets = documents.encode(manuscript.document)
    digest = canonical.digest(octets)
    _refuse_redacted(session, digest)
    last = _last_revision(session, draft.article, draft.locale)
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


def publish(
    session: Session,
    manuscript: Manuscript,
    revision: Revision,
    *,
    by: str,
    now: datetime,
    restore: bool = False,
    overrides: Overrides = gate.NONE,
) -> int | None:
    """Make a revision live under the manuscript's slug, topics and conditions.

    Return its number, or None when exactly that is live already. Raise ``Ended`` for an article
    that was taken down, unless it is to be restored, and for a redacted text; ``Invalid`` for a
    slug that another article has or had, for a test article that was none or the other way round,
    and for what the claims lint refuses (see :mod:`content.gate`); ``Unresolvable`` when what it
    would owe has no words.
    """
    at = changes.head(session)
    live = articles.publications(session, revision.article, at).get(revision.locale)
    publication = _publication(manuscript, revision)
    if live and _same(live, publication):
        _refuse_overrides(overrides)
        return None
    if live and live.status != "live" and not restore:
        raise Ended(f"{live.slug} is {live.status} and stays so unless it is restored on purpose.")
    _check_identity(session, publication)
    subject = editions.check(session, publication, at)
    publication.overrides = gate.check(session, manuscript, subject, overrides, at) or None
    kind = "article.updated" if live and live.status == "live" else "article.published"
    entry = Entry(kind, publication, seen=live.seq if live else None, impact="text")
    checked = changes.gates_head(session, at)
    translations = heads.translations(session, revision.article, revision.locale)
    numbers = changes.append(
        session, [entry], by=by, now=now, checked=checked, affected=translations
    )
    _check_identity(session, publication)  # as it is now that nobody else can write
    _refuse_redacted(session, revision.digest)
    search.classify(session, publication)
    heads.follow(session, revision.article)
    if live and _has_new_tags(live, publication):  # what may be pinned, and translations, owe more
        mine = {*translations, (revision.article, revision.locale)}
        editions.check_live(session, mine, policy.at(session, at))
    return numbers[0]


def publish_manuscript(
    session: Session,
    manuscript: Manuscript,
    *,
    by: str,
    now: datetime,
    restore: bool = False,
    overrides: Overrides = gate.NONE,
) -> int | None:
    """Take a manuscript all the way: draft, revision, publication; None when it is live already."""
    article = find_article(session, manuscript.slug)
    if article is None:
        draft = create(session, manuscript, by=by, now=now)
    else:
        draft = open_draft(session, article, manuscript, by=by, now=now)
        if draft.manuscript != documents.dump(manuscript):
            draft = save(session, draft, manuscript, by=by, now=now)
    revision = submit(session, draft, by=by, now=now)
    return publish(
        session, manuscript, revision, by=by, now=now, restore=restore, overrides=overrides
    )


def find_article(session: Session, slug: str) -> str | None:
    """Return the id of the article that has or had a slug, or is drafted with it; else None."""
    try:
        return articles.identify(session, slug)
    except NotFound:
        return find_drafted(session, slug)


def _add_draft(
    session: Session, article: str, manuscript: Manuscript, *, by: str, now: datetime
) -> Draft:
    draft = Draft(
        article=article,
        locale=manuscript.document.locale,
        version=1,
        manuscript=documents.dump(manuscript),
        updated_at=now,
        updated_by=by,
    )
    session.add(draft)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict("Another draft was started meanwhile; read it.") from None
    return draft


def _keep(session: Session, body: Body) -> None:
    """Store a text unless it is there; another article may get the same text at the same time."""
    if session.get(Body, body.digest):
        return
    with suppress(IntegrityError), session.begin_nested():
        session.add(body)


def _refuse_redacted(session: Session, digest: str) -> None:
    """A text that was redacted by law must not come back, not even with another article."""
    named = (Change.kind == "body.redacted", Change.subject == digest)
    if session.scalar(select(func.count()).select_from(Change).where(*named)):
        raise Ended("Exactly this text was redacted; it cannot be published again.")


def _last_revision(session: Session, article: str, locale: str) -> Revision | None:
    mine = (Revision.article == article, Revision.locale == locale)
    return session.scalar(select(Revision).where(*mine).order_by(Revision.number.desc()).limit(1))


def _same(live: Publication, new: Publication) -> bool:
    names = ("status", "revision", "slug", "topics", "conditions", "display_until")
    return all(getattr(live, name) == getattr(new, name) for name in names)


def _publication(manuscript: Manuscript, revision: Revision) -> Publication:
    """Return the row by which a revision would be live, as the manuscript says."""
    return Publication(
        article=revision.article,
        locale=revision.locale,
        status="live",
        revision=revision.number,
        slug=manuscript.slug,
        topics=list(manuscript.topics),
        conditions=list(manuscript.conditions),
        display_until=manuscript.display_until,
    )


def _refuse_overrides(overrides: Overrides) -> None:
    """Refuse what would be dropped without a word."""
    if overrides.reasons:
        message = "exactly this is live already; an override goes with a publication"
        raise Invalid([Finding("override", message)])


def _has_new_tags(live: Publication, new: Publication) -> bool:
    return bool({*new.topics, *new.conditions}.difference(live.topics, live.conditions))


def _check_identity(session: Session, publication: Publication) -> None:
    """Refuse what an article cannot become: one with another's slug, a test, a real one."""
    taken = select(func.count()).select_from(Publication)
    others = (Publication.slug == publication.slug, Publication.article != publication.article)
    if session.scalar(taken.where(*others)):
        message = f"the slug {publication.slug!r} belongs to another article; choose a new one"
        raise Invalid([Finding("/slug", message)])
    mine = select(Publication).where(Publication.article == publication.article).limit(1)
    if any(known.is_test != publication.is_test for known in session.scalars(mine)):
        message = f"an article has the topic {TEST!r} from the first to the last, or never"
        raise Invalid([Finding("/topics", message)])
