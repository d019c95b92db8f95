"""Bodies of editions made by hand, for tests of renditions: every kind of block, any notices."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from content import canonical
from content.disclaimers import GROUPS
from content.documents import SECTION_KINDS
from content.editions import Edition

CALL = {"type": "call", "label": "Call 988", "value": "tel:988"}

# What stands between the title and the full texts of a full body, wherever nothing can be folded.
IN_PLACE = (
    "Label help",
    "The full text of crisis.",
    "Call 988",
    "The short of overdose.",
    "The summary of the article.",
    "The short of harms.",
    "About overview",
    "About mechanisms",
    "The short of product.",
    "Said",
    "About conclusions",
    "The short of origin.",
    "It is so.",
    "A study",
    "All notices in full",
)


def make_notice(id: str, level: str = "lead", anchor: str | None = None, **changed: Any) -> Any:
    notice = {
        "id": id,
        "kind": "safety",
        "group": "safety",
        "locale": "en",
        "dir": "ltr",
        "short": f"The short of {id}.",
        "text": f"The full text of {id}.",
        "actions": [],
        "display": {"level": level, "anchor": anchor},
    }
    return {**notice, **changed}


def make_body(notices: list[Any] | None = None, **changed: Any) -> dict[str, Any]:
    notices = notices or [make_notice("crisis", "alert", group="help", actions=[CALL])]
    ids = {group: [n["id"] for n in notices if n["group"] == group] for group in GROUPS}
    alerts = [n["id"] for n in notices if n["display"]["level"] == "alert"]
    body = {
        "$schema": "https://a.example/v1/schemas/edition-1.1.json",
        "format": 2,
        "id": "urn:caveat:019a0000-0000-7000-8000-000000000001:3:en:001:general:unknown",
        "article": {
            "id": "019a0000-0000-7000-8000-000000000001",
            "slug": "x",
            "topics": ["sleep"],
            "conditions": ["insomnia"],
        },
        "status": "published",
        "context": {
            "locale": "en",
            "jurisdiction": {"code": "001", "name": "the world"},
            "audience": "general",
            "channel": "unknown",
        },
        "revision": {
            "number": 3,
            "published_at": "2026-11-23T12:00:00Z",
            "change_note": "A correction.",
            "supersedes": 2,
        },
        "sequence": 41,
        "title": "The title of the article",
        "summary": "The summary of the article.",
        "sections": [
            {"kind": kind, "title": f"About {kind}", "standalone": False, "blocks": make_blocks()}
            for kind in SECTION_KINDS
        ],
        "claims": [
            {"id": "c-1", "statement": "It is so.", "evidence_level": "E3", "sources": ["s-1"]}
        ],
        "sources": [
            {
                "id": "s-1",
                "title": "A study",
                "authors": "Doe J",
                "container": "A Journal",
                "year": 2020,
                "doi": "10.1000/a<b>",
                "url": "https://a.example/s",
            }
        ],
        "disclaimers": notices,
        "notices": [
            {"group": g, "label": f"Label {g}", "items": items} for g, items in ids.items() if items
        ],
        "surfaces": {"card": alerts or [notices[0]["id"]], "notification": not alerts},
        "review": {
            "status": "unreviewed",
            "reviewed_on": None,
            "searched_on": "2026-11-22",
            "next_review_due": "2027-05-22",
            "provenance": {
                "author": "The desk",
                "ai_statement": "No tools.",
                "reviewer_name": None,
                "reviewer_credential": None,
            },
        },
        "rights": {
            "licence": "LicenseRef-X",
            "attribution": "Supplied by the desk.",
            "modification_allowed": False,
            "indexing": "canonical",
            "terms": ["Keep every notice."],
        },
        "freshness": {"recheck_after": "P1D", "max_offline": "P7D", "display_until": None},
        "links": {
            "self": "https://a.example/x?locale=en",
            "canonical": "https://a.example/x.html",
            "html": "https://a.example/x.html?locale=en",
            "keys": "https://a.example/.well-known/jwks.json",
        },
        "integrity": {"digest": "sha256:ab", "kid": "key-1"},
    }
    return {**body, **changed}


def span(text: str, *marks: dict[str, str]) -> dict[str, Any]:
    return {"text": text, "marks": list(marks)}


def cell(text: str) -> dict[str, Any]:
    return {"spans": [span(text)], "text": text}


def make_blocks() -> list[dict[str, Any]]:
    claim, source = {"type": "claim", "id": "c-1"}, {"type": "source", "id": "s-1"}
    link = {"type": "link", "href": "https://b.example/"}
    spans = [
        span("Said ", claim),
        span("strongly", claim, {"type": "strong"}, {"type": "emphasis"}),
        span("", claim, source),
        span(" "),
        span("linked", link),
    ]
    return [
        {"type": "paragraph", "spans": spans, "text": "Said strongly linked"},
        {"type": "heading", "level": 3, "spans": [span("Below")], "text": "Below"},
        {"type": "heading", "level": 4, "spans": [span("Deeper")], "text": "Deeper"},
        {"type": "list", "ordered": True, "items": [cell("First item")], "text": "First item"},
        {"type": "quote", "spans": [span("Quoted words")], "text": "Quoted words"},
        {"type": "callout", "tone": "caution", "spans": [span("Take care")], "text": "Take care"},
        {
            "type": "table",
            "caption": "A caption",
            "columns": [cell("Column")],
            "rows": [[cell("Value")]],
            "text": "A caption Column Value",
        },
        {
            "type": "figure",
            "src": "https://b.example/i.png",
            "alt": "What it shows",
            "width": 640,
            "height": 480,
            "credit": "A photographer",
            "licence": "CC0",
            "digest": "sha256:" + "0" * 64,
            "text": "What it shows",
        },
        {"type": "hologram", "text": "A block of a later version"},
    ]


def make_full_body(**changed: Any) -> dict[str, Any]:
    notices = [
        make_notice("crisis", "alert", group="help", actions=[CALL]),
        make_notice("overdose", "lead", group="help"),
        make_notice("harms", "lead"),
        make_notice("product", "inline", "mechanisms"),
        make_notice("origin", "foot", group="about"),
    ]
    return make_body(notices, **changed)


def make_preview_body() -> dict[str, Any]:
    body = make_full_body(status="preview", title="[Preview] The title of the article")
    links = {name: at if name == "keys" else None for name, at in body["links"].items()}
    return {
        **body,
        "id": f"{body['id']}:preview:1",
        "revision": {**body["revision"], "published_at": None},
        "links": links,
        "integrity": {"digest": "sha256:ab", "kid": None, "jws": None},
    }


def make_edition(body: dict[str, Any]) -> Edition:
    return Edition(canonical.encode(body), datetime(2026, 11, 23, tzinfo=UTC))


def in_order(text: str, *parts: str) -> bool:
    """Return whether the parts stand in a text one after the other."""
    at = 0
    for part in parts:
        at = text.find(part, at) + len(part)
        if at < len(part):
            return False
    return True


class Read(HTMLParser):
    """What a page holds: its tags in order, its text, its attributes by name, its data."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.values: dict[str, list[str]] = {}
        self.text = ""
        self.data = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        for name, value in attrs:
            self.values.setdefault(name, []).append(value or "")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script":
            self.data += data
        else:
            self.text += data
