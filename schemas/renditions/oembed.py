"""oEmbed 1.0 (oembed.com): an article as a card that other sites show for its address.

The card is the title and the shorts that have to stand beside it, with every full text folded
inside; never the summary. A card cannot be cut: where it does not fit, the answer is a bare link,
which names nothing. For the same reason ``title``, which sites show alone, is only there where a
title may stand alone (``surfaces.notification``).
"""

import math
from typing import Any

from content.editions import Edition
from schemas.renditions import formats, html, layers

MOST, LEAST = 600, 240  # CSS pixels that a card is wide
MARGIN = 40  # CSS pixels of its border and padding, on both sides together
GLYPH = 9.5  # CSS pixels that a letter takes at most, on average


def describe(
    edition: Edition, publisher: str, *, width: int | None, height: int | None, cache_age: int
) -> dict[str, Any]:
    """Return what oEmbed says of an edition, at most this wide and high."""
    body = edition.body
    facts: dict[str, Any] = {
        "version": "1.0",
        "provider_name": publisher,
        "provider_url": f"{formats.base(body['links'])}/",
        "cache_age": cache_age,
    }
    wide = min(MOST, width or MOST)
    high = _height(body, wide)
    if wide < LEAST or high > (height or high):
        return facts | {"type": "link"}
    alone = {"title": body["title"]} if body["surfaces"]["notification"] else {}
    card = str(html.render_embed(edition, wide))
    return facts | alone | {"type": "rich", "html": card, "width": wide, "height": high}


def _height(body: dict[str, Any], width: int) -> int:
    """Return the pixels that a card takes with its full texts folded, rather too many than few."""
    per_line = (width - MARGIN) / GLYPH
    lines = [(body["title"], 30), *((notice["short"], 24) for notice in layers.card(body))]
    lines.append((body["rights"]["attribution"], 24))
    return 120 + sum(math.ceil(len(text) / per_line) * high for text, high in lines)
