"""oEmbed: the card is whole or it is not there; it fits, and it never says the summary. Pure."""

from typing import Any

import pytest
from bodies import CALL, Read, in_order, make_body, make_edition, make_full_body, make_notice
from hostile import HOSTILE, spoil

from schemas.renditions import oembed


def describe(
    body: dict[str, Any], width: int | None = None, height: int | None = None
) -> dict[str, Any]:
    return oembed.describe(make_edition(body), "The desk", width=width, height=height, cache_age=30)


def test_a_card_is_what_oembed_wants() -> None:
    found = describe(make_full_body())
    assert (found["version"], found["type"], found["width"]) == ("1.0", "rich", 600)
    assert (found["provider_name"], found["provider_url"]) == ("The desk", "https://a.example/")
    assert found["cache_age"] == 30


def test_the_shorts_of_the_card_are_seen_beside_its_title_and_every_text_is_folded() -> None:
    notices = [make_notice("crisis", "alert", group="help", actions=[CALL]), make_notice("general")]
    body = make_body([*notices, make_notice("harms")])
    body["surfaces"]["card"] = ["crisis", "general"]
    seen, _, folded = describe(body)["html"].partition("<details>")
    text = Read(seen).text
    assert in_order(text, "The title", "The short of crisis.", "The short of general.")
    assert "harms" not in text
    assert 'href="https://a.example/x.html?locale=en"' in seen
    for name in ("crisis", "general", "harms"):
        assert f"The full text of {name}." in folded
    assert 'href="tel:988"' in folded


def test_the_summary_is_never_in_it() -> None:
    assert "The summary of the article" not in str(describe(make_full_body()))


def test_a_title_that_may_not_stand_alone_is_in_the_card_only() -> None:
    alert, lead = make_full_body(), make_body([make_notice("general")])
    assert "title" not in describe(alert)
    assert "The title of the article" in describe(alert)["html"]
    assert describe(lead)["title"] == "The title of the article"


@pytest.mark.parametrize("width", [240, 300, 599, 600, 601, 10**9, None])
def test_a_card_is_no_wider_than_asked_and_than_600(width: int | None) -> None:
    found = describe(make_full_body(), width)
    assert found["width"] == min(600, width or 600)
    assert f"max-width:{found['width']}px" in found["html"]


def test_a_narrower_card_is_higher() -> None:
    heights = [describe(make_full_body(), width)["height"] for width in (600, 400, 240)]
    assert heights == sorted(heights)
    assert heights[0] < heights[2]


@pytest.mark.parametrize(("width", "height"), [(239, None), (None, 60), (600, 60), (1, 1)])
def test_what_does_not_fit_is_a_link_that_says_nothing(
    width: int | None, height: int | None
) -> None:
    found = describe(make_full_body(), width, height)
    assert found["type"] == "link"
    assert not {"title", "html"} & found.keys()
    assert "article" not in str(found)


def test_a_card_fits_as_high_as_it_says() -> None:
    high = describe(make_full_body())["height"]
    assert describe(make_full_body(), None, high)["type"] == "rich"
    assert describe(make_full_body(), None, high - 1)["type"] == "link"


def test_hostile_text_changes_no_tag_and_the_card_runs_nothing() -> None:
    harmless, hostile = (
        Read(describe(spoil(make_full_body(), words))["html"]) for words in ("words", HOSTILE)
    )
    assert hostile.tags == harmless.tags
    assert not {"script", "link", "iframe", "img", "form"} & {tag for tag, _ in hostile.tags}
