"""oEmbed: the card of an article, for sites that turn addresses into cards."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Response
from werkzeug.exceptions import NotImplemented as NotOffered

from api import auth, caching, responses, surrogates
from api.converters import SLUG
from api.db import installation
from api.examples import OEMBED_EXAMPLE
from api.openapi import Slice
from content.editions import Edition, Part
from content.errors import NotFound
from schemas.oembed import OembedOut, OembedQuery
from schemas.renditions import oembed
from schemas.renditions.formats import FORMATS, JSON

bp = Slice("Embeds", __name__, url_prefix="/v1/oembed", description="Articles on other sites.")
TITLE = frozenset(["title"])
SUFFIXES = "|".join(re.escape(form.suffix) for form in FORMATS)
PATH = re.compile(rf"/v1/articles/({SLUG})(?:{SUFFIXES})", re.ASCII)
NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


@bp.get("")
@bp.query(OembedQuery)
@bp.response(200, OembedOut, example=OEMBED_EXAMPLE)
@bp.doc(operationId="getOembed", summary="Read the card of an article by its address")
def show(query: dict[str, Any]) -> Response:
    """oEmbed 1.0. The card shows its shorts beside the title and holds every full text."""
    if query["format"] != "json":
        raise NotOffered
    slug, asked = _locate(query["url"])
    pinned = asked.get("revision", "")
    part = Part(int(pinned) if NUMBER.fullmatch(pinned) else None, TITLE)
    kept = caching.edition(slug, auth.context(asked), part, JSON.name)
    surrogates.note(kept.article)
    data = oembed.describe(
        Edition(kept.octets, kept.modified),
        caching.policy_now().site["publisher"],
        width=query.get("maxwidth"),
        height=query.get("maxheight"),
        cache_age=installation().settings.number("max_age"),
    )
    response = responses.of_data(data)
    response.headers["Content-Language"] = kept.locale
    responses.tell_robots(response, kept.indexing)
    return responses.conditional(response)


def _locate(url: str) -> tuple[str, dict[str, str]]:
    """Return the slug and the query of an article's address; raise ``NotFound`` for any other.

    What others add to an address to count readers is no part of the context, and is left out.
    """
    base = installation().settings.public_url
    try:
        parts = urlsplit(url.removeprefix(base)) if url.startswith(f"{base}/") else None
        found = PATH.fullmatch(parts.path) if parts else None
    except ValueError:  # brackets that are no IPv6 address
        parts = found = None
    if parts is None or found is None:
        raise NotFound("There is no article at this address.")
    return found[1], dict(parse_qsl(parts.query))
