"""Sentences: where they end in English and Spanish, and that nothing is lost of any text."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content import sentences


def split(text: str, locale: str = "en") -> list[str]:
    """Return the sentences themselves."""
    return [text[start:end] for start, end in sentences.split(text, locale)]


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", ["One is here.", "Two is there!", "Is that three?"]),
        ("en", ["E.g. NICE says so.", "E.g., this.", "I.e. that."]),
        (
            "en",
            ["Approx. 20 people, cf. Smith et al. 2020.", "It works vs. placebo, e.g. Dr. Who."],
        ),
        ("en", ["In 2.5% of cases, see Fig. 2.", "It was 3 p.m. when he left."]),
        ("en-GB", ["“A quote.”", "He left."]),
        ("es", ["El Dr. García dijo que no.", "¿Sirve?", "¡No!", "EE. UU. lo prohíbe."]),
        ("es-MX", ["P. ej. aquí.", "Aprox. 20 personas."]),
        ("xx", ["A language nobody knows.", "It is split, too."]),
    ],
)
def test_sentences_end_where_they_should(locale: str, expected: list[str]) -> None:
    assert split(" ".join(expected), locale) == expected


def test_a_line_ends_a_sentence() -> None:
    assert split("one item\n\n another item \nlast.") == ["one item", "another item", "last."]


@given(
    text=st.text()
    | st.lists(st.sampled_from(["E.g. ", "A. ", "¿b? ", "\n", "x" * 99, " "])).map("".join)
)
def test_nothing_is_lost_and_nothing_overlaps(text: str) -> None:
    ranges = sentences.split(text, "en")
    assert "".join("".join(text[a:b].split()) for a, b in ranges) == "".join(text.split())
    assert all(a < b for a, b in ranges)
    assert all(end <= start for (_, end), (start, _) in pairwise(ranges))
    assert all(text[a:b] == text[a:b].strip() for a, b in ranges)


@pytest.mark.no_cover
@pytest.mark.parametrize("part", ["A!?!?", "x", '"A.', "(A. ", "a\n\n", "Dr. ", "E.g. ", " ", "a "])
def test_a_million_characters_take_bounded_time_and_give_bounded_sentences(part: str) -> None:
    begin = time.process_time()
    found = sentences.split(part * (1_000_000 // len(part)), "en")
    assert time.process_time() - begin < 20
    assert all(end - start <= sentences.LONGEST for start, end in found)


@pytest.mark.parametrize("space", ["\u00a0", "\u2003", "\u202f", "\u3000", "\t"])
def test_an_unusual_space_beside_a_full_stop_is_a_space(space: str) -> None:
    text = f"A{space}. B{space}{space}. It is so.{space}Yes."
    covered = "".join(text[start:end] for start, end in sentences.split(text, "en"))
    assert "".join(covered.split()) == "".join(text.split())
