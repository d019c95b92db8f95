"""The examples of the API's description; the tests check each against its schema."""

from typing import Any

from content.documents import SECTION_KINDS

_ACTION = {"type": "call", "label": "Call 988", "value": "tel:988"}
_HELP = {
    "kind": "crisis",
    "label": "988 Suicide and Crisis Lifeline",
    "phrase": "Call or text 988.",
    "actions": [_ACTION],
}
_URL = "https://content.example"
_ID = "019a0000-0000-7000-8000-000000000001"
_PAGE = f"{_URL}/v1/articles/sleep-habits-and-insomnia"
_CONTEXT = "locale=en&jurisdiction=US&audience=general&channel=unknown"
_DISCLAIMER = {
    "id": "not-medical-advice",
    "version": 1,
    "kind": "medical",
    "group": "about",
    "obligation": "mandatory",
    "locale": "en",
    "dir": "ltr",
    "short": "General health information, not medical advice.",
    "text": "This article gives general health information. It is not medical advice.",
    "actions": [],
    "display": {"level": "lead", "anchor": None},
    "required_by": ["every-article-owes-not-medical-advice"],
}
EDITION_EXAMPLE: dict[str, Any] = {
    "$schema": f"{_URL}/v1/schemas/edition-1.1.json",
    "format": 2,
    "id": "urn:caveat:019a0000-0000-7000-8000-000000000001:1:en:US:general:unknown",
    "article": {
        "id": _ID,
        "slug": "sleep-habits-and-insomnia",
        "topics": ["sleep"],
        "conditions": ["insomnia"],
    },
    "status": "published",
    "context": {
        "locale": "en",
        "jurisdiction": {"code": "US", "name": "the United States"},
        "audience": "general",
        "channel": "unknown",
    },
    "revision": {
        "number": 1,
        "published_at": "2026-11-23T12:00:00Z",
        "change_note": "First publication.",
        "supersedes": None,
    },
    "sequence": 233,
    "title": "The title of an example",
    "fields": ["title"],
    "disclaimers": [_DISCLAIMER],
    "notices": [{"group": "about", "label": "About this article", "items": ["not-medical-advice"]}],
    "surfaces": {"card": ["not-medical-advice"], "notification": True},
    "review": {
        "status": "unreviewed",
        "reviewed_on": None,
        "searched_on": "2026-11-22",
        "next_review_due": "2027-05-22",
        "provenance": {
            "author": "Caveat demo newsroom",
            "ai_statement": "No AI tools were used.",
            "reviewer_name": None,
            "reviewer_credential": None,
        },
        "translation": None,
        "overrides": [],
    },
    "help": [_HELP],
    "rights": {
        "licence": "LicenseRef-Caveat-Syndication",
        "attribution": "Article supplied by Caveat demo newsroom.",
        "modification_allowed": False,
        "indexing": "canonical",
        "terms": ["Keep every notice with the article."],
    },
    "freshness": {"recheck_after": "P1D", "max_offline": "P7D", "display_until": None},
    "links": {
        "self": f"{_PAGE}?{_CONTEXT}&fields=title",
        "canonical": f"{_PAGE}.html",
        "html": f"{_PAGE}.html?{_CONTEXT}",
        "revisions": f"{_PAGE}/revisions",
        "keys": f"{_URL}/.well-known/jwks.json",
    },
    "integrity": {
        "digest": "sha256:" + "0" * 64,
        "kid": "hZ3AIJXAIrHZTJhZ4rV6bXn0pZqDXYQWpzGoMmBLhX4",
        "jws": "eyJhbGciOiJFZDI1NTE5In0..c2lnbmF0dXJl",
    },
}
SECTION_EXAMPLE: dict[str, Any] = {
    **{name: value for name, value in EDITION_EXAMPLE.items() if name != "fields"},
    "$schema": f"{_URL}/v1/schemas/section-1.0.json",
    "section": "conclusions",
    "sections": [
        {
            "kind": "conclusions",
            "title": "In short",
            "standalone": True,
            "blocks": [
                {
                    "type": "paragraph",
                    "spans": [{"text": "An example of a paragraph.", "marks": []}],
                    "text": "An example of a paragraph.",
                }
            ],
        }
    ],
    "claims": [],
    "sources": [],
    "links": {
        **EDITION_EXAMPLE["links"],
        "self": f"{_PAGE}/sections/conclusions?{_CONTEXT}",
    },
}
_KEY = "not-medical-advice@1~0a1b2c3d"
LIST_EXAMPLE: dict[str, Any] = {
    "$schema": f"{_URL}/v1/schemas/articles-1.2.json",
    "format": 2,
    "sequence": 233,
    "items": [{**EDITION_EXAMPLE, "disclaimers": [_KEY]}],
    "texts": {_KEY: _DISCLAIMER},
    "withheld": 0,
    "links": {"self": f"{_URL}/v1/articles?{_CONTEXT}&limit=20&cursor=MjMzLjIzNA", "next": None},
}
REVISIONS_EXAMPLE: dict[str, Any] = {
    "article": {"id": EDITION_EXAMPLE["article"]["id"], "slug": "sleep-habits-and-insomnia"},
    "locale": "en",
    "sequence": 233,
    "revisions": [
        {
            "number": 1,
            "published_at": "2026-11-23T12:00:00Z",
            "change_note": "First publication.",
            "digest": "sha256:" + "0" * 64,
            "href": f"{_PAGE}/revisions/1?locale=en",
        }
    ],
}
CHANGES_EXAMPLE: dict[str, Any] = {
    "sequence": 234,
    "changes": [
        {
            "seq": 234,
            "group_end": 234,
            "at": "2026-11-23T12:00:00Z",
            "kind": "article.withdrawn",
            "subject": {
                "type": "article",
                "id": EDITION_EXAMPLE["article"]["id"],
                "slug": "sleep-habits-and-insomnia",
                "locale": "en",
            },
            "impact": "safety",
            "scope": "listed",
            "notice": "Withdrawn: a source was retracted.",
            "fact": "sha256:" + "7b" * 32,
            "tombstone": {
                "type": "withdrawn",
                "notice": "Withdrawn: a source was retracted.",
                "replacement": None,
                "your_copy": "remove",
                "help": [_HELP],
            },
        }
    ],
    "items": [{**EDITION_EXAMPLE, "disclaimers": [_KEY]}],
    "texts": {_KEY: _DISCLAIMER},
    "withheld": 0,
    "links": {"next": f"{_URL}/v1/changes?after=234&limit=100&include=editions&{_CONTEXT}"},
}
DISCLAIMERS_EXAMPLE: dict[str, Any] = {
    "sequence": 233,
    "disclaimers": [
        {k: v for k, v in _DISCLAIMER.items() if k not in ("dir", "actions", "required_by")}
        | {"variants": []}
    ],
}
TOPICS_EXAMPLE: dict[str, Any] = {
    "sequence": 233,
    "topics": [{"id": "sleep", "articles": 1}],
    "conditions": [{"id": "insomnia", "articles": 1}],
}
SCHEMAS_EXAMPLE: dict[str, Any] = {
    "schemas": {"edition-1.0": f"{_URL}/v1/schemas/edition-1.0.json"}
}
SCHEMA_EXAMPLE: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "changes-1.0",
    "type": "object",
}
DESCRIPTION_EXAMPLE: dict[str, Any] = {"openapi": "3.1.1", "info": {"title": "Caveat"}}
KEYS_EXAMPLE: dict[str, Any] = {
    "keys": [
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            "kid": "hZ3AIJXAIrHZTJhZ4rV6bXn0pZqDXYQWpzGoMmBLhX4",
            "use": "sig",
            "alg": "Ed25519",
        }
    ]
}
PROBLEM_EXAMPLE: dict[str, Any] = {
    "type": f"{_URL}/problems/bad-request",
    "title": "The request is malformed",
    "status": 400,
    "detail": "locale is malformed; write a BCP 47 tag such as 'en' or 'es-MX'",
    "instance": "/v1/articles/sleep-habits-and-insomnia",
    "request_id": "5b7d3c0f4f6c4c1c9c55b2a4a6b4d1de",
    "docs": f"{_URL}/docs",
    "errors": [{"pointer": "locale", "detail": "is malformed; write a BCP 47 tag"}],
}
OEMBED_EXAMPLE: dict[str, Any] = {
    "version": "1.0",
    "type": "rich",
    "provider_name": "Caveat demo newsroom",
    "provider_url": f"{_URL}/",
    "cache_age": 30,
    "html": "<article><p>A title</p><ul><li>A notice</li></ul></article>",
    "width": 600,
    "height": 210,
}
EMBED_EXAMPLE: dict[str, Any] = {
    "version": "1.0.0",
    "script": {"href": f"{_URL}/embed/1.0.0/caveat.js", "integrity": "sha384-" + "0" * 64},
    "style": {"href": f"{_URL}/embed/1.0.0/caveat.css", "integrity": "sha384-" + "0" * 64},
    "latest": {"href": f"{_URL}/embed/v1.js"},
}
JURISDICTIONS_EXAMPLE: dict[str, Any] = {
    "sequence": 233,
    "jurisdictions": [EDITION_EXAMPLE["context"]["jurisdiction"]],
}
WHERE_USED_EXAMPLE: dict[str, Any] = {
    "sequence": 233,
    "disclaimer": "not-medical-advice",
    "articles": [{"id": _ID, "slug": "sleep-habits-and-insomnia", "locale": "en"}],
    "links": {"next": None},
}
RULES_EXAMPLE: dict[str, Any] = {
    "sequence": 233,
    "rules": [
        {
            "id": "ban-raises-legal-status",
            "because": "Where it is banned, readers must see that before the text.",
            "when": {"law": ["banned"]},
            "require": [],
            "raise": {
                "disclaimer": "legal-status-by-region",
                "level": "lead",
                "anchor": None,
                "first": False,
            },
            "withhold": None,
        }
    ],
}
_RUNS = [{"op": "equal", "text": "Sleep habits and "}, {"op": "added", "text": "insomnia"}]
_DIFF = {name: EDITION_EXAMPLE[name] for name in ("article", "context", "surfaces", "help")}
DIFF_EXAMPLE: dict[str, Any] = {
    **_DIFF,
    **{name: EDITION_EXAMPLE[name] for name in ("disclaimers", "notices", "rights", "sequence")},
    "from": EDITION_EXAMPLE["revision"],
    "to": {**EDITION_EXAMPLE["revision"], "number": 2, "supersedes": 1},
    "title": _RUNS,
    "summary": _RUNS,
    "sections": [
        {
            "kind": kind,
            "title": _RUNS,
            "blocks": [{"op": "changed", "type": "paragraph", "words": _RUNS}],
        }
        for kind in SECTION_KINDS
    ],
    "links": {
        "self": f"{_URL}/v1/articles/sleep-habits-and-insomnia/diff?{_CONTEXT}&from=1&to=2",
        "html": f"{_URL}/v1/articles/sleep-habits-and-insomnia/diff.html?{_CONTEXT}&from=1&to=2",
        "from": f"{_URL}/v1/articles/sleep-habits-and-insomnia/revisions/1?{_CONTEXT}",
        "to": f"{_URL}/v1/articles/sleep-habits-and-insomnia/revisions/2?{_CONTEXT}",
    },
}
CHECKPOINT_EXAMPLE: dict[str, Any] = {
    "sequence": 234,
    "root": "sha256:" + "5e" * 32,
    "at": "2026-11-23T13:00:00Z",
    "integrity": {"kid": KEYS_EXAMPLE["keys"][0]["kid"], "jws": "eyJhbGciOiJFZDI1NTE5In0..c2ln"},
    "consistency": {"from": 200, "hashes": ["c0" * 32]},
}
