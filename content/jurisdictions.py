"""Places, what contains them, and dated facts about them: law, help lines, authorities.

A place takes each fact from itself or from the nearest place that contains it, and in the end from
``ZZ``, whose phrases are generic. A fact that is past its recheck date has *lapsed* (the log says
so): a restricting status keeps its dated text, a permitting one is no longer printed, and help
lines stay while the directory is added.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Literal

from msgspec import Meta

from content.contexts import NOWHERE, WORLD
from content.documents import Day, Line, Part

CONTACTS = ("emergency", "crisis", "poison", "directory")
RESTRICTING = {"banned", "banned_7oh", "restricted", "regulated", "regulated_18", "regulated_21"}

Words = dict[str, Line]  # locale -> text
Code = Annotated[str, Meta(pattern=r"\A([A-Z]{2}(-[A-Z0-9]{1,3})?|001)\Z")]
Target = Annotated[
    str, Meta(pattern=r"\A(tel:\+?[0-9-]{2,20}|sms:\+?[0-9]{2,20}|https://[^\s\"<>]{1,500})\Z")
]


class Dated(Part):
    """When a fact was checked, by what, how sure that is, and when to check again."""

    as_of: Day
    recheck_by: Day
    confidence: Literal["high", "medium-high", "medium", "low"]
    source: Annotated[str, Meta(min_length=1, max_length=1000)]


class Place(Part):
    """A name, and the code of the place that contains this one."""

    name: Words
    within: Code | None = None
    members: list[Code] = []  # countries without facts of their own, of a region such as the EU


class Law(Dated):
    """What the law of a place says about a topic."""

    status: Annotated[
        list[
            Literal[
                "banned",
                "banned_7oh",
                "restricted",
                "regulated",
                "regulated_18",
                "regulated_21",
                "in_flux",
                "no_specific_rule",
                "unknown",
            ]
        ],
        Meta(min_length=1),
    ]
    text: Words


class Authority(Dated):
    """The position of an authority such as FDA."""

    text: Words


class Action(Part):
    """Something that a reader can do at once: call, text or open a link."""

    type: Literal["call", "text", "link"]
    label: Words
    value: Target


class Contact(Part):
    """A service that helps, as a phrase for a sentence and as actions."""

    phrase: Words
    label: Words
    actions: Annotated[list[Action], Meta(max_length=4)] = []


class Help(Dated):
    """The help lines of a place; what is missing comes from what contains it."""

    emergency: Contact | None = None
    crisis: Contact | None = None
    poison: Contact | None = None
    directory: Contact | None = None


@dataclass(frozen=True)
class Known:
    """A fact together with whether its date has passed."""

    fact: Any
    lapsed: bool


@dataclass
class Atlas:
    """All places and their facts at one number of the log."""

    places: dict[str, Place] = field(default_factory=dict)
    facts: dict[tuple[str, str], Known] = field(default_factory=dict)  # (code, fact)

    def resolve(self, code: str) -> str:
        """Return the nearest containing place that has data, else ``ZZ``."""
        for candidate in (code, code.partition("-")[0]):
            if candidate in self.places:
                return candidate
            for region, place in self.places.items():
                if candidate in place.members:
                    return region
        return NOWHERE

    def chain(self, code: str) -> list[str]:
        """Return a place and all that contain it, nearest first; ``ZZ`` stands alone."""
        found: list[str] = []
        current: str | None = code
        while current and current not in found:
            found.append(current)
            place = self.places.get(current)
            current = place.within if place else None
        return found

    @cached_property
    def _lapsed(self) -> frozenset[str]:
        """Facts of which one place's at least is past its date, without their places."""
        return frozenset(fact for (_, fact), known in self.facts.items() if known.lapsed)

    def law(self, code: str, topics: Sequence[str]) -> Known | None:
        """Return the nearest law about the first topic that any containing place has one for."""
        for topic in topics:
            for place in [*self.chain(code), NOWHERE]:
                if known := self.facts.get((place, f"law/{topic}")):
                    return known
        return None

    def any_law_lapsed(self, topics: Sequence[str]) -> bool:
        """Return whether any place's law about one of the topics has lapsed."""
        return any(f"law/{topic}" in self._lapsed for topic in topics)

    def any_authority_lapsed(self) -> bool:
        """Return whether the position of any authority is past its date."""
        return any(fact.startswith("authority/") for fact in self._lapsed)

    def authority(self, name: str) -> Known | None:
        """Return the position of an authority, wherever it sits."""
        for (_, fact), known in self.facts.items():
            if fact == f"authority/{name}":
                return known
        return None

    def contacts(self, code: str) -> dict[str, Contact]:
        """Return emergency, crisis, poison and directory contacts, each from the nearest place."""
        found: dict[str, Contact] = {}
        for place in [*self.chain(code), NOWHERE]:
            known = self.facts.get((place, "help"))
            for kind in CONTACTS if known else ():
                contact = getattr(known.fact, kind) if known else None
                if contact is not None:
                    found.setdefault(kind, contact)
        return found

    def help_lapsed(self, code: str) -> bool:
        """Return whether the nearest help lines are past their date."""
        known = (self.facts.get((place, "help")) for place in [*self.chain(code), NOWHERE])
        return next((k.lapsed for k in known if k), False)

    def help(self, code: str, locale: str) -> list[dict[str, Any]]:
        """Return the contacts of a place as data for an edition or a refusal."""
        contacts = self.contacts(code)
        return [
            {
                "kind": kind,
                "label": words(contacts[kind].label, locale),
                "phrase": words(contacts[kind].phrase, locale),
                "actions": list(actions(contacts[kind], locale)),
            }
            for kind in CONTACTS
            if kind in contacts
        ]

    def name(self, code: str, locale: str) -> str:
        """Return the name of a place."""
        return words(self.places[code].name, locale)


def actions(contact: Contact, locale: str) -> Iterator[dict[str, str]]:
    """Yield the actions of a contact as data in one locale."""
    for action in contact.actions:
        label = words(action.label, locale)
        yield {"type": action.type, "label": label, "value": action.value}


def words(texts: Words, locale: str) -> str:
    """Return the text in a locale; raise ``KeyError`` when it is missing (fail closed)."""
    return texts[locale]


def is_careful(code: str) -> bool:
    """Return whether no known place was named, so that all places' rules apply."""
    return code in (WORLD, NOWHERE)


FACT_TYPES: dict[str, type[Part]] = {
    "place": Place,
    "help": Help,
    "law": Law,
    "authority": Authority,
}


def fact_type(fact: str) -> type[Part]:
    """Return the shape of a fact such as ``help`` or ``law/kratom``."""
    return FACT_TYPES[fact.partition("/")[0]]
