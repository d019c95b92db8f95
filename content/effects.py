"""Effects: whose editions a change of rules, texts or facts may change, and nobody else's.

Rules meet the traits of what is live (``content/heads.py``), so the answer is found by index and
does not grow with the articles that are not concerned. It may name an article whose editions turn
out the same; it never leaves one out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import ColumnElement, Select, exists, false, select, true, tuple_, union
from sqlalchemy.orm import Session, aliased

from content import cases, corrections, disclaimers, heads
from content.disclaimers import SOURCES, Disclaimer
from content.heads import Found
from content.models.heads import Citation, Head, Trait
from content.models.log import (
    DisclaimerVersion,
    Fact,
    JurisdictionFact,
    Lapse,
    Mention,
    Rule,
    SourceMark,
)
from content.policy import Policy
from content.rules import RuleData, When

NARROW_FIRST = ("sources", "conditions", "facts", "mentions", "topics", "claim_levels", "review")


@dataclass
class Effects:
    """What a group of facts touches."""

    articles: Found = field(default_factory=set)
    retraited: set[str] = field(default_factory=set)  # articles whose heads have to follow


def of(
    session: Session, facts: Sequence[Fact], old: Policy, new: Policy, *, since: int = 0
) -> Effects:
    """Return what facts touch that turn one policy into another.

    ``since`` looks only at what was published after a number. What stands in every edition (the
    publisher, names of places, help lines) is not listed: see ``scope`` of a change.
    """
    found = Effects()
    for fact in facts:
        if isinstance(fact, Mention):
            _mention(session, fact.id, (old, new), since, found)
        elif isinstance(fact, SourceMark):
            _mark(session, fact.id, (old, new), since, found)
        elif not (isinstance(fact, Rule) and _does_the_same(fact.id, old, new)):
            for policy in (old, new):
                found.articles |= _touched(session, fact, policy, since)
    return found


def owing(policy: Policy, disclaimer: str, after: tuple[str, str], *, test: bool) -> Select[Head]:
    """Return the query for what is live and owes a disclaimer to some reader, by slug and locale.

    ``after`` continues a walk: only what comes after that slug and locale. With ``test`` the test
    articles are there, too.
    """
    meeting = [live_meeting(when) for when in _requiring(policy, disclaimer)]
    found = tuple_(Head.article, Head.locale).in_(union(*meeting)) if meeting else false()
    further = (tuple_(Head.slug, Head.locale) > after, true() if test else heads.is_real())
    return select(Head).where(found, *further).order_by(Head.slug, Head.locale)


def live_meeting(when: When) -> Select[str, str]:
    """Return the query for what is live and has what a rule looks for, whoever reads it where."""
    return _meeting(when, current=True)


def _touched(session: Session, fact: Fact, policy: Policy, since: int) -> Found:
    match fact:
        case DisclaimerVersion():
            locales = _speaking(policy, fact.id, fact.locale)
            return {one for one in _owing(session, policy, [fact.id], since) if one[1] in locales}
        case Rule():
            return _ruled(session, policy, policy.rules.get(fact.id), since)
        case JurisdictionFact():
            return _dated(session, policy, fact.fact, since)
        case Lapse() if fact.table_name == JurisdictionFact.__tablename__:
            row = session.get_one(JurisdictionFact, fact.row)
            return _passed(session, policy, row.fact, since)
    return set()


def _does_the_same(id: str, old: Policy, new: Policy) -> bool:
    """Return whether a rule is the same but for its reason, which no edition shows."""
    rules = [policy.rules.get(id) for policy in (old, new)]
    acts = [rule and (rule.when, rule.require, rule.raises, rule.withhold) for rule in rules]
    return acts[0] == acts[1]


def _ruled(session: Session, policy: Policy, rule: RuleData | None, since: int) -> Found:
    if rule is None:
        return set()
    found = _find(session, [rule.when], since)
    if rule.raises and not (rule.require or rule.withhold):
        found &= _owing(session, policy, [rule.raises.disclaimer], since)
    return found


def _dated(session: Session, policy: Policy, fact: str, since: int) -> Found:
    """Return what a law or the position of an authority touches; the rest is everywhere."""
    kind, _, about = fact.partition("/")
    if kind == "law":
        return _find(session, [When(topics=[about])], since)
    if kind != "authority":
        return set()
    quoting = [id for id, said in _said(policy) if "fdaAsOf" in disclaimers.slots(said)]
    looking = [rule.when for rule in policy.rules.values() if "authority-lapsed" in _facts(rule)]
    return _owing(session, policy, quoting, since) | _find(session, looking, since)


def _passed(session: Session, policy: Policy, fact: str, since: int) -> Found:
    """Return what is touched when the date of a fact has passed."""
    if fact != "help":
        return _dated(session, policy, fact, since)
    offering = [id for id, said in _said(policy) if "crisis" in said.actions]
    return _owing(session, policy, offering, since)


def _mention(
    session: Session, id: str, policies: tuple[Policy, Policy], since: int, found: Effects
) -> None:
    """Find the articles that begin or cease to mention something; every text is read for it."""
    looked_for = any(
        id in (rule.when.mentions or ()) for one in policies for rule in one.rules.values()
    )
    for head in session.scalars(select(Head).where(heads.changed_since(since))):
        before, after = (_mentioning(session, head, id, policy) for policy in policies)
        if before != after:
            found.retraited.add(head.article)
            found.articles |= {(head.article, head.locale)} if looked_for else set()


def _mark(
    session: Session, id: str, policies: tuple[Policy, Policy], since: int, found: Effects
) -> None:
    """Find the articles that cite a source; what they owe may change, or the words of it."""
    looked_for = any(rule.when.sources for one in policies for rule in one.rules.values())
    said = any(SOURCES in disclaimers.slots(said) for one in policies for _, said in _said(one))
    mine = (Citation.article == Head.article) & (Citation.locale == Head.locale)
    query = select(Head.article, Head.locale).join(Citation, mine).distinct()
    cited = (Citation.source == id, heads.changed_since(since))
    citing = {(article, locale) for article, locale in session.execute(query.where(*cited))}
    found.retraited |= {article for article, _ in citing}
    found.articles |= citing if looked_for or said else set()


def _mentioning(session: Session, head: Head, id: str, policy: Policy) -> list[bool]:
    """Return for each revision of a head that could be shown whether it mentions something."""
    return [
        id in cases.traits(subject, policy)["mentions"] for subject in heads.shown(session, head)
    ]


def _requiring(policy: Policy, disclaimer: str) -> list[When]:
    return [rule.when for rule in policy.rules.values() if disclaimer in rule.require]


def _speaking(policy: Policy, id: str, locale: str) -> set[str]:
    """Return the locales whose readers see the words that a disclaimer has in a locale."""
    borrowed = (
        spoken
        for (one, spoken), words in policy.texts.items()
        if one == id and words.locale == locale
    )
    found = {locale, *borrowed}
    return found | {to for to, of in policy.borrowed.items() if of in found}


def _said(policy: Policy) -> Iterator[tuple[str, Disclaimer]]:
    return ((id, words.said) for (id, _), words in policy.texts.items())


def _facts(rule: RuleData) -> list[str]:
    return list(rule.when.facts or ())


def _owing(session: Session, policy: Policy, ids: Iterable[str], since: int) -> Found:
    return _find(
        session, [when for id in dict.fromkeys(ids) for when in _requiring(policy, id)], since
    )


def _find(session: Session, whens: Iterable[When], since: int) -> Found:
    distinct = {msgspec.json.encode(when): when for when in whens}.values()
    queries = [_meeting(when).where(heads.changed_since(since)) for when in distinct]
    return {(row.article, row.locale) for query in queries for row in session.execute(query)}


def _meeting(when: When, *, current: bool = False) -> Select[str, str]:
    """Return the query for heads with a revision (the live one?) that has what a rule looks for."""
    query = select(Head.article, Head.locale).distinct()
    keys = [key for key in NARROW_FIRST if _is_trait(when, key)]
    if not keys:
        return query
    first = aliased(Trait)
    query = query.join(first, (first.article == Head.article) & (first.locale == Head.locale))
    query = query.where(*_has(first, when, keys[0]))
    for key in keys[1:]:
        other = aliased(Trait)
        query = query.where(exists().where(*_same(other, first), *_has(other, when, key)))
    return query.where(first.revision == heads.LIVE) if current else query


def _is_trait(when: When, key: str) -> bool:
    """Return whether a rule looks at what a text has; facts about places are not a text's."""
    wanted = getattr(when, key)
    of_places = key == "facts" and wanted and not set(wanted) <= set(corrections.FACTS)
    return wanted is not None and not of_places


def _has(trait: type[Trait], when: When, key: str) -> tuple[ColumnElement[bool], ...]:
    return trait.kind == key, trait.tag.in_(getattr(when, key))


def _same(one: type[Trait], other: type[Trait]) -> tuple[ColumnElement[bool], ...]:
    names = ("article", "locale", "revision")
    return tuple(getattr(one, name) == getattr(other, name) for name in names)
