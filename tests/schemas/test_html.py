"""The HTML page and card: order of the layers, no unescaped text, nothing lost. Pure."""

import base64
import hashlib
import itertools
import json
import re
from typing import Any

import pytest
from bodies import CALL, Read, in_order, make_body, make_edition, make_full_body, make_notice
from hostile import HOSTILE, spoil
from hypothesis import given
from hypothesis import strategies as st

from content.documents import SECTION_KINDS
from content.excerpts import FIELDS
from schemas.renditions import html, jsonld

PREVIEWS = ("description", "og:description", "twitter:description")


def render(body: dict[str, Any]) -> str:
    return html.render(make_edition(body)).decode()


def card(body: dict[str, Any]) -> str:
    return str(html.render_card(make_edition(body)))


def test_the_layers_stand_in_their_order() -> None:
    text = Read(render(make_full_body()).partition("<body>")[2]).text
    assert in_order(
        text,
        "The title of the article",
        "Label help",
        "The full text of crisis.",
        "Call 988",
        "The short of overdose.",
        "Skip to article",
        "The summary of the article.",
        "Label safety",
        "The short of harms.",
        "About overview",
        "About mechanisms",
        "The short of product.",
        "Said",
        "About conclusions",
        "The short of origin.",
        "It is so.",
        "A study",
        "sha256:ab",
    )
    assert text.partition("Label help")[0].strip() == "The title of the article"


def test_each_notice_but_an_alert_opens_from_its_short_to_its_full_text() -> None:
    found = re.findall(
        r"<details><summary>(.*?)</summary>.*?<p>(.*?)</p>.*?</details>",
        render(make_full_body()),
        re.DOTALL,
    )
    names = ["overdose", "harms", "product", "origin"]
    assert found == [(f"The short of {n}.", f"The full text of {n}.") for n in names]


@pytest.mark.parametrize("level", ["shout", "", None, "ALERT", "Lead"])
def test_an_unknown_level_means_alert_on_the_page_and_on_the_card(level: Any) -> None:
    strange = make_notice("strange", level)
    body = make_body([make_notice("crisis", "alert", group="help"), strange])
    assert in_order(render(body), "<h1", "The full text of strange.", "Skip to article")
    assert "The short of strange." in card(body).partition("<details")[0]


@pytest.mark.parametrize("anchor", ["appendix", None])
def test_an_inline_notice_whose_section_is_not_shown_leads(anchor: str | None) -> None:
    body = make_body([make_notice("lost", "inline", anchor)])
    assert in_order(render(body), "<h1", "The short of lost.", 'id="article"')


def test_an_inline_notice_leads_in_a_part_without_its_section() -> None:
    body = make_body([make_notice("late", "inline", "conclusions")])
    body["sections"] = body["sections"][:1]
    assert in_order(render(body), "The short of late.", 'id="article"', "About overview")


@given(st.data())
def test_every_text_of_every_notice_is_on_the_page_once_and_on_the_card(
    data: st.DataObject,
) -> None:
    levels = st.sampled_from(["alert", "lead", "inline", "foot", "other"])
    anchors = st.sampled_from([*SECTION_KINDS, "elsewhere", None])
    groups = st.sampled_from(["help", "status", "safety", "law", "about"])
    words = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60)
    made = [
        make_notice(f"n{i}-", *(data.draw(levels), data.draw(anchors)), group=data.draw(groups))
        | {"text": f"#{i}# {data.draw(words)}", "short": f"={i}= {data.draw(words)}"}
        for i in range(data.draw(st.integers(1, 8)))
    ]
    body = make_body(made, sections=make_body()["sections"][: data.draw(st.integers(0, 4))])
    page, on_card = Read(render(body)).text, Read(card(body)).text
    for notice in made:
        assert page.count(notice["text"]) == 1
        assert notice["text"] in on_card
        assert notice["short"] in on_card
        assert notice["display"]["level"] in ("alert", "other") or notice["short"] in page


def test_links_into_the_page_have_their_targets_and_ids_are_unique() -> None:
    page = Read(render(make_full_body()))
    targets = {link[1:] for link in page.values["href"] if link.startswith("#")}
    assert targets == {"article", "claim-c-1", "source-s-1"}
    assert targets <= set(page.values["id"])
    assert len(page.values["id"]) == len(set(page.values["id"]))


def test_a_claim_keeps_its_marks_and_shows_its_evidence() -> None:
    page = render(make_full_body())
    assert '<span class="cv-claim" data-claim="c-1">Said <strong><em>strongly</em></strong>' in page
    assert 'aria-label="Evidence level E3: Surveys, registries and other observational' in page


def test_every_kind_of_block_is_shown_and_an_unknown_one_gives_its_text() -> None:
    page = Read(render(make_full_body()))
    tags = [tag for tag, _ in page.tags]
    for tag in ("h3", "h4", "ol", "blockquote", "table", "caption", "figure", "img"):
        assert tag in tags
    for text in (
        "Quoted words",
        "Caution",
        "Value",
        "A photographer",
        "A block of a later version",
    ):
        assert text in page.text
    assert {"What it shows", "640", "480"} <= {v for vs in page.values.values() for v in vs}


def test_the_style_hash_is_of_the_only_style_and_there_is_no_script() -> None:
    page = render(make_full_body())
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" == html.STYLE_HASH
    assert re.findall("<script[^>]*>", page) == ['<script type="application/ld+json">']
    assert "style" not in Read(page).values


