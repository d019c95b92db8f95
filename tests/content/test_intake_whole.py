"""Nothing is dropped: every word of a text is in its draft, or in the account of its parts."""

import re
import time
from contextlib import suppress
from html import escape

import manuscripts
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from leaks import strings

from content import documents, intake, markdown
from content.errors import Invalid
from content.intake import Facts, Intake

FACTS = Facts(topics=["kratom"])
MANY = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
WORDS = ["kratom", "helps", "sleep", "study", "always", "Überblick", "café", "a", "7", "mg", "no"]
HEADINGS = [
    "Overview", "What is it?", "How it works", "Getting help", "Conclusions", "In short", "The law",
    "Cómo funciona", "Summary", "In this article:", "Outline", "A",
]  # fmt: skip
WRITINGS = (str, str.upper, str.lower, "{}:".format, "2. {}".format, "1.1 {}".format)

sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(
    lambda words: f"{' '.join(words).capitalize()}."
)
paragraphs = st.lists(sentences, min_size=1, max_size=4).map(" ".join)
headings = st.sampled_from(HEADINGS)


@st.composite
def copies(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Draw an agency's text as kinds and lines: sometimes in the usual order, sometimes in none."""
    names = draw(st.lists(headings, max_size=15))
    body: list[tuple[str, str]] = []
    for name in draw(st.permutations(names)):
        body.append(("heading", draw(st.sampled_from(WRITINGS))(name)))
        body += [("line", text) for text in draw(st.lists(paragraphs, max_size=3))]
        body += [("item", text) for text in draw(st.lists(sentences, max_size=3))]
    outline = [("item", name) for name in names] if draw(st.booleans()) else []
    title = [("heading", draw(headings | sentences))] if draw(st.booleans()) else []
    front = [("line", text) for text in draw(st.lists(paragraphs, max_size=2))]
    end = [("line", text) for text in draw(st.lists(paragraphs, max_size=1))]
    parts = [title, front, outline, body, end]
    order = draw(st.permutations(parts)) if draw(st.booleans()) else parts
    return [line for part in order for line in part]


def as_text(copy: list[tuple[str, str]]) -> str:
    return "\n".join(f"- {text}" if kind == "item" else f"\n{text}\n" for kind, text in copy)


def as_markdown(copy: list[tuple[str, str]]) -> str:
    marks = {"item": "- ", "heading": "\n## ", "line": "\n"}
    return "\n".join(f"{marks[kind]}{text}" for kind, text in copy)


def as_html(copy: list[tuple[str, str]]) -> str:
    tags = {"item": "li", "heading": "h2", "line": "p"}
    return "".join(f"<{tags[kind]}>{escape(text)}</{tags[kind]}>" for kind, text in copy)


def words(text: str) -> set[str]:
    """Return the words of a text; numbers apart, which an ordered list counts by itself."""
    return set(re.findall(r"[^\W\d_]+", documents.clean(text)))


def kept(found: Intake) -> set[str]:
    told = [documents.dump(found.manuscript.document), documents.dump(found.mapping)]
    return words("\n".join(strings(told)))


def check(text: str, form: str, content: str) -> None:
    """Check the promises over one text whose readable content is known."""
    found = intake.draft(text.encode(), form, FACTS)
    assert words(content) <= kept(found)
    data = documents.dump(found.manuscript)
    assert documents.load(data, complete=False) == found.manuscript
    written = markdown.serialize(found.manuscript)
    assert markdown.parse(written, complete=False) == found.manuscript


@MANY
@given(copies().filter(bool))
@example([("heading", "Overview")])
@example([("item", "Overview"), ("item", "How it works")])
@example([("heading", "Conclusions"), ("line", "One."), ("heading", "Overview"), ("line", "Two.")])
def test_every_word_is_kept_in_every_form(copy: list[tuple[str, str]]) -> None:
    content = " ".join(text for _, text in copy)
    check(as_text(copy), "text", content)
    check(as_markdown(copy), "markdown", content)
    check(as_html(copy), "html", content)


@MANY
@given(st.lists(manuscripts.LINES | st.just(""), min_size=1, max_size=12).map("\n".join))
@example(".\nword")
@example(". .")
@example("___\nword")
@example("a\\nullplain")  # a backslash of the text's own
def test_text_that_looks_like_markup_is_kept(text: str) -> None:
    if not re.search(r"[^\W_]", text):
        return
    check(text, "text", text)


@MANY
@given(
    st.lists(manuscripts.RAW, min_size=1, max_size=8).map("\n".join),
    st.sampled_from(["markdown", "html"]),
)
def test_whatever_comes_is_a_draft_or_refused(text: str, form: str) -> None:
    with suppress(Invalid):
        check(text.encode(errors="ignore").decode(), form, "")


def test_long_paragraphs_lists_and_words_are_divided() -> None:
    long = " ".join(f"word{n} is here." for n in range(5000))
    wide = "x" * 50_000
    items = "\n".join(f"{n + 1}. item {n} {'y' * 90}" for n in range(450))
    text = f"Title\n\nA summary that says so.\n\n{long}\n\n{wide}\n\n{items}\n\n{'Z' * 600} end."
    check(text, "text", f"{long} {items}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (">" * 70 + " deep", "nested more than 30 deep"),
        ("".join("  " * n + "- deep\n" for n in range(70)), "nested more than 30 deep"),
        ("*" * 200 + "deep" + "*" * 200, "marks are nested more than 30 deep"),
        ("# x\n\nText.\n\n" * 300, "more than 200 headings"),
    ],
)
def test_what_is_nested_or_divided_too_much_is_refused_and_not_cut(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        intake.draft(text.encode(), "markdown", FACTS)


def test_what_is_nested_less_is_kept() -> None:
    check(">" * 25 + " quoted", "markdown", "quoted")
    check(
        "".join("  " * n + f"- item{'x' * n}\n" for n in range(25)), "markdown", f"item{'x' * 24}"
    )


def test_a_summary_that_is_too_long_is_kept_whole() -> None:
    long = " ".join(f"Sentence number {'x' * n} says this." for n in range(1, 60))
    found = intake.draft(f"Title\n\n{long}\n\nThe end comes.".encode(), "text", FACTS)
    assert len(found.manuscript.document.summary) <= 1000
    assert found.manuscript.document.sections[0].blocks[0].text == long
    assert "longer than 1000 characters" in "\n".join(map(str, found.findings))


def test_more_claims_than_a_document_holds_are_counted() -> None:
    text = "\n\n".join(
        " ".join(f"Herb {n}{letter} cures anxiety in two days." for letter in "abcd")
        for n in range(200)
    )
    found = intake.draft(text.encode(), "text", FACTS)
    assert len(found.manuscript.document.claims) == 500
    assert "claims are not marked: there are too many" in "\n".join(map(str, found.findings))


def test_more_paragraphs_than_a_section_holds_are_refused() -> None:
    text = "\n\n".join(f"Sentence {n} stands here." for n in range(600))
    with pytest.raises(Invalid, match="more than 500 paragraphs belong to the section"):
        intake.draft(text.encode(), "text", FACTS)


ATTRIBUTES = " ".join(f"a{n}" for n in range(300))
LINKS = "".join(f"<a href=https://e.org/{n}>a</a>" for n in range(11_000))


@pytest.mark.parametrize(
    ("form", "text", "words"),
    [
        ("markdown", "Text.\n\n" + "![" * 20_000, "a.txt:3: more than 10000 brackets are opened"),
        ("markdown", "[a\n\n" * 10_001, "a.txt:20001: more than 10000 brackets are opened up"),
        ("markdown", "Text.\n\n" + "a" * 100_001, "a.txt:3: a paragraph of more than 100000"),
        ("html", f"<p>\n<i {ATTRIBUTES}>", "a.txt:2: <i> has more than 200 attributes; remove"),
        ("html", LINKS, "a.txt: the draft would have too many links and claims; send the text in"),
    ],
)  # fmt: skip
def test_what_would_take_too_long_is_refused_with_its_line(
    form: str, text: str, words: str
) -> None:
    with pytest.raises(Invalid, match=re.escape(words)):
        intake.draft(text.encode(), form, FACTS, "a.txt")


def test_brackets_that_are_text_are_no_trouble() -> None:
    check("Many \\[notes\\].\n" * 2500 + "\n" + "\\[ " * 10_001, "markdown", "Many notes")


HOSTILE = {
    "bullets": ("text", "- a\n" * 49_000),
    "numbers": ("text", "1. a\n\n" * 170_000),
    "headings": ("text", "Heading\n\nA sentence that is here to say something.\n\n" * 20_000),
    "spaces": ("text", "a" + " " * 1_000_000),
    "one word": ("text", "a" * 1_000_000),
    "full stops": ("text", ". " * 500_000),
    "rules": ("text", "-" * 1_000_000 + "x"),
    "stars": ("markdown", "*a " * 20_000 + "\n\n" + "**a*" * 20_000),
    "brackets": ("markdown", "[" * 9_000 + "\n\nEnd."),
    "images": ("markdown", "![" * 9_000 + "\n\nEnd."),
    "quotes": ("markdown", "> " * 5_000 + "a"),
    "hashes": ("markdown", "# a\n" * 49_000),
    "nested": ("markdown", "> " * 500_000 + "a"),
    "cells": ("markdown", "|a" * 20_000 + "\n" + "|-" * 20_000 + "\n" + "|b" * 200_000),
    "marks": ("html", "<b>a</b>b " * 100_000),
    "open": ("html", "<b>" * 300_000),
    "closed": ("html", "</p>a" * 200_000),
    "rows": ("html", "<table>" + "<tr><td>a" * 110_000),
    "links": ("html", "<a href=x>a</a>" * 65_000),
}


@pytest.mark.no_cover
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_no_longer_than_its_size(name: str) -> None:
    form, text = HOSTILE[name]
    start = time.monotonic()
    with suppress(Invalid):
        intake.draft(text.encode(), form, FACTS)
    assert time.monotonic() - start < 20


@pytest.mark.parametrize(
    "row", ["| c | d | surplus |", "c | d | surplus", "| c | d | e | surplus |"]
)
def test_a_row_with_more_cells_than_its_table_keeps_them(row: str) -> None:
    text = f"A summary that is here.\n\n| a | b |\n| - | - |\n{row}\n"
    check(text, "markdown", "a b c d surplus")
