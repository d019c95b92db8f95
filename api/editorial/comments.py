"""Comments on a draft: as a whole, at a place in it, or about a finding."""

from typing import Any

from flask import Response

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
        draft = drafts.find(session, id, locale)
        made = comments.add(session, draft, by=acting().id, now=now(), **body)
        noted(session, "comment.add", "comment", made.id, locale=locale, article=id)
        return commit(session, answer(_comment(made), 201))


@bp.post(f"{DRAFT}/comments/<slug:comment>/resolve")
@bp.needs(WRITE)
@bp.response(200, CommentOut)
@bp.doc(operationId="resolveComment", summary="Mark a comment as dealt with")
def resolve(id: str, locale: str, comment: str) -> Response:
    """Again is no error."""
    with writing() as session:
        draft = drafts.find(session, id, locale)
        found = comments.resolve(session, draft, comment, by=acting().id, now=now())
        noted(session, "comment.resolve", "comment", comment, locale=locale, article=id)
        return commit(session, answer(_comment(found)))


def _comment(one: Comment) -> dict[str, Any]:
    names = ("id", "text", "pointer", "finding", "version", "created_by", "resolved_by")
    resolved = one.resolved_at.isoformat() if one.resolved_at else None
    times = {"created_at": one.created_at.isoformat(), "resolved_at": resolved}
    return {**{name: getattr(one, name) for name in names}, **times}
