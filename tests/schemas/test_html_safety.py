"""Nothing that stands in an edition can become markup, script or an unsafe link. Pure."""

from collections.abc import Callable
from typing import Any

import pytest
from bodies import Read, make_edition, make_full_body
from hostile import ADDRESSES, HOSTILE, readdress, spoil

from schemas.renditions import html


def render(body: dict[str, Any]) -> str:
    return html.render(make_edition(body)).decode()


def card(body: dict[str, Any]) -> str:
    return str(html.render_card(make_edition(body)))


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
