"""The authoring form: what is written reads back as the same document, whatever is in it."""

from pathlib import Path

import manuscripts
import pytest
from factories import make_manuscript, make_section
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from content import documents, imports, located, markdown
from content.documents import Cites, Claims, Emphasis, Link, Manuscript, Span, Strong
from content.errors import Invalid
from content.markdown import reading, writing

ARTICLES = sorted((imports.LIBRARY / "articles").glob("*.md"))
SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=30)
QUICK = settings(SLOW, max_examples=300)
ANY_MARK = st.one_of(
    st.builds(Claims, manuscripts.IDS),
    st.builds(Link, manuscripts.URLS),
    st.just(Strong()),
    st.just(Emphasis()),
    st.builds(Cites, manuscripts.IDS),
)
ANY_SPAN = st.builds(
    Span,
    manuscripts.RAW | st.text(alphabet=" e\u0301\n\u00a0\u2028\x07\ufffe", max_size=4),
    st.lists(ANY_MARK, max_size=3, unique_by=type),
)


def with_blocks(*blocks: documents.Block) -> Manuscript:
    overview = make_section("overview", blocks=documents.dump(list(blocks)))
    rest = [make_section(kind) for kind in documents.SECTION_KINDS[1:]]
    return make_manuscript(sections=[overview, *rest])


def paragraph(*spans: Span) -> documents.Paragraph:
    return documents.Paragraph(list(spans), documents.plain(spans))


@SLOW
@given(manuscripts.manuscripts())
def test_a_manuscript_that_is_written_reads_back_as_the_same(manuscript: Manuscript) -> None:
    assert markdown.parse(markdown.serialize(manuscript)) == manuscript


@QUICK
@given(manuscripts.RAW.map(documents.clean).filter(bool))
@example("1. x")
@example("1) x")
@example("# x")
@example("---")
@example("Table: x")
@example("[!NOTE]")
@example("{#overview}")
@example("&amp;")
@example("x ##")
@example("\\")
@example("@a")
def test_text_that_looks_like_markdown_stays_text_in_every_place(text: str) -> None:
    spans = [Span(text, [])]
    marked = [Span(text, [Strong()])]
    item = documents.Inline(spans, text)
    manuscript = with_blocks(
        paragraph(*spans),
        paragraph(*marked),
        documents.Quote(spans, text),
        documents.Callout("note", spans, text),
        documents.Bullets(True, [item, item], f"{text}\n{text}"),
        documents.Heading(3, spans, text[:500]),
        documents.Table(text, [item], [[item], [item]], "\n".join([text] * 4)),
    )  # fmt: skip
    assert markdown.parse(markdown.serialize(manuscript)) == manuscript


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_a_shipped_article_reads_back_as_the_same_after_it_was_written(path: Path) -> None:
    manuscript = markdown.parse(located.read_text(path), path.name)
    assert markdown.parse(markdown.serialize(manuscript)) == manuscript


@QUICK
@given(st.lists(ANY_SPAN, max_size=8))
def test_the_canonical_form_of_spans_is_its_own_canonical_form(spans: list[Span]) -> None:
    tidy = documents.tidy(spans)
    assert documents.tidy(tidy) == tidy
    text = documents.plain(tidy)
    assert text == text.strip(" ")
    assert "  " not in text


@QUICK
@given(st.text() | manuscripts.RAW)
def test_clean_text_is_its_own_clean_form(text: str) -> None:
    assert documents.clean(documents.clean(text)) == documents.clean(text)


def test_spans_are_merged_and_composed_across_their_border() -> None:
    assert documents.tidy([Span("cafe", []), Span("\u0301 au lait", [])]) == [
        Span("caf\u00e9 au lait", [])
    ]


def test_a_nonbreaking_space_becomes_a_plain_one() -> None:
    assert documents.tidy([Span("10\u00a0mg", []), Span(" \u00a0daily", [Strong()])]) == [
        Span("10 mg", []),
        Span(" daily", [Strong()]),
    ]


def test_no_space_is_kept_before_a_reference_and_none_at_the_end() -> None:
    cite = Span("", [Cites("a")])
    assert documents.tidy([Span("Known ", []), Span(" ", [Strong()]), cite, Span(" ", [])]) == [
        Span("Known", []),
        cite,
    ]


def test_a_reference_is_no_part_of_a_link() -> None:
    link = Link("https://example.org/")
    assert documents.tidy([Span("", [link, Cites("a")])]) == [Span("", [Cites("a")])]


def test_the_common_forms_are_written_as_an_author_would_write_them() -> None:
    manuscript = with_blocks(
        paragraph(
            Span("Plain, ", []),
            Span("strong", [Strong()]),
            Span(" and ", []),
            Span("stressed", [Emphasis()]),
            Span(", or ", []),
            Span("linked", [Link("https://example.org/a_b")]),
            Span(".", []),
        )
    )
    line = "Plain, **strong** and *stressed*, or [linked](<https://example.org/a\\_b>)."
    assert line in markdown.serialize(manuscript).split("\n")


