"""The editor: a draft in its authoring form, beside it what its readers would see and the findings.

What is written is saved while it is written (:func:`keep`, which the page's script asks), and by a
form (:func:`save`). Nothing typed is lost: what cannot be saved comes back with what is wrong, and
where somebody else was faster both versions stand side by side.
"""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, flash
from sqlalchemy.orm import Session

from api import caching, jurisdictions, responses
from api.console import POLICY, Console, go, link, page
from api.db import session, writing
from api.editorial import answer, articles, drafts, findings, manuscripts, previews
from api.editorial.preconditions import match
from content import comparing, markdown
from content.contexts import AUDIENCES, CHANNELS
from content.editorial import articles as known
from content.editorial import drafts as texts
from content.editors import WRITE
from content.errors import Finding, Invalid, Refusal, Stale
from content.models.editorial import Draft
from schemas.editing import ShownIn, WrittenIn
from schemas.previews import ShownQuery
from schemas.renditions import html
from schemas.renditions.formats import HTML

bp = Console("console drafts", __name__, url_prefix="/console/drafts")
DRAFT = "/<slug:id>/<locale:locale>"
MOST = 400  # lines that are shown side by side
FRAMED = "frame-ancestors 'self'; sandbox allow-same-origin"  # no script runs in a preview
UNSHOWN = POLICY.replace("frame-ancestors 'none'", FRAMED)
Check = Callable[[int], None]


@bp.get("/new")
@bp.needs(WRITE)
def begin() -> Response:
    """A text to be written over, which becomes the first draft of a new article."""
    return page("draft_new.html", written=None, wrong=[])


@bp.post("/new")
@bp.needs(WRITE)
@bp.form(WrittenIn)
def start(form: dict[str, Any]) -> Response:
    """Start an article, as `POST /v1/editorial/articles` does."""
    try:
        text = markdown.parse(form["text"], manuscripts.NAME, complete=False)
    except Invalid as error:
        return page("draft_new.html", 422, written=form["text"], wrong=error.findings)
    with writing() as session:
        draft = articles.started(session, text)
        id, locale = draft.article, draft.locale
        session.commit()
    return go(link("console drafts.edit", id=id, locale=locale))


@bp.get(f"{DRAFT}/edit")
@bp.needs(WRITE)
@bp.query(ShownQuery)
def edit(query: dict[str, Any], id: str, locale: str) -> Response:
    """A draft in its authoring form, with what every gate says."""
    draft = texts.find(session(), id, locale)
    return _editor(draft, query, _written(draft))


@bp.post(f"{DRAFT}/edit")
@bp.needs(WRITE)
@bp.form(ShownIn)
def save(form: dict[str, Any], id: str, locale: str) -> Response:
    """Save what was written; where that cannot be, show it again with the reason."""
    written, version = form.pop("text"), form.pop("version")
    try:
        with writing() as session:
            _, is_new = _write(session, id, locale, written, lambda at: texts.expect(version, at))
            session.commit()
    except Stale:
        return _conflict(id, locale, written, version, form)
    except Invalid as error:
        return _again(id, locale, written, version, form, error.findings)
    flash("Saved.")
    return _said(go(link("console drafts.edit", id=id, locale=locale, **form)), is_new)


@bp.put(f"{DRAFT}/edit")
@bp.needs(WRITE)
@bp.form(WrittenIn)
def keep(form: dict[str, Any], id: str, locale: str) -> Response:
    """Save while somebody writes, as `PUT` of the draft does; say which version that is."""
    with writing() as session:
        draft, is_new = _write(session, id, locale, form["text"], match)
        said = {"version": draft.version, "saved_at": draft.updated_at.isoformat()}
        session.commit()
    return _said(answer(said), is_new)


@bp.post(f"{DRAFT}/findings")
@bp.needs(WRITE)
@bp.form(WrittenIn)
def check(form: dict[str, Any], id: str, locale: str) -> Response:
    """What every gate says about a text that is not saved, as `/v1/editorial/lint` answers."""
    return answer(findings.examined_text(form["text"], id))


