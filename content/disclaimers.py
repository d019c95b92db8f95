"""Disclaimers: their words in one locale, chosen by state and filled with facts.

A disclaimer has a ``short`` text (true and useful alone, at most 120 characters) and a full
``text``; variants choose other words by state, so that no notice claims a review that never
happened. A slot such as ``{emergencyNumber}`` that has no value fails closed.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from content import corrections
from content.documents import Part, Tag
from content.rules import LEVELS, Anchor, Level, Owed

SOURCES = "retractedSources"  # the slot for sources that were retracted
GROUPS = ("help", "status", "evidence", "safety", "law", "care", "about")
MAX_SHORT = 120  # characters
SLOT = re.compile(r"\{([A-Za-z.]+)\}")
SLOTS = frozenset(
    {
        "emergencyNumber", "crisisLine.callText", "poisonLine", "jurisdictionName", "statusText",
        "asOf", "fdaAsOf", "searchedOn", "reviewedOn", "reviewDueOn", "author", "reviewerName",
        "reviewerCredential", "aiStatement", "version", "publisher", "contactUrl", "canonicalUrl",
        "correctedOn", corrections.SLOT, SOURCES,
    }
)  # fmt: skip

Short = Annotated[str, Meta(min_length=1, max_length=200)]  # slots still in it
Text = Annotated[str, Meta(min_length=1, max_length=2000)]
State = Literal[
    "unreviewed", "reviewed", "translation-unreviewed", "part", "banned", "worldwide", "unknown",
    "law-lapsed", "law-generic", "authority-lapsed", "review-lapsed", corrections.State,
]  # fmt: skip
Contact = Literal["emergency", "crisis", "poison", "directory"]


class Display(Part):
    """Where and how a disclaimer is shown unless a rule raises it."""

    level: Level
    anchor: Anchor | None = None


class Variant(Part):
    """Other words for a state; the first variant whose state holds is taken."""

    state: State
    short: Short | None = None
    text: Text | None = None


class Disclaimer(Part):
    """A disclaimer in one locale, as it stands in the log."""

    kind: Literal[
        "medical", "evidence", "regulatory", "safety", "audience", "crisis", "commercial",
        "provenance", "syndication", "scope", "legal", "correction",
    ]  # fmt: skip
    group: Literal["help", "status", "evidence", "safety", "law", "care", "about"]
    obligation: Literal["mandatory", "conditional"]
    display: Display
    order: Annotated[int, Meta(ge=0, le=10_000)]
    short: Short
    text: Text
    terms: Annotated[list[Text], Meta(max_length=20)] = []
    actions: Annotated[list[Contact], Meta(max_length=4)] = []
    variants: Annotated[list[Variant], Meta(max_length=20)] = []


class Fallback(Part):
    """A disclaimer that has no words of its own in a locale, and the locale whose words it takes.

    It is said explicitly for each disclaimer: a safety text never falls back by itself.
    """

    fallback: Tag


@dataclass(frozen=True)
class Words:
    """A disclaimer as a locale has it: its version, its words, and the locale they are in."""

    version: int
    said: Disclaimer
    locale: str


class MissingSlot(KeyError):
    """A text needs a value that nothing gives."""


def reading_order(disclaimer: Disclaimer, owed: Owed) -> tuple[int, int, bool, int, str]:
    """Return the sort key of an owed disclaimer: level, group, raised first, its own order."""
    group = GROUPS.index(disclaimer.group)
    return LEVELS.index(owed.level), group, not owed.first, disclaimer.order, owed.id


def texts(disclaimer: Disclaimer, states: frozenset[str]) -> tuple[str, str]:
    """Return (short, text), slots not yet filled, of the first variant whose state holds."""
    for variant in disclaimer.variants:
        if variant.state in states:
            return variant.short or disclaimer.short, variant.text or disclaimer.text
    return disclaimer.short, disclaimer.text


def fill(text: str, slots: dict[str, str]) -> str:
    """Put values into the slots of a text; raise :class:`MissingSlot` when one has none."""

    def value(found: re.Match[str]) -> str:
        if found[1] not in slots:
            raise MissingSlot(found[1])
        return slots[found[1]]

    return SLOT.sub(value, text)


def slots(disclaimer: Disclaimer) -> set[str]:
    """Return the slots in any text of a disclaimer."""
    texts = [disclaimer.short, disclaimer.text]
    texts += [t for v in disclaimer.variants for t in (v.short, v.text) if t]
    return {slot for text in texts for slot in SLOT.findall(text)}


def long_shorts(disclaimer: Disclaimer) -> list[str]:
    """Return the short texts that are too long even before their slots are filled."""
    return [short for short in _shorts(disclaimer) if len(SLOT.sub("", short)) > MAX_SHORT]


def says_corrections(disclaimer: Disclaimer) -> bool:
    """Return whether some text of a disclaimer says what was corrected."""
    return corrections.SLOT in slots(disclaimer)


def long_slots(disclaimer: Disclaimer) -> set[str]:
    """Return the slots in short texts that these have no room for."""
    found = {slot for short in _shorts(disclaimer) for slot in SLOT.findall(short)}
    return found & {corrections.SLOT, SOURCES}


def _shorts(disclaimer: Disclaimer) -> list[str]:
    return [disclaimer.short, *(v.short for v in disclaimer.variants if v.short)]


def describe(id: str, words: Words) -> dict[str, Any]:
    """Return the registry's entry of a disclaimer: its words with their slots, as data."""
    said = words.said
    return {
        "id": id,
        "version": words.version,
        "locale": words.locale,
        "kind": said.kind,
        "group": said.group,
        "obligation": said.obligation,
        "display": {"level": said.display.level, "anchor": said.display.anchor},
        "short": said.short,
        "text": said.text,
        "variants": [
            {"state": v.state, "short": v.short or said.short, "text": v.text or said.text}
            for v in said.variants
        ],
    }
