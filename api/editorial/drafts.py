"""Drafts: read, save, and take them through review to publication.

Every change names the version that its writer has seen (``If-Match``), so no work is lost: 428
without it, 412 when somebody else was faster. An act that the state does not allow is a 409 with
those that it does.
"""

from collections.abc import Sequence
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api import responses
from api.db import now, session, writing
from api.editorial import Desk, acting, answer, manuscripts
from api.editorial import workflow as acts
from api.editorial.preconditions import commit, etag, match, once, versioned
from content import markdown
from content.documents import Manuscript
from content.editorial import articles, drafts, workflow
from content.editors import PUBLISH, READ, REVIEW, WRITE
from content.errors import Finding, Invalid
from content.models.editorial import Draft
from schemas.drafts import (
    ApproveIn,
    CorrectIn,
    DraftOut,
    PublishedOut,
    RequestChangesIn,
    TranslateIn,
)
from schemas.fields import Query
from schemas.releases import ScheduleIn

bp = Desk("Drafts", __name__, url_prefix="/v1/editorial", description="Texts on their way.")
DRAFT = "/articles/<slug:id>/drafts/<locale:locale>"


@bp.get(DRAFT)
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, DraftOut)
@bp.doc(operationId="getDraft", summary="Read a draft")
def show(query: dict[str, Any], id: str, locale: str) -> Response:
    """Its `ETag` is what a change has to send as `If-Match`."""
    return describe(session(), drafts.find(session(), id, locale))


@bp.get(f"{DRAFT}.md")
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, {"type": "string"}, content_type=manuscripts.MARKDOWN)
@bp.doc(operationId="getDraftMarkdown", summary="Read a draft in its authoring form")
def show_markdown(query: dict[str, Any], id: str, locale: str) -> Response:
    """Markdown with YAML front matter; the same text, and the same `ETag`."""
    draft = drafts.find(session(), id, locale)
    text = markdown.serialize(drafts.read(draft)).encode()
    return _tagged(responses.of_octets(text, manuscripts.MARKDOWN), draft)


@bp.put(DRAFT)
@bp.needs(WRITE)
@versioned
@bp.response(200, DraftOut)
@bp.doc(operationId="saveDraft", summary="Save a draft", **manuscripts.BODY)
def save(id: str, locale: str) -> Response:
    """The whole text, as JSON or Markdown. Whatever was in review or approved is a draft again."""
    text = manuscripts.read()
    with writing() as session:
        draft = saved(session, _find(session, id, locale), text)
        return commit(session, describe(session, draft))


@bp.post(f"{DRAFT}/submit")
@bp.needs(WRITE)
@versioned
@bp.response(200, DraftOut)
@bp.doc(operationId="submitDraft", summary="Hand a draft to reviewers")
def submit(id: str, locale: str) -> Response:
    """Its text becomes a revision, which does not change any more."""
    with writing() as session:
        draft = acts.submitted(session, _find(session, id, locale))
        return commit(session, describe(session, draft))


@bp.post(f"{DRAFT}/request-changes")
@bp.needs(REVIEW)
@versioned
@bp.body(RequestChangesIn)
@bp.response(200, DraftOut)
@bp.doc(operationId="requestChanges", summary="Give a draft back to its authors")
def request_changes(body: dict[str, Any], id: str, locale: str) -> Response:
    """The comment says what should change."""
    with writing() as session:
        draft = acts.given_back(session, _find(session, id, locale), **body)
        return commit(session, describe(session, draft))


@bp.post(f"{DRAFT}/approve")
@bp.needs(REVIEW)
@versioned
@bp.body(ApproveIn)
@bp.response(200, DraftOut)
@bp.doc(operationId="approveDraft", summary="Approve the revision of a draft")
def approve(body: dict[str, Any], id: str, locale: str) -> Response:
    """Never by somebody who has written at it, and only when every gate is met or let pass."""
    with writing() as session:
        draft = acts.approved(session, _find(session, id, locale), **body)
        return commit(session, describe(session, draft))


@bp.post(f"{DRAFT}/publish")
@bp.needs(PUBLISH)
@versioned
@bp.response(200, PublishedOut)
@bp.doc(operationId="publishDraft", summary="Publish an approved draft now")
def publish(id: str, locale: str) -> Response:
    """Every gate is asked once more: rules may have changed since it was approved."""
    with writing() as session:
        draft = _find(session, id, locale)
        numbers = acts.published(session, draft)
        return commit(session, _tagged(_published(numbers), draft))


