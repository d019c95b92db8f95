"""What an author did wrong is said in words, with the file and the line."""

import pytest
from manuscripts import SOUND, changed, findings

from content import documents, markdown

FIGURE = """\
```figure
src: https://example.org/a.png
alt: A curve
width: 640
height: 480
credit: The desk
licence: CC0
digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
```"""


def in_text(block: str) -> str:
    """Put a block into the section that begins in line 30; it begins in line 32 itself."""
    return changed("## How {#mechanisms}\n\nWords.", "## How {#mechanisms}\n\n" + block)


def test_the_sound_text_is_sound() -> None:
    manuscript = markdown.parse(SOUND)
    assert [s.standalone for s in manuscript.document.sections] == [False, False, False, True]


def test_a_missing_section() -> None:
    text = changed("## Support {#support-systems}\n\nWords.\n\n", "")
    assert findings(text) == [
        "a.md:36: the section 'support-systems' is missing: '## Title {#support-systems}'"
    ]


def test_a_section_out_of_order() -> None:
    text = changed("{#mechanisms}", "{#kept}").replace("{#support-systems}", "{#mechanisms}")
    assert findings(text.replace("{#kept}", "{#support-systems}")) == [
        "a.md:30: the section 'support-systems' is out of place; the order is "
        "overview, mechanisms, support-systems, conclusions"
    ]


def test_a_section_of_a_kind_that_does_not_exist() -> None:
    assert findings(changed("{#mechanisms}", "{#mechanics}")) == [
        "a.md:30: there is no section 'mechanics'; there are "
        "overview, mechanisms, support-systems, conclusions"
    ]


def test_a_section_that_is_there_twice() -> None:
    text = SOUND + "\n## Again {#conclusions}\n\nWords.\n"
    assert findings(text)[0].startswith("a.md:42: the section 'conclusions' is out of place")


def test_a_section_without_a_kind() -> None:
    assert findings(changed(" {#mechanisms}", "")) == [
        "a.md:30: a section heading names its kind: '## Title {#overview}'"
    ]


def test_a_section_without_text() -> None:
    assert findings(changed("\n\nWords.\n\n## Support", "\n\n## Support")) == ["a.md:30: is empty"]


def test_marks_in_a_title() -> None:
    assert findings(changed("## How", "## *How*")) == [
        "a.md:30: a title or caption is plain text, without marks or references"
    ]


def test_text_before_the_first_section() -> None:
    assert findings(changed("## What", "Words.\n\n## What")) == [
        "a.md:26: there is text before the first section (a line '## …')"
    ]


@pytest.mark.parametrize(
    ("block", "name"),
    [
        ("***", "a horizontal rule"),
        ("    code", "indented code"),
        ("```\ncode\n```", "a code block (only ```figure is known)"),
        ("Some `code`.", "inline code"),
        ("# Large", "a heading of level 1"),
        ("##### Small", "a heading of level 5"),
        ("<div>raw</div>", "raw HTML (write \\< for a plain <)"),
        ("<!-- gone -->", "raw HTML (write \\< for a plain <)"),
        ("A <b>raw</b> word", "raw HTML (write \\< for a plain <)"),
        ("![alt](https://example.org/a.png)", "an inline image (use a ```figure block)"),
        ("One\\\ntwo", "a line break"),
    ],
)
def test_an_unknown_block(block: str, name: str) -> None:
    assert findings(in_text(block)) == [f"a.md:32: unknown block: {name} is not part of the form"]


