"""Sources at the desk: what they are, who cites them, and that one was retracted."""

from typing import Any

from flask import Response

from api import paging
from api.db import now, session, writing
from api.editorial import Desk, acting, answer
from api.editorial.preconditions import commit, once
from api.editorial.releases import described, note
from content import changes, documents, policy
from content.documents import Document
from content.editorial import drafts, retracting, sources
from content.editorial.sources import Citing, Known
from content.editors import PUBLISH, READ
from content.policy import Policy
from schemas.releases import ReasonIn, ReleaseOut
from schemas.sources import (
    CitingListOut,
    CitingQuery,
    KnownSourceListOut,
    RetractIn,
    SourceListQuery,
)

bp = Desk(
    *("Sources", __name__),
    url_prefix="/v1/editorial/sources",
    description="What articles rest on.",
)


@bp.get("")
@bp.needs(READ)
@bp.query(SourceListQuery)
@bp.response(200, KnownSourceListOut)
@bp.doc(operationId="listSources", summary="List the sources that live articles cite")
def index(query: dict[str, Any]) -> Response:
    """By id; `next` continues."""
    limit = query["limit"]
    found = sources.page(session(), query["after"], limit, query.get("q"))
    following = found[-1].id if len(found) == limit else None
    known = policy.at(session(), changes.head(session()))
    return answer({"sources": [_source(one, known) for one in found], "next": following})


@bp.get("/<slug:id>/articles")
@bp.needs(READ)
@bp.query(CitingQuery)
@bp.response(200, CitingListOut)
@bp.doc(operationId="listCiting", summary="See who cites a source")
def show(query: dict[str, Any], id: str) -> Response:
    """Live texts and drafts, each with the claims that rest on it."""
    source = sources.find(session(), id)
    after = paging.parse_name(query.get("cursor"))
    found, following = sources.citing(session(), id, after, query["limit"])
    known = policy.at(session(), changes.head(session()))
    return answer(
        {
            "source": _source(source, known),
            "articles": [_citing(one, id) for one in found],
            "next": paging.name_cursor(*following) if following else None,
        }
    )


@bp.post("/<slug:id>/retract")
@bp.needs(PUBLISH)
@once
@bp.body(RetractIn)
@bp.response(201, ReleaseOut)
@bp.doc(operationId="retractSource", summary="Say that a source was retracted")
def retract(body: dict[str, Any], id: str) -> Response:
    """Each article that cites it gets a task; what else comes of it, the rules say."""
    with writing() as session:
        made = retracting.retract(session, id, **body, by=acting().id, now=now())
        note(session, "source.retract", made, source=id, change=made.group_end)
        return commit(session, described(made, 201))


@bp.post("/<slug:id>/unretract")
@bp.needs(PUBLISH)
@once
@bp.body(ReasonIn)
@bp.response(201, ReleaseOut)
@bp.doc(operationId="unretractSource", summary="Say that a source was not retracted after all")
def unretract(body: dict[str, Any], id: str) -> Response:
    """The mark is taken back; it stays in the log that there was one."""
    with writing() as session:
        made = retracting.unretract(session, id, body["reason"], by=acting().id, now=now())
        note(session, "source.unretract", made, source=id, change=made.group_end)
        return commit(session, described(made, 201))


def _source(one: Known, known: Policy) -> dict[str, Any]:
    names = ("id", "title", "doi", "url", "articles")
    mark = known.marks.get(one.id)
    return {**{name: getattr(one, name) for name in names}, "mark": mark and documents.dump(mark)}


def _citing(one: Citing, id: str) -> dict[str, Any]:
    live = draft = None
    if one.live:
        revision, document = one.live
        live = {"revision": revision, "claims": _resting(document, id)}
    if one.draft:
        state, version = one.draft.state, one.draft.version
        text = drafts.read(one.draft).document
        draft = {"state": state, "version": version, "claims": _resting(text, id)}
    names = ("article", "locale", "slug")
    return {**{name: getattr(one, name) for name in names}, "live": live, "draft": draft}


def _resting(document: Document, id: str) -> list[dict[str, Any]]:
    names = ("id", "statement", "evidence_level")
    return [
        {**{name: getattr(claim, name) for name in names}, "alone": set(claim.sources) == {id}}
        for claim in document.claims
        if id in claim.sources
    ]
