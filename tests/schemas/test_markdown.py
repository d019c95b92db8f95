"""Markdown: order of the layers, every full text, and no text of ours that becomes markup. Pure."""

import re
from typing import Any

import pytest
import yaml
from bodies import (
    CALL,
    IN_PLACE,
    Read,
    in_order,
    make_body,
    make_edition,
    make_full_body,
    make_notice,
)
from hostile import ADDRESSES, HOSTILE, readdress, spoil
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from content.documents import SECTION_KINDS
from schemas.renditions import markdown

FRONT = re.compile(r"\A---\n(.*?)\n---\n\n", re.DOTALL)
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MARKUP = "1. *a* _b_ `c` [d](https://x.example) <b> &amp; # | ~~e~~ \\ ![f](g) - + = :- ***"
LINE = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)


def render(body: dict[str, Any]) -> str:
    return markdown.render(make_edition(body)).decode()


def read(body: dict[str, Any]) -> Read:
    """Return what a reader of CommonMark makes of an edition, its front matter left out."""
    return Read(READER.render(FRONT.sub("", render(body))))


def structure(found: Read) -> list[tuple[str, tuple[str, ...]]]:
    """Return the tags but those of emphasis, which text may lose that ends in punctuation."""
    return [tag for tag in found.tags if tag[0] not in ("em", "strong")]


def front(body: dict[str, Any]) -> dict[str, Any]:
    found = FRONT.match(render(body))
    assert found
    data: dict[str, Any] = yaml.safe_load(found[1])
    return data


def test_the_layers_stand_in_their_order_and_every_full_text_at_the_end() -> None:
    assert in_order(
        read(make_full_body()).text,
        "The title of the article",
        *IN_PLACE,
        *(f"The full text of {name}." for name in ("crisis", "overdose", "harms", "product")),
        "The full text of origin.",
    )


def test_nothing_but_the_title_stands_before_the_alert() -> None:
    before = read(make_full_body()).text.partition("Label help")[0]
    assert before.strip() == "The title of the article"


@pytest.mark.parametrize("level", ["shout", "", None, "ALERT"])
def test_an_unknown_level_means_alert(level: Any) -> None:
    body = make_body([make_notice("strange", level)])
    assert in_order(read(body).text, "The title", "The full text of strange.", "The summary")


def test_the_front_matter_tells_what_this_is() -> None:
    found = front(make_full_body())
    assert found["id"].startswith("urn:caveat:")
    assert (found["slug"], found["locale"], found["jurisdiction"]) == ("x", "en", "001")
    assert (found["revision"], found["sequence"], found["status"]) == (3, 41, "published")
    assert (found["digest"], found["kid"]) == ("sha256:ab", "key-1")
    assert found["canonical"] == "https://a.example/x.html"
    assert found["freshness"] == {
        "recheck_after": "P1D",
        "max_offline": "P7D",
        "display_until": None,
    }
    assert found["disclaimers"] == ["crisis", "overdose", "harms", "product", "origin"]


@pytest.mark.parametrize("text", [MARKUP, HOSTILE, "--- a", "*** b", "12) c", "=d", "~~~", "> e"])
def test_text_reads_back_as_itself_and_is_never_markup(text: str) -> None:
    body = make_full_body()
    body["sources"][0]["doi"] = None  # an address shows it quoted
    plain, marked = read(spoil(body, "harmless words")), read(spoil(body, text))
    assert structure(marked) == structure(plain)
    assert marked.text.count(text) >= plain.text.count("harmless words") > 10


@given(st.lists(LINE, min_size=1, max_size=6).map(" ".join))
def test_any_words_read_back_as_they_were(words: str) -> None:
    body = make_body([make_notice("crisis", "alert", text=words)], title=words, summary=words)
    body["sections"][0]["blocks"] = [
        {"type": "paragraph", "spans": [{"text": words, "marks": []}], "text": words},
        {"type": "paragraph", "spans": [{"text": words, "marks": [{"type": "strong"}]}]},
    ]
    found = read(body)
    assert found.text.count(words) >= 6
    assert front(body)["title"] == words


@given(st.data())
def test_every_short_and_every_full_text_is_there(data: st.DataObject) -> None:
    levels = st.sampled_from(["alert", "lead", "inline", "foot", "other"])
    anchors = st.sampled_from([*SECTION_KINDS, "elsewhere", None])
    made = [
        make_notice(f"n{i}-", data.draw(levels), data.draw(anchors))
        | {"text": f"#{i}# {data.draw(LINE)}", "short": f"={i}= {data.draw(LINE)}"}
        for i in range(data.draw(st.integers(1, 8)))
    ]
    text = read(make_body(made, sections=make_body()["sections"][: data.draw(st.integers(0, 4))]))
    top, _, end = text.text.partition("All notices in full")
    for notice in made:
        assert notice["short"] in end
        assert notice["text"] in end
        assert notice["short"] in top or notice["text"] in top


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_web_telephone_and_message_addresses_become_links(address: str) -> None:
    found = read(readdress(make_full_body(), address))
    assert set(found.values.get("href", [])) == {"https://doi.org/10.1000/a%3Cb%3E"}
    assert "src" not in found.values
    assert "Call 988" in found.text


def test_every_kind_of_block_is_written() -> None:
    tags = {tag for tag, _ in read(make_full_body()).tags}
    assert {"h3", "h4", "ol", "blockquote", "table", "img", "strong", "em", "a"} <= tags


def test_lists_that_follow_each_other_stay_apart() -> None:
    item = {"spans": [{"text": "One", "marks": []}], "text": "One"}
    lists = [{"type": "list", "ordered": False, "items": [item], "text": "One"}] * 3
    notice = make_notice("near", "inline", "overview")
    body = make_body([make_notice("crisis", "alert"), notice])
    plain = read(body | {"sections": [body["sections"][0] | {"blocks": []}]})
    found = read(body | {"sections": [body["sections"][0] | {"blocks": lists}]})
    assert len([tag for tag, _ in found.tags if tag == "ul"]) == 3 + len(
        [tag for tag, _ in plain.tags if tag == "ul"]
    )


def test_a_claim_is_followed_by_its_sources_and_how_strong_its_evidence_is() -> None:
    assert "Said strongly[1] [E3] linked" in read(make_full_body()).text


def test_actions_can_be_followed_and_their_numbers_read() -> None:
    poison = {"type": "call", "label": "Call Poison Help", "value": "tel:1-800-222-1222"}
    found = read(make_body([make_notice("crisis", "alert", actions=[CALL, poison])]))
    assert "Call Poison Help 1-800-222-1222" in found.text
    assert {"tel:988", "tel:1-800-222-1222"} <= set(found.values["href"])


def test_a_reviewed_text_names_its_reviewer() -> None:
    body = make_full_body()
    assert "Not by a clinician" in read(body).text
    who = {"reviewer_name": "R. Viewer", "reviewer_credential": "MD"}
    review = {"status": "reviewed", "reviewed_on": "2026-11-20"}
    review["provenance"] = body["review"]["provenance"] | who
    assert "R. Viewer, MD, 2026-11-20" in read(body | {"review": body["review"] | review}).text
