"""Intake: the wording of a heading says which section it belongs to."""

import pytest
from intakes import FRONT, draft, findings, mapped

from content.intake import wording

HEADINGS = {
    "overview": [
        "At a glance", "What is kratom?", "What are the signs?", "Setting the scene",
        "Where does it come from?", "Insomnia explained", "Kratom 101", "How common is it?",
        "Why sleep matters", "Facts and figures", "The story so far",
    ],
    "mechanisms": [
        "How it works in the brain", "What alcohol does to the body", "What causes it",
        "What happens when you sleep", "Why does it happen?", "Side effects",
        "The role of serotonin", "What the research says", "Inside the brain", "Risk factors",
    ],
    "support-systems": [
        "Finding help", "Living with OCD", "Bringing walking into a daily routine",
        "Making it a habit", "What you can do", "How to cope", "When to see a doctor",
        "Tips for better sleep", "Talking to your family", "You are not alone",
        "Putting it into practice",
    ],
    "conclusions": [
        "The road ahead", "Looking ahead", "Where this leaves us", "The bottom line",
        "In a nutshell", "Where do we go from here?", "What's next?", "Putting it all together",
        "A final word", "Things to remember", "What this means for you",
    ],
}  # fmt: skip
SPANISH = {
    "overview": ["¿Qué es la ansiedad?", "De un vistazo", "Lo que debe saber"],
    "mechanisms": ["Cómo funciona en el cerebro", "¿Por qué ocurre?", "Efectos secundarios"],
    "support-systems": ["Vivir con ansiedad", "Pedir ayuda", "Consejos para dormir"],
    "conclusions": ["El camino por delante", "En pocas palabras", "Reflexiones finales"],
}


def place(heading: str, locale: str = "en") -> tuple[str | None, int]:
    """Return the section to which a heading goes, and how sure that is."""
    found = draft(f"{FRONT}## Zebras\n\nOne.\n\n## {heading}\n\nTwo.", "markdown", locale=locale)
    last = mapped(found, "heading")[-1]
    return last.section, last.confidence


@pytest.mark.parametrize("kind", HEADINGS)
def test_headings_go_to_their_section(kind: str) -> None:
    for heading in HEADINGS[kind]:
        section, confidence = place(heading)
        assert (heading, section) == (heading, kind)
        assert confidence >= wording.SURE


@pytest.mark.parametrize("kind", SPANISH)
def test_spanish_headings_go_to_their_section(kind: str) -> None:
    for heading in SPANISH[kind]:
        assert (heading, place(heading, "es")[0]) == (heading, kind)


@pytest.mark.parametrize(
    "heading", ["Zebras", "A word on the law", "Legal status", "From leaf to cup"]
)
def test_a_heading_that_no_wording_matches_stays_where_it_stands(heading: str) -> None:
    assert place(heading) == ("overview", 0)


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        ("Why it helps", "a.txt:9: the heading 'Why it helps' goes to mechanisms, 55 % sure"),
        ("Zebras", "a.txt:9: the heading 'Zebras' stays in overview: no wording matched; kept"),
    ],
)
def test_what_is_less_than_plain_is_told(heading: str, told: str) -> None:
    text = f"{FRONT}## Overview\n\nOne.\n\n## {heading}\n\nTwo."
    assert told in findings(draft(text, "markdown"))


def test_what_is_plain_is_not_told() -> None:
    text = f"{FRONT}## Overview\n\nOne.\n\n## How it works\n\nTwo."
    assert "the heading" not in findings(draft(text, "markdown"))


def test_a_heading_between_two_sections_is_not_decided() -> None:
    choice = wording.choose("Symptoms and research", "en")
    assert choice.section is None
    assert (
        choice.reason
        == "'symptoms' is wording of overview, but 'research' is wording of mechanisms"
    )
