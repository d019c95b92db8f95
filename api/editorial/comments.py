"""Comments on a draft: as a whole, at a place in it, or about a finding."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api.db import now, session, writing
from api.editorial import Desk, acting, answer, noted
from api.editorial.drafts import DRAFT
from api.editorial.preconditions import commit, once
from content.editorial import comments, drafts
from content.editors import READ, WRITE
from content.models.editorial import Comment, Draft
from schemas.drafts import CommentIn, CommentListOut, CommentOut
from schemas.fields import Query

bp = Desk("Comments", __name__, url_prefix="/v1/editorial", description="What is said of drafts.")


@bp.get(f"{DRAFT}/comments")
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, CommentListOut)
@bp.doc(operationId="listComments", summary="Read what was said about a draft")
def index(query: dict[str, Any], id: str, locale: str) -> Response:
    """Oldest first, those that are resolved too."""
    return answer(listed(drafts.find(session(), id, locale)))


def listed(draft: Draft) -> dict[str, Any]:
    """Return what was said about a draft, as data."""
    return {"comments": [_comment(one) for one in comments.of(session(), draft)]}


@bp.post(f"{DRAFT}/comments")
@bp.needs(WRITE)
@once
@bp.body(CommentIn)
@bp.response(201, CommentOut)
@bp.doc(operationId="addComment", summary="Say something about a draft")
def add(body: dict[str, Any], id: str, locale: str) -> Response:
    """Anybody who writes or reviews may; the draft's version stays as it is."""
    with writing() as session:
        made = added(session, drafts.find(session, id, locale), **body)
        return commit(session, answer(_comment(made), 201))


@bp.post(f"{DRAFT}/comments/<slug:comment>/resolve")
@bp.needs(WRITE)
@bp.response(200, CommentOut)
@bp.doc(operationId="resolveComment", summary="Mark a comment as dealt with")
def resolve(id: str, locale: str, comment: str) -> Response:
    """Again is no error."""
    with writing() as session:
        found = resolved(session, drafts.find(session, id, locale), comment)
        return commit(session, answer(_comment(found)))


def added(session: Session, draft: Draft, text: str, **about: Any) -> Comment:
    """Say something about a draft as who calls, and note it in the audit; the caller commits."""
    made = comments.add(session, draft, text, by=acting().id, now=now(), **about)
    _note(session, "comment.add", made)
    return made


def resolved(session: Session, draft: Draft, id: str) -> Comment:
    """Mark a comment as dealt with, and note it in the audit; the caller commits."""
    found = comments.resolve(session, draft, id, by=acting().id, now=now())
    _note(session, "comment.resolve", found)
    return found


def _note(session: Session, act: str, one: Comment) -> None:
    noted(session, act, "comment", one.id, locale=one.locale, article=one.article)


def _comment(one: Comment) -> dict[str, Any]:
    names = ("id", "text", "pointer", "finding", "version", "created_by", "resolved_by")
    resolved = one.resolved_at.isoformat() if one.resolved_at else None
    times = {"created_at": one.created_at.isoformat(), "resolved_at": resolved}
    return {**{name: getattr(one, name) for name in names}, **times}
