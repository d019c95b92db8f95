"""Hostile texts and addresses, and how they get into every place of a body."""

from typing import Any

from schemas.renditions.inline import SAFE

HOSTILE = (
    "</style><script>alert(1)</script><img src=x onerror=alert(1)>\"' onload='x' &amp; {{7*7}}"
)
ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " https://a.example/",
    "data:text/html,<script>1</script>",
    "//evil.example/",
    'https://a.example/" onclick="x',
    "https://a.example/\njavascript:1",
    "vbscript:x",
    "tel:1;javascript:1",
]
HOUSEHOLD = ("id", "type", "kind", "level", "anchor", "group", "locale", "dir", "code", "items")
NAMES = (*HOUSEHOLD, "card", "evidence_level", "sources", "status", "indexing", "tone", "digest")


def spoil(value: Any, words: str, key: str = "") -> Any:
    """Put ``words`` in the place of every text that is not a name or an address."""
    if isinstance(value, dict):
        return {k: spoil(v, words, k) for k, v in value.items()}
    if isinstance(value, list):
        return [spoil(item, words, key) for item in value]
    is_text = isinstance(value, str) and value and key not in NAMES
    return words if is_text and not SAFE.fullmatch(value) else value


def readdress(value: Any, address: str) -> Any:
    """Put ``address`` in the place of every address."""
    if isinstance(value, dict):
        return {k: readdress(v, address) for k, v in value.items()}
    if isinstance(value, list):
        return [readdress(item, address) for item in value]
    return address if isinstance(value, str) and SAFE.fullmatch(value) else value
