"""HTML for people: a whole page of an article, and its card for a list. No script is needed.

The page keeps the layers of notices: alerts in full before everything but the title; every other
notice as a ``<details>`` whose summary is the short text, so that the full text lies in the same
document, opens in place, and is printed. The style is inline and has one constant hash, so that
the page works under a Content-Security-Policy that allows nothing else.
"""

import base64
import hashlib
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from content.documents import SECTION_KINDS
from content.editions import Edition
from content.notices import direction
from schemas.renditions import inline, layers, words


def _style() -> str:
    file = resources.files("schemas.renditions") / "templates" / "article.css"
    return file.read_text(encoding="utf-8").strip()


def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("schemas.renditions"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"safe_href": inline.safe, "doi": inline.doi, "number": inline.number}
    found.filters["day"] = lambda moment: str(moment)[:10]
    found.tests["alert"] = layers.is_alert
    return found


def style_hash(style: str) -> str:
    """Return the source by which a Content-Security-Policy allows one inline style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


STYLE = Markup(_style())  # noqa: S704 - our own file
STYLE_HASH = style_hash(STYLE)
_jinja = _environment()
_jinja.globals |= {"style": STYLE}


def render(edition: Edition) -> bytes:
    """Return a complete HTML5 page of an edition."""
    body = edition.body
    template = _jinja.get_template("article.html")
    names = _names(body)
    spans = inline.Inline(body, names["words"])
    return template.render(names | {"layers": layers.arrange(body), "inline": spans}).encode()


def render_card(edition: Edition, *, level: int = 2) -> Markup:
    """Return an edition's card, its title as a heading of ``level``, with all that it owes.

    The shorts that a card must show are visible, and every full text is in its ``<details>``.
    Wants :data:`STYLE` on the page around it.
    """
    template = _jinja.get_template("card.html")
    names = {"level": level, "groups": layers.grouped(edition.body)}
    return Markup(template.render(_names(edition.body) | names))  # noqa: S704 - escaped


def _names(body: dict[str, Any]) -> dict[str, Any]:
    locale = body["context"]["locale"]
    own = words.of(locale)
    foreign = locale.partition("-")[0] != own.locale
    named = body["surfaces"]["card"]
    notices = body["disclaimers"]
    card = [n for n in notices if n["id"] in named or layers.is_alert(n)] or notices[:1]
    return {
        "body": body,
        "words": own,
        "dir": direction(locale),
        "ui": Markup(' lang="{}" dir="ltr"').format(own.locale) if foreign else "",
        "card": card,
        "card_line": card[0]["short"],
        "partial": "fields" in body or len(body.get("sections", [])) < len(SECTION_KINDS),
    }
