"""What is done with a text by forms: each step of the workflow, comments, and taking down.

Whoever sends a form about a draft has seen one version of it. When somebody else was faster, the
page that answers says what they did, and has the form again.
"""

from typing import Any

from flask import Response, flash, request
from sqlalchemy.orm import Session

from api.console import Console, go, here, kept, link, page, words
from api.console.articles import offered
from api.db import session, writing
from api.editorial import articles, comments, drafts, history, workflow
from content.editorial import drafts as texts
from content.editors import PUBLISH, REVIEW, WRITE
from content.errors import Stale
from content.models.editorial import Draft
from schemas.console import (
    ApproveForm,
    CommentForm,
    CorrectForm,
    RequestChangesForm,
    ScheduleForm,
    SeenForm,
    WithdrawForm,
)
from schemas.drafts import SuspendIn, TranslateIn
from schemas.releases import ReasonIn

bp = Console("console acts", __name__, url_prefix="/console/articles/<slug:id>")
TEXT = "/<locale:locale>"
MEANWHILE = 20  # acts that a conflict names


@bp.post(f"{TEXT}/submit")
@bp.needs(WRITE)
@bp.form(SeenForm)
def submit(form: dict[str, Any], id: str, locale: str) -> Response:
    """Hand it to reviewers."""
    with writing() as session:
        workflow.submitted(session, _find(session, id, locale, form))
        session.commit()
    return _back("It waits for a reviewer now.", id, locale)


@bp.post(f"{TEXT}/request-changes")
@bp.needs(REVIEW)
@bp.form(RequestChangesForm)
def request_changes(form: dict[str, Any], id: str, locale: str) -> Response:
    """Give it back, and say what should change."""
    with writing() as session:
        workflow.given_back(session, _find(session, id, locale, form), **form)
        session.commit()
    return _back("It is back with its authors.", id, locale)


@bp.post(f"{TEXT}/approve")
@bp.needs(REVIEW)
@bp.form(ApproveForm)
def approve(form: dict[str, Any], id: str, locale: str) -> Response:
    """Say that it may be published."""
    with writing() as session:
        workflow.approved(session, _find(session, id, locale, form), **form)
        session.commit()
    return _back("It is approved.", id, locale)


@bp.post(f"{TEXT}/publish")
@bp.needs(PUBLISH)
@bp.form(SeenForm)
def publish(form: dict[str, Any], id: str, locale: str) -> Response:
    """Make it live."""
    with writing() as session:
        numbers = workflow.published(session, _find(session, id, locale, form))
        session.commit()
    return _back(_became("It is live", numbers), id, locale)


@bp.post(f"{TEXT}/correct")
@bp.needs(PUBLISH)
@bp.form(CorrectForm)
def correct(form: dict[str, Any], id: str, locale: str) -> Response:
    """Tell readers what was wrong."""
    with writing() as session:
        numbers = workflow.corrected(session, _find(session, id, locale, form), **form)
        session.commit()
    return _back(_became("Readers are told", numbers), id, locale)


@bp.post(f"{TEXT}/schedule")
@bp.needs(PUBLISH)
@bp.form(ScheduleForm)
def schedule(form: dict[str, Any], id: str, locale: str) -> Response:
    """Have it published at a time."""
    with writing() as session:
        workflow.scheduled(session, _find(session, id, locale, form), **form)
        session.commit()
    return _back(f"It is published on {words.utc(form['publish_at'])}.", id, locale)


@bp.post(f"{TEXT}/unschedule")
@bp.needs(PUBLISH)
@bp.form(SeenForm)
def unschedule(form: dict[str, Any], id: str, locale: str) -> Response:
    """Take the time back."""
    with writing() as session:
        workflow.unscheduled(session, _find(session, id, locale, form))
        session.commit()
    return _back("It is not published by itself any more.", id, locale)