def test_what_a_preview_shows_is_the_line_of_the_card_and_never_the_summary() -> None:
    notices = [make_notice("crisis", "alert"), make_notice("general"), make_notice("harms")]
    body = make_body(notices)
    body["surfaces"]["card"] = ["crisis", "general"]
    head = render(body).partition("<script")[0]
    shown = re.findall(r'<meta (?:name|property)="([a-z:]*description)" content="(.*?)">', head)
    line = "The short of crisis. The short of general."
    assert dict(shown) == dict.fromkeys(PREVIEWS, line)
    assert "summary of the article" not in render(body).partition("<body>")[0]


def test_what_machines_are_told_of_the_page_is_what_it_is_as_linked_data() -> None:
    body = make_full_body()
    found = json.loads(Read(render(body)).data)
    assert found == jsonld.describe(make_edition(body))
    assert "text" not in found
    for notice in body["disclaimers"]:
        assert notice["text"] in found["usageInfo"]["text"]


def test_nothing_ends_the_data_block() -> None:
    body = spoil(make_full_body(), HOSTILE)
    page = render(body)
    block = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert not {"<", ">", "&"} & set(block)
    assert json.loads(block)["name"] == HOSTILE


@pytest.mark.parametrize(
    ("indexing", "told"), [("canonical", False), ("free", False), ("noindex", True)]
)
def test_only_noindex_keeps_search_engines_out(indexing: str, told: bool) -> None:
    body = make_full_body()
    page = render(body | {"rights": body["rights"] | {"indexing": indexing}})
    assert ('<meta name="robots" content="noindex">' in page) is told
    assert '<link rel="canonical" href="https://a.example/x.html">' in page


@pytest.mark.parametrize(
    "kept", [set(c) for n in range(6) for c in itertools.combinations(FIELDS, n)], ids=sorted
)
def test_a_part_shows_what_is_there_and_says_that_it_is_a_part(kept: set[str]) -> None:
    whole = make_full_body()
    body = {k: v for k, v in whole.items() if k not in FIELDS or k in kept}
    page = Read(render(body | {"fields": sorted(kept)})).text
    assert "This is a part of an article." in page
    assert all(notice["text"] in page for notice in body["disclaimers"])
    shown = {"title": "The title", "summary": "The summary", "sections": "Quoted words"}
    shown |= {"claims": "It is so.", "sources": "A study"}
    assert {name for name, text in shown.items() if text in page} == kept


def test_a_whole_article_does_not_say_that_it_is_a_part() -> None:
    assert "a part of" not in render(make_full_body())


def test_the_page_tells_its_revision_review_rights_and_proof() -> None:
    text = Read(render(make_full_body())).text
    for fact in ("3: A correction.", "2026-11-23", "41", "sha256:ab", "key-1", "LicenseRef-X"):
        assert fact in text
    assert "Not by a clinician" in text
    assert "Supplied by the desk." in text


def test_a_reviewed_page_names_its_reviewer() -> None:
    body = make_full_body()
    who = {"reviewer_name": "R. Viewer", "reviewer_credential": "MD"}
    review = {"status": "reviewed", "reviewed_on": "2026-11-20"}
    review["provenance"] = body["review"]["provenance"] | who
    text = Read(render(body | {"review": body["review"] | review})).text
    assert "R. Viewer, MD, 2026-11-20" in text
    assert "Not by a clinician" not in text


def test_language_and_direction_are_told_for_the_page_and_for_each_notice() -> None:
    notice = make_notice("crisis", "alert", locale="fr", dir="ltr")
    body = make_body([notice])
    body["context"]["locale"] = "ar"
    page = render(body)
    assert '<html lang="ar" dir="rtl">' in page
    assert '<li lang="fr" dir="ltr" data-notice="crisis">' in page
    assert '<p class="cv-skip" lang="en" dir="ltr">' in page


def test_a_number_is_written_out_where_its_label_does_not_say_it() -> None:
    poison = {"type": "call", "label": "Call Poison Help", "value": "tel:1-800-222-1222"}
    body = make_body([make_notice("crisis", "alert", actions=[CALL, poison])])
    text = Read(render(body)).text
    assert "Call Poison Help 1-800-222-1222" in text
    assert text.count("988") == 1


def test_no_notice_is_a_landmark_or_interrupts() -> None:
    page = Read(render(make_full_body()))
    assert page.values.get("role") == ["group"] * 4  # the scrolling tables
    assert all("aria-labelledby" not in names for tag, names in page.tags if tag == "section")


def test_a_card_shows_its_shorts_and_holds_everything_owed_in_full() -> None:
    shown, _, folded = card(make_full_body()).partition("<details")
    assert '<a href="https://a.example/x.html?locale=en">The title of the article</a>' in shown
    assert in_order(shown, "The short of crisis.", "The summary of the article.")
    for name in ("crisis", "overdose", "harms", "product", "origin"):
        assert f"The full text of {name}." in folded
    assert 'href="tel:988"' in folded


def test_the_heading_of_a_card_fits_the_page_around_it() -> None:
    made = html.render_card(make_edition(make_full_body()), level=3)
    assert "<h3" in made
    assert "<h4" in made
    assert "<h2" not in made