def test_a_reference_before_a_colon_is_no_link_definition_that_would_vanish() -> None:
    text = Span(": https://example.org/", [])
    manuscript = make_manuscript(
        sections=[
            make_section(kind, blocks=documents.dump([paragraph(Span("", [Cites("s")]), text)]))
            for kind in documents.SECTION_KINDS
        ],
        sources=[{"id": "s", "title": "A", "authors": "B", "url": "https://example.org/"}],
    )
    assert "[@s]: https" in markdown.serialize(manuscript)
    assert markdown.parse(markdown.serialize(manuscript)) == manuscript


def test_marks_inside_a_link_are_written_around_it() -> None:
    link = Link("https://example.org/")
    manuscript = with_blocks(
        paragraph(Span("a ", [link]), Span("b", [link, Strong()]), Span(" c", [link, Emphasis()]))
    )
    assert markdown.parse(markdown.serialize(manuscript)) == manuscript


def test_lists_of_one_kind_stay_apart_when_they_stand_side_by_side() -> None:
    item = documents.Inline([Span("x", [])], "x")
    lists = [
        documents.Bullets(ordered, [item], "x") for ordered in (False, False, False, True, True)
    ]
    manuscript = with_blocks(*lists)
    assert markdown.parse(markdown.serialize(manuscript)) == manuscript


def test_a_text_from_another_system_may_have_its_byte_order_mark_and_line_ends() -> None:
    text = markdown.serialize(make_manuscript())
    assert markdown.parse("\ufeff" + text.replace("\n", "\r\n")) == make_manuscript()


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    text = markdown.serialize(make_manuscript())
    wrapped = text.replace(
        "What we say about overview.", "What we say\n**about** [over](https://e.org)\nview."
    )
    found = markdown.parse(wrapped).document.sections[0].blocks[0]
    assert found.text == "What we say about over view."


@QUICK
@given(st.text())
def test_random_text_is_refused_and_nothing_else(text: str) -> None:
    with pytest.raises(Invalid):
        markdown.parse(text)


SOUND = markdown.serialize(make_manuscript())
FRONT, BODY = SOUND.split("\n---\n", 1)
LETTERS = st.text(alphabet="[]{}()<>*_`#\\|!@&:-=.~\"' \n\tab1é\u0301\x00")


@settings(SLOW, max_examples=250)
@given(st.text() | LETTERS | st.lists(manuscripts.WORDS).map("\n".join), st.integers(0, len(BODY)))
def test_a_body_with_anything_in_it_is_read_or_refused(noise: str, at: int) -> None:
    assert_read_or_refused(f"{FRONT}\n---\n{BODY[:at]}{noise}{BODY[at:]}")


@settings(SLOW, max_examples=250)
@given(
    st.text() | LETTERS | st.from_regex(r"[!&*%?>|{\[:,\-0-9a-z \n]{1,30}"),
    st.integers(0, len(FRONT)),
)
def test_front_matter_with_anything_in_it_is_read_or_refused(noise: str, at: int) -> None:
    assert_read_or_refused(f"{FRONT[:at]}{noise}{FRONT[at:]}\n---\n{BODY}")


@settings(SLOW, max_examples=100)
@given(st.binary())
def test_a_file_of_random_bytes_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, octets: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "random.md"
    path.write_bytes(octets)
    with pytest.raises(Invalid):
        markdown.parse(located.read_text(path), path.name)


def assert_read_or_refused(text: str) -> None:
    """What can be read reads back as the same; all else is refused with findings that say where."""
    try:
        manuscript = markdown.parse(text, "a.md")
    except Invalid as error:
        places = {finding.pointer.partition(":")[0] for finding in error.findings}
    else:
        places = {"a.md"}
        assert markdown.parse(markdown.serialize(manuscript)) == manuscript
    assert places == {"a.md"}


def test_reading_and_writing_are_one_module_to_others() -> None:
    assert markdown.parse is reading.parse
    assert markdown.serialize is writing.serialize


@pytest.mark.parametrize(
    "word",
    [
        "NO", "yes", "~", "null", "True", "12", "+1", "0x1F", "017", "1e3", "3.10", ".5", "1:30",
        "2026-11-22", "-_", "=", "<<", "- a", "a: b", "# a", "*a", "&a", "!a", "'a'", '"a"',
    ],
)  # fmt: skip
def test_a_word_that_yaml_might_take_for_something_else_stays_a_word(word: str) -> None:
    manuscript = make_manuscript(
        sources=[{"id": "s", "title": word, "authors": word, "url": "https://example.org/"}],
        change_note=word,
    )
    assert markdown.parse(markdown.serialize(manuscript)) == manuscript
