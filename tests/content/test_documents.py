"""The document: what its JSON may say, and the JSON Pointer of what it may not."""

from typing import Any

import pytest
from factories import make_document, make_manuscript, make_paragraph, make_section

from content import documents
from content.documents import Document
from content.errors import Invalid


def findings(data: dict[str, Any]) -> list[str]:
    with pytest.raises(Invalid) as caught:
        documents.load(data, Document)
    return [str(finding) for finding in caught.value.findings]


def with_block(block: dict[str, Any]) -> dict[str, Any]:
    rest = [make_section(kind) for kind in documents.SECTION_KINDS[1:]]
    return make_document(sections=[make_section("overview", blocks=[block]), *rest])


def inline(text: str) -> dict[str, Any]:
    return {"spans": [{"text": text}] if text else [], "text": text}


def test_a_document_reads_back_from_its_canonical_bytes() -> None:
    document = make_manuscript().document
    assert documents.decode(documents.encode(document)) == document


def test_a_document_is_immutable() -> None:
    document = make_manuscript().document
    with pytest.raises(AttributeError):
        document.title = "Another"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("block", "finding"),
    [
        ({**make_paragraph("Words."), "text": "Other words."},
         "/text: is not the plain text of the block"),
        ({"type": "list", "ordered": False, "text": "a", "items": [{**inline("a"), "text": "b"}]},
         "/items/0/text: is not the plain text of the spans"),
        ({"type": "list", "ordered": False, "text": "a\n", "items": [inline("a"), inline("")]},
         "/items/1/spans: a list item is never empty"),
        ({"type": "table", "caption": "", "columns": [inline("a"), inline("")],
          "rows": [[inline("b")]], "text": "a | \nb"},
         "/rows/0: has 1 cells, the header has 2"),
        ({"type": "table", "caption": "", "columns": [inline("a")],
          "rows": [[{**inline("b"), "text": "c"}]], "text": "a\nb"},
         "/rows/0/0/text: is not the plain text of the spans"),
        ({"type": "paragraph", "text": "a b", "spans": [{"text": "a "}, {"text": "b"}]},
         "/spans: spans are not in their canonical form (see docs/editors.md)"),
        ({"type": "paragraph", "text": " a", "spans": [{"text": " a"}]},
         "/spans: spans are not in their canonical form (see docs/editors.md)"),
        ({"type": "paragraph", "text": "a\u00a0b", "spans": [{"text": "a\u00a0b"}]},
         "/spans: spans are not in their canonical form (see docs/editors.md)"),
        ({"type": "paragraph", "text": "a",
          "spans": [{"text": "a", "marks": [{"type": "strong"}, {"type": "strong"}]}]},
         "/spans: a span has two marks of one kind"),
        ({"type": "video", "text": "a"}, "/type: Invalid value 'video'"),
        ({**make_paragraph("a"), "html": "<b>"}, "/html: 'html' is not a name that is known here"),
    ],
)  # fmt: skip
def test_a_block_that_is_not_what_it_says(block: dict[str, Any], finding: str) -> None:
    assert findings(with_block(block))[0].startswith("/sections/0/blocks/0" + finding)


def test_sections_in_another_order_are_all_named() -> None:
    sections = [make_section(kind) for kind in reversed(documents.SECTION_KINDS)]
    assert findings(make_document(sections=sections))[0] == (
        "/sections/0/kind: expected 'overview', found 'conclusions'"
    )


@pytest.mark.parametrize("title", ["two  spaces", " outer", "e\u0301", "a\x07", "a\nb", "\u2003x"])
def test_a_title_that_is_not_in_canonical_form(title: str) -> None:
    assert findings(make_document(title=title)) == [
        "/title: has control characters, double, outer or unusual spaces, or is not NFC"
    ]


def test_a_change_note_that_is_not_in_canonical_form() -> None:
    with pytest.raises(Invalid, match="/change_note: has control characters"):
        make_manuscript(change_note="a  b")


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01", "0000-01-01"])
def test_a_day_that_is_not_in_the_calendar(day: str) -> None:
    review = {**make_document()["review"], "next_review_due": day}
    assert findings(make_document(review=review)) == [
        "/review/next_review_due: is not a day of the calendar"
    ]


@pytest.mark.parametrize("day", ["2026-1-1", "٢٠٢٦-٠١-٠١", "tomorrow", "2026-01-01T00:00"])
def test_a_day_in_another_form(day: str) -> None:
    review = {**make_document()["review"], "next_review_due": day}
    assert findings(make_document(review=review)) == [
        "/review/next_review_due: must be a day such as 2026-11-23"
    ]


@pytest.mark.parametrize("data", [None, [], "text", 1, {}, {"locale": "en"}])
def test_data_of_another_shape_is_invalid_and_nothing_else(data: Any) -> None:
    for kind in (documents.Document, documents.Manuscript):
        with pytest.raises(Invalid):
            documents.load(data, kind)


def test_the_reading_text_has_every_word_a_reader_may_see() -> None:
    text = documents.reading_text(make_manuscript(title="A title of its own").document)
    assert "A title of its own" in text
    assert "What we say about conclusions." in text
    assert "About support-systems" in text
