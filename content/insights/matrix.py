"""The matrix: for each live text and each known place, what becomes of it there, and why.

A text is *withheld* in a place, or shown. Of what is shown, a *stale* fact is one that a reader is
told there although its date has passed; *extra* means notices that are not owed in every place, or
that are shown earlier than elsewhere. All of it follows from the rules and the traits of what is
live (:mod:`content.heads`), so no text is read, and the queries do not grow with the texts.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, exists, select, tuple_
from sqlalchemy.orm import Session

from content import cases, heads, rules
from content.contexts import NOWHERE, TEST_PLACE, WORLD, Context
from content.editorial import readers
from content.errors import NotFound
from content.jurisdictions import is_careful
from content.models.heads import Head, Trait
from content.models.log import Publication
from content.policy import Policy
from content.rules import LEVELS, Case, Owed, RuleData

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
    topics: list[str]  # in the order in which their law counts
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
    cells: dict[Cell, list[str]] = field(default_factory=lambda: defaultdict(list))


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
    known: dict[Any, _Kind] = {}
    contexts = [Context(one.locale, WORLD, audience, channel) for one in found]
    return [_row(one, policy, here, known) for one, here in zip(found, contexts, strict=True)]


def _texts(session: Session, wanted: list[ColumnElement[bool]], limit: int) -> list[Text]:
    readable = exists().where(heads.CURRENT, Trait.kind == "review")  # nothing of redacted ones
    query = select(Head, Publication.topics).join(Publication, Publication.seq == Head.seq)
    query = query.where(readable, heads.is_real(), *wanted).order_by(Head.slug, Head.locale)
    rows = session.execute(query.limit(limit)).all()
    known = heads.live_traits(session, {(head.article, head.locale) for head, _ in rows})
    return [_text(head, topics, known[head.article, head.locale]) for head, topics in rows]


def _text(head: Head, topics: list[str], tags: set[tuple[str, str]]) -> Text:
    traits = {kind: frozenset(tag for of, tag in tags if of == kind) for kind in TRAITS}
    ordered = [*topics, *sorted(traits["topics"].difference(topics))]
    return Text(head.article, head.locale, head.slug, ordered, traits)


def _row(text: Text, policy: Policy, context: Context, known: dict[Any, "_Kind"]) -> Row:
    key = (text.locale, tuple(text.topics), frozenset(text.traits.items()))
    if key not in known:
        known[key] = _Kind(text, policy, context)
    kind = known[key]
    return Row(text, kind.common, kind.cells)


class _Kind:
    """Texts that owe alike, in all places: rules are asked once for each case that differs."""

    def __init__(self, text: Text, policy: Policy, context: Context) -> None:
        self.text, self.policy, self.context = text, policy, context
        self.displays = policy.displays(text.locale)
        anywhere = cases.met(text.traits, text.topics, policy, context)
        self.rules = rules.concerning(policy.rules, anywhere)
        self.named = _named(self.rules)
        self.told: dict[Case, tuple[Told, frozenset[str]]] = {}
        found = {code: self._tell(code) for code in places(policy)}
        shown = [told for told, _, _ in found.values() if not isinstance(told, str)]
        self.common = sorted(set.intersection(*map(set, shown))) if shown else []
        self.least = {id: max(_rank(told[id]) for told in shown) for id in self.common}
        self.cells: dict[Cell, list[str]] = defaultdict(list)
        for code, (told, seen, case) in found.items():
            self.cells[self._cell(code, told, seen, case)].append(code)

    def _tell(self, code: str) -> tuple[Told, frozenset[str], Case]:
        """Return what is owed in a place, the facts that its words show, and what rules saw."""
        here = replace(self.context, jurisdiction=code)
        case = cases.met(self.text.traits, self.text.topics, self.policy, here)
        careful = (code,) if is_careful(code) else ("",)
        case = replace(case, places=(*careful, *sorted(self.named.intersection(case.places))))
        if case not in self.told:
            self.told[case] = self._owed(case)
        return *self.told[case], case

    def _owed(self, case: Case) -> tuple[Told, frozenset[str]]:
        if rule := rules.withholding(self.rules, case):
            return rule, frozenset()
        owed = {one.id: one for one in rules.owed(self.rules, case, self.displays)}
        words = (self.policy.texts[id, self.text.locale] for id in owed)
        return owed, readers.shown_facts(words)

    def _cell(self, code: str, told: Told, seen: frozenset[str], case: Case) -> Cell:
        if isinstance(told, str):
            return Cell(WITHHELD, rule=told)
        extra = tuple(sorted(set(told).difference(self.common)))
        raised = tuple(id for id in self.common if _rank(told[id]) < self.least[id])
        stale = tuple(stale_facts(self.policy, code, seen, case.facts))
        outcome = STALE if stale else EXTRA if extra or raised else SERVED
        return Cell(outcome, len(told), extra, raised, stale)


def stale_facts(
    policy: Policy, code: str, seen: frozenset[str], passed: frozenset[str]
) -> Iterator[str]:
    """Yield which kinds of facts that a reader is told in a place are past their date.

    ``seen`` are the facts that the words show (:func:`content.editorial.readers.shown_facts`), and
    ``passed`` those of a case. The help lines of a place stand in every edition.
    """
    if "law-lapsed" in passed and seen & {"law", "law-state"}:
        yield "law"
    if policy.atlas.help_lapsed(code):
        yield "help"
    if "authority-lapsed" in passed and seen & {"authority", "authority-state"}:
        yield "authority"


def _rank(owed: Owed) -> int:
    """Return how early a disclaimer is shown, 0 first."""
    return LEVELS.index(owed.level)


def _named(known: dict[str, RuleData]) -> frozenset[str]:
    """Return the places that some rules name."""
    return frozenset(code for rule in known.values() for code in rule.when.jurisdiction or ())
