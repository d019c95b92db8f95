"""Two versions of a text stand side by side: nothing of either is lost, and it ends in time."""

from time import perf_counter

from hypothesis import given, settings
from hypothesis import strategies as st

from content import comparing
from content.comparing import Row

LINES = st.lists(st.sampled_from(["", "a", "one two", "one three", "two"]), max_size=12)


def text(row: Row, side: str) -> list[str]:
    """Return the line of one side, if it has one."""
    runs = getattr(row, side)
    return [] if runs is None else ["".join(run["text"] for run in runs)]


@settings(deadline=None, max_examples=100)
@given(LINES, LINES)
def test_each_side_reads_as_its_text(mine: list[str], theirs: list[str]) -> None:
    rows = list(comparing.sides("\n".join([*mine, "."]), "\n".join([*theirs, "."])))
    for side, lines in (("mine", [*mine, "."]), ("theirs", [*theirs, "."])):
        shown = [line for row in rows for line in text(row, side)]
        left_out = sum(row.left_out for row in rows)
        assert len(shown) + left_out == len(lines)
        kept = iter(lines)
        assert all(one in kept for one in shown), "in its order"
    for row in rows:
        assert row.is_same or text(row, "mine") != text(row, "theirs")


def test_words_that_differ_are_marked_on_both_sides() -> None:
    [row] = comparing.sides("A fair start.\n", "A good start.\n")
    assert row.mine == [
        {"op": "equal", "text": "A "},
        {"op": "added", "text": "fair "},
        {"op": "equal", "text": "start."},
    ]
    assert row.theirs == [
        {"op": "equal", "text": "A "},
        {"op": "added", "text": "good "},
        {"op": "equal", "text": "start."},
    ]


def test_lines_that_are_the_same_are_counted() -> None:
    before = "\n".join(f"Line {number}" for number in range(20))
    rows = list(comparing.sides(before, before.replace("Line 10", "Line ten")))
    assert [row.left_out for row in rows if row.left_out] == [8, 7]


def test_texts_that_have_nothing_in_common_end_in_good_time() -> None:
    mine = "\n".join(f"a b c {number % 997}" for number in range(40_000))
    theirs = "\n".join(f"c b a {number % 991}" for number in range(40_000))
    begun = perf_counter()
    rows = list(comparing.sides(mine, theirs))
    assert len(rows) == 40_000
    assert perf_counter() - begun < 10
