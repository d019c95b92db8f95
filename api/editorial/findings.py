"""Findings: what every gate says about a text, as if it were to be published now."""

from dataclasses import asdict
from typing import Any

from flask import Response, request

from api.db import now, session
from api.editorial import Desk, answer, manuscripts
from api.editorial.drafts import DRAFT
from content import markdown
from content.editorial import drafts, examining
from content.editors import READ, WRITE
from content.errors import Finding
from content.models.editorial import Draft
from schemas.drafts import FindingListOut, LintQuery
from schemas.fields import Query

bp = Desk("Findings", __name__, url_prefix="/v1/editorial", description="What the gates say.")


@bp.get(f"{DRAFT}/findings")
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, FindingListOut)
@bp.doc(operationId="listFindings", summary="See what every gate says about a draft")
def findings(query: dict[str, Any], id: str, locale: str) -> Response:
    """As if it were to be published now; errors first."""
    return answer(examined(drafts.find(session(), id, locale)))


@bp.post("/lint")
@bp.needs(WRITE)
@bp.query(LintQuery)
@bp.response(200, FindingListOut)
@bp.doc(operationId="lint", summary="Run every gate over a text", **manuscripts.BODY)
def lint(query: dict[str, Any]) -> Response:
    """Nothing is saved. Of a text in Markdown, findings say where in it they are."""
    article = query.get("article", examining.UNBORN)
    if request.mimetype == manuscripts.MARKDOWN:
        return answer(examined_text(manuscripts.text(), article))
    found = examining.examine(session(), manuscripts.read(), article=article, now=now())
    return answer(_findings(found))


def examined(draft: Draft) -> dict[str, Any]:
    """Return what every gate says about a draft, as data."""
    text = drafts.read(draft)
    return _findings(examining.examine(session(), text, article=draft.article, now=now()))


def examined_text(text: str, article: str) -> dict[str, Any]:
    """Return what every gate says about a text in Markdown, and where, as data."""
    reader = markdown.Reader(text, manuscripts.NAME)
    manuscript = reader.manuscript(complete=False)
    return _findings(examining.examine(session(), manuscript, article=article, now=now()), reader)


def _findings(found: list[Finding], reader: markdown.Reader | None = None) -> dict[str, Any]:
    publishable = all(one.severity != "error" for one in found)
    return {"publishable": publishable, "findings": [_finding(one, reader) for one in found]}


def _finding(one: Finding, reader: markdown.Reader | None) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in ("severity", "pointer")},
        "gate": one.gate or "identity",
        "detail": one.message,
        "id": one.id or None,
        "rewrite": one.rewrite or None,
        "sentence": one.sentence or None,
        "remark": one.remark or None,
        "place": asdict(reader.place(one.pointer, one.sentence)) if reader else None,
    }
