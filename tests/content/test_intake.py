"""Intake: whole texts from an agency, in all three forms, and where their parts go."""

import re
from pathlib import Path

import pytest

from content import documents, intake, markdown
from content.documents import Bullets, Claims, Heading, Section
from content.errors import Invalid
from content.intake import Facts, Intake

FACTS = Facts(topics=["kratom"])


@pytest.fixture
def samples(here: Path) -> Path:
    """The folder of texts as agencies send them."""
    return here / "tests" / "intake"


def read(path: Path, facts: Facts = FACTS) -> Intake:
    return intake.draft(path.read_bytes(), intake.form_of(path.name), facts, path.name)


def draft(text: str, facts: Facts = FACTS, form: str = "text") -> Intake:
    return intake.draft(text.encode(), form, facts, "a.txt")


def section(found: Intake, kind: str) -> Section:
    return next(one for one in found.manuscript.document.sections if one.kind == kind)


def said(found: Intake, kind: str) -> str:
    return "\n".join(block.text for block in section(found, kind).blocks)


def findings(found: Intake) -> str:
    return "\n".join(map(str, [*found.findings, *found.gaps]))


def claims(found: Intake) -> list[str]:
    return [claim.statement for claim in found.manuscript.document.claims]


def test_a_plain_text_becomes_a_draft(samples: Path) -> None:
    found = read(samples / "kratom.txt")
    document = found.manuscript.document
    assert document.title == "Kratom and a worried mind"
    assert found.manuscript.slug == "kratom-and-a-worried-mind"
    assert document.summary.startswith("Many people say that kratom cures anxiety within days.")
    assert document.summary.endswith("how it acts, and where people who worry can turn.")
    assert said(found, "overview").startswith("Interest in the leaf has grown quickly.")
    assert "Farm workers" in said(found, "overview")
    assert "opioid receptors" in said(found, "mechanisms")
    assert "Rules differ" in said(found, "mechanisms")
    assert "A doctor can help." in said(found, "support-systems")
    assert section(found, "support-systems").title == "Where to turn"
    assert said(found, "conclusions").startswith("In short, kratom is the natural answer")


def test_the_outline_is_told_with_what_became_of_each_entry(samples: Path) -> None:
    found = read(samples / "kratom.txt")
    entries = [(one.text, one.section) for one in found.mapping if one.part == "outline"]
    assert entries == [
        ("What is kratom?", "overview"),
        ("How it works", "mechanisms"),
        ("Where to turn", "support-systems"),
        ("A word on the law", "mechanisms"),
    ]
    assert "A word on the law" not in said(found, "overview")


def test_each_heading_says_why_it_is_where_it_is(samples: Path) -> None:
    found = read(samples / "kratom.txt")
    headings = {one.text: one for one in found.mapping if one.part == "heading"}
    assert headings["How it works:"].reason == "'how it works' is wording of mechanisms"
    assert headings["How it works:"].confidence >= 90
    assert headings["How it works:"].lines == (19, 26)
    assert headings["A word on the law"].confidence == 0
    assert "no wording matched; kept under mechanisms" in headings["A word on the law"].reason
    assert "a.txt" not in findings(found)
    assert "kratom.txt:28: the heading 'A word on the law' stays in mechanisms" in findings(found)
    closing = next(one for one in found.mapping if one.part == "closing")
    assert closing.reason == "comes last and sums up: it begins with 'in short'"


def test_a_numbered_list_under_a_heading_stays_one(samples: Path) -> None:
    blocks = section(read(samples / "kratom.txt"), "mechanisms").blocks
    lists = [block for block in blocks if isinstance(block, Bullets)]
    assert [(one.ordered, one.text) for one in lists] == [
        (True, "It calms.\nIt lifts the mood.\nIt helps with sleep.")
    ]


def test_every_claim_is_marked_and_has_no_evidence_yet(samples: Path) -> None:
    found = read(samples / "kratom.txt")
    document = found.manuscript.document
    assert any("studies prove that it is safe" in statement for statement in claims(found))
    for claim in document.claims:
        assert claim.evidence_level is None
        assert claim.sources == []
    marked = {
        mark.id: span.text
        for _, run in documents.inline_runs(document)
        for span in run
        for mark in span.marks
        if isinstance(mark, Claims)
    }
    assert marked == {claim.id: claim.statement for claim in document.claims}
    assert "has no evidence level" in findings(found)


