"""Delivery of articles: one edition, its page, its revisions, and lists of editions."""

from typing import Any

from flask import Response

from api import auth, caching, responses
from api.db import session
from api.examples import EDITION_EXAMPLE, LIST_EXAMPLE, REVISIONS_EXAMPLE
from api.lists import compound
from api.openapi import HTML_PAGE, Slice
from api.responses import HTML, JSON
from content import articles, bodies, contexts, editions
from content.contexts import Context
from content.editions import Part
from content.errors import Finding, Invalid, Moved
from schemas.articles import (
    ArticleListOut,
    ArticleListQuery,
    ArticleQuery,
    EditionOut,
    PageQuery,
    PinnedQuery,
    RevisionListOut,
    RevisionsQuery,
)

bp = Slice("Articles", __name__, url_prefix="/v1/articles", description="Articles as editions.")
FORMS = {JSON: "json", HTML: "html"}


@bp.get("")
@bp.query(ArticleListQuery)
@bp.response(200, ArticleListOut, example=LIST_EXAMPLE)
@bp.doc(operationId="listArticles", summary="List articles, newest publication first")
def index(query: dict[str, Any]) -> Response:
    """A compound document at one number of the log: shared texts stand once, in `texts`."""
    fields = _fields(query) if "fields_" in query else frozenset(["title", "summary"])
    return compound(auth.context(query), fields, query.get("cursor"), query["limit"])


@bp.get("/<slug:slug>")
@bp.query(ArticleQuery)
@bp.response(200, EditionOut, example=EDITION_EXAMPLE)
@bp.alt_response(200, schema=HTML_PAGE, content_type=HTML, success=True)
@bp.alt_response(304, "NOT_MODIFIED", success=True)
@bp.doc(operationId="getArticle", summary="Read one article as a signed edition")
def show(query: dict[str, Any], slug: str) -> Response:
    """The text, and every disclaimer that it owes; `Accept: text/html` gives a whole page."""
    part = Part(query.get("revision"), _fields(query))
    # A page is always whole: its address has no ``fields``, so a part of an article is JSON only.
    mimetype = responses.negotiate(*((JSON, HTML) if part.fields is None else (JSON,)))
    return _edition(slug, auth.context(query), part, mimetype)


@bp.get("/<slug:slug>.html")
@bp.query(PageQuery)
@bp.response(200, HTML_PAGE, content_type=HTML)
@bp.alt_response(304, "NOT_MODIFIED", success=True)
@bp.doc(operationId="getArticlePage", summary="Read one article as a complete web page")
def page(query: dict[str, Any], slug: str) -> Response:
    """A whole HTML page with layered notices; it needs no script."""
    return _edition(slug, auth.context(query), Part(query.get("revision")), HTML)


@bp.get("/<slug:slug>/revisions")
@bp.query(RevisionsQuery)
@bp.response(200, RevisionListOut, example=REVISIONS_EXAMPLE)
@bp.doc(operationId="listRevisions", summary="List the revisions of an article")
def revisions(query: dict[str, Any], slug: str) -> Response:
    """Every revision that has been live, newest first."""
    kept = caching.edition(slug, auth.context(query), Part(), "json")
    _check_slug(slug, kept.slug)
    head = caching.head()
    found = articles.revisions(session(), kept.article, kept.locale, head)
    data = {
        "article": {"id": kept.article, "slug": kept.slug},
        "locale": kept.locale,
        "sequence": head,
        "revisions": [
            {
                "number": revision.number,
                "published_at": editions.instant(at),
                "change_note": revision.change_note,
                "digest": revision.digest,
                "href": f"{kept.links['revisions']}/{revision.number}?locale={kept.locale}",
            }
            for revision, at in found
        ],
    }
    return responses.conditional(responses.of_data(data, sequence=head))


@bp.get("/<slug:slug>/revisions/<number:number>")
@bp.query(PinnedQuery)
@bp.response(200, EditionOut, example=EDITION_EXAMPLE)
@bp.alt_response(304, "NOT_MODIFIED", success=True)
@bp.doc(operationId="getRevision", summary="Read one revision of an article")
def revision(query: dict[str, Any], slug: str, number: int) -> Response:
    """The text of that revision, with the disclaimers that it owes today."""
    responses.negotiate(JSON)
    return _edition(slug, auth.context(query), Part(number, _fields(query)), JSON)


def _edition(slug: str, asked: Context, part: Part, mimetype: str) -> Response:
    kept = caching.edition(slug, asked, part, FORMS[mimetype])
    _check_slug(slug, kept.slug)
    return responses.of_edition(kept, asked, mimetype)


def _check_slug(asked: str, current: str) -> None:
    if asked != current:
        raise Moved(current)


def _fields(query: dict[str, Any]) -> frozenset[str] | None:
    """Return the asked-for fields as a set; None for the whole article."""
    text = query.get("fields_")
    if text is None:
        return None
    found = frozenset(text.split(","))
    for name in sorted(found - set(bodies.FIELDS)):
        known = f"one of {', '.join(bodies.FIELDS)}"
        message = f"has no field {name!r}; {known}.{contexts.nearest(name, bodies.FIELDS)}"
        raise Invalid([Finding("fields", message)])
    return found if found != set(bodies.FIELDS) else None
