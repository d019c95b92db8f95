"""Examining a text as if it were to be published now: every gate at once, nothing is written."""

from datetime import datetime

from sqlalchemy.orm import Session

from content import canonical, changes, documents, editions, policy, subjects
from content.bodies import CannotResolve
from content.documents import Manuscript
from content.editorial import findings, gate, publishing
from content.errors import Finding, NotFound
from content.models.log import Publication, Revision
from content.subjects import Redacted, Subject

UNBORN = "00000000-0000-7000-8000-000000000000"  # the article of a text that has none yet


def examine(
    session: Session, manuscript: Manuscript, *, article: str = UNBORN, now: datetime
) -> list[Finding]:
    """Return what every gate says about a text, errors first; it need not be complete."""
    at = changes.head(session)
    policy_now = policy.at(session, at)
    found = findings.of_text(manuscript)
    try:
        subject = subject_of(session, manuscript, article=article, at=at, now=now)
        found += publishing.identity(session, subject.publication)
        remarks = gate.read(manuscript, subject, gate.lint(session, at), policy_now)
        found += findings.of_lint(remarks)
        found += findings.of_notices(editions.check_subject(subject, policy_now))
    except (CannotResolve, NotFound) as error:
        found.append(Finding("/document", f"cannot be shown: {error}", gate="notices"))
    except Redacted:
        message = "this text, or the one that it translates, was redacted by law"
        found.append(Finding("/document", message, gate="notices"))
    return sorted(found, key=lambda one: one.severity)


def subject_of(
    session: Session, manuscript: Manuscript, *, article: str, at: int, now: datetime
) -> Subject:
    """Return what a text would show that is no revision yet."""
    document = manuscript.document
    revision = Revision(
        article=article,
        locale=document.locale,
        number=0,
        digest=canonical.digest(documents.encode(document)),
        change_note=manuscript.change_note,
        created_at=now,
        created_by="",
    )
    publication: Publication = publishing.publication(manuscript, revision)
    return subjects.unsaved(session, publication, revision, document, at)