@pytest.mark.parametrize(
    ("block", "line", "message"),
    [
        ("- a\n  - b", 32, "unknown block: a list item holds one paragraph"),
        ("- a\n- b\n\n  c", 33, "unknown block: a list item holds one paragraph"),
        ("- a\n-", 33, "unknown block: a list item holds one paragraph"),
        ("> a\n>\n> b", 32, "unknown block: a quote or callout holds one paragraph"),
        ("7. a", 32, "an ordered list starts with 1 (write 7\\. for a number that is text)"),
        ("| a | b |\n| - | - |\n| 1 |", 34, "this row has not as many cells as its table (2)"),
        ("| a |\n| - |\n| 1 | 2 |", 34, "this row has not as many cells as its table (1)"),
        ("[@s-1; @s-2]", 32, "'[@' belongs to no mark; write a backslash before it"),
        ("[a]{claim=A b}", 32, "']{' belongs to no mark; write a backslash before it"),
        ("[a{claim=c-1}", 32, "'{claim=' belongs to no mark; write a backslash before it"),
        ("a @s-1.", 32, "'@s-1' belongs to no mark; write a backslash before it"),
        ("[a]{.big}", 32, "the braces after a text say {claim=id}, {.strong} or {.emphasis}"),
        ("**a [b]{.strong}**", 32, "strong inside strong"),
        ("[a](http://example.org/)", 32, "must be an address that begins with https://"),
        ("[a](javascript:alert)", 32, "must be an address that begins with https://"),
        ('[a](https://e.org "t")', 32, "a link has no title; write [text](https://example.org/)"),
        ("[@s-1]", 32, "is empty"),
        ("> [!NOTE]", 32, "is empty"),
    ],
)  # fmt: skip
def test_a_block_that_is_not_well_formed(block: str, line: int, message: str) -> None:
    assert findings(in_text(block)) == [f"a.md:{line}: {message}"]


def test_a_claim_without_a_level() -> None:
    assert findings(changed("    evidence_level: E1\n", "")) == [
        "a.md:15: /claims/0 Object missing required field `evidence_level`"
    ]


def test_a_claim_with_an_unknown_level() -> None:
    assert findings(changed("evidence_level: E1", "evidence_level: E9")) == [
        "a.md:17: /claims/0/evidence_level Invalid enum value 'E9'"
    ]


def test_a_claim_without_a_source() -> None:
    assert findings(changed("    sources: [s-1]\n", "    sources: []\n")) == [
        "a.md:18: /claims/0/sources the claim 'c-1' has no source"
    ]


def test_a_claim_that_no_text_states() -> None:
    assert findings(changed("]{claim=c-1}", "\\]").replace("[It", "\\[It")) == [
        "a.md:15: /claims/0 no text is marked with the claim 'c-1'"
    ]


def test_a_claim_that_is_defined_twice() -> None:
    twice = "  - {id: c-1, statement: X., evidence_level: E1, sources: [s-1]}\nsources:\n"
    assert findings(changed("sources:\n  -", twice + "  -")) == [
        "a.md:19: /claims/1/id 'c-1' is defined twice"
    ]


def test_a_source_without_doi_and_official_url() -> None:
    assert findings(changed("    doi: 10.1000/182\n", "")) == [
        "a.md:20: /sources/0 the source 's-1' has neither a DOI nor an official URL"
    ]


def test_a_source_with_something_else_than_a_doi() -> None:
    assert findings(changed("doi: 10.1000/182", "doi: ask me")) == [
        "a.md:23: /sources/0/doi must be a DOI such as 10.1000/182"
    ]


def test_a_text_that_refers_to_no_claim() -> None:
    assert findings(in_text("[It is so.]{claim=c-2}")) == [
        "a.md:32: refers to the claim 'c-2', which is not defined"
    ]


def test_a_text_that_refers_to_no_source() -> None:
    assert findings(in_text("It is so [@s-2].")) == [
        "a.md:32: refers to the source 's-2', which is not defined"
    ]


def test_a_claim_that_refers_to_no_source() -> None:
    assert findings(changed("sources: [s-1]", "sources: [s-1, s-2]")) == [
        "a.md:18: /claims/0/sources refers to the source 's-2', which is not defined"
    ]


def test_a_figure_is_read_and_without_alt_it_is_refused() -> None:
    found = markdown.parse(in_text(FIGURE)).document.sections[1].blocks[0]
    assert isinstance(found, documents.Figure)
    assert (found.alt, found.text, found.width) == ("A curve", "A curve", 640)
    without = FIGURE.replace("alt: A curve\n", "")
    assert findings(in_text(without)) == ["a.md:32: a figure needs 'alt': say what the image shows"]


def test_a_figure_that_is_not_whole() -> None:
    assert findings(in_text(FIGURE.replace("width: 640\n", ""))) == [
        "a.md:32: Object missing required field `width`"
    ]
    assert findings(in_text(FIGURE.replace("width: 640", "width: [")))[0].startswith(
        "a.md:37: broken YAML: did not find expected ',' or ']'"
    )
    assert findings(in_text(FIGURE.replace("width: 640", "text: A curve"))) == [
        "a.md:32: a figure has neither 'type' nor 'text'"
    ]
