"""Restoring: what was live before comes back as it was, checked by all gates once more."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import documents
from content.documents import Manuscript
from content.editorial import articles, gate
from content.editorial.gate import Overrides
from content.editorial.groups import Text
from content.errors import Ended, Illegal, NotFound
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
    return replace(again(session, _last_live(session, row), approver), restore=True)


def earlier(session: Session, article: str, locale: str, sequence: int) -> Publication:
    """Return an earlier publication of what is live; raise ``NotFound``, or ``Illegal``."""
    row = session.get(Publication, sequence)
    if row is None or (row.article, row.locale, row.status) != (article, locale, "live"):
        raise NotFound(f"Change {sequence} did not publish {article!r} in {locale!r}.")
    now = articles.live(session, article)[locale]
    if now.status != "live":
        message = f"{now.slug} in {locale} is {now.status}; what was taken down is restored"
        raise Illegal(f"{message}, never replaced.", ["restore"])
    return row


def again(session: Session, row: Publication, approver: Editor | None) -> Text:
    """Return the text of an earlier publication, to be live as it was then."""
    revision = session.get_one(Revision, (row.article, row.locale, row.revision))
    reasons = {one["finding"]: one["reason"] for one in row.overrides or ()}
    overrides = Overrides(approver, reasons) if reasons else gate.NONE
    return Text(_manuscript(session, row, revision), revision, False, overrides)


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