@bp.get(f"{DRAFT}/preview")
@bp.needs(WRITE)
@bp.query(ShownQuery)
def preview(query: dict[str, Any], id: str, locale: str) -> Response:
    """What is saved, as its readers would see it: for a frame in the editor."""
    return _shown(id, locale, query)


@bp.post(f"{DRAFT}/preview")
@bp.needs(WRITE)
@bp.form(ShownIn)
def preview_text(form: dict[str, Any], id: str, locale: str) -> Response:
    """What was written, as its readers would see it; nothing is saved."""
    return _shown(id, locale, form, form["text"])


def _write(
    session: Session, id: str, locale: str, written: str, check: Check
) -> tuple[Draft, bool]:
    """Save a text over the version that ``check`` finds to be the one that was seen.

    What stands there already is not saved again, whatever was seen: somebody whose answer was lost
    sends it once more. Return the draft, and whether its text is new.
    """
    draft = texts.find(session, id, locale)
    text = markdown.parse(written, manuscripts.NAME, complete=False)
    if text == texts.read(draft):
        return draft, False
    check(draft.version)
    return drafts.saved(session, draft, text), True


def _said(response: Response, is_new: bool) -> Response:
    """Say of an answer that nothing was done, where it was done before."""
    if not is_new:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _editor(
    draft: Draft,
    asked: dict[str, Any],
    written: str,
    status: int = 200,
    *,
    version: int | None = None,
    wrong: Sequence[Finding] = (),
) -> Response:
    """Return the page on which a draft is written; ``wrong`` says why it could not be saved."""
    examined = None if wrong else findings.examined_text(written, draft.article)
    facts = {"written": written, "wrong": wrong, "examined": examined}
    return _page("draft_edit.html", status, draft, asked, version=version, **facts)


def _again(
    id: str,
    locale: str,
    written: str,
    version: int,
    asked: dict[str, Any],
    wrong: Sequence[Finding],
) -> Response:
    draft = texts.find(session(), id, locale)
    return _editor(draft, asked, written, 422, version=version, wrong=wrong)


def _conflict(id: str, locale: str, written: str, seen: int, asked: dict[str, Any]) -> Response:
    """Return what was written beside what somebody else has saved meanwhile."""
    draft = texts.find(session(), id, locale)
    theirs, mine = _written(draft), markdown.parse(written, manuscripts.NAME, complete=False)
    rows = list(comparing.sides(markdown.serialize(mine), theirs))
    facts = {"rows": rows[:MOST], "more": len(rows) > MOST, "seen": seen}
    both = {"written": written, "theirs": theirs}
    return _page("draft_conflict.html", 412, draft, asked, **both, **facts)


def _page(
    template: str, status: int, draft: Draft, asked: dict[str, Any], **facts: Any
) -> Response:
    [head] = drafts.heads(session(), [draft])
    return page(
        template,
        status,
        text={**head, "version": facts.pop("version", None) or draft.version},
        asked={name: value for name, value in asked.items() if value},
        languages=[one.locale for one in known.of(session(), draft.article)],
        places=jurisdictions.named(draft.locale),
        audiences=AUDIENCES,
        channels=CHANNELS,
        **facts,
    )


def _shown(id: str, locale: str, asked: dict[str, Any], written: str | None = None) -> Response:
    """Return a page for a frame: the text as its readers see it, or why it cannot be shown."""
    try:
        text = written and markdown.parse(written, manuscripts.NAME, complete=False)
        edition = previews.shown(id, locale, asked, text or None)
    except (Invalid, Refusal) as error:
        wrong = error.findings if isinstance(error, Invalid) else [Finding("", str(error))]
        return _framed(page("draft_unshown.html", wrong=wrong), UNSHOWN)
    octets = caching.RENDERERS[HTML.name](edition)
    policy = f"{responses.page_policy(html.STYLE)}; {FRAMED}"
    return _framed(Response(octets, mimetype=HTML.mimetype), policy)


def _framed(response: Response, policy: str) -> Response:
    """Let a page of the console, and no other one, show this one in a frame."""
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _written(draft: Draft) -> str:
    return markdown.serialize(texts.read(draft))
