"""Examining a text as if it were to be published now: every gate at once, nothing is written."""

from datetime import datetime

from sqlalchemy.orm import Session

from content import canonical, changes, documents, editions, policy, subjects
from content.bodies import CannotResolve
from content.documents import Manuscript
from content.editorial import findings, gate, groups, identity, sources
from content.errors import Finding, NotFound
from content.models.log import Publication, Revision
from content.subjects import Redacted, Subject

UNBORN = "00000000-0000-7000-8000-000000000000"  # the article of a text that has none yet
UNSHOWABLE = (CannotResolve, NotFound, Redacted)  # what is raised of a text that cannot be shown


def examine(
    session: Session, manuscript: Manuscript, *, article: str = UNBORN, now: datetime
) -> list[Finding]:
    """Return what every gate says about a text, errors first; it need not be complete."""
    at = changes.head(session)
    policy_now = policy.at(session, at)
    found = findings.of_text(manuscript)
    found += sources.Works(session, [manuscript]).conflicts(article, manuscript)
    try:
        subject = subject_of(session, manuscript, article=article, at=at, now=now)
        row = subject.publication
        found += identity.clashes(row, identity.known(session, [row], at))
        remarks = gate.read(manuscript, subject, gate.lint(session, at), policy_now)
        found += findings.of_lint(remarks)
        found += findings.of_notices(editions.check_subject(subject, policy_now))
    except UNSHOWABLE as error:
        found.append(unshowable(error))
    return sorted(found, key=lambda one: one.severity)


def unshowable(error: Exception) -> Finding:
    """Return why a text cannot be shown, as a finding."""
    message = f"cannot be shown: {error}"
    if isinstance(error, Redacted):
        message = "this text, or the one that it translates, was redacted by law"
    return Finding("/document", message, gate="notices")


def subject_of(
    session: Session,
    manuscript: Manuscript,
    *,
    article: str,
    at: int,
    now: datetime,
    number: int = 0,
) -> Subject:
    """Return what a text would show that is no revision yet; ``number`` is the one it would get.

    Raise one of :data:`UNSHOWABLE`.
    """
    document = manuscript.document
    revision = Revision(
        article=article,
        locale=document.locale,
        number=number,
        digest=canonical.digest(documents.encode(document)),
        change_note=manuscript.change_note,
        created_at=now,
        created_by="",
    )
    publication: Publication = groups.publication(manuscript, revision)
    return subjects.unsaved(session, publication, revision, document, at)
