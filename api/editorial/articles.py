"""Articles at the desk: start one, see its drafts and how it stands, take it down."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api import paging
from api.db import now, session, writing
from api.editorial import Desk, acting, answer, drafts, manuscripts, noted
from api.editorial import releases as desk_releases
from api.editorial.preconditions import commit, once
from content.documents import Manuscript
from content.editorial import articles, releases
from content.editorial import drafts as texts
from content.editors import PUBLISH, READ, WRITE
from content.errors import Conflict, Finding, Invalid
from content.models.editorial import Draft, Release
from content.models.log import Publication
from content.recalls import opening
from schemas.drafts import (
    DeskArticleOut,
    DraftListOut,
    DraftListQuery,
    DraftOut,
    PublishedOut,
    SuspendIn,
    WithdrawIn,
    WithdrawnOut,
)
from schemas.fields import Query
from schemas.releases import ReasonIn, ReleaseOut

bp = Desk("Desk", __name__, url_prefix="/v1/editorial", description="Articles, seen from inside.")


@bp.get("/drafts")
@bp.needs(READ)
@bp.query(DraftListQuery)
@bp.response(200, DraftListOut)
@bp.doc(operationId="listDrafts", summary="List drafts")
def index(query: dict[str, Any]) -> Response:
    """In the order in which their articles were started; `next` continues."""
    return answer(listed(query))


def listed(query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of drafts as data."""
    after, limit = paging.parse_name(query.pop("cursor", None)), query.pop("limit")
    found = articles.page(session(), after, limit + 1, **query)
    shown, last = found[:limit], found[limit - 1] if len(found) > limit else None
    following = paging.name_cursor(last.article, last.locale) if last else None
    return {"drafts": drafts.heads(session(), shown), "next": following}


@bp.post("/articles")
@bp.needs(WRITE)
@once
@bp.response(201, DraftOut)
@bp.doc(operationId="createArticle", summary="Start an article", **manuscripts.BODY)
def create() -> Response:
    """With its first draft. An `Idempotency-Key` lets it be sent again when no answer came."""
    text = manuscripts.read()
    with writing() as session:
        draft = started(session, text)
        response = drafts.describe(session, draft, 201)
        address = f"/v1/editorial/articles/{draft.article}/drafts/{draft.locale}"
        response.headers["Location"] = address
        return commit(session, response)


def started(session: Session, text: Manuscript) -> Draft:
    """Start an article with its first draft, and note it."""
    if texts.find_article(session, text.slug):
        message = f"The slug {text.slug!r} belongs to another article or draft."
        raise Conflict(f"{message} Choose a new one.")
    draft = texts.create(session, text, by=acting().id, now=now())
    facts = {"slug": draft.slug, "locale": draft.locale}
    noted(session, "article.create", "article", draft.article, **facts)
    return draft


@bp.get("/articles/<slug:id>")
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, DeskArticleOut)
@bp.doc(operationId="getDeskArticle", summary="See an article from inside")
def show(query: dict[str, Any], id: str) -> Response:
    """Its drafts, how it stands in each locale, and what can be done with it as a whole."""
    return answer(described(session(), id))


@bp.post("/articles/<slug:id>/suspend")
@bp.needs(PUBLISH)
@bp.body(SuspendIn)
@bp.response(200, PublishedOut)
@bp.doc(operationId="suspendArticle", summary="Take an article down until it has been looked at")
def suspend(body: dict[str, Any], id: str) -> Response:
    """One person is enough, at once. It ends by a correction, a restore or a withdrawal."""
    with writing() as session:
        return commit(session, answer(_became(suspended(session, id, **body))))


@bp.post("/articles/<slug:id>/withdraw")
@bp.needs(PUBLISH)
@bp.body(WithdrawIn)
@bp.response(200, WithdrawnOut)
@bp.doc(operationId="withdrawArticle", summary="Take an article down for good")
def withdraw(body: dict[str, Any], id: str) -> Response:
    """Readers get 410 with the notice and, where there is one, what takes its place.

    With `severity: recall` those who were given it confirm that their copies are gone.
    """
    with writing() as session:
        numbers, recall = withdrawn(session, id, **body)
        return commit(session, answer({**_became(numbers), "recall": recall}))


@bp.post("/articles/<slug:id>/restore")
@bp.needs(PUBLISH)
@once
@bp.body(ReasonIn)
@bp.response(201, ReleaseOut)
@bp.doc(operationId="restoreArticle", summary="Ask for an article to come back")
def restore(body: dict[str, Any], id: str) -> Response:
    """Always two people: this is a release, which somebody else approves and then publishes."""
    with writing() as session:
        return commit(session, desk_releases.described(restoring(session, id, **body), 201))


def suspended(session: Session, id: str, **about: str) -> range:
    """Take an article down as who calls until it was looked at, and note it; the caller commits."""
    said = {"status": "suspended", **about}
    numbers = articles.end(session, id, by=acting().id, now=now(), **said)
    noted(session, "article.suspend", "article", id, change=numbers[-1], **said)
    return numbers


def withdrawn(
    session: Session,
    id: str,
    *,
    severity: str | None,
    hours: int | None,
    everyone: bool,
    drill: bool,
    **about: Any,
) -> tuple[range, str | None]:
    """Take an article down as who calls for good, and note it; the caller commits.

    ``drill`` expects a test article. Return the numbers of the group, and the id of the recall that
    was opened, if one was.
    """
    if drill:
        opening.expect_test(session, id)
    numbers = articles.end(session, id, by=acting().id, now=now(), **about)
    made = _recall(session, numbers, severity=severity, hours=hours, everyone=everyone)
    noted(session, "article.withdraw", "article", id, change=numbers[-1], recall=made, **about)
    return numbers, made


def restoring(session: Session, id: str, reason: str) -> Release:
    """Ask as who calls for an article to come back, and note it; the caller commits."""
    rows, items = articles.expect(session, id, "restore"), [{"type": "restore", "article": id}]
    title = f"Restore {next(iter(rows.values())).slug}"
    made = releases.create(session, title, reason, items, by=acting().id, now=now())
    desk_releases.note(session, "release.create", made)
    return made


def _recall(
    session: Session, ended: range, *, severity: str | None, hours: int | None, everyone: bool
) -> str | None:
    """Open a recall where it is asked for; return its id."""
    if severity is None:
        if hours is not None or everyone:
            raise Invalid([Finding("/severity", "has to be 'recall' with hours or everyone")])
        return None
    asked = hours or opening.HOURS
    by: dict[str, Any] = {"by": acting().id, "now": now()}
    return opening.open_recall(session, ended, hours=asked, everyone=everyone, **by).id


def _became(numbers: range) -> dict[str, int]:
    return {"first": numbers[0], "last": numbers[-1]}


def described(session: Session, id: str) -> dict[str, Any]:
    """Return an article as it is seen from inside, as data."""
    articles.find(session, id)
    standing = articles.live(session, id)
    return {
        "id": id,
        "acts": articles.legal(standing),
        "drafts": drafts.heads(session, articles.of(session, id)),
        "published": [_standing(row) for _, row in sorted(standing.items())],
    }


def _standing(row: Publication) -> dict[str, Any]:
    names = ("locale", "status", "slug", "revision")
    return {**{name: getattr(row, name) for name in names}, "sequence": row.seq}
