"""The gate: what the claims lint refuses is not published, unless a person says why it may be."""

from typing import Any

import policies
import pytest
from acts import issue
from factories import NOW, make_manuscript, make_paragraph, make_section

from content import editors, imports
from content.claims.packs import read_packs
from content.db import Database
from content.documents import SECTION_KINDS
from content.editorial import drafts, publishing
from content.editorial.gate import NONE, Overrides
from content.errors import Invalid
from content.models.access import Editor
from content.models.log import ClaimPack
from content.parts import dump
from content.signing import Keyring

HARMFUL = "You can take it every morning: it is completely safe."
HARMLESS = "It is not known whether it is safe."


@pytest.fixture
def linted(small: Database) -> Database:
    """The small policy with the shipped packs of the lint in the log."""
    packs = read_packs(imports.LIBRARY / "claims")
    policies.record(small, *(ClaimPack(id=pack.id, data=dump(pack)) for pack in packs))
    return small


def text(words: str) -> dict[str, Any]:
    sections = [make_section(kind) for kind in SECTION_KINDS]
    sections[1]["blocks"].append(make_paragraph(words))
    return {"slug": "one", "sections": sections}


def publish(database: Database, words: str, overrides: Overrides = NONE) -> int | None:
    with database.write() as session:
        number = publishing.publish_manuscript(
            session, make_manuscript(**text(words)), by="test", now=NOW, overrides=overrides
        )
        session.commit()
    return number


def editor(database: Database, role: str) -> Editor:
    with database.write() as session:
        found = editors.add(session, "A. Editor", role=role, now=NOW)
        session.commit()
    return found


def refusals(database: Database, words: str, overrides: Overrides = NONE) -> list[str]:
    """Return what is said against a text, one line for each finding."""
    with pytest.raises(Invalid) as caught:
        publish(database, words, overrides)
    return [str(finding) for finding in caught.value.findings]


def findings(database: Database, words: str) -> list[str]:
    """Return the ids of the findings that refuse a text."""
    return [line.split(": ")[1] for line in refusals(database, words)]


def test_harmful_words_are_refused_with_place_reason_and_a_better_way(linted: Database) -> None:
    lines = refusals(linted, HARMFUL)
    assert lines
    for line in lines:
        assert line.startswith("/document/sections/1/blocks/1: ")
        assert "completely safe" in line
        assert "Better: " in line


def test_harmless_words_pass(linted: Database, small_keyring: Keyring) -> None:
    assert publish(linted, HARMLESS)
    assert issue(linted, small_keyring).body["review"]["overrides"] == []


def test_nothing_is_kept_of_what_was_refused(linted: Database) -> None:
    refusals(linted, HARMFUL)
    with linted.read() as session:
        assert drafts.find_article(session, "one") is None


def test_a_person_lets_findings_pass_and_readers_see_who_and_why(
    linted: Database, small_keyring: Keyring
) -> None:
    reasons = dict.fromkeys(findings(linted, HARMFUL), "It is quoted to be refuted.")
    publish(linted, HARMFUL, Overrides(editor(linted, "reviewer"), reasons))
    shown = issue(linted, small_keyring).body["review"]["overrides"]
    assert [one["finding"] for one in shown] == list(reasons)
    for one in shown:
        assert (one["by"], one["role"]) == ("A. Editor", "reviewer")
        assert one["reason"] == "It is quoted to be refuted."
        assert one["message"]


def test_an_override_holds_for_its_sentence_only(linted: Database) -> None:
    reasons = dict.fromkeys(findings(linted, HARMFUL), "It is quoted to be refuted.")
    overrides = Overrides(editor(linted, "admin"), reasons)
    lines = refusals(linted, HARMFUL.replace("morning", "evening"), overrides)
    assert any("is no error that the lint finds" in line for line in lines)


@pytest.mark.parametrize("role", ["author", "auditor"])
def test_not_everybody_may_let_something_pass(linted: Database, role: str) -> None:
    reasons = dict.fromkeys(findings(linted, HARMFUL), "It is quoted to be refuted.")
    lines = refusals(linted, HARMFUL, Overrides(editor(linted, role), reasons))
    assert "override: needs one of the roles reviewer, publisher, admin" in lines
    lines = refusals(linted, HARMFUL, Overrides(None, reasons))
    assert "override: needs one of the roles reviewer, publisher, admin" in lines


def test_a_reason_is_more_than_a_word(linted: Database) -> None:
    reasons = dict.fromkeys(findings(linted, HARMFUL), "fine")
    lines = refusals(linted, HARMFUL, Overrides(editor(linted, "admin"), reasons))
    assert all("needs a reason that readers understand" in line for line in lines)


def test_one_finding_that_is_left_refuses_the_whole(linted: Database) -> None:
    words = f"{HARMFUL} Addicts know it."
    first, *rest = findings(linted, words)
    assert rest
    overrides = Overrides(editor(linted, "admin"), {first: "It is quoted to be refuted."})
    assert [line.split(": ")[1] for line in refusals(linted, words, overrides)] == rest


def test_packs_are_the_ones_in_the_log(linted: Database) -> None:
    """A publisher's own pack refuses what the shipped ones let pass, at once."""
    assert publish(linted, HARMLESS)
    own = {
        "id": "house-style", "locale": "en", "when": {},
        "patterns": [{
            "id": "H1", "category": "HOUSE", "severity": "error", "match": r"\bnot known\b",
            "message": "is no wording of this house", "rewrite": "Nobody knows whether it is safe.",
        }],
    }  # fmt: skip
    policies.record(linted, ClaimPack(id="house-style", data=own))
    assert "H1" in findings(linted, f"{HARMLESS} Really.")[0]
