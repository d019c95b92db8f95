"""Previews: an editor lets somebody see a draft, who then needs no token.

What is seen is for that person alone: it is kept by no cache, found by no search engine, and read
by no page of another site. An address that is not signed by us is a 404, whether there is such a
preview or not.
"""

from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound

from api import caching, responses
from api.db import installation, now, session, writing
from api.editorial import Desk, acting, answer, manuscripts, noted
from api.editorial.drafts import DRAFT, check_locale
from api.editorial.preconditions import commit, once
from api.media import PREVIEW_DATA, PREVIEW_ITEM, PREVIEW_PAGE, PREVIEW_TEXT
from api.openapi import Slice
from content.documents import Manuscript
from content.editions import Edition
from content.editorial import drafts, editions, previews
from content.editors import READ, WRITE
from content.models.editorial import Preview
from schemas.fields import Query
from schemas.previews import NewPreviewOut, PreviewIn, PreviewListOut, PreviewOut, ShownQuery
from schemas.renditions import html
from schemas.renditions.formats import HTML, JSON, JSON_LD, MARKDOWN, NINJS, Format
from schemas.seen_previews import PreviewEditionOut, SignedQuery

bp = Desk("Previews", __name__, url_prefix="/v1/editorial", description="Who may see a draft.")
seen = Slice(
    "Seen previews", __name__, url_prefix="/v1/editorial/previews", description="Drafts, as seen."
)
seen.is_kept = False
ENDINGS: dict[str, Format] = {
    "html": HTML, "md": MARKDOWN, "jsonld": JSON_LD, "ninjs": NINJS, "json": JSON
}  # fmt: skip
ALONE = {  # nobody keeps it, finds it, learns where it was, or shows it inside something else
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": f"{responses.page_policy(html.STYLE)}; frame-ancestors 'none'",
}


@bp.get(f"{DRAFT}/previews")
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, PreviewListOut)
@bp.doc(operationId="listPreviews", summary="List the previews of a draft")
def index(query: dict[str, Any], id: str, locale: str) -> Response:
    """Newest first, those that are over too; never their addresses."""
    found = previews.of(session(), drafts.find(session(), id, locale))
    return answer({"previews": [_preview(one) for one in found]})


@bp.post(f"{DRAFT}/previews")
@bp.needs(WRITE)
@once
@bp.body(PreviewIn)
@bp.response(201, NewPreviewOut)
@bp.doc(operationId="addPreview", summary="Let somebody see a draft without a token")
def add(body: dict[str, Any], id: str, locale: str) -> Response:
    """The addresses are in this answer and nowhere else. They show the draft as it is by then."""
    names = ("jurisdiction", "audience", "channel")
    asked = previews.parse(**{name: body.pop(name) for name in names})
    with writing() as session:
        draft = drafts.find(session, id, locale)
        made = previews.add(session, draft, asked, by=acting().id, now=now(), **body)
        facts = {"article": id, "expires_at": made.expires_at.isoformat()}
        noted(session, "preview.add", "preview", made.id, locale=locale, **facts)
        return commit(session, answer({**_preview(made), "urls": _urls(made)}, 201))


@bp.post(f"{DRAFT}/edition")
@bp.needs(WRITE)
@bp.query(ShownQuery)
@bp.response(200, PreviewEditionOut)
@bp.doc(operationId="showText", summary="See a text as readers would", **manuscripts.BODY)
def show_text(query: dict[str, Any], id: str, locale: str) -> Response:
    """The text that is sent, with all that it would owe; nothing is saved."""
    edition = shown(id, locale, query, manuscripts.read())
    return responses.of_octets(edition.octets, JSON.mimetype)


def shown(id: str, locale: str, asked: dict[str, Any], text: Manuscript | None = None) -> Edition:
    """Return a draft, or another text in its place, as readers of some context would see it."""
    names = ("jurisdiction", "audience", "channel")
    context = previews.parse(**{name: asked.get(name) for name in names})
    draft = drafts.find(session(), id, locale)
    if text:
        check_locale(text, locale)
    return editions.preview(session(), draft, context, now=now(), text=text)


