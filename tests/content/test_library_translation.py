"""The Spanish article against its English source: the same claims, sources, numbers and structure.

No English of ours is left in any Spanish text.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from content import documents, imports, markdown
from content.documents import Section
from content.located import Located, read_text

SLUG = "kratom-and-ocd-evidence"
ENGLISH, SPANISH = (
    markdown.parse(read_text(imports.LIBRARY / "articles" / f"{name}.md"), name)
    for name in (SLUG, f"{SLUG}.es")
)
SECTIONS = list(zip(ENGLISH.document.sections, SPANISH.document.sections, strict=True))
CLAIMS = list(zip(ENGLISH.document.claims, SPANISH.document.claims, strict=True))
FOLDER = sorted((imports.LIBRARY / "disclaimers").glob("*.yaml"))
LEAKED = re.compile(
    r"\b(the|and|of|with|for|from|is|are|was|it|your|you|this|that|what|how|or|if|to"
    r"|call|text|law|ban|banned|sale|checked|trial|trials|study|people|medicine|page)\b",
    re.IGNORECASE,
)
NAMES = re.compile(r"Find A Helpline|Poison Help")  # services keep their names


def numbers(text: str) -> Counter[str]:
    """Return the numbers in a text; English and Spanish group and divide digits differently."""
    grouped = re.sub(r"(?<=\d)[, ](?=\d{3}\b)", "", text)
    return Counter(re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d)", ".", grouped)))


def text(section: Section) -> str:
    return "\n".join([section.title, *(block.text for block in section.blocks)])


def shape(section: Section) -> list[Any]:
    """Return the kinds of a section's blocks, and how many runs of text each has."""
    return [(type(block), len(list(documents.blocks.runs(block)))) for block in section.blocks]


def marks(section: Section) -> Iterator[list[tuple[str, str]]]:
    """Yield the claims and citations of each run of text, in their order."""
    for _, spans in documents.runs(section):
        found = [(type(mark).__name__, getattr(mark, "id", "")) for s in spans for mark in s.marks]
        yield [pair for n, pair in enumerate(found) if pair[1] and pair not in found[n - 1 : n]]


def test_it_says_of_what_it_is_a_translation_and_that_nobody_has_reviewed_it() -> None:
    translation, review = SPANISH.document.translation, SPANISH.document.review
    assert translation is not None
    assert (translation.locale, translation.revision, translation.status) == ("en", 1, "unreviewed")
    assert (review.status, review.reviewed_on) == ("unreviewed", None)
    assert "traducir" in review.provenance.ai_statement


def test_it_is_about_the_same_and_has_the_same_dates() -> None:
    for name in ("slug", "topics", "conditions"):
        assert getattr(SPANISH, name) == getattr(ENGLISH, name)
    for name in ("searched_on", "next_review_due"):
        assert getattr(SPANISH.document.review, name) == getattr(ENGLISH.document.review, name)


def test_it_has_the_same_sources() -> None:
    assert SPANISH.document.sources == ENGLISH.document.sources


@pytest.mark.parametrize(("english", "spanish"), CLAIMS, ids=[one.id for one, _ in CLAIMS])
def test_a_claim_has_the_same_level_sources_and_numbers(english: Any, spanish: Any) -> None:
    for name in ("id", "evidence_level", "sources"):
        assert getattr(spanish, name) == getattr(english, name)
    assert numbers(spanish.statement) == numbers(english.statement)
    assert spanish.statement != english.statement


@pytest.mark.parametrize(("english", "spanish"), SECTIONS, ids=[one.kind for one, _ in SECTIONS])
def test_a_section_has_the_same_blocks_claims_and_citations(
    english: Section, spanish: Section
) -> None:
    assert (spanish.kind, spanish.standalone) == (english.kind, english.standalone)
    assert shape(spanish) == shape(english)
    assert list(marks(spanish)) == list(marks(english))


@pytest.mark.parametrize(("english", "spanish"), SECTIONS, ids=[one.kind for one, _ in SECTIONS])
def test_a_section_has_the_same_numbers(english: Section, spanish: Section) -> None:
    assert numbers(text(spanish)) == numbers(text(english))


def spanish_texts() -> Iterator[tuple[str, str]]:
    """Yield (where, text) of everything that is said in Spanish."""
    document = SPANISH.document
    yield SLUG, "\n".join([document.title, document.summary, SPANISH.change_note])
    yield SLUG, document.review.provenance.ai_statement
    yield from ((claim.id, claim.statement) for claim in document.claims)
    yield from ((section.kind, text(section)) for section in document.sections)
    for path in [*FOLDER, imports.LIBRARY / "jurisdictions.yaml", imports.LIBRARY / "site.yaml"]:
        data = Located(read_text(path), path.name).data
        yield from ((path.name, said) for said in strings(data, inside=False))


def strings(data: Any, *, inside: bool) -> Iterator[str]:
    """Yield the texts of some data that stand under ``es``."""
    if isinstance(data, str) and inside:
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            if key not in ("actions", "state") or not inside:
                yield from strings(value, inside=inside or key == "es")
    elif isinstance(data, list):
        for value in data:
            yield from strings(value, inside=inside)


def test_no_english_word_is_left_in_what_is_said_in_spanish() -> None:
    said = list(spanish_texts())
    assert len(said) > 300
    for where, words in said:
        plain = re.sub(r"\{[A-Za-z.]+\}", "", NAMES.sub("", words))
        assert not LEAKED.search(plain), f"{where}: {words}"


def test_nothing_in_spanish_says_that_a_clinician_reviewed_it() -> None:
    for where, words in spanish_texts():
        if "{reviewerCredential}" not in words:  # the words for a text that was reviewed
            assert not re.search(r"\b(revisad[oa]s? por|ha sido revisad)", words), where
