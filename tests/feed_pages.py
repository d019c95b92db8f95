"""Pages of feeds made by hand, and what has ended in them."""

from datetime import UTC, datetime
from typing import Any

from schemas.renditions.feeds import Ended, Feed

BASE = "https://a.example"
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
HELP = {"kind": "crisis", "label": "A line", "phrase": "Call 988.", "actions": []}


def make_ended(**changed: Any) -> Ended:
    facts: dict[str, Any] = {
        "article": "019a0000-0000-7000-8000-000000000002",
        "slug": "an-ended-article",
        "url": f"{BASE}/v1/articles/an-ended-article.html",
        "locale": "en",
        "reason": "withdrawn",
        "since": datetime(2026, 11, 24, tzinfo=UTC),
        "notice": "It was wrong about a dose.",
        "your_copy": "remove",
        "replacement": f"{BASE}/v1/articles/a-better-one.html",
        "help": [HELP],
    }
    return Ended(**facts | changed)


def make_feed(*entries: Any, **changed: Any) -> Feed:
    facts: dict[str, Any] = {
        "publisher": "The desk",
        "base": BASE,
        "locale": "en",
        "about": (),
        "id": f"{BASE}/feed",
        "first": f"{BASE}/feed?limit=2",
        "here": f"{BASE}/feed?limit=2&cursor=a",
        "next": f"{BASE}/feed?limit=2&cursor=b",
        "began": BEGAN,
        "entries": list(entries),
    }
    return Feed(**facts | changed)
