"""Intake: outlines, headings, lists and closings, however an agency writes them."""

import pytest
from intakes import FRONT, draft, findings, mapped, said, sections

from content import intake, markdown
from content.documents import Bullets, Heading
from content.intake import wording


@pytest.mark.parametrize(
    "written",
    [
        *("How it works", "HOW IT WORKS", "how it works:", "“How it works”", "How  it works."),
        *("2. How it works", "2) How It Works", "II. How it works", "1.2 How it works"),
        "- How it works",
    ],
)
def test_a_heading_is_known_by_its_outline_however_it_is_written(written: str) -> None:
    text = f"{FRONT}- Background\n- How it works\n\nBackground\n\nOne.\n\n{written}\n\nTwo."
    found = draft(text)
    assert said(found)["mechanisms"] == ["Two."]
    assert [one.lines[0] for one in mapped(found, "heading")] == [8, 12]


def test_headings_need_no_outline() -> None:
    found = draft(f"{FRONT}Background\n\nOne is here.\n\nGetting help\n\nTwo is here.")
    assert said(found)["overview"] == ["One is here."]
    assert sections(found)["support-systems"].title == "Getting help"
    assert mapped(found, "outline") == []


def test_a_heading_that_no_outline_names_is_one_too() -> None:
    text = (
        f"{FRONT}- Background\n- Causes\n\nBackground\n\nOne.\n\nCauses\n\nTwo.\n\nOutlook\nThree."
    )
    assert said(draft(text))["conclusions"] == ["Three."]


def test_an_outline_entry_without_text_is_reported() -> None:
    found = draft(f"{FRONT}- Background\n- Outlook\n\nBackground\n\nOne.")
    assert "a.txt:6: the outline 'Outlook' has no text under it" in findings(found)
    assert [one.reason for one in mapped(found, "outline")] == [
        "has its text in line 8",
        "no text was supplied for it",
    ]


def test_a_list_that_is_no_outline_stays_a_list() -> None:
    found = draft(f"{FRONT}An introduction.\n\n- green tea\n- black tea\n\nBackground\n\nOne.")
    (bullets,) = [b for b in sections(found)["overview"].blocks if isinstance(b, Bullets)]
    assert bullets.text == "green tea\nblack tea"


def test_an_outline_may_be_told_by_what_stands_above_it() -> None:
    found = draft(f"{FRONT}In this article:\n\n- Nothing that follows\n\nWords that follow it.")
    assert [one.text for one in mapped(found, "label")] == ["In this article:"]
    assert [one.text for one in mapped(found, "outline")] == ["Nothing that follows"]


def test_a_numbered_outline_runs_into_its_numbered_headings() -> None:
    text = f"{FRONT}1. Background\n2. Causes\n\n1. Background\n\nOne.\n\n2. Causes\n\nTwo."
    for form in ("text", "markdown"):
        found = draft(text, form)
        assert [one.text for one in mapped(found, "heading")] == ["Background", "Causes"]
        assert said(found)["mechanisms"] == ["Two."]


def test_several_headings_of_one_section_stand_inside_it() -> None:
    found = draft(
        f"{FRONT}## Causes\n\nOne.\n\n## The science\n\nTwo.\n\n## Help\n\nX.", "markdown"
    )
    mechanisms = sections(found)["mechanisms"]
    assert mechanisms.title == "Mechanisms"
    assert [b.text for b in mechanisms.blocks if isinstance(b, Heading)] == [
        "Causes",
        "The science",
    ]


def test_what_comes_too_late_is_moved_and_told_with_its_lines() -> None:
    found = draft(
        f"{FRONT}## Help\n\nOne.\n\n## Background\n\nTwo.\n\nThree.\n\n## Help\n\nX.", "markdown"
    )
    assert said(found)["overview"] == ["Two.", "Three."]
    assert "a.txt:9: the heading 'Background', to line 13, moved to overview" in findings(found)


def test_what_no_wording_matches_stays_with_what_stands_before() -> None:
    found = draft(f"{FRONT}## Causes\n\nOne.\n\n## Zebras\n\nTwo.", "markdown")
    assert said(found)["mechanisms"] == ["Causes", "One.", "Zebras", "Two."]
    zebras = mapped(found, "heading")[1]
    assert zebras.confidence < wording.SURE
    assert "the heading 'Zebras' stays in mechanisms: no wording matched" in findings(found)


