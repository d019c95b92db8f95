"""Search: a query finds exactly what has all its words, the same on both engines."""

import itertools
import unicodedata

import pytest
from factories import NOW, make_paragraph, make_section, publish
from hypothesis import given, settings
from hypothesis import strategies as st

from content import changes, documents, search, terms
from content.db import Database
from content.documents import SECTION_KINDS
from content.editorial import endings
from content.errors import Invalid
from content.models.log import Body, Publication, Revision
from content.search import Wanted

WORDS = (
    "sleep", "Sleep", "café", "cafe\u0301", "CAFÉ", "straße", "STRASSE", "don't", "ﬁre", "fire",
    "x1", "Ωμέγα", "ωμεγα", "睡眠", "сон", "3½", "co-op", "under_score", "naïve", "İstanbul",
    "и\u0306", "the",
)  # fmt: skip
TEXT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)


def write(database: Database, slug: str, title: str, summary: str, text: str) -> int:
    sections = [make_section(kind) for kind in SECTION_KINDS]
    sections[0]["blocks"].append(make_paragraph(text))
    number = publish(database, slug=slug, title=title, summary=summary, sections=sections)
    assert number is not None
    return number


def found(database: Database, said: str, wanted: Wanted | None = None) -> list[tuple[int, int]]:
    with database.read() as session:
        at = changes.head(session)
        return search.ranked(session, search.query(said), wanted or Wanted(), at)


def find(database: Database, said: str, **facets: str) -> list[int]:
    return [number for _, number in found(database, said, Wanted(facets))]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("A café in town", "CAFE"), ("Die Straße", "strasse"), ("Ωμέγα three", "ωμεγα"),
        ("睡眠 helps", "睡眠"), ("Isn't it", "isn't"), ("co-op shop", "co op"), ("ﬁre", "fire"),
    ],
)  # fmt: skip
def test_case_marks_and_signs_do_not_count(small: Database, written: str, asked: str) -> None:
    number = write(small, "one", "Some title", "Some summary.", written)
    assert find(small, asked) == [number]


def test_all_words_have_to_be_there_as_whole_words(small: Database) -> None:
    number = write(small, "one", "Sleep and tea", "Some summary.", "Some text.")
    assert find(small, "tea sleep") == [number]
    assert find(small, "tea coffee") == []
    assert find(small, "slee") == []


def test_titles_come_first_then_summaries_then_the_newest(small: Database) -> None:
    text = write(small, "in-the-text", "One", "Two.", "Melatonin at night.")
    title = write(small, "in-the-title", "Melatonin at night", "Two.", "Three.")
    lead = write(small, "in-the-lead", "Melatonin", "Taken at night.", "Three.")
    newer = write(small, "in-the-newer-text", "One", "Two.", "Melatonin at night.")
    assert find(small, "melatonin night") == [title, lead, newer, text]


@pytest.mark.parametrize("said", ["", "…!?", "_"])
def test_a_query_without_a_word_is_refused(said: str) -> None:
    with pytest.raises(Invalid, match="no word"):
        search.query(said)


def test_a_query_with_too_many_words_is_refused() -> None:
    with pytest.raises(Invalid, match="13 words; give at most 12"):
        search.query(" ".join(f"word{i}" for i in range(13)))


@pytest.mark.parametrize("said", ['"', "a AND b", "title:x", "a OR b", "NEAR(a b)", "a* -b", "':*"])
def test_no_query_is_read_as_syntax(small: Database, said: str) -> None:
    number = write(small, "one", "Some title", "Some summary.", f"Text {said} text.")
    assert find(small, f"{said} text") == [number]


def test_what_is_not_live_any_more_is_not_found(small: Database) -> None:
    write(small, "one", "Old words", "Some summary.", "Some text.")
    number = write(small, "one", "New words", "Some summary.", "Some text.")
    assert (find(small, "old"), find(small, "words")) == ([], [number])
    with small.write() as session:
        endings.end(session, "one", "withdrawn", notice="Over.", reason="x", by="t", now=NOW)
        session.commit()
    assert find(small, "words") == []


def test_matches_are_narrowed_by_facets(small: Database) -> None:
    tea = publish(small, slug="tea", topics=["tea"], conditions=["worry"])
    publish(small, slug="sleep", topics=["sleep"], conditions=["worry"])
    assert find(small, "title", topic="tea") == [tea]
    assert find(small, "title", topic="tea", condition="worry") == [tea]
    assert find(small, "title", topic="tea", condition="pain") == []
    assert len(find(small, "title", review="unreviewed")) == 2


def test_matches_are_narrowed_to_any_of_some_topics(small: Database) -> None:
    write(small, "one", "Plain words", "A summary that is long enough.", "Text.")
    every = len(found(small, "plain"))
    assert every
    for topics, count in (({"sleep"}, every), ({"sleep", "tea"}, every), ({"tea"}, 0), (set(), 0)):
        assert len(found(small, "plain", Wanted(topics=frozenset(topics)))) == count


def test_only_the_newest_matches_are_ranked(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 2)
    numbers = [write(small, f"n-{i}", f"Title {i}", "Tea.", "Text.") for i in range(3)]
    assert find(small, "tea") == numbers[:0:-1]


def test_a_query_finds_exactly_what_has_all_its_words(small: Database) -> None:
    counter = itertools.count()

    @settings(max_examples=20, deadline=None, derandomize=True)
    @given(st.tuples(TEXT, TEXT, TEXT), st.lists(TEXT, min_size=3, max_size=3))
    def look(text: tuple[str, str, str], asked: list[str]) -> None:
        title, summary, body = (unicodedata.normalize("NFC", part) for part in text)
        number = write(small, "one", title, f"{summary} {next(counter)}", body)
        said = set(terms.words(text_of(small, number)))
        for query in asked:
            has_all = said.issuperset(search.query(query))
            assert find(small, query) == ([number] if has_all else [])

    look()


def text_of(database: Database, number: int) -> str:
    """Return all text of a publication, from the log."""
    with database.read() as session:
        row = session.get_one(Publication, number)
        revision = session.get_one(Revision, (row.article, row.locale, row.revision))
        octets = session.get_one(Body, revision.digest).octets
    return documents.reading_text(documents.decode(octets))
