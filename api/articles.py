"""Delivery of articles: one edition, its page, its revisions, and lists of editions."""

from typing import Any

from flask import Response

from api import auth, caching, endings, moments, names, responses, surrogates
from api.db import session
from api.examples import EDITION_EXAMPLE, LIST_EXAMPLE, REVISIONS_EXAMPLE, SECTION_EXAMPLE
from api.lists import compound
from api.media import HTML_PAGE, LINKED_DATA, MARKDOWN_TEXT, NEWS_ITEM
from api.openapi import Slice
from content import articles, changes, editions
from content.contexts import Context
from content.editions import Part
from content.errors import Finding, Gone, Invalid, Moved
from schemas.articles import (
    ArticleQuery,
    EditionOut,
    HtmlQuery,
    PageQuery,
    PinnedQuery,
    RevisionListOut,
    RevisionsQuery,
    SectionEditionOut,
    SectionQuery,
)
from schemas.lists import ArticleListOut, ArticleListQuery
from schemas.renditions import ninjs as news
from schemas.renditions.formats import (
    FRAGMENTS,
    HTML,
    JSON,
    JSON_LD,
    MARKDOWN,
    NEGOTIABLE,
    NINJS,
    Format,
)

bp = Slice("Articles", __name__, url_prefix="/v1/articles", description="Articles as editions.")


@bp.get("")
@bp.query(ArticleListQuery)
@bp.response(200, ArticleListOut, example=LIST_EXAMPLE)
@bp.doc(operationId="listArticles", summary="List and search articles")
def index(query: dict[str, Any]) -> Response:
    """A compound document at one number of the log: shared texts stand once, in `texts`."""
    fields = names.fields(query) if "fields_" in query else frozenset(["title", "summary"])
    return compound(query, Part(fields=fields))


@bp.get("/<slug:slug>")
@bp.query(ArticleQuery)
@bp.response(200, EditionOut, example=EDITION_EXAMPLE)
@bp.alt_response(200, schema=HTML_PAGE, content_type=HTML.mimetype, success=True)
@bp.alt_response(200, schema=MARKDOWN_TEXT, content_type=MARKDOWN.mimetype, success=True)
@bp.alt_response(200, schema=LINKED_DATA, content_type=JSON_LD.mimetype, success=True)
@bp.alt_response(304, "NOT_MODIFIED", success=True)
@bp.doc(operationId="getArticle", summary="Read one article as a signed edition")
def show(query: dict[str, Any], slug: str) -> Response:
    """The text, and every disclaimer that it owes; `Accept: text/html` gives a whole page."""
    part = Part(query.get("revision"), names.fields(query))
    at = _moment(query)
    # Other formats are always whole: their addresses have no ``fields``, so a part is JSON only.
    choices = NEGOTIABLE if part.fields is None else (JSON.mimetype,)
    form = NEGOTIABLE[responses.negotiate(*choices)]
    return _edition(slug, auth.context(query), part, form, at)


@bp.get("/<slug:slug>/sections/<section_kind:kind>")
@bp.query(SectionQuery)
@bp.response(200, SectionEditionOut, example=SECTION_EXAMPLE)
@bp.doc(operationId="getSection", summary="Read one section of an article")
def section(query: dict[str, Any], slug: str, kind: str) -> Response:
    """A signed part: the section, what it claims and cites, and all that the article owes.

    One that may not stand alone comes with the article's bottom line, its `summary`.
    """
    responses.negotiate(JSON.mimetype)
    part = Part(query.get("revision"), section=kind)
    return _edition(slug, auth.context(query), part, JSON, _moment(query))


@bp.get("/<slug:slug>.html")
@bp.query(HtmlQuery)
@bp.response(200, HTML_PAGE, content_type=HTML.mimetype)
@bp.alt_response(304, "NOT_MODIFIED", success=True)
@bp.doc(operationId="getArticlePage", summary="Read one article as HTML: a page or a fragment")
def page(query: dict[str, Any], slug: str) -> Response:
    """A whole page with layered notices; it needs no script. A fragment is a piece of another."""
    heading = query.get("heading", 2)
    return _rendition(query, slug, FRAGMENTS[heading] if "fragment" in query else HTML)


