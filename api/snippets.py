"""``/docs/try``: choose an article, a reader and a form, and see the embed and what to paste."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template
from markupsafe import Markup

from api import caching, front, jurisdictions, responses
from api.auth import context, entitled
from api.db import installation, session
from api.embed_files import LATEST, SCRIPT, STYLE
from api.openapi import Slice
from content import search
from content.contexts import CHANNELS, WORLD, Context
from content.editions import WHOLE
from content.errors import Refusal
from content.search import Wanted
from schemas.embeds import FORMS, TryQuery
from schemas.renditions import html
from schemas.renditions.formats import FRAGMENTS

bp = Slice("snippets", __name__, description="Snippets for partners.")
SHOWN = 100  # articles to choose from
OURS = (Path(__file__).parent / "templates/snippets.css").read_text()
PAGE_STYLE = front.STYLE + Markup(OURS)  # noqa: S704 - our own file
POLICY = (
    f"default-src 'none'; img-src https:; style-src 'self' {html.style_hash(PAGE_STYLE)}; "
    "script-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


@bp.get("/docs/try")
@bp.query(TryQuery)
def page(query: dict[str, Any]) -> Response:
    """A form that needs no script; what it asks for stands in the address."""
    opened = Wanted(topics=entitled())
    live = search.walk(session(), opened, caching.head())
    rows = session().scalars(live.limit(SHOWN))
    slugs = list(dict.fromkeys(row.slug for row in rows))
    site = caching.policy_now().site
    asked = {
        "article": slugs[0] if slugs else "",
        "locale": site["default_locale"],
        "jurisdiction": WORLD,
        "channel": CHANNELS[0],
        "form": FORMS[0],
        **query,
    }
    choices = {
        "article": slugs,
        "locale": site["locales"],
        "jurisdiction": jurisdictions.named(asked["locale"]),
        "channel": CHANNELS,
        "form": FORMS,
    }
    return _page(asked, context(query), choices)


def _page(asked: dict[str, str], given: Context, choices: dict[str, Any]) -> Response:
    reader = {name: asked[name] for name in ("locale", "jurisdiction", "channel")}
    facts = {
        "asked": asked,
        "reader": reader,
        "choices": choices,
        "address": urlencode(reader),
        "preview": _preview(asked, given) if asked["article"] else None,
        "base": installation().settings.public_url,
        "files": {"script": SCRIPT, "style": STYLE, "latest": LATEST},
        "style": PAGE_STYLE,
    }
    response = front.sent(render_template("snippets.html", **facts), POLICY)
    responses.tell_robots(response, "noindex")  # search engines should find the article
    return response


def _preview(asked: dict[str, str], given: Context) -> Markup:
    """Return the fragment, or the help that stands in the place of an article not shown here."""
    try:
        kept = caching.edition(asked["article"], given, WHOLE, FRAGMENTS[3].name)
    except Refusal as refusal:
        return html.render_ended(asked["locale"], str(refusal), refusal.help, None)
    return Markup(kept.octets.decode())  # noqa: S704 - rendered from an edition
