"""Impact: what a change of policy would do to what readers are shown, before it is done.

It counts editions: a live text in one locale, times every context that it is served in (place,
audience and channel). Texts with the same traits owe alike, so one of each kind is looked at, and
nothing is put into words but a few samples. Test articles count for nothing. An earlier text that
comes back beside it owes what it owes, and is looked at by itself: nobody reads it once more.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import cases, editions, heads, subjects
from content.changes import is_everywhere
from content.contexts import AUDIENCES, CHANNELS, Context
from content.editorial import groups, policy_changes, readers, samples
from content.editorial.groups import Plan, Text
from content.editorial.readers import ALWAYS, Owing, Told
from content.effects import Effects
from content.heads import Found
from content.models.heads import Head
from content.models.log import DisclaimerVersion, Publication
from content.policy import Policy
from content.policy.files import Item
from content.rules import Case
from content.subjects import Redacted, Subject

MOST = 100  # articles that are named
WITHHELD = 100  # the share of editions that one person may withhold is one in so many
Key = tuple[str, str]  # an article and a locale
Facts = frozenset[str]  # of a place or the site, by their names in ``readers``
Shown = tuple[Subject, Subject]  # before and after


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


def measure(session: Session, items: Sequence[Item], earlier: Sequence[Text] = ()) -> Impact:
    """Return what items of policy would do, and earlier texts that replace what is live.

    Raise ``Unresolvable`` when they would not resolve.
    """
    plan = groups.begin(session, items)
    slugs = _slugs(session)
    impact = Impact(plan.at, editions=len(slugs) * _contexts(plan.old))
    impact.alert = any(_is_alert(one, plan) for one in plan.facts)
    found = policy_changes.touched(session, plan.facts, plan.old, plan.new)
    everywhere = any(is_everywhere(fact) for fact in plan.facts)
    replaced = {(one.revision.article, one.revision.locale): one for one in earlier}
    touched = ({*slugs} if everywhere else found.articles.intersection(slugs)).difference(replaced)
    texts = {key: text for key, text in replaced.items() if key in slugs}
    chosen: list[samples.Chosen] = []
    for members, shown in (
        *_kinds(session, plan, touched, found),
        *_replaced(session, plan, texts),
    ):
        changed = _Kind(impact, plan, shown, len(members)).count(chosen)
        impact.articles += [(slugs[key], key[1]) for key in members if changed]
    impact.articles.sort()
    impact.samples = samples.put_into_words(chosen, plan.old, plan.new)
    return impact


class _Kind:
    """The texts of one kind, of which one is looked at, before and after."""

    def __init__(self, impact: Impact, plan: Plan, shown: Shown, members: int) -> None:
        self.impact, self.shown, self.members = impact, shown, members
        self.policies = (plan.old, plan.new)
        self.before, self.after = (
            Owing(subject, policy) for subject, policy in zip(shown, self.policies, strict=True)
        )
        if self.before.owes_as(self.after):
            self.after.told = self.before.told
        self.locale = shown[0].document.locale
        # Nobody gets a text any more whose language is served no longer.
        self.is_lost = plan.old.reaches(self.locale) and not plan.new.reaches(self.locale)
        self.known: dict[Any, tuple[bool, bool]] = {}

    def count(self, chosen: list[samples.Chosen]) -> bool:
        """Add to the impact what changes for every reader everywhere; return whether any does."""
        seen: dict[str, Context] = {}
        for (old, new, facts), codes in self._places().items():
            for one in readers.readers(self.policies):
                after = None if self.is_lost else self.after.owed(new, one)
                number = one.count * len(codes) * self.members
                what = self._add(self.before.owed(old, one), after, facts, number)
                if what and what not in seen:
                    seen[what] = Context(self.locale, codes[0], one.audience, one.channel)
        chosen += [samples.Chosen(what, *self.shown, context) for what, context in seen.items()]
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
            differ = self._are_other_texts or bool(facts & ALWAYS)
            differ = differ or self._are_others(before, after, facts)
            self.known[key] = differ, self._are_others(*alerts, facts)
        return self.known[key]

    @property
    def _are_other_texts(self) -> bool:
        return self.shown[0] is not self.shown[1]

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


def _contexts(policy: Policy) -> int:
    return len(readers.places([policy])) * len(AUDIENCES) * len(CHANNELS)


def _slugs(session: Session) -> dict[Key, str]:
    """Return the slug of everything that is live, but for test articles."""
    query = select(Head.article, Head.locale, Head.slug).where(heads.is_real())
    return {(article, locale): slug for article, locale, slug in session.execute(query)}


def _kinds(
    session: Session, plan: Plan, touched: Found, found: Effects
) -> Iterator[tuple[list[Key], Shown]]:
    """Yield the texts of each kind, and what one of them shows, before and after.

    Those that begin or cease to mention something are told apart by what they mention then.
    """
    kinds: dict[Any, list[Key]] = defaultdict(list)
    for key, traits in sorted(heads.live_traits(session, touched).items()):
        more: Any = ()
        if key[0] in found.retraited:
            more = frozenset(cases.traits(_subject(session, key, plan.at), plan.new).items())
        kinds[key[1], frozenset(traits), more].append(key)
    for members in kinds.values():
        subject = _subject(session, members[0], plan.at)
        yield members, (subject, subject)


def _replaced(
    session: Session, plan: Plan, texts: Mapping[Key, Text]
) -> Iterator[tuple[list[Key], Shown]]:
    """Yield each live text that an earlier one replaces, and what both show."""
    for key, text in texts.items():
        row = groups.publication(text.manuscript, text.revision)
        with suppress(Redacted):  # of the live one, which nobody is shown
            before = _subject(session, key, plan.at)
            yield [key], (before, editions.check(session, row, plan.at, plan.new)[0])


def _subject(session: Session, key: Key, at: int) -> Subject:
    row = session.get_one(Publication, session.get_one(Head, key).seq)
    return subjects.read(session, row, at, None)
