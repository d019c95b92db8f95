"""Diffs: what changed between two editions; both texts come back from the runs of words."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from content import diffs

TEXT = st.text(alphabet="ab .\n\u00a0é", max_size=40)


def edition(*texts: str, owes: tuple[str, ...] = ("a",), **changed: Any) -> dict[str, Any]:
    blocks = [{"type": "paragraph", "text": text} for text in texts]
    section = {"kind": "overview", "title": "Overview", "blocks": blocks}
    disclaimers = [{"id": id, "group": "law", "text": f"Text of {id}."} for id in owes]
    said = {"title": "A title", "summary": "A summary.", "sections": [section], "sequence": 1}
    groups = [{"group": "law", "label": "Law", "items": [*owes]}]
    owed = {"disclaimers": disclaimers, "notices": groups, "revision": {"number": 1}}
    return {**dict.fromkeys(diffs.KEPT), **said, **owed, **changed}


def blocks(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str]]:
    """Return for each block of the diff its op, and its words with their ops as signs."""
    signs = {"equal": "", "removed": "-", "added": "+"}
    return [
        (block["op"], "|".join(signs[run["op"]] + run["text"] for run in block["words"]))
        for block in diffs.between(old, new)["sections"][0]["blocks"]
    ]


def test_words_within_a_block_are_compared() -> None:
    old, new = edition("Sleep well and long."), edition("Sleep well and very long.")
    assert blocks(old, new) == [("changed", "Sleep well and |+very |long.")]


def test_blocks_that_came_or_went_are_told_apart_from_changed_ones() -> None:
    old = edition("One stays here.", "Two words go away.", "Three stays here, too.")
    new = edition("One stays here.", "Three stays here, too.", "Something else is new.")
    assert blocks(old, new) == [
        ("equal", "One stays here."),
        ("removed", "-Two words go away."),
        ("equal", "Three stays here, too."),
        ("added", "+Something else is new."),
    ]


def test_a_block_in_the_place_of_another_one_is_no_change_of_it() -> None:
    found = blocks(edition("Nothing of this remains."), edition("All that is here came later."))
    assert [op for op, _ in found] == ["removed", "added"]


def test_new_marks_in_the_same_words_are_a_change() -> None:
    old, new = edition("Same words."), edition("Same words.")
    new["sections"][0]["blocks"][0]["spans"] = [{"type": "strong"}]
    assert blocks(old, new) == [("changed", "Same words.")]


def test_it_owes_what_both_editions_owe() -> None:
    found = diffs.between(edition(owes=("a", "b")), edition(owes=("c", "a")))
    assert [entry["id"] for entry in found["disclaimers"]] == ["c", "a", "b"]
    assert found["notices"] == [{"group": "law", "label": "Law", "items": ["c", "a", "b"]}]


def test_a_disclaimer_in_other_words_stands_in_both() -> None:
    old, new = edition(), edition()
    old["disclaimers"][0]["text"] = "This is version 1."
    found = diffs.between(old, new)
    assert [entry["text"] for entry in found["disclaimers"]] == ["Text of a.", "This is version 1."]
    assert found["notices"][0]["items"] == ["a"]


def test_title_and_summary_are_compared() -> None:
    found = diffs.between(edition(), edition(title="A new title"))
    assert [run["text"] for run in found["title"] if run["op"] == "added"] == ["new "]
    assert found["summary"] == [{"op": "equal", "text": "A summary."}]


@given(TEXT, TEXT)
def test_both_texts_come_back_from_the_runs(old: str, new: str) -> None:
    runs = diffs.words(old, new)
    assert "".join(run["text"] for run in runs if run["op"] != "added") == old
    assert "".join(run["text"] for run in runs if run["op"] != "removed") == new


def test_a_long_text_of_few_words_takes_no_longer_than_others() -> None:
    old, new = "again " * 50_000, "once " + "again " * 50_000
    runs = diffs.words(old, new)
    assert "".join(run["text"] for run in runs if run["op"] != "removed") == new