@bp.post(f"{TEXT}/translate")
@bp.needs(WRITE)
@bp.form(TranslateIn)
def translate(form: dict[str, Any], id: str, locale: str) -> Response:
    """Start a translation."""
    with writing() as session:
        draft = workflow.translated(session, texts.find(session, id, locale), **form)
        to = draft.locale
        session.commit()
    flash("This is a copy, to be written over in its language.")
    return go(link("console drafts.edit", id=id, locale=to))


@bp.post(f"{TEXT}/comments")
@bp.needs(WRITE)
@bp.form(CommentForm)
def comment(form: dict[str, Any], id: str, locale: str) -> Response:
    """Say something about it."""
    with writing() as session:
        comments.added(session, texts.find(session, id, locale), **form)
        session.commit()
    return _back("Your comment is with the text.", id, locale)


@bp.post(f"{TEXT}/comments/<slug:comment>/resolve")
@bp.needs(WRITE)
def resolve(id: str, locale: str, comment: str) -> Response:
    """Say that a comment is dealt with."""
    with writing() as session:
        comments.resolved(session, texts.find(session, id, locale), comment)
        session.commit()
    return _back("The comment is dealt with.", id, locale)


@bp.post("/suspend")
@bp.needs(PUBLISH)
@bp.form(SuspendIn)
def suspend(form: dict[str, Any], id: str) -> Response:
    """Take the article down until it has been looked at."""
    with writing() as session:
        numbers = articles.suspended(session, id, **form)
        session.commit()
    return _back(_became("It is taken down", numbers), id)


@bp.post("/withdraw")
@bp.needs(PUBLISH)
@bp.form(WithdrawForm)
def withdraw(form: dict[str, Any], id: str) -> Response:
    """Take the article down for good."""
    with writing() as session:
        numbers, recall = articles.withdrawn(session, id, **form)
        session.commit()
    told = " Partners are asked to confirm." if recall else ""
    return _back(_became("It is taken down", numbers) + told, id)


@bp.post("/restore")
@bp.needs(PUBLISH)
@bp.form(ReasonIn)
def restore(form: dict[str, Any], id: str) -> Response:
    """Ask for the article to come back."""
    with writing() as session:
        release = articles.restoring(session, id, **form).id
        session.commit()
    flash("It comes back once another publisher has approved this release.")
    return go(link("console releases.show", id=release))


@bp.errorhandler(Stale)
def show_conflict(error: Stale) -> Response:
    """Say what was done meanwhile; what was sent can be sent again by who has read that."""
    draft, fields = texts.find(session(), **_about()), dict(kept.sent())
    act, seen = request.path.rpartition("/")[2], int(fields.pop("seen"))
    done = history.acts(draft, {"limit": MEANWHILE, "saves": True})["acts"]
    [head] = drafts.heads(session(), [draft])
    return page(
        "conflict.html",
        412,
        text=head,
        act=act,
        action=here(),
        can=act in offered(draft, head),
        fields=list(fields.items()),
        meanwhile=[one for one in done if (one["version"] or 0) > seen],
        changed=_since_last_revision(draft),
    )


def _find(session: Session, id: str, locale: str, form: dict[str, Any]) -> Draft:
    """Return the draft that the form is about, as it was seen."""
    return texts.find_seen(session, id, locale, form.pop("seen"))


def _about() -> dict[str, str]:
    asked = request.view_args or {}
    return {"article": asked["id"], "locale": asked["locale"]}


def _since_last_revision(draft: Draft) -> dict[str, Any] | None:
    """Return what differs between the newest revision and the draft; None without one."""
    last = texts.last_revision(session(), draft.article, draft.locale)
    return history.compared(draft, {"from_": last.number}) if last else None


def _became(said: str, numbers: range | None) -> str:
    return f"{said}, as change {numbers[-1]}." if numbers else f"{said}; it was so already."


def _back(said: str, id: str, locale: str | None = None) -> Response:
    """Go back to the page of a text, or of the article."""
    flash(said)
    if locale is None:
        return go(link("console articles.show", id=id))
    return go(link("console articles.show_text", id=id, locale=locale))