@bp.post(f"{DRAFT}/correct")
@bp.needs(PUBLISH)
@versioned
@bp.body(CorrectIn)
@bp.response(200, PublishedOut)
@bp.doc(operationId="correctDraft", summary="Say what was wrong in what is live")
def correct(body: dict[str, Any], id: str, locale: str) -> Response:
    """With an approved text that mends it, or with the words that are live. Readers are told."""
    with writing() as session:
        draft = _find(session, id, locale)
        numbers = acts.corrected(session, draft, **body)
        return commit(session, _tagged(_published(numbers), draft))


@bp.post(f"{DRAFT}/schedule")
@bp.needs(PUBLISH)
@versioned
@bp.body(ScheduleIn)
@bp.response(200, DraftOut)
@bp.doc(operationId="scheduleDraft", summary="Have an approved draft published at a time")
def schedule(body: dict[str, Any], id: str, locale: str) -> Response:
    """It becomes a release of its own, which the worker publishes."""
    with writing() as session:
        draft = acts.scheduled(session, _find(session, id, locale), **body)
        return commit(session, describe(session, draft))


@bp.post(f"{DRAFT}/unschedule")
@bp.needs(PUBLISH)
@versioned
@bp.response(200, DraftOut)
@bp.doc(operationId="unscheduleDraft", summary="Take the time of a draft back")
def unschedule(id: str, locale: str) -> Response:
    """Where it is scheduled together with others, the whole release is taken back."""
    with writing() as session:
        draft = acts.unscheduled(session, _find(session, id, locale))
        return commit(session, describe(session, draft))


@bp.post(f"{DRAFT}/translate")
@bp.needs(WRITE)
@once
@bp.body(TranslateIn)
@bp.response(201, DraftOut)
@bp.doc(operationId="translateDraft", summary="Start a translation of what is live")
def translate(body: dict[str, Any], id: str, locale: str) -> Response:
    """A copy to be written over; it is flagged when its source moves on."""
    with writing() as session:
        draft = acts.translated(session, drafts.find(session, id, locale), **body)
        response = describe(session, draft, 201)
        response.headers["Location"] = f"/v1/editorial/articles/{id}/drafts/{draft.locale}"
        return commit(session, response)


def saved(session: Session, draft: Draft, text: Manuscript) -> Draft:
    """Write over the text of a draft that the caller has seen as it is, and note it."""
    check_locale(text, draft.locale)
    workflow.expect(draft, "save")
    draft = drafts.save(session, draft, text, by=acting().id, now=now())
    acts.note(session, "draft.save", draft)
    return draft


def heads(session: Session, found: Sequence[Draft]) -> list[dict[str, Any]]:
    """Return where some drafts stand; the log is asked once for all of them."""
    standings = articles.standings(session, {one.article for one in found})
    return [_head(one, standings) for one in found]


def _head(draft: Draft, standings: articles.Standings) -> dict[str, Any]:
    names = (
        *("article", "locale", "slug", "title", "version", "state", "revision", "authors"),
        *("approved_by", "release", "updated_by"),
    )
    row = standings.get((draft.article, draft.locale))
    return {
        **{name: getattr(draft, name) for name in names},
        "status": row.status if row else None,
        "acts": workflow.legal(draft.state),
        "outdated": articles.outdated(draft, standings),
        "updated_at": draft.updated_at.isoformat(),
    }


def describe(session: Session, draft: Draft, status: int = 200) -> Response:
    """Return a draft with its text and its entity tag."""
    [head] = heads(session, [draft])
    data = {**head, "manuscript": draft.manuscript}
    return _tagged(answer(data, status), draft)


def _find(session: Session, id: str, locale: str) -> Draft:
    """Return a draft that the caller has seen as it is."""
    draft = drafts.find(session, id, locale)
    match(draft.version)
    return draft


def _tagged(response: Response, draft: Draft) -> Response:
    response.headers["ETag"] = etag(draft.version)
    return response


def check_locale(text: Manuscript, locale: str) -> None:
    """Raise ``Invalid`` for a text in another language than its draft's."""
    if text.document.locale != locale:
        message = f"is {text.document.locale!r}, and this is the draft in {locale!r}"
        raise Invalid([Finding("/document/locale", message)])


def _published(numbers: range | None) -> Response:
    first, last = (numbers[0], numbers[-1]) if numbers else (None, None)
    return answer({"first": first, "last": last})
