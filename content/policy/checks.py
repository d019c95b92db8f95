"""What no single entry of a policy knows: double keys, references to nothing, places in a circle.

A policy that passes can be resolved for every place; what is wrong is said with file and line.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, get_args, get_type_hints

from content import disclaimers
from content.contexts import AUDIENCES, CHANNELS, NOWHERE, WORLD, nearest
from content.disclaimers import GROUPS, SLOTS, Disclaimer, Fallback
from content.documents import EvidenceLevel
from content.errors import Finding
from content.jurisdictions import CONTACTS, Action, Dated, Help, Law, Place
from content.models.log import DisclaimerVersion
from content.policy.files import Item, MentionEntry
from content.rules import RuleData

STATUSES = get_args(get_args(get_type_hints(Law)["status"])[0])
# The values that a rule may look for; topics and conditions are free.
VALUES: dict[str, tuple[str, ...]] = {
    "claim_levels": get_args(EvidenceLevel),
    "law": STATUSES,
    "audience": AUDIENCES,
    "channel": CHANNELS,
}
PSEUDO = re.compile(r"[a-z]{2,3}-X[ABC]")  # CLDR's languages for tests: region XA, XB or XC
OURS = re.compile(r"X[A-Z]")  # countries that ISO 3166-1 leaves to its users, XK among them
MAX_AGE = timedelta(days=90)  # of what is said about law, help lines and authorities
SCHEMES = {"call": "tel:", "text": "sms:", "link": "https:"}
TEXTS = ("text", "name", "phrase", "label")  # fields of a fact with a text per locale


@dataclass(frozen=True)
class Policy:
    """All items of a folder, by what they are."""

    items: list[Item]

    def named(self, subject_type: str) -> set[str]:
        """Return the ids of one kind of thing."""
        return self._ids.get(subject_type, set())

    @cached_property
    def _ids(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for item in self.items:
            found.setdefault(item.key[0], set()).add(item.key[1])
        return found

    @cached_property
    def places(self) -> dict[str, Item]:
        """The items of places by code."""
        return {item.key[1]: item for item in self.items if isinstance(item.shape, Place)}

    @cached_property
    def site(self) -> dict[str, Item]:
        """The items of ``site.yaml`` by name."""
        return {item.key[1]: item for item in self.items if item.key[0] == "site"}

    @property
    def locales(self) -> list[str]:
        """The served locales."""
        return list(self.site["locales"].shape)


def check(items: list[Item]) -> list[Finding]:
    """Return everything that is wrong between the items of one folder."""
    policy = Policy(items)
    checks: dict[type, Callable[[Policy, Item, Any], Iterator[Finding]]] = {
        RuleData: _check_rule,
        Disclaimer: _check_disclaimer,
        Fallback: _check_fallback,
        MentionEntry: _check_mention,
        Place: _check_place,
        Help: _check_help,
    }
    found = [*_check_doubles(policy), *_check_site(policy), *_check_members(policy)]
    for item in items:
        if type(item.shape) in checks:
            found += checks[type(item.shape)](policy, item, item.shape)
        found += _check_fact(policy, item)
    return found


def _check_doubles(policy: Policy) -> Iterator[Finding]:
    seen: dict[tuple[str, ...], Item] = {}
    for item in policy.items:
        first = seen.setdefault(item.key, item)
        if first is not item:
            yield item.finding(f"{' '.join(item.key)} is defined already in {first.place}")


def _check_site(policy: Policy) -> Iterator[Finding]:
    labels = policy.site["notice_labels"]
    yield from _check_fallbacks(policy)
    yield from _check_borrowed(policy)
    if policy.site["default_locale"].shape not in policy.locales:
        yield policy.site["default_locale"].finding("is not one of the served locales")
    for locale in policy.locales:
        missing = [group for group in GROUPS if group not in labels.shape.get(locale, {})]
        if missing:
            yield labels.finding(f"has no label in {locale!r} for {', '.join(missing)}")


def _check_fallbacks(policy: Policy) -> Iterator[Finding]:
    """A chain names served locales only: what nobody serves cannot be fallen back to."""
    if item := policy.site.get("fallbacks"):
        for locale, chain in item.shape.items():
            for tag in chain:
                if tag not in policy.locales:
                    yield item.finding(f"{tag!r} is not one of the served locales", f"/{locale}")


def _check_borrowed(policy: Policy) -> Iterator[Finding]:
    """Only a language that nobody speaks may go without words of its own."""
    if item := policy.site.get("borrowed_locales"):
        for locale, tongue in item.shape.items():
            if not PSEUDO.fullmatch(locale):
                yield item.finding(f"{locale!r} is no pseudo-locale such as ar-XB", f"/{locale}")
            if tongue not in policy.locales:
                yield item.finding(f"{tongue!r} is not one of the served locales", f"/{locale}")


def _check_rule(policy: Policy, item: Item, rule: RuleData) -> Iterator[Finding]:
    raised = rule.raises
    named = [*rule.require, *([raised.disclaimer] if raised else [])]
    yield from _undefined(policy, item, "disclaimer", named)
    yield from _undefined(policy, item, "mention", rule.when.mentions or [])
    yield from _undefined(policy, item, "jurisdiction", rule.when.jurisdiction or [])
    yield from _check_when(item, rule)
    if not (rule.require or raised or rule.withhold):
        yield item.finding("does nothing: it needs 'require', 'raise' or 'withhold'")
    if raised and not (raised.level or raised.first):
        yield item.finding("needs a level, or 'first: true'", "/raise")
    if raised and (raised.level == "inline") != bool(raised.anchor):
        yield item.finding("an anchor goes with the level 'inline', and only with it", "/raise")
    if rule.withhold and (rule.withhold.status == 451) != bool(rule.withhold.authority):
        yield item.finding("451 names the authority that demands it, 403 does not", "/withhold")


def _check_when(item: Item, rule: RuleData) -> Iterator[Finding]:
    """A misspelt value would never match, and a disclaimer would be missing without a word."""
    for key in rule.when.__struct_fields__:
        values = getattr(rule.when, key)
        known = VALUES.get(key)
        if values == []:
            yield item.finding("names nothing, so the rule would never apply", f"/when/{key}")
        for value in values or []:
            if known and value not in known:
                message = f"{value!r} is not known.{nearest(value, known)}"
                yield item.finding(message, f"/when/{key}")


def _undefined(policy: Policy, item: Item, what: str, ids: Iterable[str]) -> Iterator[Finding]:
    known = policy.named(what)
    for id in dict.fromkeys(ids):
        if id not in known:
            yield item.finding(f"refers to the {what} {id!r}, which is not defined")


def _check_disclaimer(policy: Policy, item: Item, text: Disclaimer) -> Iterator[Finding]:
    for slot in sorted(disclaimers.slots(text) - SLOTS):
        yield item.finding(f"uses the slot {{{slot}}}, which does not exist")
    for short in disclaimers.long_shorts(text):
        yield item.finding(f"has a short text over {disclaimers.MAX_SHORT} characters: {short!r}")
    for slot in sorted(disclaimers.long_slots(text)):
        yield item.finding(f"has no room for {{{slot}}} in a short text; the full says it")
    if (text.display.level == "inline") != bool(text.display.anchor):
        yield item.finding("an anchor goes with the level 'inline', and only with it")
    spoken = [one.key[2] for one in policy.items if _is_text_of(one, item.key[1])]
    for locale in policy.locales:
        if locale not in spoken and item.key[2] == spoken[0]:
            yield item.finding(
                f"has no text in the served locale {locale!r}, and no fallback of its own there"
            )


def _check_fallback(policy: Policy, item: Item, borrowed: Fallback) -> Iterator[Finding]:
    own = [
        one.key[2]
        for one in policy.items
        if _is_text_of(one, item.key[1]) and isinstance(one.shape, Disclaimer)
    ]
    if borrowed.fallback not in own:
        yield item.finding(f"falls back to {borrowed.fallback!r}, where it has no text of its own")


def _is_text_of(item: Item, id: str) -> bool:
    return isinstance(item.fact, DisclaimerVersion) and item.fact.id == id


def _check_mention(policy: Policy, item: Item, mention: MentionEntry) -> Iterator[Finding]:
    for locale in policy.locales:
        if locale not in mention.terms:
            yield item.finding(f"has no terms in the served locale {locale!r}")


def _check_place(policy: Policy, item: Item, place: Place) -> Iterator[Finding]:
    named = [code for code in (item.key[1], place.within, *place.members) if code]
    for code in dict.fromkeys(named):
        if not _exists(code):
            yield item.finding(f"{code} is not an ISO 3166 code")
    if place.within and place.within not in policy.places:
        yield item.finding(f"lies within {place.within!r}, which is not defined")
    circle = _circle(policy, item.key[1])
    if circle:
        yield item.finding(f"lies within itself: {' in '.join(circle)}")


def _circle(policy: Policy, code: str) -> list[str]:
    """Return the way from a place back to itself, or nothing."""
    way = [code]
    while way[-1] in policy.places and (within := policy.places[way[-1]].shape.within):
        way.append(within)
        if within in way[:-1]:
            return way if within == code else []
    return []


def _check_members(policy: Policy) -> Iterator[Finding]:
    """A member has one region, and where it has an entry of its own, that says the same."""
    seen: dict[str, str] = {}
    for region, item in policy.places.items():
        for code in item.shape.members:
            first = seen.setdefault(code, region)
            if first != region:
                yield item.finding(f"{code} is a member of {first} already", "/members")
            own = policy.places.get(code)
            if own and own.shape.within != region:
                yield own.finding(f"lies within {own.shape.within}, and is a member of {region}")


def _check_help(policy: Policy, item: Item, help: Help) -> Iterator[Finding]:
    contacts = {kind: getattr(help, kind) for kind in CONTACTS}
    for kind, contact in contacts.items():
        if contact is None and item.key[1] == NOWHERE:
            yield item.finding(f"{NOWHERE} needs {kind!r}: everybody else falls back to it")
        for i, action in enumerate(contact.actions if contact else []):
            yield from _check_action(item, action, f"/{kind}/actions/{i}")


def _check_action(item: Item, action: Action, at: str) -> Iterator[Finding]:
    if not action.value.startswith(SCHEMES[action.type]):
        yield item.finding(f"a {action.type} goes to {SCHEMES[action.type]}", f"{at}/value")


def _check_fact(policy: Policy, item: Item) -> Iterator[Finding]:
    if isinstance(item.shape, Dated) and not _in_order(item.shape.as_of, item.shape.recheck_by):
        message = f"'recheck_by' must be a date within {MAX_AGE.days} days after the date 'as_of'"
        yield item.finding(message)
    if item.key[0] == "jurisdiction":
        fact: Any = item.fact
        for locale in policy.locales:
            for at in _unspoken(fact.data, locale, ""):
                yield item.finding(f"has no text in the served locale {locale!r}", at)


def _unspoken(data: Any, locale: str, at: str) -> Iterator[str]:
    """Yield the places of texts that a locale lacks."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in TEXTS and locale not in value:
                yield f"{at}/{key}"
            else:
                yield from _unspoken(value, locale, f"{at}/{key}")
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from _unspoken(value, locale, f"{at}/{i}")


def _exists(code: str) -> bool:
    import pycountry  # noqa: PLC0415 - half a second, and only an import of policy needs it

    if code in (WORLD, NOWHERE, "EU") or OURS.fullmatch(code):
        return True
    table = pycountry.subdivisions if "-" in code else pycountry.countries
    return bool(table.get(code=code) if "-" in code else table.get(alpha_2=code))


def _in_order(first: str, second: str) -> bool:
    try:
        age = date.fromisoformat(second) - date.fromisoformat(first)
    except ValueError:
        return False
    return timedelta(0) <= age <= MAX_AGE
