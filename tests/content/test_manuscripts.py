"""Manuscripts from files and streams: what is wrong with one item is told, and ends nothing."""

import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import manuscripts as texts
import pytest
from factories import make_manuscript
from hypothesis import given, settings
from hypothesis import strategies as st

from content import canonical, documents, manuscripts
from content.documents import MAX_OCTETS, Manuscript
from content.manuscripts import Item
from content.spans import squeeze

OF_EN = {"locale": "en", "revision": 1, "status": "unreviewed"}


def line(**changed: Any) -> bytes:
    return json.dumps(documents.dump(make_manuscript(**changed))).encode()


def items(*lines: bytes) -> list[Item]:
    return list(manuscripts.of_lines(io.BytesIO(b"\n".join(lines)), "a.ndjson"))


def reason(octets: bytes) -> str:
    """Return why a line is refused; what comes after it must be read."""
    found, after = items(octets, line())
    assert found.manuscript is None
    assert after.manuscript is not None
    assert after.place == "a.ndjson:2"
    return " ".join(map(str, found.findings))


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"nonsense", "is not JSON"),
        (b'{"slug": "a"', "is not JSON"),
        (b"{} {}", "is not JSON"),
        (b"\xff\xfe", "not valid UTF-8"),
        (b'{"slug": "a\x00b"}', "control character"),
        (b'{"slug": "\\ud800"}', "surrogate"),
        (b"[" * 100_000, "depth limit"),
        (b'{"a":' * 100_000, "depth limit"),
        (b"[]", "Expected `object`, got `array`"),
        (b"null", "Expected `object`, got `null`"),
        (b"NaN", "is not JSON"),
        (b"1e999", "is not JSON"),
        (b"{}", "required field `slug`"),
    ],
)
def test_what_is_no_manuscript_is_told(octets: bytes, said: str) -> None:
    assert said in reason(octets)


def test_an_unknown_name_is_told_with_its_place() -> None:
    assert "/document/titel: 'titel'" in reason(line().replace(b'"title"', b'"titel"', 1))


def test_a_control_character_in_a_text_is_told_with_its_place() -> None:
    assert "/document/title:" in reason(line().replace(b"A title", b"A\\u0000title", 1))


def test_a_name_that_stands_twice_is_told() -> None:
    twice = line()[:-1] + b', "slug": "another"}'
    assert reason(twice) == "/slug: 'slug' stands twice in one object"
    inside = line().replace(b'"summary"', b'"title": "Another title", "summary"', 1)
    assert "'title' stands twice" in reason(inside)


@given(said=st.text(alphabet='a"\\/\t\u00e9', max_size=20))
def test_no_text_is_taken_for_a_name_that_stands_twice(said: str) -> None:
    data = documents.dump(make_manuscript())
    data["document"]["sources"] = [
        {"id": "a", "title": documents.clean(said) or "x", "authors": "y", "doi": "10.1000/1"}
    ]
    for octets in (json.dumps(data), json.dumps(data, ensure_ascii=False)):
        manuscripts.read(octets.encode())


def test_a_line_that_is_too_long_is_passed_over() -> None:
    assert f"{MAX_OCTETS} are allowed" in reason(b'"' + b"x" * 3 * MAX_OCTETS + b'"')
    [found] = items(b"x" * 3 * MAX_OCTETS)  # and nothing after it
    assert found.findings


def test_a_line_of_just_the_most_is_read() -> None:
    padded = line().ljust(MAX_OCTETS - 1) + b"\n"
    assert len(padded) == MAX_OCTETS
    [found] = items(padded[:-1])
    assert found.manuscript is not None


def test_a_draft_need_not_be_complete() -> None:
    claim = {"id": "c", "statement": "It helps.", "evidence_level": None, "sources": []}
    data = documents.dump(make_manuscript())
    paragraph = data["document"]["sections"][0]["blocks"][0]
    paragraph["spans"][0]["marks"] = [{"type": "claim", "id": "c"}]
    data["document"]["claims"] = [claim]
    assert manuscripts.read(json.dumps(data).encode()).document.claims[0].sources == []


def test_empty_lines_and_the_mark_of_utf8_are_no_items() -> None:
    found = items(b"\xef\xbb\xbf" + line(), b"", b"  ", line(slug="b"))
    assert [(one.place, one.manuscript and one.manuscript.slug) for one in found] == [
        ("a.ndjson:1", "a-test-article"),
        ("a.ndjson:4", "b"),
    ]


def test_a_folder_is_read_with_those_inside_it(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "good.md").write_text(texts.SOUND)
    (tmp_path / "bad.md").write_text("# No front matter")
    (tmp_path / "notes.txt").write_text("not an article")
    bad, good = manuscripts.of_folder(tmp_path)
    assert str(tmp_path / "bad.md:1") in str(bad.findings[0])
    assert good.manuscript is not None
    assert good.manuscript.slug == "a-b"
    assert good.octets == len(texts.SOUND.encode())


def test_originals_come_before_translations_and_nothing_is_lost() -> None:
    german = line(locale="de", translation=OF_EN, title="Ein Titel, der lang genug ist")
    found = list(manuscripts.originals_first(items(german, b"[]", line(), german)))
    assert [one.place for one in found] == [f"a.ndjson:{n}" for n in (2, 3, 1, 4)]
    assert found == [items(german, b"[]", line(), german)[n] for n in (1, 2, 0, 3)]


class Endless(io.RawIOBase):
    """A file of very many lines that is nowhere as a whole."""

    def __init__(self, octets: bytes, times: int) -> None:
        self._octets, self._times = octets, times

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._times:
            return 0
        self._times -= 1
        buffer[: len(self._octets)] = self._octets
        return len(self._octets)


@pytest.mark.no_cover
def test_a_long_file_takes_no_more_memory_than_a_short_one() -> None:
    german = line(locale="de", translation=OF_EN, title="Ein Titel, der lang genug ist") + b"\n"

    def read(times: int) -> int:
        file = io.BufferedReader(Endless(german, times), len(german))
        tracemalloc.start()
        count = sum(1 for _ in manuscripts.originals_first(manuscripts.of_lines(file, "a")))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == times
        return peak

    read(10)
    assert read(600) < read(60) + 200_000


@given(manuscript=texts.manuscripts())
@settings(max_examples=50, deadline=None)
def test_a_draft_is_kept_in_canonical_form(manuscript: Manuscript) -> None:
    kept = documents.kept(manuscript)
    assert kept.encode() == canonical.encode(documents.dump(manuscript))
    assert manuscripts.read(kept.encode()) == manuscript


@given(text=st.text(max_size=40) | st.text(alphabet="ab \u00e9\u0301\u00a0\u200b", max_size=20))
def test_a_text_that_needs_nothing_is_squeezed_like_any(text: str) -> None:
    spaced = squeeze(f"a\t{text}")  # a tab takes the long way
    assert spaced == squeeze(f"a {squeeze(text)}")
