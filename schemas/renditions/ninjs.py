"""IPTC ninjs 3.1, News in JSON: for the systems of newsrooms and agencies.

ninjs has no place for fields of our own, and readers may show any of its bodies alone. So every
notice stands inside the main body, by its level and once more in full, and all of them together are
a body with the role ``disclaimer``. What was taken down is an item with the same ``uri``, the
status ``canceled`` and the public notice: the signal by which such systems drop their copy.
"""

from collections.abc import Iterator
from typing import Any

from content import canonical
from content.editions import Edition, instant
from schemas.renditions import formats, html, inline, layers, plain
from schemas.renditions.feeds import Ended

SCHEMA = formats.NINJS.profile
STANDARD = {"name": "ninjs", "version": "3.1", "schema": SCHEMA}
PLACE = "urn:iso:std:iso:3166"  # codes of places (RFC 5141)


def render(edition: Edition) -> bytes:
    """Return an edition as a ninjs item, in canonical JSON."""
    body, rights = edition.body, edition.body["rights"]
    title = {"headlines": [_plain("main", body["title"])]} if "title" in body else {}
    until = body["freshness"]["display_until"]
    standing = _draft(body) if formats.is_preview(body) else _published(body)
    item = {
        **_known(body["article"]["id"], body["article"]["slug"], body["context"]["locale"]),
        **title,
        **({"expires": f"{until}T23:59:59Z"} if until else {}),
        "representationType": "full",
        "version": str(body["sequence"]),
        "versionCreated": instant(edition.modified),
        "by": body["review"]["provenance"]["author"],
        "descriptions": [_plain("card", layers.card_line(body))],
        "bodies": [
            _html("main", html.render_content(edition)),
            _plain("disclaimer", plain.notices(body)),
        ],
        "usageTerms": " ".join([rights["attribution"], *rights["terms"]]),
        "rightsInfo": {"linkedRights": f"{formats.base(body['links'])}/terms"},
        "subjects": list(_subjects(body)),
        "places": [_place(body["context"]["jurisdiction"])],
        "infoSources": [_source(source) for source in body.get("sources", [])],
        "altIds": [
            {"role": "edition", "value": body["id"]},
            {"role": "digest", "value": body["integrity"]["digest"]},
        ],
        "renditions": list(_renditions(body)),
        **standing,
    }
    return canonical.encode(item)


def cancel(ended: Ended, version: int) -> bytes:
    """Return the item that takes the place of an article that must not be shown any more."""
    item = {
        **_known(ended.article, ended.slug, ended.locale),
        "pubStatus": "canceled",
        "version": str(version),
        "versionCreated": instant(ended.since),
        "bodies": [_html("notice", ended.content)],
        "edNote": "Remove your copy, and show the notice and the help in its place.",
    }
    return canonical.encode(item)


def _published(body: dict[str, Any]) -> dict[str, str]:
    """Return what tells an item that may be shown."""
    return {
        "pubStatus": "usable",
        "contentCreated": body["revision"]["published_at"],
        "edNote": _note(body),
    }


def _draft(body: dict[str, Any]) -> dict[str, str]:
    """Return what tells a preview: it takes the place of no item, and its first notice says why."""
    note = body["disclaimers"][0]["text"]
    return {"uri": body["id"], "pubStatus": "withheld", "edNote": note}


def _known(article: str, slug: str, locale: str) -> dict[str, Any]:
    """Return what is the same in every version of an item."""
    return {
        "uri": formats.identity(article),
        "type": "text",
        "slugline": slug,
        "language": locale,
        "standard": STANDARD,
    }


def _plain(role: str, text: str) -> dict[str, str]:
    return {"role": role, "contentType": "text/plain", "value": text}


def _html(role: str, text: str) -> dict[str, str]:
    return {"role": role, "contentType": "text/html", "value": str(text)}


def _subjects(body: dict[str, Any]) -> Iterator[dict[str, str]]:
    for kind in ("topics", "conditions"):
        for tag in body["article"][kind]:
            yield {"name": tag, "literal": tag, "rel": kind.removesuffix("s")}


def _place(jurisdiction: dict[str, str]) -> dict[str, str]:
    """Return the place that the notices are for; the world and an unknown place have no code."""
    code = jurisdiction["code"]
    part = "-2" if "-" in code else "-1"
    uri = {} if code in ("001", "ZZ") else {"uri": f"{PLACE}:{part}:{code}"}
    return {"name": jurisdiction["name"], "literal": code, "rel": "jurisdiction", **uri}


def _source(source: dict[str, Any]) -> dict[str, str]:
    name = f"{source['authors']}. {source['title']}"
    uri = inline.doi(source["doi"]) if source["doi"] else inline.safe(source["url"])
    return {"name": name, "role": "source", **({"uri": uri} if uri else {})}


def _renditions(body: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield where the same edition is in the other formats; a preview is nowhere."""
    for form in formats.FORMATS if body["links"]["html"] else ():
        href = inline.safe(formats.address(body["links"], form))
        if href and form is not formats.NINJS:
            yield {"name": form.name, "href": href, "contentType": form.mimetype}


def _note(body: dict[str, Any]) -> str:
    fresh = body["freshness"]
    return (
        "Keep every notice with the text, none shorter or later. "
        f"Check for a new version every {fresh['recheck_after']}; "
        f"without one, take it down after {fresh['max_offline']}."
    )
