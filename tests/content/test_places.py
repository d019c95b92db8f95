"""Words of a document are found in its authoring form, between all that stands between them."""

import pytest
from factories import make_manuscript

from content import markdown
from content.errors import Finding
from content.markdown import Reader

SENTENCE = "Café sleep, 2 of 3 trials: a_b helps."
WRITTEN = (
    "A first one. [**Cafe\u0301** [sleep](https://a.example/sleep), 2 of 3"
    "\ntrials\\: a\\_b helps.]{.emphasis} A last one."
)
OVERVIEW = "/document/sections/0/blocks/0"


def text_with(words: str) -> str:
    """Return an article in Markdown with these words in its first section."""
    out = markdown.serialize(make_manuscript())
    return out.replace("What we say about overview.", words)


def words_at(text: str, pointer: str, sentence: str) -> tuple[int, str]:
    """Return line and words of the place of a sentence."""
    reader = Reader(text, "text")
    reader.manuscript(complete=False)
    place = reader.place(pointer, sentence)
    return place.line, text[place.start : place.end]


def test_a_sentence_is_found_between_marks_escapes_and_lines() -> None:
    text = text_with(WRITTEN)
    line, words = words_at(text, OVERVIEW, SENTENCE)
    assert words.startswith("Cafe\u0301**")
    assert words.endswith("helps.")
    assert text.split("\n")[line - 1].startswith("A first one.")


def test_the_same_words_of_another_block_are_not_meant() -> None:
    text = text_with("Sleep helps.\n\nTea helps. Sleep helps.")
    first, _ = words_at(text, OVERVIEW, "Sleep helps.")
    second, words = words_at(text, "/document/sections/0/blocks/1", "Sleep helps.")
    assert second == first + 2
    assert words == "Sleep helps."
    assert text[: text.index("Tea")].count("\n") + 1 == second


@pytest.mark.parametrize("sentence", ["", "Words that stand nowhere.", "…"])
def test_what_is_not_found_is_its_line(sentence: str) -> None:
    text = text_with("One line.\nAnother line.")
    line, words = words_at(text, OVERVIEW, sentence)
    assert words == "One line."
    assert text.split("\n")[line - 1] == "One line."


def test_front_matter_is_found_by_its_names() -> None:
    text = text_with("Words.")
    title = make_manuscript().document.title
    assert words_at(text, "/document/title", title)[1] == title
    assert words_at(text, "/slug", "")[1] == "slug: a-test-article"
    line, _ = words_at(text, "/document/review/searched_on", "")
    assert "searched_on" in text.split("\n")[line - 1]
    wrong = Finding("/document/title", "is odd")
    assert Reader(text, "text").locate(wrong).pointer == "text:4"
