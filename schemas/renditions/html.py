"""HTML for people: a whole page of an article, and its card for a list. No script is needed.

The page keeps the layers of notices: alerts in full before everything but the title; every other
notice as a ``<details>`` whose summary is the short text, so that the full text lies in the same
document, opens in place, and is printed. The style is inline and has one constant hash, so that
the page works under a Content-Security-Policy that allows nothing else. The head tells machines
what the page is; what a preview shows of it is the line of the card, never the summary.
"""

import base64
import hashlib
from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from content import canonical, contexts
from content.documents import SECTION_KINDS
from content.editions import Edition
from content.notices import direction
from schemas.renditions import formats, inline, jsonld, layers, words


def _style(name: str) -> str:
    file = resources.files("schemas.renditions") / "templates" / name
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


REMEMBERED = 128  # contents: feeds are asked for again and again, and take 5 ms an article
STYLE = Markup(_style("article.css"))  # noqa: S704 - our own file
STYLE_HASH = style_hash(STYLE)
FRAGMENT_STYLE = Markup(_style("caveat.css"))  # noqa: S704 - our own file
FRAME_STYLE = FRAGMENT_STYLE + Markup(
    "\nhtml { color-scheme: light dark; }"
    "\nbody { margin: 0; padding: 1px; font: 1rem/1.55 system-ui, sans-serif; }"
)
# What an element is asked for, as its attributes.
ASKED = ("slug", "src", "locale", "jurisdiction", "audience", "channel", "revision")
_jinja = _environment()
_jinja.globals |= {"style": STYLE}


def render(edition: Edition) -> bytes:
    """Return a complete HTML5 page of an edition."""
    body = edition.body
    names = _whole(body)
    names["alternates"] = list(formats.alternates(body["links"]))
    names["linked_data"] = _data_block(jsonld.describe(edition))
    return _jinja.get_template("article.html").render(names).encode()


def render_fragment(edition: Edition, heading: int) -> bytes:
    """Return an edition as a piece of another site's page, its title a heading of this level.

    It has the layers of the whole page and needs no script. :data:`FRAGMENT_STYLE` may go with it.
    """
    names = _whole(edition.body, heading, _prefix(edition.body))
    return _jinja.get_template("whole.html").render(names).encode()


def render_frame(edition: Edition, *, script: str, integrity: str) -> bytes:
    """Return an edition as a page for an iframe: its fragment inside ``<caveat-article>``.

    It is complete without the script, whose address is relative to the page's own.
    """
    body = edition.body
    asked = {**body["context"], "jurisdiction": body["context"]["jurisdiction"]["code"]}
    asked["slug"] = body["article"]["slug"]
    if "&revision=" in body["links"]["html"]:
        asked["revision"] = body["revision"]["number"]
    if contexts.of_body(body).test:  # whose address says more than the context
        asked["src"] = body["links"]["self"]
    return _frame(_whole(body, 1, _prefix(body)), asked, script=script, integrity=integrity)


def render_ended_frame(
    ending: dict[str, Any], asked: dict[str, Any], *, script: str, integrity: str
) -> bytes:
    """Return what an iframe shows of a refusal: ``locale title notice help replacement``."""
    names = _speech(ending["locale"]) | ending | {"body": None}
    return _frame(names, asked, script=script, integrity=integrity)


def render_diff(body: dict[str, Any]) -> bytes:
    """Return a complete HTML5 page of a diff: ``ins`` and ``del`` mark what came and went."""
    names = _names(body) | {"layers": layers.arrange(body)}
    names["title"] = "".join(run["text"] for run in body["title"] if run["op"] != "removed")
    return _jinja.get_template("diff.html").render(names).encode()


def render_card(edition: Edition, *, level: int = 2) -> Markup:
    """Return an edition's card, its title as a heading of ``level``, with all that it owes.

    The shorts that a card must show are visible, and every full text is in its ``<details>``.
    Wants :data:`STYLE` on the page around it.
    """
    template = _jinja.get_template("card.html")
    names = {"level": level, "groups": layers.grouped(edition.body)}
    return Markup(template.render(_names(edition.body) | names))  # noqa: S704 - escaped


def render_embed(edition: Edition, width: int) -> Markup:
    """Return an edition's card for somebody else's page, at most so many pixels wide.

    As the card of a list, but with its style in attributes and never with the summary.
    """
    template = _jinja.get_template("embed.html")
    names = {"width": width, "groups": layers.grouped(edition.body)}
    return Markup(template.render(_names(edition.body) | names))  # noqa: S704 - escaped


def render_content(edition: Edition) -> Markup:
    """Return an edition as HTML to stand in somebody else's page or reader, as in a feed.

    Nothing there folds or has our style: alerts stand in full, shorts at their places, and every
    full text at the end.
    """
    return _content(edition.octets)


@lru_cache(maxsize=REMEMBERED)
def _content(octets: bytes) -> Markup:
    body = canonical.decode(octets)
    template, names = _jinja.get_template("content.html"), _names(body)
    spans = inline.Inline(body, names["words"], linked=False)
    names |= {"layers": layers.arrange(body), "groups": layers.grouped(body), "inline": spans}
    return Markup(template.render(names))  # noqa: S704 - escaped


def render_ended(
    locale: str, notice: str | None, help: list[dict[str, Any]], replacement: str | None
) -> Markup:
    """Return what to show in the place of an article that must not be shown any more."""
    template = _jinja.get_template("ended.html")
    facts = {"locale": locale, "notice": notice, "help": help, "replacement": replacement}
    speech = _speech(locale)
    title = f"{speech['words'].ended}."
    return Markup(template.render(speech | facts | {"title": title}))  # noqa: S704 - escaped


def _data_block(data: dict[str, Any]) -> Markup:
    """Return data as it may stand in a ``<script>`` that is no script (HTML, "data block")."""
    text = canonical.encode(data).decode()
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - nothing in it can end the element


def _speech(locale: str) -> dict[str, Any]:
    """Return our own words in a locale, and how to mark them where they are in another one."""
    own = words.of(locale)
    foreign = locale.partition("-")[0] != own.locale
    return {
        "words": own,
        "dir": direction(locale),
        "ui": Markup(' lang="{}" dir="ltr"').format(own.locale) if foreign else "",
    }


def _frame(names: dict[str, Any], asked: dict[str, Any], **file: str) -> bytes:
    known = {name: asked[name] for name in ASKED if asked.get(name)}
    facts = {**file, "asked": known, "style": FRAME_STYLE}
    return _jinja.get_template("frame.html").render(names | facts).encode()


def _prefix(body: dict[str, Any]) -> str:
    return f"cv-{body['article']['slug']}-"


def _whole(body: dict[str, Any], top: int = 1, prefix: str = "") -> dict[str, Any]:
    """Return what an article is rendered from; ``prefix`` begins all ids inside it."""
    names = _names(body) | {"layers": layers.arrange(body), "top": top, "prefix": prefix}
    names["inline"] = inline.Inline(body, names["words"], prefix=prefix)
    return names


def _names(body: dict[str, Any]) -> dict[str, Any]:
    return {
        **_speech(body["context"]["locale"]),
        "body": body,
        "card": layers.card(body),
        "card_line": layers.card_line(body),
        "partial": "fields" in body or len(body.get("sections", [])) < len(SECTION_KINDS),
    }
