"""Restoring: what was taken down comes back as it was, checked by all gates once more."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import documents
from content.documents import Manuscript
from content.editorial import articles, gate
from content.editorial.gate import Overrides
from content.editorial.publishing import Text
from content.errors import Ended
from content.models.access import Editor
from content.models.log import Body, Publication, Revision


def texts(session: Session, article: str, approver: Editor | None) -> list[Text]:
    """Return the texts of an article that are to be live again.

    ``approver`` answers for the findings that somebody had let pass when they were published.
    """
    rows = articles.expect(session, article, "restore").values()
    return [text(session, row, approver) for row in rows if row.status != "live"]


def text(session: Session, row: Publication, approver: Editor | None) -> Text:
    """Return what is, or was last, live where an article stands so now."""
    last = _last_live(session, row)
    revision = session.get_one(Revision, (last.article, last.locale, last.revision))
    reasons = {one["finding"]: one["reason"] for one in last.overrides or ()}
    overrides = Overrides(approver, reasons) if reasons else gate.NONE
    return Text(_manuscript(session, last, revision), revision, True, overrides)


def _last_live(session: Session, ended: Publication) -> Publication:
    mine = (
        Publication.article == ended.article,
        Publication.locale == ended.locale,
        Publication.status == "live",
    )
    query = select(Publication).where(*mine).order_by(Publication.seq.desc()).limit(1)
    return session.scalars(query).one()


def _manuscript(session: Session, row: Publication, revision: Revision) -> Manuscript:
    """Return what was published, as a manuscript; raise ``Ended`` for a redacted text."""
    body = session.get(Body, revision.digest)
    if body is None:
        raise Ended(f"The text of {row.slug} in {row.locale} was redacted; it cannot come back.")
    return Manuscript(
        slug=row.slug,
        topics=row.topics,
        conditions=row.conditions,
        change_note=revision.change_note,
        document=documents.decode(body.octets),
        display_until=row.display_until,
    )
