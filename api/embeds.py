"""Embeds: the page of an article for an iframe, and the files of ``<caveat-article>``."""

from typing import Any

from flask import Response, current_app

from api import auth, caching, endings, responses, surrogates
from api.db import installation, session
from api.embed_files import FRAME_SCRIPT, LATEST, SCRIPT, STYLE, VERSION, File
from api.examples import EMBED_EXAMPLE
from api.media import FRAME_PAGE, SCRIPT_FILE, STYLE_FILE
from api.openapi import Slice
from content import articles
from content.contexts import Context
from content.editions import Part
from content.errors import Gone, Moved, NotFound, Refusal, Withheld
from schemas.embeds import EmbedFilesOut, EmbedQuery
from schemas.fields import Query
from schemas.renditions import html, words
from schemas.renditions.formats import FRAME, HTML

files = Slice("Embed files", __name__, url_prefix="/embed", description="What an embed loads.")
bp = Slice("Frames", __name__, url_prefix="/embed", description="Articles in an iframe.")
FOR_EVER = "public, max-age=31536000, immutable"
FOR_NOW = "public, max-age=300"  # 5 minutes, in which a repaired script reaches everybody
PUBLIC: dict[str, list[dict[str, list[str]]]] = {"security": []}
POLICY = (
    f"{responses.page_policy(html.FRAME_STYLE)}; script-src 'self'; connect-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'; "
    "frame-ancestors https: http:"  # any site: that is what it is for; but no local file
)


@files.get("")
@files.query(Query)
@files.response(200, EmbedFilesOut, example=EMBED_EXAMPLE)
@files.doc(operationId="getEmbed", summary="Read what to load, with the hashes to pin it", **PUBLIC)
def index(query: dict[str, str]) -> Response:
    """The newest version of the script and of the stylesheet; an older one stays where it is."""
    base = installation().settings.public_url
    pinned = {
        name: {"href": f"{base}/embed/{one.path}", "integrity": one.integrity}
        for name, one in (("script", SCRIPT), ("style", STYLE))
    }
    latest = {"href": f"{base}/embed/{LATEST.path}"}
    data = {"version": VERSION, **pinned, "latest": latest}
    return responses.conditional(responses.of_data(data))


@files.get("/v1.js")
@files.query(Query)
@files.response(200, SCRIPT_FILE, content_type=SCRIPT.mimetype)
@files.doc(operationId="getLatestScript", summary="Load the newest script of version 1", **PUBLIC)
def latest(query: dict[str, str]) -> Response:
    """For pages that want repairs without being changed; it has no hash to pin."""
    return _file(LATEST, FOR_NOW)


@files.get("/<version:version>/caveat.js")
@files.query(Query)
@files.response(200, SCRIPT_FILE, content_type=SCRIPT.mimetype)
@files.doc(operationId="getScript", summary="Load the script of a version", **PUBLIC)
def script(query: dict[str, str], version: str) -> Response:
    """It defines `<caveat-article>` and never changes."""
    return _file(_of(version, SCRIPT), FOR_EVER)


@files.get("/<version:version>/caveat.css")
@files.query(Query)
@files.response(200, STYLE_FILE, content_type=STYLE.mimetype)
@files.doc(operationId="getStyle", summary="Load the stylesheet of a version", **PUBLIC)
def style(query: dict[str, str], version: str) -> Response:
    """For a fragment in a page that has no style of its own for it."""
    return _file(_of(version, STYLE), FOR_EVER)


@bp.get("/<slug:slug>")
@bp.query(EmbedQuery)
@bp.response(200, FRAME_PAGE, content_type=HTML.mimetype)
@bp.doc(operationId="getEmbedPage", summary="Read one article as a page for an iframe")
def page(query: dict[str, Any], slug: str) -> Response:
    """It tells its height to the page around it, and shows the notice and help of a refusal."""
    asked = auth.context(query)
    try:
        kept = caching.edition(slug, asked, Part(query.get("revision")), FRAME.name)
        surrogates.note(kept.article)
        if kept.slug != slug:
            raise Moved(kept.slug)
        response = responses.of_edition(kept, asked, FRAME)
    except Refusal as refusal:
        response = _ended(slug, query, refusal)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _ended(slug: str, query: dict[str, Any], refusal: Refusal) -> Response:
    """Return a refusal as a page, with the status and the headers that it has as a problem."""
    response = current_app.make_response(current_app.handle_user_exception(refusal))
    article = articles.identify(session(), slug)
    served = caching.served(article, auth.context(query))
    ending = _describe(refusal, served)
    asked = {**query, "slug": slug} | ({"src": _source(slug, served)} if served.test else {})
    response.set_data(html.render_ended_frame(ending, asked, **FRAME_SCRIPT))
    response.mimetype = HTML.mimetype
    response.headers["Content-Language"] = served.locale
    return response


def _source(slug: str, served: Context) -> str:
    """Return where the script finds a test article: its address says more than the context."""
    return f"{installation().settings.public_url}/v1/articles/{slug}?{served.query()}"


def _describe(refusal: Refusal, served: Context) -> dict[str, Any]:
    gone = refusal if isinstance(refusal, Gone) else None
    instead = gone.replacement if gone else None
    own = words.of(served.locale)
    withheld = own.withheld if isinstance(refusal, Withheld) else own.unreachable
    return {
        "locale": served.locale,
        "title": own.ended if gone else withheld,
        "notice": gone.notice if gone else None,
        "help": refusal.help,
        "replacement": endings.page(instead, served) if instead else None,
    }


def _of(version: str, file: File) -> File:
    if version != VERSION:
        raise NotFound(f"There is no version {version} here.")
    return file


def _file(file: File, life: str) -> Response:
    response = responses.of_octets(file.octets, file.mimetype)
    response.headers["Cache-Control"] = life
    response.headers["Vary"] = "Accept-Encoding"  # the same for everybody, whatever they accept
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return responses.conditional(response)
