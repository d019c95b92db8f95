"""Highlights: excerpts of an edition with the words of a query, and where they stand in it."""

from typing import Any

import pytest

from content import highlights, search

LONG = f"{'Much comes before it. ' * 20}Then melatonin is named. {'Much comes after it. ' * 20}"


def edition(*texts: str, title: str = "A title", summary: str = "A summary.") -> dict[str, Any]:
    blocks = [{"text": text} for text in texts]
    section = {"kind": "overview", "title": "Overview", "blocks": blocks}
    return {"title": title, "summary": summary, "sections": [section]}


def marked(body: dict[str, Any], asked: str) -> list[tuple[str | None, list[str]]]:
    """Return for each excerpt its section and the words that it marks."""
    found = highlights.of(body, search.query(asked))
    return [
        (one["section"], [one["text"][start:end] for start, end in one["ranges"]]) for one in found
    ]


def test_every_word_is_marked_as_it_is_written() -> None:
    body = edition("Der Schlaf im Café, das CAFE.", title="Café und Schlaf")
    assert marked(body, "cafe") == [(None, ["Café"]), ("overview", ["Café", "CAFE"])]


def test_those_with_most_of_the_words_are_shown_in_reading_order() -> None:
    body = edition("tea", "sleep", "tea and sleep", "sleep with tea", title="Tea for sleep")
    shown = [one["text"] for one in highlights.of(body, ["tea", "sleep"])]
    assert shown == ["Tea for sleep", "tea and sleep", "sleep with tea"]


def test_a_long_passage_is_cut_between_words() -> None:
    (found,) = highlights.of(edition(LONG), ["melatonin"])
    assert len(found["text"]) <= 200
    assert found["text"] in LONG
    assert not found["text"].startswith(" ")
    (start, end) = found["ranges"][0]
    assert found["text"][start:end] == "melatonin"


@pytest.mark.parametrize("text", ["x" * 500 + " tea", "睡眠" * 200 + " tea " + "y" * 300])
def test_a_passage_without_spaces_is_cut_all_the_same(text: str) -> None:
    (found,) = highlights.of(edition(text), ["tea"])
    (start, end) = found["ranges"][0]
    assert found["text"][start:end] == "tea"


def test_what_has_none_of_the_words_has_no_excerpt() -> None:
    assert highlights.of(edition("Nothing of it."), ["melatonin"]) == []
