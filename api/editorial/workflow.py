"""What is done with drafts, each act and its row in the audit, for the API and the console alike.

All take a draft as its caller has seen it, in a write session; the caller commits.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.db import now
from api.editorial import acting, noted
from content import corrections
from content.editorial import articles, comments, releases, workflow
from content.models.editorial import Draft


def submitted(session: Session, draft: Draft) -> Draft:
    """Hand a draft to reviewers."""
    moved = workflow.submit(session, draft, by=acting().id, now=now())
    note(session, "draft.submit", moved)
    return moved


def given_back(session: Session, draft: Draft, comment: str) -> Draft:
    """Give a draft back to its authors, with a comment that says what should change."""
    by: dict[str, Any] = {"by": acting().id, "now": now()}
    moved = workflow.request_changes(session, draft, **by)
    made = comments.add(session, moved, comment, **by)
    note(session, "draft.request-changes", moved, comment=made.id)
    return moved


def approved(session: Session, draft: Draft, overrides: Mapping[str, str]) -> Draft:
    """Approve the revision of a draft; ``overrides`` are findings that may pass, with reasons."""
    moved = workflow.approve(session, draft, overrides, by=acting(), now=now())
    note(session, "draft.approve", moved, overrides=dict(overrides))
    return moved


def published(session: Session, draft: Draft) -> range | None:
    """Make an approved draft live; return the numbers of its group."""
    numbers = workflow.publish(session, draft, by=acting().id, now=now())
    note(session, "article.publish", draft, change=numbers[0] if numbers else None)
    return numbers


def corrected(session: Session, draft: Draft, type: str, text: str) -> range | None:
    """Say what was wrong in what is live; return the numbers of its group."""
    said = corrections.make(type=type, text=text, now=now())
    numbers = workflow.correct(session, draft, said, by=acting().id, now=now())
    facts = {"change": numbers[0] if numbers else None, "correction": said.type}
    note(session, "article.correct", draft, **facts)
    return numbers


def scheduled(session: Session, draft: Draft, publish_at: datetime) -> Draft:
    """Have an approved draft published at a time."""
    made = releases.schedule_draft(session, draft, publish_at, by=acting().id, now=now())
    at = publish_at.isoformat()
    note(session, "draft.schedule", draft, release=made.id, publish_at=at)
    return draft


def unscheduled(session: Session, draft: Draft) -> Draft:
    """Take the time of a draft back."""
    release = draft.release
    releases.unschedule_draft(session, draft, by=acting().id, now=now())
    note(session, "draft.unschedule", draft, release=release)
    return draft


def translated(session: Session, source: Draft, locale: str) -> Draft:
    """Start a translation of what is live."""
    draft = articles.translate(session, source, locale, by=acting().id, now=now())
    note(session, "draft.translate", draft, source=source.locale)
    return draft


def note(session: Session, act: str, draft: Draft, **detail: Any) -> None:
    """Note what was done to a draft, and which of its versions that has become."""
    facts = {"slug": draft.slug, "version": draft.version, **detail}
    noted(session, act, "article", draft.article, locale=draft.locale, **facts)
