"""Readers: whom a text is shown to, and what it owes them, in classes that rules cannot tell apart.

There are thousands of contexts (place, audience and channel), and rules name few of them. So an
audience or a channel that no rule names stands for all such, and what is owed is worked out once
for each case that differs.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from content import cases, disclaimers, notices, rules
from content.contexts import AUDIENCES, CHANNELS, NOWHERE, WORLD, Context
from content.disclaimers import GROUPS, Words
from content.jurisdictions import RESTRICTING, Known, is_careful, words
from content.policy import Policy
from content.rules import Case, Owed
from content.subjects import Subject

ALWAYS = frozenset(["code", "name", "help", "site"])  # stand in every edition
SLOTS = {  # what has to stand in words for a fact to be seen in them
    "help": {"emergencyNumber", "crisisLine.callText", "poisonLine"},
    "name": {"jurisdictionName"},
    "law": {"statusText", "asOf"},
    "authority": {"fdaAsOf"},
    "publisher": {"publisher"},
    "contact_url": {"contactUrl"},
    "sources": {disclaimers.SOURCES},
}
STATES = {  # that choose words
    "law-state": {"banned", "unknown", "law-lapsed", "law-generic"},
    "authority-state": {"authority-lapsed"},
}
RIGHTS = ("licence", "attribution", "modification_allowed", "indexing", "terms")
FRESHNESS = ("recheck_after", "max_offline")
Told = dict[str, Owed]  # what is owed by id; who requires it stands in the order of the rules


@dataclass(frozen=True)
class Reader:
    """An audience and a channel, and how many of both rules cannot tell from them."""

    audience: str
    channel: str
    count: int


def readers(policies: Sequence[Policy]) -> list[Reader]:
    """Return all that the rules of some policies can tell apart, the careful ones first."""
    whens = [rule.when for one in policies for rule in one.rules.values()]
    audiences = _classes(AUDIENCES, (name for when in whens for name in when.audience or ()))
    channels = _classes(CHANNELS, (name for when in whens for name in when.channel or ()))
    pairs = product(audiences.items(), channels.items())
    return [Reader(one, other, n * m) for (one, n), (other, m) in pairs]


def places(policies: Sequence[Policy]) -> list[str]:
    """Return all places that some policies know, the careful ones first."""
    return list(dict.fromkeys((WORLD, NOWHERE, *(p for one in policies for p in one.atlas.places))))


@dataclass(frozen=True)
class Place:
    """A place under one policy: what rules look at for a careful reader, and what words say."""

    case: Case
    facts: dict[str, Any]


@dataclass
class Owing:
    """What one text owes under one policy, remembered for each case that differs."""

    subject: Subject
    policy: Policy
    told: dict[Case, Told | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Work out what is the same for every reader."""
        self.tongue = self.policy.tongue(self.subject.publication)
        self.displays = self.policy.displays(self.tongue)
        spoken = (w.locale for (_, to), w in self.policy.texts.items() if to == self.tongue)
        self.spoken = sorted({self.tongue, *spoken})
        anywhere = cases.case(self.subject, self.policy, Context(self.subject.document.locale))
        self.rules = rules.concerning(self.policy.rules, anywhere)
        named = (rule.when.jurisdiction or () for rule in self.rules.values())
        self._named = {code for codes in named for code in codes}

    def owes_as(self, other: "Owing") -> bool:
        """Return whether rules and displays are the same, so that the same cases owe the same."""
        return (self.rules, self.displays) == (other.rules, other.displays)

    def place(self, code: str) -> Place:
        """Return what matters of a place as this policy serves it."""
        served = self.policy.atlas.resolve(code)
        context = Context(self.subject.document.locale, served)
        case = cases.case(self.subject, self.policy, context)
        careful = [served] if is_careful(served) else [""]
        known = (*careful, *sorted(self._named.intersection(case.places)))
        return Place(replace(case, places=known), dict(self._facts(served, case)))

    def owed(self, place: Case, reader: Reader) -> Told | None:
        """Return what is owed to a reader in a place; None where the text is withheld."""
        case = replace(place, audience=reader.audience, channel=reader.channel)
        if case not in self.told:
            self.told[case] = self._owed(case)
        return self.told[case]

    def words(self, owed: Iterable[str]) -> list[Words]:
        """Return the words of what is owed."""
        return [self.policy.texts[id, self.tongue] for id in owed]

    def _owed(self, case: Case) -> Told | None:
        if rules.withholding(self.rules, case):
            return None
        return {one.id: one for one in rules.owed(self.rules, case, self.displays)}

    def _facts(self, code: str, case: Case) -> Iterator[tuple[str, Any]]:
        """Yield what an edition may say about a place, and about the site."""
        atlas, site = self.policy.atlas, self.policy.site
        yield "code", code
        yield "name", [atlas.name(code, locale) for locale in self.spoken]
        yield "help", [[atlas.help(code, tag) for tag in self.spoken], atlas.help_lapsed(code)]
        law = atlas.law(code, cases.topics(self.subject))
        said = [words(law.fact.text, tag) for tag in self.spoken] if law else []
        yield "law", [said, law.fact.as_of if law else None]
        yield "law-state", [*_states(law), "banned" in case.law, "law-lapsed" in case.facts]
        fda = atlas.authority("fda")
        yield "authority", fda.fact.as_of if fda else None
        yield "authority-state", "authority-lapsed" in case.facts
        yield "site", [site.get(name) for name in (*RIGHTS, *FRESHNESS, "public_url")]
        yield from ((name, site.get(name)) for name in ("publisher", "contact_url"))
        yield "sources", notices.retracted(self.subject, self.policy)
        labels = site["notice_labels"].get(self.tongue, {})
        yield from ((f"label:{group}", labels.get(group)) for group in GROUPS)


def shown_facts(words: Iterable[Words]) -> frozenset[str]:
    """Return which facts of a place or of the site can be seen in some words."""
    return frozenset(fact for one in words for fact in _shown_facts(one))


def _states(law: Known | None) -> list[bool]:
    """Return whether a law is unknown, and whether it is past its date and restricts nothing."""
    if law is None:
        return [True, False]
    return ["unknown" in law.fact.status, law.lapsed and RESTRICTING.isdisjoint(law.fact.status)]


def _shown_facts(words: Words) -> Iterator[str]:
    said = words.said
    slots, states = disclaimers.slots(said), {one.state for one in said.variants}
    yield from (fact for fact, needed in SLOTS.items() if needed & slots)
    yield from (fact for fact, needed in STATES.items() if needed & states)
    yield f"label:{said.group}"
    if said.actions:
        yield "help"


def _classes(values: Sequence[str], named: Iterable[str]) -> dict[str, int]:
    """Return values that rules tell apart, each with how many it stands for."""
    known = {values[0], *named}
    apart = {value: 1 for value in values if value in known}
    rest = [value for value in values if value not in known]
    return apart | ({rest[0]: len(rest)} if rest else {})