@bp.get("/<slug:slug>.md")
@bp.query(PageQuery)
@bp.response(200, MARKDOWN_TEXT, content_type=MARKDOWN.mimetype)
@bp.doc(operationId="getArticleMarkdown", summary="Read one article as Markdown")
def markdown(query: dict[str, Any], slug: str) -> Response:
    """Alerts in full first, shorts at their places, every full text at the end."""
    return _rendition(query, slug, MARKDOWN)


@bp.get("/<slug:slug>.jsonld")
@bp.query(PageQuery)
@bp.response(200, LINKED_DATA, content_type=JSON_LD.mimetype)
@bp.doc(operationId="getArticleJsonld", summary="Read one article as schema.org JSON-LD")
def jsonld(query: dict[str, Any], slug: str) -> Response:
    """A `MedicalWebPage`; its notices stand in `text` and `usageInfo`."""
    return _rendition(query, slug, JSON_LD)


@bp.get("/<slug:slug>.ninjs")
@bp.query(PageQuery)
@bp.response(200, NEWS_ITEM, content_type=NINJS.mimetype)
@bp.alt_response(410, schema=NEWS_ITEM, content_type=NINJS.mimetype, success=True)
@bp.doc(operationId="getArticleNinjs", summary="Read one article as IPTC ninjs 3.1")
def ninjs(query: dict[str, Any], slug: str) -> Response:
    """A news item; what was taken down is one with `pubStatus: canceled` and the status 410."""
    try:
        return _rendition(query, slug, NINJS)
    except Gone as refusal:
        article = articles.identify(session(), slug)
        surrogates.note(article)
        served = caching.served(article, auth.context(query))
        ended = endings.describe(article, slug, served, refusal)
        version = changes.newest_about(session(), article).seq
        return responses.of_ending(news.cancel(ended, version), NINJS, served.locale)


@bp.get("/<slug:slug>/revisions")
@bp.query(RevisionsQuery)
@bp.response(200, RevisionListOut, example=REVISIONS_EXAMPLE)
@bp.doc(operationId="listRevisions", summary="List the revisions of an article")
def revisions(query: dict[str, Any], slug: str) -> Response:
    """Every revision that has been live, newest first."""
    kept = caching.find(slug, auth.context(query), Part(), JSON.name)
    surrogates.note(kept.article)
    _check_slug(slug, kept.slug)
    head = caching.head()
    found = articles.revisions(session(), kept.article, kept.locale, head)
    address, _, test = kept.links["revisions"].partition("?")
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
                "href": f"{address}/{revision.number}?locale={kept.locale}{test and f'&{test}'}",
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
    responses.negotiate(JSON.mimetype)
    return _edition(slug, auth.context(query), Part(number, names.fields(query)), JSON)


def _rendition(query: dict[str, Any], slug: str, form: Format) -> Response:
    """Return a whole article in a format other than JSON."""
    at = _moment(query)
    return _edition(slug, auth.context(query), Part(query.get("revision")), form, at)


def _edition(
    slug: str, asked: Context, part: Part, form: Format, at: int | None = None
) -> Response:
    kept = caching.edition(slug, asked, part, form.name, at)
    surrogates.note(kept.article)
    if at is None:  # an edition of the past has the slug of its time, and is found by any
        _check_slug(slug, kept.slug)
    return responses.of_edition(kept, asked, form, at)


def _moment(query: dict[str, Any]) -> int | None:
    at = moments.number(query)
    if at is not None and "revision" in query:
        name = "at" if "at" in query else "as_of"
        message = "names a moment, which has its own revision; leave 'revision' or it out"
        raise Invalid([Finding(name, message)])
    return at


def _check_slug(asked: str, current: str) -> None:
    if asked != current:
        raise Moved(current)
