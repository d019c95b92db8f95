"""Feeds of articles: a walk over what is published and what has ended, in three formats."""

from collections.abc import Callable
from typing import Any

from flask import Response

from api import auth, caching, endings, lists, media, responses, walks
from api.db import installation, session
from api.openapi import Slice
from api.paging import Cursor
from api.walks import Page, Walk
from content import changes
from content.contexts import Context
from content.editions import Edition
from schemas.lists import AboutQuery
from schemas.renditions import atom, feeds, rss
from schemas.renditions.feeds import Ended, Feed

bp = Slice("Feeds", __name__, url_prefix="/v1/feeds", description="Articles for feed readers.")


@bp.get("/articles.json")
@bp.query(AboutQuery)
@bp.response(200, media.JSON_FEED, content_type=feeds.MIMETYPE)
@bp.doc(operationId="getJsonFeed", summary="Follow articles as JSON Feed")
def json_feed(query: dict[str, Any]) -> Response:
    """JSON Feed 1.1: whole articles, every notice inside `content_html`."""
    return _feed(query, "json", feeds.MIMETYPE, feeds.render)


@bp.get("/articles.atom")
@bp.query(AboutQuery)
@bp.response(200, media.ATOM_FEED, content_type=atom.MIMETYPE)
@bp.doc(operationId="getAtomFeed", summary="Follow articles as Atom")
def atom_feed(query: dict[str, Any]) -> Response:
    """RFC 4287 with pages (RFC 5005), and tombstones (RFC 6721) for what has ended."""
    return _feed(query, "atom", atom.MIMETYPE, atom.render)


@bp.get("/articles.rss")
@bp.query(AboutQuery)
@bp.response(200, media.RSS_FEED, content_type=rss.MIMETYPE)
@bp.doc(operationId="getRssFeed", summary="Follow articles as RSS")
def rss_feed(query: dict[str, Any]) -> Response:
    """RSS 2.0: what has ended is an item with the same guid whose content is the notice."""
    return _feed(query, "rss", rss.MIMETYPE, rss.render)


def _feed(
    query: dict[str, Any], suffix: str, mimetype: str, render: Callable[[Feed], bytes]
) -> Response:
    """Return one page of a feed, with links to itself and to the next."""
    walk = Walk(auth.context(query), wanted=lists.wanted(query), has_ended=True)
    page = walks.page(walk, query.get("cursor"), query["limit"])
    feed = _describe(page, query, suffix)
    response = responses.of_octets(render(feed), mimetype)
    response.headers.update(page.headers())
    responses.tell_robots(response, *page.indexing)
    links = {"self": feed.here, "next": feed.next}
    told = [f'<{href}>; rel="{rel}"; type="{mimetype}"' for rel, href in links.items() if href]
    hub = [f'<{feed.hub}>; rel="hub"'] if feed.hub else []
    response.headers["Link"] = ", ".join([*told, *hub])
    return responses.conditional(response)


def _describe(page: Page, query: dict[str, Any], suffix: str) -> Feed:
    site, base = caching.policy_now().site, installation().settings.public_url
    known = f"{base}/v1/feeds/articles.{suffix}?{_asked(page.walk)}"
    first = f"{known}&limit={query['limit']}"
    locales = [edition.body["context"]["locale"] for edition in page.editions]
    return Feed(
        publisher=site["publisher"],
        base=base,
        locale=locales[0] if locales else str(site.get("default_locale", "en")),
        about=tuple(page.walk.wanted.facets.values()),
        id=known,
        first=first,
        here=_at(first, page.place) if "cursor" in query else first,
        next=_at(first, page.next) if page.next else None,
        began=changes.time(session(), 1),
        hub=installation().settings.websub_hub or None,
        entries=[one if isinstance(one, Edition) else _ended(one) for one in page.found],
    )


def _ended(one: walks.Ended) -> Ended:
    row = one.row
    served = Context(row.locale, test=row.is_test)
    return endings.describe(row.article, row.slug, served, one.refusal)


def _asked(walk: Walk) -> str:
    """Return what was asked for as the query of an address, always whole and in one order."""
    asked = [walk.context.asked()]
    return "&".join([*asked, *(f"{name}={tag}" for name, tag in walk.wanted.facets.items())])


def _at(address: str, place: Cursor) -> str:
    return f"{address}&cursor={place}"
