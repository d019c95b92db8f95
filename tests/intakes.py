"""Intakes: what an agency's text becomes, and what is told about it."""

from content import intake
from content.documents import Section
from content.intake import Facts, Intake
from content.intake.mapping import Mapped

FRONT = "A title\n\nA summary that says what is coming.\n\n"


def draft(text: str, form: str = "text", **facts: str) -> Intake:
    """Take in a text whose file is a.txt; ``facts`` are those of ``Facts``."""
    return intake.draft(text.encode(), form, Facts(topics=["tea"], **facts), "a.txt")  # type: ignore[arg-type]


def sections(found: Intake) -> dict[str, Section]:
    return {one.kind: one for one in found.manuscript.document.sections}


def said(found: Intake) -> dict[str, list[str]]:
    return {kind: [block.text for block in one.blocks] for kind, one in sections(found).items()}


def mapped(found: Intake, part: str) -> list[Mapped]:
    return [one for one in found.mapping if one.part == part]


def findings(found: Intake) -> str:
    return "\n".join(map(str, found.findings))
