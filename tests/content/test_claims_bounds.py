"""The claims lint on any text at all: it never breaks, points rightly, and takes linear time."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from manuscripts import manuscripts

from content import claims
from content.claims import Lint, Remark, Subject
from content.claims import texts as claim_texts
from content.claims.packs import Wording
from content.claims.patterns import Patterns, any_of, fold
from content.documents import Manuscript

LINT = Lint(claims.read_packs())
FOLDER = Path(__file__).parent / "claims"
SENTENCES = [
    entry["text"]
    for name in ("harmful.en", "innocent.en", "harmful.es")
    for entry in yaml.load((FOLDER / f"{name}.yaml").read_text(), yaml.CSafeLoader)
]
LONG = 1_000_000
PATIENCE = 8  # seconds of the processor for what takes two, or five for the whole lint
WORDINGS = [(pack.locale, wording) for pack in LINT.packs for wording in pack.patterns]


def hostile(wording: Wording) -> str:
    """Return a long text that begins what a pattern looks for again and again."""
    folded = [fold(text) for text in SENTENCES]
    found = (
        text[start : end - 1] for text in folded for start, end in any_of(wording.match).find(text)
    )
    beginning = next(found, "kratom is ") + "_ "
    return (beginning * (LONG // len(beginning) + 1))[:LONG]


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("locale", "wording"), WORDINGS, ids=lambda value: getattr(value, "id", value)
)
def test_each_pattern_takes_linear_time(locale: str, wording: Wording) -> None:
    text, pattern = hostile(wording), any_of(wording.match)
    begin = time.process_time()
    sum(1 for _ in pattern.find(text))
    assert time.process_time() - begin < PATIENCE


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "beginning", ["kratom ", "No kratom cures ", "Eat 2 ", "A 5% b. ", "x", "A!?!?", '"A.']
)
def test_a_long_text_is_looked_at_in_bounded_time(beginning: str) -> None:
    text = beginning * (LONG // len(beginning))
    begin = time.process_time()
    claims.check_text(text, LINT, Subject("en", ("kratom",)))
    assert time.process_time() - begin < 3 * PATIENCE


@pytest.mark.no_cover
def test_a_text_with_too_many_faults_is_an_error_that_says_so() -> None:
    text = "Kratom cures OCD. Tea.\n\n" * 6000
    found = claims.check_text(text, LINT, Subject("en", ("kratom",)))
    assert len(found) == 5001
    assert "G07" in [one.pattern for one in found]


@given(text=st.text(max_size=300) | st.lists(st.sampled_from(SENTENCES)).map(" ".join))
@settings(max_examples=100, deadline=None)
def test_any_text_can_be_looked_at(text: str) -> None:
    for locale in ("en", "es", "xx"):
        copy = claim_texts.of_text(text, locale, ("kratom",), ())
        assert_places(copy, claims.check_copy(copy, LINT, frozenset(), None))


@given(manuscript=manuscripts())
@settings(max_examples=25, deadline=None)
def test_any_article_can_be_looked_at(manuscript: Manuscript) -> None:
    copy = claim_texts.of_manuscript(manuscript)
    assert_places(copy, claims.check(manuscript, LINT, frozenset()))


@given(text=st.lists(st.sampled_from(SENTENCES)).map(" ".join))
@settings(max_examples=20, deadline=None)
def test_all_patterns_at_once_find_what_each_finds_alone(text: str) -> None:
    folded = fold(text)
    each = [i for i, (_, one) in enumerate(WORDINGS) if any_of(one.match).stands_in(folded)]
    assert Patterns(one.match for _, one in WORDINGS).standing_in(folded) == each


def test_alternatives_that_are_no_expressions_alone_are_looked_for_together() -> None:
    patterns = Patterns(["tea", ["(cure", "heal)s"], ["balm", "salve"]])
    assert [patterns.standing_in(text) for text in ("heals", "a salve", "tea balm", "")] == [
        *([1], [2], [0, 2], [])
    ]


@pytest.mark.no_cover
def test_new_words_cost_next_to_nothing() -> None:
    patterns = Patterns(one.match for locale, one in WORDINGS if locale == "en")
    dice = random.Random(1)  # noqa: S311 - the same every time
    words = [word for text in SENTENCES for word in text.split()]
    new = [" ".join(dice.choices(words, k=15)) for _ in range(2000)]
    begin = time.process_time()
    for sentence in new:
        patterns.standing_in(fold(sentence))
    assert time.process_time() - begin < 1.5, "one automaton of all took twice as long"


@given(text=st.text())
def test_a_folded_text_has_the_same_places(text: str) -> None:
    assert len(fold(text)) == len(text)


def assert_places(copy: claim_texts.Copy, found: list[Remark]) -> None:
    """Check that each remark's sentence and words stand where it says."""
    for one in found:
        texts = list(_texts(copy, one))
        assert any(text[one.start : one.end] == one.matched for text in texts)
        begin = one.sentence_start
        assert any(text[begin : begin + len(one.sentence)] == one.sentence for text in texts)


def _texts(copy: claim_texts.Copy, one: Remark) -> Iterator[str]:
    if not copy.pieces:
        yield ""
    for piece in copy.pieces:
        if (piece.section, piece.block) == (one.section, one.block):
            yield piece.text