@bp.delete(f"{DRAFT}/previews/<slug:preview>")
@bp.needs(WRITE)
@bp.query(Query)
@bp.response(200, PreviewOut)
@bp.doc(operationId="revokePreview", summary="Revoke a preview")
def revoke(query: dict[str, Any], id: str, locale: str, preview: str) -> Response:
    """It shows nothing from now on; again is no error."""
    with writing() as session:
        draft = drafts.find(session, id, locale)
        found = previews.revoke(session, draft, preview, by=acting().id, now=now())
        noted(session, "preview.revoke", "preview", preview, locale=locale, article=id)
        return commit(session, answer(_preview(found)))


@seen.get("/<slug:id>.html")
@seen.query(SignedQuery)
@seen.response(200, PREVIEW_PAGE, content_type=HTML.mimetype)
@seen.doc(operationId="seePreviewPage", summary="See a draft as a page", security=[])
def page(query: dict[str, Any], id: str) -> Response:
    """With every notice that it would owe, and one that says what it is; 410 when it is over."""
    return _show(id, "html", **query)


@seen.get("/<slug:id>.md")
@seen.query(SignedQuery)
@seen.response(200, PREVIEW_TEXT, content_type=MARKDOWN.mimetype)
@seen.doc(operationId="seePreviewMarkdown", summary="See a draft as Markdown", security=[])
def markdown(query: dict[str, Any], id: str) -> Response:
    """As an article in Markdown, which is not the authoring form."""
    return _show(id, "md", **query)


@seen.get("/<slug:id>.jsonld")
@seen.query(SignedQuery)
@seen.response(200, PREVIEW_DATA, content_type=JSON_LD.mimetype)
@seen.doc(operationId="seePreviewJsonld", summary="See a draft as JSON-LD", security=[])
def jsonld(query: dict[str, Any], id: str) -> Response:
    """It has the status `Draft`, no address and no day of publication."""
    return _show(id, "jsonld", **query)


@seen.get("/<slug:id>.ninjs")
@seen.query(SignedQuery)
@seen.response(200, PREVIEW_ITEM, content_type=NINJS.mimetype)
@seen.doc(operationId="seePreviewNinjs", summary="See a draft as IPTC ninjs 3.1", security=[])
def ninjs(query: dict[str, Any], id: str) -> Response:
    """A news item that is `withheld`, under an identity of its own."""
    return _show(id, "ninjs", **query)


@seen.get("/<slug:id>.json")
@seen.query(SignedQuery)
@seen.response(200, PreviewEditionOut)
@seen.doc(operationId="seePreview", summary="See a draft as an edition", security=[])
def show(query: dict[str, Any], id: str) -> Response:
    """An edition with the status `preview` and without a signature, so it never verifies."""
    return _show(id, "json", **query)


@seen.after_request
def _close(response: Response) -> Response:
    """Keep it, and what is said when it is over, for whoever has the address."""
    response.headers.update(ALONE)
    return response


def _show(id: str, ending: str, expires: int, signature: str) -> Response:
    if not previews.is_signed(signature, id, ending, expires, pepper=installation().pepper):
        raise NotFound
    edition = previews.show(session(), id, now=now())
    form = ENDINGS[ending]
    response = responses.of_octets(caching.RENDERERS[form.name](edition), form.mimetype)
    if form.profile:
        response.content_type = form.content_type
    return response


def _urls(made: Preview) -> dict[str, str]:
    base, pepper = installation().settings.public_url, installation().pepper
    expires = int(made.expires_at.timestamp())
    return {
        ending: f"{base}/v1/editorial/previews/{made.id}.{ending}?expires={expires}"
        f"&signature={previews.sign(made.id, ending, expires, pepper)}"
        for ending in ENDINGS
    }


def _preview(one: Preview) -> dict[str, Any]:
    names = ("id", "article", "locale", "jurisdiction", "audience", "channel", "note")
    people = ("created_by", "revoked_by")
    times = ("created_at", "expires_at", "revoked_at")
    return {
        **{name: getattr(one, name) for name in (*names, *people)},
        **{name: at.isoformat() if (at := getattr(one, name)) else None for name in times},
        "state": one.state(now()),
    }
