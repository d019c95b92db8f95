"""The claims lint on whole documents: every part is read, and gates see what patterns cannot."""

import pytest
from manuscripts import SOUND, changed

from content import claims, markdown
from content.claims import Lint, Remark, Subject
from content.claims.copied import Other

GRAVE = "Kratom cures OCD."


@pytest.fixture(scope="module")
def lint() -> Lint:
    """The shipped packs."""
    return Lint(claims.read_packs())


def check(lint: Lint, text: str, **facts: frozenset[str]) -> list[Remark]:
    """Return what is said about an article in its authoring form."""
    return claims.check(markdown.parse(text, complete=False), lint, facts.get("owed"))


def of(found: list[Remark], pattern: str) -> list[Remark]:
    """Return the remarks of one pattern or gate."""
    return [one for one in found if one.pattern == pattern]


def test_a_sound_article_is_let_pass(lint: Lint) -> None:
    assert check(lint, SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "section", "block"),
    [
        ("title: A title", f"title: {GRAVE}", "title", None),
        ("summary: A summary.", f"summary: {GRAVE}", "summary", None),
        ("## What {", f"## {GRAVE} {{", "overview", None),
        ("Words.", GRAVE, "mechanisms", 0),
        ("Words.", f"### {GRAVE}", "mechanisms", 0),
        ("Words.", f"Words.\n\n- one\n- {GRAVE}", "mechanisms", 1),
        ("Words.", f"> {GRAVE}", "mechanisms", 0),
        ("Words.", f"> [!NOTE]\n> {GRAVE}", "mechanisms", 0),
        ("Words.", f"| A | B |\n| - | - |\n| 1 | {GRAVE} |", "mechanisms", 0),
        ("statement: It helps.", f"statement: {GRAVE}", "claims", 0),
    ],
)
def test_every_part_of_an_article_is_read(
    lint: Lint, old: str, new: str, section: str, block: int | None
) -> None:
    found = of(check(lint, changed(old, new)), "L01")
    assert [(one.section, one.block, one.matched) for one in found] == [
        (section, block, "cures OCD")
    ]


def test_the_words_of_a_figure_are_read(lint: Lint) -> None:
    figure = (
        "```figure\nsrc: https://images.example/a.png\nalt: Kratom cures OCD\nwidth: 8\n"
        f"height: 6\ncredit: Me\nlicence: CC0\ndigest: sha256:{'0' * 64}\n```"
    )
    assert of(check(lint, changed("Words.", figure)), "L01")[0].section == "mechanisms"


def test_a_citation_in_the_sentence_clears_what_needs_one(lint: Lint) -> None:
    cited = "[Studies show that it helps [@s-1].]{claim=c-1} [Research suggests so.]{claim=c-1}"
    found = of(check(lint, changed("[It helps [@s-1].]{claim=c-1}", cited)), "L42")
    assert [one.matched for one in found] == ["Research suggests"]


def test_a_claim_that_lists_sources_counts_as_cited(lint: Lint) -> None:
    assert (
        check(lint, changed("statement: It helps.", "statement: Studies show that it helps.")) == []
    )


def test_a_claim_without_a_mark_is_remarked_on(lint: Lint) -> None:
    found = check(lint, changed("Words.", "Smoking causes lung cancer. Ask your nurse."))
    assert [(one.pattern, one.severity, one.matched) for one in found] == [
        ("G01", "warning", "Smoking causes lung cancer.")
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [("    evidence_level: E1\n", "    evidence_level: null\n"), ("sources: [s-1]", "sources: []")],
)
def test_a_draft_with_an_unfounded_claim_is_looked_at_not_refused(
    lint: Lint, old: str, new: str
) -> None:
    found = check(lint, changed(old, new))
    assert [(one.pattern, one.severity, one.section, one.block) for one in found] == [
        ("G02", "error", "claims", 0)
    ]


def test_a_section_that_is_hard_to_read_is_refused_with_its_formula(lint: Lint) -> None:
    hard = "Multidisciplinary organisational considerations necessitate comprehensive " * 25
    found = of(check(lint, changed("Words.", hard.strip() + ".")), "G03")
    assert [(one.section, one.severity) for one in found] == [("mechanisms", "error")]
    assert "Flesch-Kincaid grade" in found[0].message


def test_a_percentage_needs_its_sample(lint: Lint) -> None:
    told = "[In a survey 67% slept better [@s-1].]{claim=c-1}"
    mark = "[It helps [@s-1].]{claim=c-1}"
    assert of(check(lint, changed(mark, told)), "G04")
    for sized in (
        "In a survey of 2,798 people 67%",
        "Among 40 adults, 67%",
        "In a trial (n = 40) 67%",
    ):
        assert not of(check(lint, changed(mark, told.replace("In a survey 67%", sized))), "G04")


def test_copied_words_are_found_from_eight_on(lint: Lint) -> None:
    other = "The quick brown fox jumps over the lazy dog and runs away."
    subject = Subject("en", ("animals",))
    eight = "He wrote: the QUICK brown fox, jumps over the lazy cat."
    found = claims.check_text(eight, lint, subject, against=Other(other))
    assert [(one.pattern, one.matched) for one in found] == [
        ("G05", "the QUICK brown fox, jumps over the lazy")
    ]
    seven = eight.replace("the lazy", "a lazy")
    assert claims.check_text(seven, lint, subject, against=Other(other)) == []
    twice = claims.check_text(f"{other} So. {other}", lint, subject, against=Other(other))
    assert [one.end - one.start for one in twice] == [len(other) - 1] * 2


def test_a_language_without_a_pack_is_told(lint: Lint) -> None:
    found = check(lint, changed("locale: en", "locale: fr"))
    assert [(one.pattern, one.severity) for one in found] == [("G06", "warning")]
    assert check(lint, changed("locale: en", "locale: en-GB")) == []


@pytest.mark.parametrize("condition", ["ocd", "depression"])
def test_a_notice_that_must_be_owed_is_asked_for(lint: Lint, condition: str) -> None:
    text = changed("conditions: []", f"conditions: [{condition}]")
    assert check(lint, text) == []  # nobody knows what it owes
    assert check(lint, text, owed=frozenset({"crisis-support"})) == []
    found = check(lint, text, owed=frozenset({"no-endorsement"}))
    assert [(one.pattern, one.severity, one.pack) for one in found] == [
        ("G12", "error", "general-en")
    ]


@pytest.mark.parametrize("level", ["E0", "E5"])
def test_weak_evidence_must_be_told(lint: Lint, level: str) -> None:
    text = changed("evidence_level: E1", f"evidence_level: {level}")
    kratom = text.replace("topics: [sleep]", "topics: [kratom]")
    assert check(lint, text, owed=frozenset()) == []
    assert check(lint, kratom, owed=frozenset({"evidence-quality-depression"})) == []
    assert [one.pattern for one in check(lint, kratom, owed=frozenset())] == ["G11"]


def test_remarks_stand_in_reading_order(lint: Lint) -> None:
    text = changed("Words.", f"Words.\n\nTea. {GRAVE} Junkies drink it.")
    text = text.replace("title: A title", "title: Big pharma")
    found = [one.pattern for one in check(lint, text) if one.severity == "error"]
    assert found == ["L29", "L01", "L48"]
