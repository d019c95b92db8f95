"""Nothing that stands in an edition can become markup, script or an unsafe link. Pure."""

from collections.abc import Callable
from typing import Any

import pytest
from bodies import Read, make_edition, make_full_body

from schemas.renditions import html
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


def render(body: dict[str, Any]) -> str:
    return html.render(make_edition(body)).decode()


def card(body: dict[str, Any]) -> str:
    return str(html.render_card(make_edition(body)))


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


@pytest.mark.parametrize("make", [render, card])
def test_hostile_text_changes_no_tag_and_no_attribute(make: Callable[[Any], str]) -> None:
    body = make_full_body()
    harmless, hostile = Read(make(spoil(body, "harmless words"))), Read(make(spoil(body, HOSTILE)))
    assert hostile.tags == harmless.tags
    assert hostile.text.count(HOSTILE) == harmless.text.count("harmless words") > 10


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_web_telephone_and_message_addresses_become_links(address: str) -> None:
    body = readdress(make_full_body(), address)
    page, on_card = Read(render(body)), Read(card(body))
    links = [*page.values["href"], *page.values.get("src", []), *on_card.values.get("href", [])]
    assert {link.partition("-")[0] for link in links if link.startswith("#")} >= {"#claim"}
    assert [link for link in links if not link.startswith("#")] == [
        "https://doi.org/10.1000/a%3Cb%3E"
    ]
    for text in ("linked", "Call 988", "What it shows"):
        assert text in page.text
