"""Intake: what stands in front of a text, its title, its byline and its summary."""

import pytest
from intakes import FRONT, draft, findings, mapped, said


@pytest.mark.parametrize(
    ("text", "form", "title"),
    [
        ("Is tea good?\n\nA summary is here.\n\nMore.", "text", "Is tea good?"),
        ("# Tea *today*\n\nA summary.", "markdown", "Tea today"),
        ("## Tea\n\nA summary.\n\n### Causes\n\nX.", "markdown", "Tea"),
        ("<title>Tea</title><p>A summary.</p><p>More.</p>", "html", "Tea"),
        ("<title>Site</title><p>Menu</p><h1>Tea</h1><p>A summary.</p>", "html", "Tea"),
    ],
)
def test_a_title_is_found(text: str, form: str, title: str) -> None:
    found = draft(text, form)
    assert found.manuscript.document.title == title
    assert "guess" not in findings(found)


def test_a_title_that_is_guessed_is_told() -> None:
    found = draft("Tea is a drink. People like it. " * 9 + "\n\nMore is said here.")
    assert found.manuscript.document.title == "Tea is a drink"
    assert "'Tea is a drink' is a guess" in findings(found)


def test_another_title_is_kept_in_the_mapping() -> None:
    found = draft(f"{FRONT}More.", title="Ours")
    assert found.manuscript.document.title == "Ours"
    assert [one.text for one in mapped(found, "title")] == ["A title"]


def test_a_title_without_latin_letters_needs_a_slug() -> None:
    found = draft("茶\n\nA summary is here.\n\nMore.")
    assert found.manuscript.slug == "untitled"
    assert "give --slug" in findings(found)


def test_names_and_dates_before_the_summary_are_kept() -> None:
    found = draft(
        "Tea\nBy A. Writer\n24 November\n\nSummary\n\nA summary is here.\n\nMore is said.\n\nX."
    )
    assert found.manuscript.document.summary == "A summary is here."
    assert said(found)["overview"] == ["24 November", "More is said."]
    assert [one.text for one in mapped(found, "byline")] == ["By A. Writer"]


LONG_TITLE = "What tea does in the body of somebody who\nsleeps badly and what nobody knows"


@pytest.mark.parametrize(
    ("byline", "author"),
    [
        ("By Jane Doe", "Jane Doe"),
        ("By the newsroom", "the newsroom"),
        ("by Jane Doe, M.D.", "Jane Doe, M.D."),
        ("WORDS BY JANE DOE", "JANE DOE"),
        ("Author: Jane Doe", "Jane Doe"),
        ("Por Juana Pérez", "Juana Pérez"),
        ("By Jane Doe\n24 November", "Jane Doe"),
    ],
)
def test_a_title_of_two_lines_does_not_swallow_its_byline(byline: str, author: str) -> None:
    found = draft(f"{LONG_TITLE}\n{byline}\n\nA summary is here.\n\nMore is said.\n\nX.")
    document = found.manuscript.document
    assert document.title == LONG_TITLE.replace("\n", " ")
    assert document.summary == "A summary is here."
    assert document.review.provenance.author == author
    assert [one.text for one in mapped(found, "byline")] == [byline.split("\n", maxsplit=1)[0]]
    assert f"a.txt:3: the author {author!r} is from the byline" in findings(found)


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_a_byline_is_known_in_every_form_and_the_author_that_is_given_counts(form: str) -> None:
    text = "# Tea\n\nBy Jane Doe\n\nA summary is here.\n\nMore."
    page = "<h1>Tea</h1><p>By <b>Jane Doe</b></p><p>A summary is here.</p><p>More.</p>"
    found = draft(page if form == "html" else text, form, author="Ann Other")
    assert [one.text for one in mapped(found, "byline")] == ["By Jane Doe"]
    assert found.manuscript.document.review.provenance.author == "Ann Other"
    assert said(found)["overview"] == ["More."]


@pytest.mark.parametrize(
    "text",
    [
        "The kettle has been on the stove for hours. It whistles.\n"
        "By the time anybody looks into the kitchen there is no\nwater left in it at all.",
        "A study of tea that was done some twenty years ago, and\n"
        "by Jane Doe of all people in that big and cold town, is\nstill being read.",
        "By the time anybody looks into the kitchen there is no\nwater left in the kettle.",
    ],
)
def test_a_wrapped_paragraph_has_no_byline(text: str) -> None:
    found = draft(f"{text}\n\nMore is said here.\n\nThe end.")
    assert found.manuscript.document.summary == text.replace("\n", " ")
    assert mapped(found, "byline") == []
