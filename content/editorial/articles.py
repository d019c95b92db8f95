"""An article as the newsroom sees it: its drafts, what is live, and what can be done with it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from content import articles, changes, documents
from content.documents import Manuscript, Translation
from content.editorial import drafts, endings
from content.errors import Conflict, Illegal, NotFound
from content.models.editorial import Draft
from content.models.log import Article, Publication
from content.parts import changed

Standings = Mapping[tuple[str, str], Publication]  # by article and locale


def find(session: Session, id: str) -> Article:
    """Return an article; raise ``NotFound``."""
    found = session.get(Article, id)
    if found is None:
        raise NotFound(f"There is no article {id!r}.")
    return found


def live(session: Session, id: str) -> dict[str, Publication]:
    """Return how an article stands in the log, by locale; nothing for one never published."""
    return articles.publications(session, id, changes.head(session))


def of(session: Session, id: str) -> list[Draft]:
    """Return the drafts of an article, in the order of their locales."""
    mine = select(Draft).where(Draft.article == id).order_by(Draft.locale)
    return list(session.scalars(mine))


def page(
    session: Session,
    after: tuple[str, str],
    limit: int,
    *,
    state: str | None = None,
    locale: str | None = None,
    words: str | None = None,
) -> Sequence[Draft]:
    """Return the drafts after an article and locale, newest articles last.

    ``words`` are a part of the title or slug; case does not matter, in SQLite of ASCII letters.
    """
    query = select(Draft).where(tuple_(Draft.article, Draft.locale) > after)
    for column, wanted in ((Draft.state, state), (Draft.locale, locale)):
        query = query.where(column == wanted) if wanted else query
    if words:
        named = (one.icontains(words, autoescape=True) for one in (Draft.title, Draft.slug))
        query = query.where(or_(*named))
    return session.scalars(query.order_by(Draft.article, Draft.locale).limit(limit)).all()


def standings(session: Session, ids: Collection[str]) -> Standings:
    """Return how some articles stand in the log, by article and locale, in one query."""
    rows = articles.newest(session, ids, changes.head(session)) if ids else ()
    return {(row.article, row.locale): row for row in rows}


def legal(publications: dict[str, Publication]) -> list[str]:
    """Return what can be done with an article as a whole."""
    statuses = {row.status for row in publications.values()}
    acts = {
        "suspend": "live" in statuses,
        "withdraw": bool(statuses & {"live", "suspended"}),
        "restore": bool(statuses.difference(["live"])),
    }
    return [name for name, possible in acts.items() if possible]


def expect(session: Session, id: str, act: str) -> dict[str, Publication]:
    """Return how an article stands; raise ``Illegal`` unless an act is possible."""
    found = live(session, id)
    if act not in (can := legal(found)):
        stands = ", ".join(sorted({row.status for row in found.values()})) or "not published"
        raise Illegal(f"The article is {stands}; it cannot {act}.", can)
    return found


def end(  # noqa: PLR0913 - as :func:`content.editorial.endings.end`
    session: Session,
    id: str,
    status: str,
    *,
    notice: str,
    reason: str,
    by: str,
    now: datetime,
    replacement: str | None = None,
) -> range:
    """Take an article down: see :func:`content.editorial.endings.end`."""
    find(session, id)
    rows = expect(session, id, "suspend" if status == "suspended" else "withdraw")
    slug = next(iter(rows.values())).slug
    about = {"notice": notice, "reason": reason}
    return endings.end(session, slug, status, **about, replacement=replacement, by=by, now=now)


def translate(session: Session, draft: Draft, locale: str, *, by: str, now: datetime) -> Draft:
    """Start the draft of a translation of what is live; raise ``Conflict`` where there is one."""
    row = live(session, draft.article).get(draft.locale)
    if row is None or row.status != "live":
        message = f"Only what is live is translated; publish the text in {draft.locale!r} first."
        raise Illegal(message, [])
    if session.get(Draft, (draft.article, locale)) is not None:
        raise Conflict(f"There is a draft in {locale!r} already.")
    manuscript = _translation(drafts.read(draft), row, locale)
    return drafts.open_draft(session, draft.article, manuscript, by=by, now=now)


def outdated(draft: Draft, standings: Standings) -> bool:
    """Return whether what a draft translates has moved on since, as articles stand."""
    of = draft.manuscript["document"].get("translation")
    source = standings.get((draft.article, of["locale"])) if of else None
    return source is not None and bool(source.revision > of["revision"])


def _translation(manuscript: Manuscript, of: Publication, locale: str) -> Manuscript:
    """Return a copy of a text to be written over in another language."""
    marked = Translation(locale=of.locale, revision=of.revision, status="unreviewed")
    document = changed(manuscript.document, locale=locale, translation=marked)
    found: Manuscript = documents.load(
        documents.dump(changed(manuscript, document=document)), complete=False
    )
    return found
