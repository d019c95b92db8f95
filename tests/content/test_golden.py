"""Golden editions: the same log gives the same bytes for ever, or ``FORMAT`` goes up.

When a test here fails, readers of ``?at=`` would get other bytes for the past. If that is meant,
raise ``content.bodies.FORMAT`` and write new files beside the old ones: ``pytest --golden``.
"""

from pathlib import Path
from typing import Any

import pytest
from factories import NOW, make_manuscript, make_paragraph, make_section

from content import bodies, canonical, changes, policy
from content.bodies import FORMAT
from content.contexts import Context
from content.db import Database
from content.documents import SECTION_KINDS
from content.excerpts import Part
from content.models.log import Publication, Revision
from content.subjects import Subject

ARTICLE = "019a0000-0000-7000-8000-000000000001"
FOLDER = Path(__file__).parent / "golden" / f"format-{FORMAT}"
OVERRIDE = {
    "finding": "L36-0a1b2c3d",
    "message": "promises safety",
    "by": "A. Editor",
    "role": "clinical-editor",
    "reason": "It is quoted to be refuted.",
}
CASES: dict[str, tuple[Context, Part]] = {
    "worldwide": (Context("en"), Part()),
    "alabama-shop": (Context("en", "US-AL", "patients", "retail"), Part()),
    "title-only": (Context("en", "GB"), Part(fields=frozenset({"title"}))),
    "one-section": (Context("en", "ZZ"), Part(section="mechanisms")),
    "german-translation": (Context("de", "GB"), Part()),
}


def subject(locale: str) -> Subject:
    """Return an article with everything in it, as it would come from a log."""
    marked = {"text": "It is so.", "marks": [{"type": "claim", "id": "c-1"}]}
    cited = {"text": "", "marks": [{"type": "source", "id": "s-1"}]}
    claimed = {"type": "paragraph", "spans": [marked, cited], "text": "It is so."}
    sections = [
        make_section(kind, blocks=[make_paragraph(), *([claimed] if n == 1 else [])])
        for n, kind in enumerate(SECTION_KINDS)
    ]
    of = {"locale": "en", "revision": 1, "status": "unreviewed"}
    manuscript = make_manuscript(
        locale=locale,
        sections=sections,
        claims=[{"id": "c-1", "statement": "It is.", "evidence_level": "E3", "sources": ["s-1"]}],
        sources=[{"id": "s-1", "title": "A study", "authors": "Doe J", "doi": "10.1000/182"}],
        **({"translation": of} if locale != "en" else {}),
    )
    publication = Publication(
        article=ARTICLE, locale=locale, status="live", revision=2, slug="an-article",
        topics=["sleep"], conditions=["insomnia"], display_until="2030-01-01",
    )  # fmt: skip
    revision = Revision(
        article=ARTICLE, locale=locale, number=2, digest="sha256:ab", change_note="A correction.",
        created_at=NOW, created_by="test",
    )  # fmt: skip
    return Subject(
        publication=publication,
        revision=revision,
        document=manuscript.document,
        published_at="2026-11-23T12:00:00Z",
        supersedes=1,
        tags=(frozenset({"sleep", "stress"}), frozenset({"insomnia"})),
        review_lapsed=True,
        pinned=False,
        overrides=(OVERRIDE,),
    )


@pytest.mark.parametrize("case", CASES)
def test_an_edition_is_what_it_always_was(
    small: Database, case: str, request: pytest.FixtureRequest
) -> None:
    context, part = CASES[case]
    with small.read() as session:
        now = policy.at(session, changes.head(session))
    found = canonical.encode(bodies.compose(subject(context.locale), now, context, part))
    file = FOLDER / f"{case}.json"
    if request.config.getoption("--golden"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(found)
    assert file.read_bytes() == found, "raise FORMAT if this is meant; see the top of this file"


def test_another_byte_would_be_noticed(small: Database) -> None:
    context, part = CASES["worldwide"]
    with small.read() as session:
        now = policy.at(session, changes.head(session))
    body: dict[str, Any] = bodies.compose(subject("en"), now, context, part)
    body["disclaimers"][0]["short"] += " "
    assert canonical.encode(body) != (FOLDER / "worldwide.json").read_bytes()
