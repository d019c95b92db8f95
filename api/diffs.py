"""Diffs: what changed between two revisions of an article, as data and as a page."""

from typing import Any

from flask import Response

from api import auth, caching, responses, surrogates
from api.db import installation
from api.examples import DIFF_EXAMPLE
from api.media import DIFF_PAGE
from api.openapi import Slice
from content import canonical, contexts, diffs
from content.contexts import Context
from content.editions import Part
from content.errors import Moved
from schemas.diffs import DiffOut, DiffQuery
from schemas.renditions import html
from schemas.renditions.formats import HTML, JSON, Format

bp = Slice("Diffs", __name__, url_prefix="/v1/articles", description="What changed in a text.")


@bp.get("/<slug:slug>/diff")
@bp.query(DiffQuery)
@bp.response(200, DiffOut, example=DIFF_EXAMPLE)
@bp.doc(operationId="getDiff", summary="Compare two revisions of an article")
def show(query: dict[str, Any], slug: str) -> Response:
    """Block by block, and word by word within a block, with all that either revision owes."""
    responses.negotiate(JSON.mimetype)
    return _diff(query, slug, JSON)


@bp.get("/<slug:slug>/diff.html")
@bp.query(DiffQuery)
@bp.response(200, DIFF_PAGE, content_type=HTML.mimetype)
@bp.doc(operationId="getDiffPage", summary="Compare two revisions as a web page")
def page(query: dict[str, Any], slug: str) -> Response:
    """A page with the layers of notices; `ins` and `del` mark what came and went."""
    return _diff(query, slug, HTML)


def _diff(query: dict[str, Any], slug: str, form: Format) -> Response:
    asked = auth.context(query)
    old, new = (_edition(slug, asked, number) for number in (query["from_"], query.get("to")))
    body = diffs.between(old, new)
    served = contexts.of_body(body)
    body["links"] = _links(slug, served, body)
    octets = canonical.encode(body) if form is JSON else html.render_diff(body)
    response = responses.of_octets(octets, form.mimetype)
    here = body["links"]["self" if form is JSON else "html"]
    response.headers.update(responses.of_context(here, served, asked))
    response.headers["Caveat-Sequence"] = str(body["sequence"])
    if form is HTML:
        response.headers["Content-Security-Policy"] = responses.page_policy(html.STYLE)
    responses.tell_robots(response, "noindex")  # search engines should find the article
    return responses.conditional(response)


def _edition(slug: str, asked: Context, revision: int | None) -> dict[str, Any]:
    kept = caching.edition(slug, asked, Part(revision), JSON.name)
    surrogates.note(kept.article)
    if kept.slug != slug:
        raise Moved(kept.slug)
    found: dict[str, Any] = canonical.decode(kept.octets)
    return found


def _links(slug: str, served: Context, body: dict[str, Any]) -> dict[str, str]:
    one, context = f"{installation().settings.public_url}/v1/articles/{slug}", served.query()
    old, new = body["from"]["number"], body["to"]["number"]
    return {
        "self": f"{one}/diff?{context}&from={old}&to={new}",
        "html": f"{one}/diff.html?{context}&from={old}&to={new}",
        "from": f"{one}/revisions/{old}?{context}",
        "to": f"{one}/revisions/{new}?{context}",
    }
