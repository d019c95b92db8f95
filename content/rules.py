"""The rules: which disclaimers a document owes in a context, by which rule, and shown how.

A rule says *when* (all of its keys, each with any of its values) it requires disclaimers, raises
how one is shown, or withholds the article. Rules are data in the log; nothing here knows a topic.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from content import corrections
from content.documents import HttpsUrl, Line, Name, Part, dump
from content.evidence import Status
from content.jurisdictions import Code, is_careful

Level = Literal["alert", "lead", "inline", "foot"]
Review = Literal["unreviewed", "reviewed", "translation-unreviewed", "lapsed"]
Anchor = Literal["overview", "mechanisms", "support-systems", "conclusions"]
LEVELS: tuple[str, ...] = ("alert", "lead", "inline", "foot")  # most visible first


class When(Part):
    """The conditions of a rule: an AND of the keys that are given, each an OR of its values."""

    topics: list[Name] | None = None
    conditions: list[Name] | None = None
    claim_levels: list[str] | None = None
    mentions: list[Name] | None = None
    jurisdiction: list[Code] | None = None
    law: list[str] | None = None
    audience: list[Name] | None = None
    channel: list[Name] | None = None
    review: list[Review] | None = None
    sources: list[Status] | None = None
    facts: list[Literal["law-lapsed", "authority-lapsed", corrections.Fact]] | None = None


class Raise(Part):
    """Show a disclaimer at least at this level, or first of its group. Rules never lower."""

    disclaimer: Name
    level: Level | None = None
    anchor: Anchor | None = None
    first: bool = False


class Withhold(Part):
    """Do not show the article at all: 451 by law (with the authority), 403 by audience.

    With ``worldwide`` a rule about some places holds, too, where no place was named.
    """

    status: Literal[403, 451]
    authority: HttpsUrl | None = None
    worldwide: bool = False


class RuleData(Part):
    """A rule as it stands in the log."""

    because: Line
    when: When
    require: Annotated[list[Name], Meta(max_length=100)] = []
    raises: Raise | None = field(default=None, name="raise")
    withhold: Withhold | None = None


@dataclass(frozen=True)
class Case:
    """What rules look at: one document's features in one context."""

    topics: frozenset[str]
    conditions: frozenset[str]
    claim_levels: frozenset[str]
    mentions: frozenset[str]
    places: tuple[str, ...]  # the served jurisdiction and all that contain it
    law: frozenset[str]
    audience: str
    channel: str
    review: frozenset[str]
    facts: frozenset[str]
    sources: frozenset[str] = frozenset()  # what is known of those that it cites


@dataclass(frozen=True)
class Owed:
    """A disclaimer that is owed: by which rules, and the display that they raise it to."""

    id: str
    required_by: tuple[str, ...]
    level: str
    anchor: str | None
    first: bool = False


def describe(id: str, rule: RuleData) -> dict[str, Any]:
    """Return a rule as data; ``when`` has only the keys that the rule looks at."""
    data: dict[str, Any] = dump(rule)
    when = {key: values for key, values in data["when"].items() if values is not None}
    return {"id": id, **data, "when": when}


def withholding(rules: dict[str, RuleData], case: Case) -> str | None:
    """Return the id of the first rule that withholds the article, or None."""
    matching = (i for i, r in rules.items() if r.withhold and _withholds(r.when, r.withhold, case))
    return next(matching, None)


def refusal(rules: dict[str, RuleData], id: str | None) -> dict[str, Any] | None:
    """Return what editors are told of a rule that withholds; None where none does."""
    rule = rules[id] if id else None
    if rule is None or rule.withhold is None:
        return None
    said = {"status": rule.withhold.status, "authority": rule.withhold.authority}
    return {"rule": id, "because": rule.because, **said}


def owed(
    rules: dict[str, RuleData], case: Case, displays: dict[str, tuple[str, str | None]]
) -> list[Owed]:
    """Return what the case owes; ``displays`` has each disclaimer's own level and anchor.

    A rule may require a disclaimer that ``displays`` lacks: then ``KeyError``, so that the caller
    can fail closed.
    """
    requiring: dict[str, list[str]] = {}
    for rule_id, rule in rules.items():
        if rule.require and matches(rule.when, case, careful=True):
            for disclaimer in rule.require:
                requiring.setdefault(disclaimer, []).append(rule_id)
    found = {id: Owed(id, tuple(by), *displays[id]) for id, by in requiring.items()}
    for rule in rules.values():
        raised = rule.raises
        if raised and raised.disclaimer in found and matches(rule.when, case, careful=False):
            found[raised.disclaimer] = _raise(found[raised.disclaimer], raised)
    return list(found.values())


def concerning(rules: dict[str, RuleData], case: Case) -> dict[str, RuleData]:
    """Return the rules that may apply to the document of a case, whoever reads it where."""
    return {id: rule for id, rule in rules.items() if _meets_traits(rule.when, case)}


def matches(when: When, case: Case, *, careful: bool) -> bool:
    """Return whether a rule applies.

    With ``careful``, the values for "anybody" and "anywhere" meet every list, so that less
    knowledge of a reader never means fewer disclaimers.
    """
    anybody = careful and case.audience == "general"
    any_channel = careful and case.channel == "unknown"
    anywhere = careful and is_careful(case.places[0])
    return _applies(when, case, anybody=anybody, any_channel=any_channel, anywhere=anywhere)


def _withholds(when: When, withhold: Withhold, case: Case) -> bool:
    anywhere = withhold.worldwide and is_careful(case.places[0])
    return _applies(when, case, anybody=False, any_channel=False, anywhere=anywhere)


def _applies(when: When, case: Case, *, anybody: bool, any_channel: bool, anywhere: bool) -> bool:
    return (
        _meets_traits(when, case)
        and _meets(when.facts, case.facts)
        and (anywhere or _meets(when.jurisdiction, frozenset(case.places)))
        and (anywhere or _meets(when.law, case.law))
        and (anybody or _meets(when.audience, frozenset([case.audience])))
        and (any_channel or _meets(when.channel, frozenset([case.channel])))
    )


def _meets_traits(when: When, case: Case) -> bool:
    return (
        _meets(when.topics, case.topics)
        and _meets(when.conditions, case.conditions)
        and _meets(when.claim_levels, case.claim_levels)
        and _meets(when.mentions, case.mentions)
        and _meets(when.review, case.review)
        and _meets(when.sources, case.sources)
    )


def _meets(wanted: Sequence[str] | None, found: frozenset[str]) -> bool:
    return wanted is None or not found.isdisjoint(wanted)


def _raise(owed: Owed, raised: Raise) -> Owed:
    first = owed.first or raised.first
    if raised.level is None or LEVELS.index(raised.level) >= LEVELS.index(owed.level):
        return replace(owed, first=first)
    anchor = raised.anchor if raised.level == "inline" else None
    return replace(owed, level=raised.level, anchor=anchor, first=first)
