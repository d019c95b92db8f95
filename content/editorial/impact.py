"""Impact: what a change of policy would do to what readers are shown, before it is done.

It counts editions: a live text in one locale, times every context that it is served in (place,
audience and channel). Texts with the same traits owe alike, so one of each kind is looked at, and
nothing is put into words but a few samples. Test articles count for nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import cases, heads, subjects
from content.changes import is_everywhere
from content.contexts import AUDIENCES, CHANNELS, Context
from content.editorial import groups, policy_changes, readers, samples
from content.editorial.groups import Plan
from content.editorial.readers import ALWAYS, Owing, Told
from content.effects import Effects
from content.heads import Found
from content.models.heads import Head
from content.models.log import DisclaimerVersion, Publication
from content.policy_files import Item
from content.rules import Case
from content.subjects import Subject

MOST = 100  # articles that are named
WITHHELD = 100  # the share of editions that one person may withhold is one in so many
Key = tuple[str, str]  # an article and a locale
Facts = frozenset[str]  # of a place or the site, by their names in ``readers``


@dataclass
class Impact:
    """What would change; all but ``articles`` count editions."""

    sequence: int  # the newest number of the log that was looked at
    articles: list[Key] = field(default_factory=list)  # slug and locale
    editions: int = 0  # that there are
    changed: int = 0
    withheld: int = 0  # that would be shown no more
    released: int = 0  # that are withheld, and would be shown
    alert: bool = False  # whether an alert is touched
    samples: list[dict[str, Any]] = field(default_factory=list)

    @property
    def reasons(self) -> list[str]:
        """Why two people are needed; nothing where one is enough."""
        much = f"it withholds {self.withheld} of {self.editions} editions, more than 1 %"
        found = {much: self.withheld * WITHHELD > self.editions, "it touches an alert": self.alert}
        return [reason for reason, holds in found.items() if holds]


def measure(session: Session, items: Sequence[Item]) -> Impact:
    """Return what items of policy would do; raise ``Unresolvable`` when they would not resolve."""
    plan = groups.begin(session, items)
    slugs = _slugs(session)
    impact = Impact(plan.at, editions=len(slugs) * _contexts(plan))
    impact.alert = any(_is_alert(one, plan) for one in plan.facts)
    found = policy_changes.touched(session, plan.facts, plan.old, plan.new)
    everywhere = any(is_everywhere(fact) for fact in plan.facts)
    touched = {*slugs} if everywhere else found.articles.intersection(slugs)
    chosen: list[samples.Chosen] = []
    for members, subject in _kinds(session, plan, touched, found):
        changed = _Kind(impact, plan, subject, len(members)).count(chosen)
        impact.articles += [(slugs[key], key[1]) for key in members if changed]
    impact.articles.sort()
    impact.samples = samples.put_into_words(chosen, plan.old, plan.new)
    return impact


class _Kind:
    """The texts of one kind, of which one is looked at, before and after."""

    def __init__(self, impact: Impact, plan: Plan, subject: Subject, members: int) -> None:
        self.impact, self.subject, self.members = impact, subject, members
        self.policies = (plan.old, plan.new)
        self.before, self.after = Owing(subject, plan.old), Owing(subject, plan.new)
        if self.before.owes_as(self.after):
            self.after.told = self.before.told
        self.known: dict[Any, tuple[bool, bool]] = {}

    def count(self, chosen: list[samples.Chosen]) -> bool:
        """Add to the impact what changes for every reader everywhere; return whether any does."""
        seen: dict[str, Context] = {}
        for (old, new, facts), codes in self._places().items():
            for one in readers.readers(self.policies):
                told = self.before.owed(old, one), self.after.owed(new, one)
                what = self._add(*told, facts, one.count * len(codes) * self.members)
                if what and what not in seen:
                    locale = self.subject.document.locale
                    seen[what] = Context(locale, codes[0], one.audience, one.channel)
        chosen += [samples.Chosen(what, self.subject, context) for what, context in seen.items()]
        return bool(seen)

    def _places(self) -> dict[tuple[Case, Case, Facts], list[str]]:
        """Return the places that are alike: for rules, before and after, and in what changes."""
        found: dict[tuple[Case, Case, Facts], list[str]] = defaultdict(list)
        for code in readers.places(self.policies):
            old, new = self.before.place(code), self.after.place(code)
            facts = frozenset(name for name in old.facts if old.facts[name] != new.facts[name])
            found[old.case, new.case, facts].append(code)
        return found

    def _add(self, before: Told | None, after: Told | None, facts: Facts, count: int) -> str | None:
        """Count one class of editions; return how it changes, if it does."""
        what = None
        if before is None or after is None:
            if before is not after:
                what = "withheld" if after is None else "released"
                setattr(self.impact, what, getattr(self.impact, what) + count)
        else:
            differs, alert = self._differs(before, after, facts)
            self.impact.alert |= alert
            what = "changed" if differs else None
        self.impact.changed += count if what else 0
        return what

    def _differs(self, before: Told, after: Told, facts: Facts) -> tuple[bool, bool]:
        """Return whether what is shown differs, and whether an alert does."""
        key = (id(before), id(after), facts)
        if key not in self.known:
            alerts = (_alerts(before), _alerts(after))
            differ = bool(facts & ALWAYS) or self._are_others(before, after, facts)
            self.known[key] = differ, self._are_others(*alerts, facts)
        return self.known[key]

    def _are_others(self, before: Told, after: Told, facts: Facts) -> bool:
        """Return whether what is owed differs, or its words, or a fact that is seen in them."""
        if before != after:
            return True
        words = self.before.words(before)
        if words != self.after.words(after):
            return True
        return bool(facts) and bool(facts & readers.shown_facts(words))


def _alerts(told: Told) -> Told:
    return {id: one for id, one in told.items() if one.level == "alert"}


def _is_alert(fact: Any, plan: Plan) -> bool:
    """Return whether a fact is the words of an alert, before or after."""
    if not isinstance(fact, DisclaimerVersion):
        return False
    found = (one.texts.get((fact.id, fact.locale)) for one in (plan.old, plan.new))
    return any(words.said.display.level == "alert" for words in found if words)


def _contexts(plan: Plan) -> int:
    return len(readers.places((plan.old, plan.new))) * len(AUDIENCES) * len(CHANNELS)


def _slugs(session: Session) -> dict[Key, str]:
    """Return the slug of everything that is live, but for test articles."""
    query = select(Head.article, Head.locale, Head.slug).where(heads.is_real())
    return {(article, locale): slug for article, locale, slug in session.execute(query)}


def _kinds(
    session: Session, plan: Plan, touched: Found, found: Effects
) -> Iterator[tuple[list[Key], Subject]]:
    """Yield the texts of each kind, and what one of them shows.

    Those that begin or cease to mention something are told apart by what they mention then.
    """
    kinds: dict[Any, list[Key]] = defaultdict(list)
    for key, traits in sorted(heads.live_traits(session, touched).items()):
        more: Any = ()
        if key[0] in found.retraited:
            more = frozenset(cases.traits(_subject(session, key, plan.at), plan.new).items())
        kinds[key[1], frozenset(traits), more].append(key)
    for members in kinds.values():
        yield members, _subject(session, members[0], plan.at)


def _subject(session: Session, key: Key, at: int) -> Subject:
    row = session.get_one(Publication, session.get_one(Head, key).seq)
    return subjects.read(session, row, at, None)