def test_a_markdown_text_keeps_its_marks_and_moves_what_is_out_of_order(samples: Path) -> None:
    found = read(samples / "walking.md", Facts(topics=["walking"], author="A. Writer"))
    assert found.manuscript.document.title == "Walking after dinner"
    assert "**Comfort**" in markdown.serialize(found.manuscript)
    assert "(<https://example.org/walk>)" in markdown.serialize(found.manuscript)
    moved = {one.text: one.section for one in found.mapping if one.moved}
    assert moved == {"Background": "overview", "Why it works": "mechanisms"}
    assert "walking.md:20: the heading 'Background', to line 22, moved to over" in findings(found)
    assert "<b>Mind</b> the traffic." in said(found, "mechanisms")
    assert found.manuscript.document.review.provenance.author == "A. Writer"


def test_tables_and_images_are_kept_as_text_and_reported(samples: Path) -> None:
    found = read(samples / "walking.md")
    assert "10 | 1000" in said(found, "mechanisms")
    assert "[Image: A path (https://example.org/path.png)]" in said(found, "mechanisms")
    assert "walking.md:28: a table was kept as text" in findings(found)
    assert "walking.md:32: an image was kept as text" in findings(found)


def test_a_heading_inside_a_heading_stays_inside(samples: Path) -> None:
    blocks = section(read(samples / "walking.md"), "support-systems").blocks
    assert [block.level for block in blocks if isinstance(block, Heading)] == [3]
    assert said(read(samples / "walking.md"), "support-systems").count("Who to ask") == 1


def test_a_text_in_html_and_spanish(samples: Path) -> None:
    found = read(samples / "sueno.html", Facts(topics=["sleep"], locale="es"))
    assert found.manuscript.document.locale == "es"
    assert found.manuscript.document.title == "Dormir bien con hierbas"
    assert section(found, "mechanisms").title == "Cómo funciona"
    assert said(found, "conclusions") == "Dormir bien es posible para casi todos."
    closing = next(one for one in found.mapping if one.part == "closing")
    assert closing.reason == "comes last, after a rule"
    whole = documents.reading_text(found.manuscript.document)
    for hidden in ("otra cosa", "color", "privada"):
        assert hidden not in whole


@pytest.mark.parametrize("name", ["kratom.txt", "walking.md", "sueno.html"])
def test_a_draft_reads_back_from_its_authoring_form(samples: Path, name: str) -> None:
    made = read(samples / name).manuscript
    assert markdown.parse(markdown.serialize(made), complete=False) == made


def test_nothing_is_invented(samples: Path) -> None:
    document = read(samples / "kratom.txt").manuscript.document
    assert document.sources == []
    assert documents.dump(document.review) == {
        "status": "unreviewed",
        "searched_on": None,
        "next_review_due": None,
        "reviewed_on": None,
        "provenance": {
            "author": "Unknown author",
            "ai_statement": "Not stated.",
            "reviewer_name": None,
            "reviewer_credential": None,
        },
    }


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"", "there is no text in it"),
        (b" \n\t\n", "there is no text in it"),
        (b"---\n", "there is no text in it"),
        (b"a\n\xff", "a.txt:2: the text is not UTF-8; save it as UTF-8 and try again"),
        ("Text".encode("utf-16"), "a.txt:1: the text is not UTF-8"),
        (b"a\nPK\x03\x04", "a.txt:2: there is a control character (U+0003)"),
        (b"a" * (1024 * 1024 + 1), "larger than 1048576 bytes"),
    ],
)
def test_what_is_no_text_is_refused(octets: bytes, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        intake.draft(octets, "text", FACTS, "a.txt")
    assert words in str(caught.value)


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_byte_order_mark_and_other_line_ends_are_no_trouble(form: str) -> None:
    octets = b"\xef\xbb\xbfTitle\r\rA summary that says something.\r\n\r\nMore text.\r\n"
    assert "\ufeff" not in documents.reading_text(
        intake.draft(octets, form, FACTS).manuscript.document
    )


@pytest.mark.parametrize("end", ["\v", "\f", "\x85", "\u2028", "\u2029"], ids=ascii)
@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("text", "Title|A summary is here.||More text."),
        ("markdown", "# Title|A summary is here.||More text."),
        ("html", "<h1>Title</h1>|<p>A summary|is here.</p><p>More text.</p>"),
    ],
)
def test_what_word_processors_write_ends_a_line(form: str, text: str, end: str) -> None:
    document = draft(text.replace("|", end), form=form).manuscript.document
    assert (document.title, document.summary) == ("Title", "A summary is here.")
    assert document.sections[0].blocks[0].text == "More text."
    with pytest.raises(Invalid, match=re.escape("a.txt:2: there is a control character (U+0000)")):
        draft(f"Title{end}\x00", form=form)
