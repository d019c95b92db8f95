"""The matrix: for each live text and each known place, what becomes of it there, and why.

A text is *withheld* in a place, or shown. Of what is shown, a *stale* fact is one that a reader is
told there although its date has passed; *extra* means notices that are not owed in every place, or
that are shown earlier than elsewhere. All of it follows from the rules and the traits of what is
live (:mod:`content.heads`), so no text is read, and the queries do not grow with the texts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, select, tuple_
from sqlalchemy.orm import Session

from content import cases, heads, rules
from content.cases import Place
from content.contexts import NOWHERE, TEST_PLACE, WORLD, Context
from content.editorial import readers
from content.errors import NotFound
from content.jurisdictions import is_careful
from content.models.heads import Head, Trait
from content.models.log import Publication
from content.policy import Policy
from content.rules import LEVELS, Owed, RuleData

SERVED, EXTRA, STALE, WITHHELD = OUTCOMES = ("served", "extra", "stale", "withheld")
FACTS = ("law", "help", "authority")  # that may be stale
TRAITS = ("topics", "conditions", "claim_levels", "mentions", "review", "sources", "facts")
MOST = 50  # texts of a page
Told = dict[str, Owed] | str  # what is owed by id, or the rule that withholds
Key = tuple[str, str]  # an article and a locale


@dataclass(frozen=True)
class Text:
    """A live text by what rules look at."""

    article: str
    locale: str
    slug: str
    topics: tuple[str, ...]  # in the order in which their law counts
    traits: dict[str, frozenset[str]]


@dataclass(frozen=True)
class Cell:
    """What becomes of one text in some places alike."""

    outcome: str
    notices: int = 0
    extra: tuple[str, ...] = ()  # disclaimers that are not owed in every place
    raised: tuple[str, ...] = ()  # shown earlier than elsewhere
    stale: tuple[str, ...] = ()  # of ``FACTS``
    rule: str | None = None  # that withholds


@dataclass
class Row:
    """One text in all places."""

    text: Text
    common: list[str]  # disclaimers that are owed wherever it is shown
    cells: dict[Cell, list[str]]


def places(policy: Policy) -> list[str]:
    """Return the places of a row, the world first; neither the unknown one nor that of tests."""
    known = sorted(policy.atlas.places, key=lambda code: (code != WORLD, code))
    return [code for code in known if code not in (NOWHERE, TEST_PLACE)]


def texts(
    session: Session, after: Key, limit: int, *, topic: str | None, locale: str | None
) -> list[Text]:
    """Return live texts by slug and locale, those after one; only of a topic, or a locale."""
    wanted = [tuple_(Head.slug, Head.locale) > after]
    if topic is not None:
        of_topic = (Trait.kind == "topics", Trait.tag == topic)
        wanted.append(exists().where(heads.CURRENT, *of_topic))
    if locale is not None:
        wanted.append(Head.locale == locale)
    return _texts(session, wanted, limit)


def text(session: Session, article: str, locale: str) -> Text:
    """Return one live text; raise ``NotFound``."""
    found = _texts(session, [Head.article == article, Head.locale == locale], 1)
    if not found:
        raise NotFound(f"Nothing of article {article!r} is live in {locale!r}.")
    return found[0]


def read(policy: Policy, found: Sequence[Text], audience: str, channel: str) -> list[Row]:
    """Return a row for each text, as an audience is shown it on a channel."""
    known, ground = dict[Any, _Kind](), _Ground(policy)
    rows = []
    for text in found:
        key = (text.locale, text.topics, frozenset(text.traits.items()))
        if key not in known:
            known[key] = _Kind(text, ground, Context(text.locale, WORLD, audience, channel))
        rows.append(Row(text, known[key].common, known[key].cells()))
    return rows


def _texts(session: Session, wanted: list[ColumnElement[bool]], limit: int) -> list[Text]:
    readable = exists().where(heads.CURRENT, Trait.kind == "review")  # nothing of redacted ones
    query = select(Head, Publication.topics).join(Publication, Publication.seq == Head.seq)
    query = query.where(readable, heads.is_real(), *wanted).order_by(Head.slug, Head.locale)
    rows = session.execute(query.limit(limit)).all()
    known = heads.live_traits(session, {(head.article, head.locale) for head, _ in rows})
    return [_text(head, topics, known[head.article, head.locale]) for head, topics in rows]


def _text(head: Head, topics: list[str], tags: set[tuple[str, str]]) -> Text:
    traits = {kind: frozenset(tag for of, tag in tags if of == kind) for kind in TRAITS}
    ordered = (*topics, *sorted(traits["topics"].difference(topics)))
    return Text(head.article, head.locale, head.slug, ordered, traits)


class _Ground:
    """What many texts stand on: the places, for each list of topics, and what words show."""

    def __init__(self, policy: Policy) -> None:
        self.policy, self.codes = policy, places(policy)
        self.late = {code: policy.atlas.help_lapsed(code) for code in self.codes}
        self.known: dict[tuple[str, ...], dict[str, Place]] = {}
        self.seen: dict[tuple[str, str], frozenset[str]] = {}

    def places(self, topics: tuple[str, ...]) -> dict[str, Place]:
        """Return all places for a text about some topics, by their codes."""
        if topics not in self.known:
            found = {code: cases.place(topics, self.policy, code) for code in self.codes}
            self.known[topics] = found
        return self.known[topics]

    def shown(self, owed: Iterable[str], locale: str) -> frozenset[str]:
        """Return which facts the words of what is owed show."""
        return frozenset().union(*(self._shown((id, locale)) for id in owed))

    def _shown(self, key: tuple[str, str]) -> frozenset[str]:
        if key not in self.seen:
            self.seen[key] = readers.shown_facts([self.policy.texts[key]])
        return self.seen[key]


class _Kind:
    """Texts that owe alike, in all places: rules are asked once for each case that differs."""

    def __init__(self, text: Text, ground: _Ground, context: Context) -> None:
        self.text, self.ground, self.context = text, ground, context
        here = ground.places(text.topics)
        world = cases.place(text.topics, ground.policy, WORLD)
        anywhere = cases.met(text.traits, world, context)
        self.rules = rules.concerning(ground.policy.rules, anywhere)
        self.displays = ground.policy.displays(text.locale)
        alike = self._alike(here)
        self.told = {place: self._owed(place) for place in alike}
        shown = [told for told in self.told.values() if not isinstance(told, str)]
        self.common = sorted(set.intersection(*map(set, shown))) if shown else []
        self.least = {id: max(_rank(told[id]) for told in shown) for id in self.common}
        self.alike = alike

    def cells(self) -> dict[Cell, list[str]]:
        """Return what becomes of the text, each with the places where it does."""
        found: dict[Cell, list[str]] = defaultdict(list)
        for place, codes in self.alike.items():
            for late in (False, True):
                if those := [code for code in codes if self.ground.late[code] is late]:
                    found[self._cell(place, late=late)] += those
        return found

    def _alike(self, here: dict[str, Place]) -> dict[Place, list[str]]:
        """Return places that are alike for these rules, by what the rules see of them."""
        named = _named(self.rules)
        found: dict[Place, list[str]] = defaultdict(list)
        for code, place in here.items():
            first = code if is_careful(code) else ""
            seen = (first, *(one for one in place.places if one in named))
            found[Place(seen, place.law, place.facts)].append(code)
        return found

    def _owed(self, place: Place) -> Told:
        case = cases.met(self.text.traits, place, self.context)
        if rule := rules.withholding(self.rules, case):
            return rule
        return {one.id: one for one in rules.owed(self.rules, case, self.displays)}

    def _cell(self, place: Place, *, late: bool) -> Cell:
        told = self.told[place]
        if isinstance(told, str):
            return Cell(WITHHELD, rule=told)
        extra = tuple(sorted(set(told).difference(self.common)))
        raised = tuple(id for id in self.common if _rank(told[id]) < self.least[id])
        seen = self.ground.shown(told, self.text.locale)
        stale = tuple(_stale(seen, place.facts, late=late))
        outcome = STALE if stale else EXTRA if extra or raised else SERVED
        return Cell(outcome, len(told), extra, raised, stale)


def _stale(seen: frozenset[str], passed: frozenset[str], *, late: bool) -> Iterator[str]:
    """Yield which kinds of facts that a reader is told in a place are past their date.

    ``seen`` are the facts that the words show, and ``passed`` those that rules see as past their
    date. The help lines of a place stand in every edition; ``late`` says that theirs has passed.
    """
    if "law-lapsed" in passed and seen & {"law", "law-state"}:
        yield "law"
    if late:
        yield "help"
    if "authority-lapsed" in passed and seen & {"authority", "authority-state"}:
        yield "authority"


def _rank(owed: Owed) -> int:
    """Return how early a disclaimer is shown, 0 first."""
    return LEVELS.index(owed.level)


def _named(known: dict[str, RuleData]) -> frozenset[str]:
    """Return the places that some rules name."""
    return frozenset(code for rule in known.values() for code in rule.when.jurisdiction or ())
