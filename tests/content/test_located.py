"""Authoring files: front matter, encodings and bounds; every refusal has its file and line."""

import time
from pathlib import Path

import pytest
from factories import make_manuscript
from manuscripts import SOUND, changed, findings

from content import documents, located
from content.errors import Finding, Invalid


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("title: A title", "title: [", 6, "broken YAML: did not find expected ',' or ']' while"),
        ("title: A title", "title: a: b", 4, "broken YAML: mapping values are not allowed in"),
        ("title: A title", "slug: x", 4, "found duplicate key 'slug'"),
        ("title: A title", "title: &x A title", 4, "YAML aliases and anchors are not allowed"),
        ("title: A title", "title: *x", 4, "YAML aliases and anchors are not allowed"),
        ("title: A title", "title: !!str A title", 4, "YAML tags are not allowed"),
        ("title: A title", "title: A title\n...\na: b", 6, "broken YAML: did not find expected"),
        ("title: A title", "1: A title", 4, "a key is not a word; put it in quotes"),
        ("title: A title", "titel: A title", 4, "/titel 'titel' is not a name that is known here"),
        ("title: A title", "document: {}", 4, "'document' is not a name that is known here"),
        ("title: A title", "title: " + "1" * 5000, 4, "broken YAML: Exceeds the limit"),
        ("title: A title", "? : {}", 4, "broken YAML: did not find expected key"),
        ("title: A title", "? {a: b}\n: c", 4, "a key is not a word; put it in quotes"),
        ("title: A title", "title: 1984", 4, "/title Expected `str`, got `int`"),
        ("title: A title", "title: 3.10", 4, "/title Expected `str`, got `float`"),
        ("title: A title", "title: ''", 4, "/title is empty"),
        ("title: A title", "title: 'A  title'", 4, "/title has control characters, double,"),
        ("title: A title", "title: 'A\u00a0title'", 4, "/title has control characters, double,"),
        ("slug: a-b", "slug: A_b", 2, "/slug must be small letters and digits, joined by"),
        ("slug: a-b", "x-y: a-b", 2, "/x-y 'x-y' is not a name that is known here"),
        ("2026-11-22", "2026-02-30", 11, "/review/searched_on is not a day of the calendar"),
        ("2026-11-22", "2026-2-3", 11, "/review/searched_on must be a day such as 2026-11-23"),
        ("status: unreviewed", "status: reviewed", 9, "/review a reviewed text names its reviewer"),
        ("  status", "  reviewed_on: 2026-11-22\n  status", 9, "/review an unreviewed text"),
    ],
)  # fmt: skip
def test_front_matter_that_is_not_well_formed(old: str, new: str, line: int, message: str) -> None:
    first = findings(changed(old, new))[0]
    assert first.startswith(f"a.md:{line}: {message}")


def test_front_matter_that_is_missing_or_open() -> None:
    missing = "a.md:1: the file does not begin with front matter (a line '---')"
    assert findings("") == [missing]
    assert findings(SOUND.removeprefix("---\n")) == [missing]
    assert findings(SOUND.replace("\n---\n", "\n")) == [
        "a.md:1: the front matter has no closing line '---'"
    ]


@pytest.mark.parametrize("front", ["", "- a\n", "a\n", "1\n", "# nothing\n"])
def test_front_matter_that_is_no_mapping(front: str) -> None:
    text = f"---\n{front}---\n" + SOUND.split("\n---\n", 1)[1]
    assert findings(text) == ["a.md:2: the front matter is not a mapping of names to values"]


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x85", "\u2028", "\ufffe", "\r"])
@pytest.mark.parametrize(("word", "line"), [("A title", 4), ("It helps [", 28)])
def test_a_control_character(character: str, word: str, line: int) -> None:
    code = f"U+{ord(character):04X}"
    assert findings(changed(word, character + word)) == [
        f"a.md:{line}: there is a control character ({code}) in this line"
    ]


def test_a_file_of_50_megabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.md"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    began = time.perf_counter()
    with pytest.raises(Invalid) as caught:
        located.read_text(path)
    assert caught.value.findings == [Finding(str(path), "the file is larger than 1048576 bytes")]
    assert time.perf_counter() - began < 0.5


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "latin.md"
    path.write_bytes("---\ntitle: a\nsummary: Bébé\n".encode("latin-1"))
    with pytest.raises(Invalid) as caught:
        located.read_text(path)
    assert str(caught.value) == f"{path}:3: the file is not UTF-8; save it as UTF-8"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="No such file"):
        located.read_text(tmp_path / "none.md")


def test_a_text_of_more_than_a_mebibyte() -> None:
    assert findings(SOUND + "x" * located.MAX_OCTETS) == [
        "a.md:1: the text is longer than 1048576 characters"
    ]


DEEP = 20_000


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: A title", "title: " + "[" * DEEP, "the YAML is nested more than 30 deep"),
        ("title: A title", "title: " + "{a: " * DEEP, "the YAML is nested more than 30 deep"),
        ("title: A title", "title: [" + "a," * 60_000 + "]", "the YAML has more than 50000 nodes"),
        ("Words.", "> " * DEEP + "a", "unknown block: a quote or callout holds one paragraph"),
        ("Words.", "".join("  " * i + "- a\n" for i in range(300)), "unknown block: a list item"),
        ("Words.", "*a **b " * 2000 + "c** d*" * 2000, "marks are nested more than 30 deep"),
        ("Words.", "[" * 5000 + "a" + "]{.strong}" * 500, "strong inside strong"),
        ("Words.", "![" * DEEP, "more than 10000 brackets are opened up to here"),
        ("Words.", "[a]{.strong} " * 1100, "has more than 1000 items"),
        ("Words.", "- a\n" * 10_000, "has more than 200 items"),
        ("Words.", "a\n\n" * 5000, "has more than 500 items"),
        ("Words.", "a\n" * 60_000, "the text has more than 50000 lines"),
        ("Words.", "a" * 100_001, "a paragraph of more than 100000 characters"),
        ("Words.", "a" * 30_000, "has more than 20000 characters"),
        ("## How {", "## How" + " " * 90_000 + "x {", "a section heading names its kind"),
    ],
    ids=range(15),
)  # fmt: skip
def test_too_much_is_refused_in_bounded_time(old: str, new: str, message: str) -> None:
    began = time.perf_counter()
    found = findings(changed(old, new))[0]
    assert message in found
    assert found.startswith("a.md:")
    assert time.perf_counter() - began < 60


def test_a_document_of_more_than_a_mebibyte_has_no_canonical_bytes() -> None:
    block = {"type": "paragraph", "spans": [{"text": "a" * 20_000}], "text": "a" * 20_000}
    section = {"kind": "overview", "title": "A", "standalone": False, "blocks": [block] * 40}
    rest = documents.dump(make_manuscript().document)["sections"][1:]
    whole = make_manuscript(sections=[section, *rest])
    with pytest.raises(Invalid, match="1048576 are allowed"):
        documents.encode(whole.document)