def test_a_section_without_text_says_so() -> None:
    found = draft(f"{FRONT}## Background\n\nOne.", "markdown")
    assert said(found)["mechanisms"] == ["[No text was supplied for this section.]"]
    assert "no text was supplied for the section 'mechanisms'" in findings(found)
    spanish = draft("# Té\n\nUn resumen breve.", "markdown", locale="es-MX")
    assert said(spanish)["overview"] == ["[No se recibió texto para esta sección.]"]
    assert sections(spanish)["support-systems"].title == "Sistemas de apoyo"


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        ("Overall, tea is a drink.", "comes last and sums up: it begins with 'overall'"),
        ("Tea is a drink.", "comes last and has no heading of its own"),
    ],
)
def test_a_last_paragraph_goes_to_the_conclusions(last: str, reason: str) -> None:
    found = draft(f"{FRONT}## Help\n\nOne.\n\n{last}", "markdown")
    assert said(found)["conclusions"] == [last]
    assert [one.reason for one in mapped(found, "closing")] == [reason]


def test_the_only_text_under_a_heading_is_no_closing() -> None:
    found = draft(f"{FRONT}## Help\n\nOverall, ask somebody.", "markdown")
    assert said(found)["support-systems"] == ["Overall, ask somebody."]
    assert mapped(found, "closing") == []


def test_wrapped_lines_are_one_paragraph() -> None:
    found = draft(
        "Tea\n\nA summary of the text that was wrapped by hand at some\n"
        "column, and goes on here.\n\n"
        "- an item that was wrapped by hand at some column and\n  goes on here\n- another\n\nEnd."
    )
    assert found.manuscript.document.summary.endswith("at some column, and goes on here.")
    assert said(found)["overview"] == [
        "an item that was wrapped by hand at some column and goes on here\nanother"
    ]


def test_numbers_that_do_not_count_are_kept_as_text() -> None:
    found = draft(f"{FRONT}## Help\n\n7. seven\n8. eight\n\n## Outlook\n\nX.", "markdown")
    assert said(found)["support-systems"] == ["7. seven\n8. eight"]


def test_a_claim_that_comes_again_is_one_claim() -> None:
    claim = "Tea cures anxiety in two days."
    found = draft(f"{FRONT}{claim} Tea is nice.\n\n{claim}")
    assert [one.statement for one in found.manuscript.document.claims] == [claim]
    assert markdown.serialize(found.manuscript).count("{claim=claim-1}") == 2


def test_a_claim_keeps_the_marks_inside_it() -> None:
    text = f"{FRONT}Tea **cures** [anxiety](https://example.org/) in two days.\n\nEnd."
    written = markdown.serialize(draft(text, "markdown").manuscript)
    claim = "[Tea **cures** [anxiety](<https://example.org/>) in two days.]{claim=claim-1}"
    assert claim in written


def test_links_that_are_not_https_are_kept_as_text_and_reported() -> None:
    found = draft(
        f"{FRONT}See [this](javascript:alert) and <http://example.org/>.\n\nEnd.", "markdown"
    )
    assert said(found)["overview"] == ["See this and http://example.org/."]
    assert "a link is not https, its text was kept: javascript:alert" in findings(found)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("markdown", FRONT + "[One](#one), [two](#two), [three](<#>).\n\nEnd."),
        (
            "html",
            "<h1>T</h1><p>A summary.</p><p><a href=#one>One</a>, <a href=#two>two</a>, "
            "<a href='#'>three</a>.</p><p>End.</p>",
        ),
    ],
)
def test_links_inside_the_page_are_told_once(form: str, text: str) -> None:
    found = draft(text, form)
    assert said(found)["overview"] == ["One, two, three."]
    assert "a.txt: links inside the page were left out, their text was kept: 3" in findings(found)
    assert "not https" not in findings(found)


def test_elements_that_are_nested_too_deep_are_refused() -> None:
    for many in (250, 1000):
        with pytest.raises(intake.Invalid, match="nested more than 200 deep"):
            draft("<div>" * many + "text", "html")
