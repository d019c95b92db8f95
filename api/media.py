"""The formats that are not our own JSON, as the API's description shows them."""

from typing import Any

HTML_PAGE: dict[str, Any] = {
    "type": "string",
    "description": "A complete HTML page; with `fragment`, the article's element alone.",
    "examples": ['<!doctype html><html lang="en"><title>An example</title></html>'],
}
DIFF_PAGE: dict[str, Any] = {**HTML_PAGE, "description": "A complete HTML page of a diff."}
FRAME_PAGE: dict[str, Any] = {**HTML_PAGE, "description": "A complete HTML page for an iframe."}
REPORT_PAGE: dict[str, Any] = {**HTML_PAGE, "description": "A complete HTML page to print."}
TABLE: dict[str, Any] = {
    "type": "string",
    "description": "CSV (RFC 4180) with a line of names.",
    "examples": ["id,name\r\n019a,A partner\r\n"],
}
SCRIPT_FILE: dict[str, Any] = {
    "type": "string",
    "description": "A classic script that defines `<caveat-article>`.",
    "examples": ["(() => {})();"],
}
STYLE_FILE: dict[str, Any] = {
    "type": "string",
    "description": "A stylesheet for fragments.",
    "examples": [".cv { color: var(--cv-ink); }"],
}
MARKDOWN_TEXT: dict[str, Any] = {
    "type": "string",
    "description": "CommonMark with tables, after YAML front matter between two lines of `---`.",
    "examples": ["---\nslug: an-example\n---\n\n# An example\n"],
}
LINKED_DATA: dict[str, Any] = {
    "type": "object",
    "description": "schema.org as JSON-LD.",
    "properties": {
        "@context": {"const": "https://schema.org"},
        "@type": {"const": "MedicalWebPage"},
        "text": {"type": "string"},
        "usageInfo": {
            "type": "object",
            "properties": {name: {"type": "string"} for name in ("@type", "name", "text")},
            "required": ["@type", "text"],
        },
    },
    "required": ["@context", "@type", "text", "usageInfo"],
    "examples": [
        {
            "@context": "https://schema.org",
            "@type": "MedicalWebPage",
            "text": "General health information, not medical advice.",
            "usageInfo": {"@type": "CreativeWork", "text": "It is not medical advice."},
        }
    ],
}
NEWS_ITEM: dict[str, Any] = {
    "type": "object",
    "description": "IPTC ninjs 3.1; `standard.schema` names its JSON Schema.",
    "properties": {
        "uri": {"type": "string"},
        "pubStatus": {"type": "string", "enum": ["usable", "canceled"]},
        "bodies": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    name: {"type": "string"} for name in ("role", "contentType", "value")
                },
                "required": ["role", "value"],
            },
        },
    },
    "required": ["uri", "pubStatus", "bodies"],
    "examples": [
        {
            "uri": "urn:uuid:019a0000-0000-7000-8000-000000000001",
            "pubStatus": "canceled",
            "bodies": [{"role": "notice", "value": "<p>No longer published.</p>"}],
        }
    ],
}
PREVIEW_PAGE: dict[str, Any] = {**HTML_PAGE, "description": "A draft as an HTML page."}
PREVIEW_TEXT: dict[str, Any] = {**MARKDOWN_TEXT, "description": "A draft as Markdown."}
PREVIEW_DATA: dict[str, Any] = {
    **LINKED_DATA,
    "description": "A draft as JSON-LD; it claims no publication.",
    "properties": {**LINKED_DATA["properties"], "creativeWorkStatus": {"const": "Draft"}},
    "examples": [{**LINKED_DATA["examples"][0], "creativeWorkStatus": "Draft"}],
}
PREVIEW_ITEM: dict[str, Any] = {
    **NEWS_ITEM,
    "description": "A draft as IPTC ninjs 3.1; its `uri` is not that of the article.",
    "properties": {**NEWS_ITEM["properties"], "pubStatus": {"const": "withheld"}},
    "examples": [
        {
            "uri": "urn:caveat:019a0000-0000-7000-8000-000000000001:1:en:US:app:preview:1",
            "pubStatus": "withheld",
            "bodies": [{"role": "main", "value": "<p>It is not published.</p>"}],
        }
    ],
}
PREVIEWS = (PREVIEW_PAGE, PREVIEW_TEXT, PREVIEW_DATA, PREVIEW_ITEM)
RENDITIONS = (HTML_PAGE, FRAME_PAGE, MARKDOWN_TEXT, LINKED_DATA, NEWS_ITEM)
_ITEM = {
    "id": "urn:uuid:019a0000-0000-7000-8000-000000000001",
    "title": "The title of an example",
    "content_html": "<ul><li>General health information, not medical advice.</li></ul>",
}
JSON_FEED: dict[str, Any] = {
    "type": "object",
    "description": "A JSON Feed 1.1; `_caveat` objects have what else a program wants to know.",
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string"},
        "feed_url": {"type": "string"},
        "next_url": {"type": "string"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in _ITEM},
                "required": list(_ITEM),
            },
        },
    },
    "required": ["version", "title", "items"],
    "examples": [
        {"version": "https://jsonfeed.org/version/1.1", "title": "A publisher", "items": [_ITEM]}
    ],
}
ATOM_FEED: dict[str, Any] = {
    "type": "string",
    "description": "An Atom document (RFC 4287, RFC 5005, RFC 6721).",
    "examples": ['<feed xmlns="http://www.w3.org/2005/Atom"><title>A publisher</title></feed>'],
}
RSS_FEED: dict[str, Any] = {
    "type": "string",
    "description": "An RSS 2.0 document with `content:encoded`.",
    "examples": ['<rss version="2.0"><channel><title>A publisher</title></channel></rss>'],
}
FEEDS = (JSON_FEED, ATOM_FEED, RSS_FEED)
AUDIT_LINES: dict[str, Any] = {
    "type": "string",
    "description": "One JSON object on each line; its `type` is `row`, `seal` or `end`.",
    "examples": ['{"counts":{"rows":0,"seals":0},"type":"end"}\n'],
}
_COUNTS = '"counts":{"editions":0,"texts":0,"withheld":0}'
SNAPSHOT: dict[str, Any] = {
    "type": "string",
    "description": "One JSON object on each line; its `type` is `header`, `text`, `edition` or "
    "`end`. The header names the JSON Schema of the lines.",
    "examples": [f'{{{_COUNTS},"format":2,"sequence":233,"type":"header"}}\n'],
}
